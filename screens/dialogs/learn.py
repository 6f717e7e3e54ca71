"""Lesson: what the quarter taught about a workload."""

from __future__ import annotations

from console.cadences.quarterly import QuarterLine, Quarterly
from screens.columns.periods import in_words
from screens.dialogs import asking, form
from screens.view import Console, Selection


async def run(console: Console, selection: Selection) -> None:
    """Write down a lesson on the workload that was selected when the key was pressed. Raises ConsoleError."""
    item, quarter = selection.item, selection.whole
    if not isinstance(item, QuarterLine) or not isinstance(quarter, Quarterly):
        return
    question = form.Question("lesson", "Learned", "enter writes it into the review", asking.needs_words("a lesson"))
    given = await form.fill(console, f"LESSON of {item.slug}, {in_words(quarter.quarter)}", [question])
    if given is None:
        return
    from console.operations import quarters

    await console.door.ask(quarters.note, workload=item.slug, quarter=quarter.quarter, kind="learned", text=given[0])
    console.say(f"The lesson of {item.slug} is in its review.")
    console.changed()
