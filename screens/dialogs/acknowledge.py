"""Acknowledge: take an alert on for a while. It holds back messages, never a kill."""

from __future__ import annotations

from datetime import timedelta

from screens.dialogs import asking
from screens.view import Console, Selection

LONGEST = timedelta(days=7)


async def run(console: Console, selection: Selection) -> None:
    """Acknowledge the alert that was selected when the key was pressed. Raises ConsoleError with what failed."""
    from console.operations import incidents

    what = f"alert {selection.id} of {selection.workload}"
    until = await asking.until(console, f"Acknowledge {what}", LONGEST)
    if until is None:
        return
    done = await console.door.ask(incidents.acknowledge, alert=int(selection.id), until=until)
    console.say_undoable(
        f"A{what[1:]} is acknowledged until {console.time(until)}; a kill is not held back.",
        lambda: console.door.ask(incidents.unacknowledge, done=done),
    )
