"""Silence: mute the messages of a workload's alerts until an end, with a reason. It never stops a kill."""

from __future__ import annotations

from datetime import timedelta

from screens.dialogs import asking
from screens.prompt import Prompt
from screens.view import Console, Selection

LONGEST = timedelta(days=30)


async def run(console: Console, selection: Selection) -> None:
    """Silence the workload that was selected when the key was pressed. Raises ConsoleError with what failed."""
    from console.operations import incidents

    slug = selection.workload
    if slug is None:
        console.say("Only a workload's alerts can be silenced, and this belongs to none.", error=True)
        return

    def complaint(text: str) -> str | None:
        end = asking.until(text, console.now())
        if end is None:
            return "Write a length such as 30m, 4h, 2d, or an end such as 2026-03-05T08:00Z."
        inside = console.now() < end <= console.now() + LONGEST
        return None if inside else "A silence ends in the future, within 30 days."

    length = await console.ask(
        Prompt(
            f"Silence {slug} for, or until",
            default="4h",
            replaced=True,
            validate=complaint,
            hint="4h, 2d or 2026-03-05T08:00Z · a kill is not held back · esc cancels",
        )
    )
    if length is None:
        return
    reason = await console.ask(Prompt(f"Silence {slug}, because", validate=asking.needs_words("a silence")))
    end = asking.until(length, console.now())
    if reason is None or end is None:
        return
    await console.door.ask(incidents.silence, workload=slug, reason=reason, until=end)
    console.say(f"The alerts of {slug} are silent until {console.time(end)}; a kill is not held back.")
