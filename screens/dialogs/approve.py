"""Approve: a second person sees exactly what would run, as it is now, and authorises it."""

from __future__ import annotations

from console.cadences.trip_sheet import TripSheet
from console.cadences.workload import IntentLine
from screens.columns.page import line, name
from screens.dialogs import asking
from screens.prompt import Prompt
from screens.view import Console, Selection

WAITING = "awaiting_approval"


async def run(console: Console, selection: Selection) -> None:
    """Approve the selected intent, or the one of its workload that waits. Raises ConsoleError with what failed."""
    from console.operations import breakers

    asked = await _waiting(console, selection)
    if asked is None or selection.workload is None:
        console.say(f"Nothing of {selection.workload or selection.id} waits for approval.")
        return
    slug, verb = selection.workload, asked.verb
    reason = await console.ask(
        Prompt(
            f"approve the {verb} of {slug}, because",
            validate=asking.needs_words("an approval"),
            hint="enter shows the plan · esc cancels · nothing is sent yet",
        )
    )
    if reason is None:
        console.say("Nothing was approved, and nothing was sent.")
        return
    plan = await console.door.ask(breakers.plan, workload=slug, verb=verb)
    by = line(f"asked by {name(asked.requested_by, 24)} {console.time(asked.at)}: {name(asked.reason)}")
    if not await asking.typed_name(console, plan, f"APPROVE the {verb} of {slug}? It is sent at once.", [by]):
        console.say("Nothing was approved, and nothing was sent.")
        return
    console.say(f"{verb} of {slug}: approved; asking, then reading the state back…")
    await asking.tell(console, await console.door.ask(breakers.approve, intent=asked.id, reason=reason))


async def _waiting(console: Console, selection: Selection) -> IntentLine | None:
    """The intent that waits: the selected one, else the newest of the same workload."""
    from console.operations import status

    item = selection.item
    if isinstance(item, IntentLine) and item.state == WAITING:
        return item
    if isinstance(item, TripSheet) and item.state == WAITING:
        return IntentLine(item.intent, item.verb, item.origin, item.state, item.at, item.requested_by, item.reason)
    if selection.workload is None:
        return None
    view = await console.door.ask(status.workload, slug=selection.workload)
    return next((one for one in view.intents if one.state == WAITING), None)
