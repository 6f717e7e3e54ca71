"""Recommend: what business owner and platform lead jointly want changed, each in their own words."""

from __future__ import annotations

from console.cadences.quarterly import JOINTLY, QuarterLine, Quarterly
from console.wording import role
from screens.columns.column import Cell
from screens.columns.page import line, name
from screens.columns.periods import in_words
from screens.dialogs import asking, form
from screens.view import Console, Selection


async def run(console: Console, selection: Selection) -> None:
    """Recommend on the workload that was selected when the key was pressed. Raises ConsoleError."""
    item, quarter = selection.item, selection.whole
    if not isinstance(item, QuarterLine) or not isinstance(quarter, Quarterly):
        return
    acting = await form.as_role(console, JOINTLY, "Recommend")
    if acting is None:
        return
    above = [line(Cell(f"{role(note.role)}: ", "dim"), name(note.text, 200)) for note in item.recommended]
    question = form.Question(
        "recommended", "To be changed", "or that nothing is · enter writes it into the review",
        asking.needs_words("a recommendation"),
    )  # fmt: skip
    title = f"RECOMMEND on {item.slug}, {in_words(quarter.quarter)}, as {role(acting)}"
    given = await form.fill(console, title, [question], above)
    if given is None:
        return
    from console.operations import quarters

    await console.door.ask(
        quarters.note, workload=item.slug, quarter=quarter.quarter, kind="recommended", text=given[0], role=acting
    )
    owing = [one for one in item.owed if one != acting]
    rest = f"{role(owing[0])} has not recommended yet." if owing else "Both have; the review can be ended with F."
    console.say(f"{item.slug}: recommended as {role(acting)}. {rest}")
    console.changed()
