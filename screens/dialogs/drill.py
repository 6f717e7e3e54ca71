"""Drill: what is rehearsed, confirmed by typing the workload's slug, and how long it took."""

from __future__ import annotations

from console.cadences.drill import DRY_RUN, DrillLine, DrillPlan
from console.errors import ConsoleError
from console.text import clean
from screens.columns.column import Cell
from screens.columns.page import PageLine, line, wrapped
from screens.columns.workload import took
from screens.dialogs import asking
from screens.dialogs.under_way import carrying_out, under_way
from screens.prompt import Prompt
from screens.view import Console, Selection


async def run(console: Console, selection: Selection) -> None:
    """Drill the workload that was selected when the key was pressed. Raises ConsoleError with what failed."""
    from console.operations import drilling

    slug = selection.workload
    if slug is None:
        console.say(f"{clean(selection.label, 40)} belongs to no workload, so there is nothing to drill.", error=True)
        return
    if under_way("drill", slug):
        console.say(f"A drill of {slug} is under way already.")
        return
    with carrying_out("drill", slug):
        plan = await console.door.ask(drilling.drill_plan, workload=slug)
        if plan.refusal is not None:
            raise ConsoleError(plan.refusal)
        if not await _confirmed(console, plan):
            console.say(f"The drill of {slug} was cancelled; nothing was sent.")
            return
        console.say(f"drill of {slug}: planning, asking, reading back…")
        done = await console.door.ask(drilling.drill, workload=slug)
    console.say(told(done), error=done.outcome != "passed")


def told(done: DrillLine) -> str:
    """What came of it, in one line."""
    how = "dry run, nothing was sent" if done.sort == DRY_RUN else f"on {clean(done.target, 40)}"
    detail = f": {clean(done.detail, 200)}" if done.detail else ""
    return f"DRILL {done.outcome.upper()} · {done.workload} ({how}; seconds {took(done)}){detail}"


async def _confirmed(console: Console, plan: DrillPlan) -> bool:
    width, _ = asking.room(console)
    answer = await console.ask(
        Prompt(
            f"Type {plan.workload} to drill it",
            title=f"DRILL {plan.workload}? Its breaker and its own switches stay as they are.",
            lines=asking.contents(_lines(plan, width)),
            validate=lambda text: None if text.strip() == plan.workload else f"Type {plan.workload}, or press esc.",
            guarded=True,
        )
    )
    return answer is not None


def _lines(plan: DrillPlan, width: int) -> list[PageLine]:
    if plan.sort == DRY_RUN:
        return wrapped("It has no test target, so it is a dry run: every stage is planned, every target read, and "
                       "nothing is sent.", width, indent=0)
    return [line("  ", Cell(act.verb, "strong"), f"  {act.target} → {act.wanted} by {act.switch}")
            for act in plan.targets]
