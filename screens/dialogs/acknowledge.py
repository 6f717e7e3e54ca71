"""Acknowledge: take an alert on for a while. It holds back messages, never a kill."""

from __future__ import annotations

from screens.dialogs import asking
from screens.prompt import Prompt
from screens.view import Console, Selection

LONGEST_MINUTES = 7 * 24 * 60


async def run(console: Console, selection: Selection) -> None:
    """Acknowledge the alert that was selected when the key was pressed. Raises ConsoleError with what failed."""
    from console.operations import incidents

    answer = await console.ask(
        Prompt(
            f"Acknowledge alert {selection.id} of {selection.workload} for",
            default="4h",
            replaced=True,
            validate=_complaint,
            hint="30m, 4h, 2d · enter accepts · esc cancels",
        )
    )
    minutes = asking.minutes(answer) if answer is not None else None
    if minutes is None:
        return
    end = await console.door.ask(incidents.acknowledge, alert=int(selection.id), minutes=minutes)
    console.say(
        f"Alert {selection.id} of {selection.workload} is yours until {console.time(end)}; a kill is not held back."
    )


def _complaint(text: str) -> str | None:
    minutes = asking.minutes(text)
    if minutes is None:
        return "Write a length of time such as 30m, 4h or 2d."
    return None if 0 < minutes <= LONGEST_MINUTES else "At least a minute, at most 7d."
