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
    """Approve the intent that was selected when the key was pressed. Raises ConsoleError with what failed."""
    from console.operations import breakers

    asked = _waiting(selection)
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
    console.say(f"{verb} of {slug}: approved, asking, reading back…")
    await asking.tell(console, await console.door.ask(breakers.approve, intent=selection.id, reason=reason))


def _waiting(selection: Selection) -> IntentLine | TripSheet | None:
    """What was selected, where it waits for an approval."""
    item = selection.item
    return item if isinstance(item, (IntentLine, TripSheet)) and item.state == WAITING else None
