"""The way that kill and resume share: reason, plan, typed name, one request, and what came of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Literal

from console.cadences.trip_sheet import IntentResult, Plan
from console.errors import ConsoleError
from console.text import clean
from screens.columns.column import Cell
from screens.columns.page import PageLine, line
from screens.dialogs import asking
from screens.dialogs.under_way import carrying_out, under_way
from screens.prompt import Prompt
from screens.view import Console, Selection

Verb = Literal["kill", "resume"]
Send = Callable[[str, Plan], Coroutine[Any, Any, IntentResult]]

CHANGED = line(Cell("CHANGED while you were looking: nothing was sent. This is the plan as it is now.", "alarm"))


async def carry(console: Console, selection: Selection, verb: Verb) -> None:
    """Kill or resume the workload that was selected when the key was pressed. Raises ConsoleError with what failed."""
    slug = selection.workload
    if slug is None:
        console.say(f"{clean(selection.label, 40)} belongs to no workload, so there is nothing to {verb}.", error=True)
        return
    if under_way(verb, slug):
        console.say(f"A {verb} of {slug} is under way already; nothing new was sent.")
        return
    with carrying_out(verb, slug):
        await _carry(console, slug, verb)


async def _carry(console: Console, slug: str, verb: Verb) -> None:
    planning = asyncio.ensure_future(_plan(console, slug, verb))
    planning.add_done_callback(lambda done: done.cancelled() or done.exception())
    try:
        reason = await console.ask(
            Prompt(
                f"{verb} {slug}, because",
                validate=asking.needs_words(f"a {verb}"),
                hint="enter shows the plan · esc cancels · nothing is sent yet",
            )
        )
        plan = await planning if reason is not None else None
    finally:
        planning.cancel()
    notice: list[PageLine] = []
    while plan is not None and reason is not None:
        if plan.refusal is not None:
            raise ConsoleError(plan.refusal)
        if not await asking.typed_name(console, plan, f"{verb.upper()} {slug}? Nothing was sent yet.", notice):
            break
        result = await _send(console, plan, reason, verb)
        if isinstance(result, IntentResult):
            await asking.tell(console, result)
            return
        plan, notice = result, [CHANGED]
    console.say(f"The {verb} of {slug} was cancelled; nothing was sent.")


async def _plan(console: Console, slug: str, verb: Verb) -> Plan:
    from console.operations import breakers

    return await console.door.ask(breakers.plan, workload=slug, verb=verb)


async def _send(console: Console, plan: Plan, reason: str, verb: Verb) -> IntentResult | Plan:
    """What came of it; or the new plan, where the one that was confirmed no longer holds and nothing was sent."""
    from console.operations import breakers

    operation = breakers.kill if verb == "kill" else breakers.resume
    console.say(f"{verb} of {plan.workload}: written down, asking, reading back…")
    try:
        return await console.door.ask(operation, workload=plan.workload, reason=reason, plan_hash=plan.plan_hash)
    except ConsoleError:
        now = await _plan(console, plan.workload, verb)
        if now.plan_hash == plan.plan_hash:
            raise
        return now
