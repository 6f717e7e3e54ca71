"""Explain: why a workload's month is off its plan, in the words of whoever answers for it."""

from __future__ import annotations

from console.cadences.monthly import EXPLAINED_BY, MonthLine, Monthly
from console.figures import change
from console.wording import role
from screens.columns.column import Cell
from screens.columns.page import line, name
from screens.columns.periods import in_words
from screens.dialogs import asking, form
from screens.view import Console, Selection

ROWS = 5
"""Lines that are seen at once of what is written."""


async def run(console: Console, selection: Selection) -> None:
    """Explain the month of the workload that was selected when the key was pressed. Raises ConsoleError."""
    item, month = selection.item, selection.whole
    if not isinstance(item, MonthLine) or not isinstance(month, Monthly):
        return
    if not item.over:
        console.say(f"{item.slug} has no variance above {month.threshold * 100:.0f} % in this month to explain.")
        return
    if month.partial and not item.owed:
        console.say(f"{in_words(month.month)} still runs: it is explained once it is over. [ shows the month before.")
        return
    acting = await form.as_role(console, EXPLAINED_BY, "Explain")
    if acting is None:
        return
    title = f"EXPLAIN {item.slug}, {in_words(month.month)}, as {role(acting)}"
    above = [
        line("spend ", change(item.spend_variance), Cell(" against plan", "dim"),
             "  per dollar ", change(item.return_variance), Cell(" against plan", "dim"))
    ]  # fmt: skip
    above += [line(Cell(f"{role(said.role)}: ", "dim"), name(said.text, 200)) for said in item.explanations]
    question = form.Question(
        "why", "Because", "enter writes it down for all to read · ctrl+j begins a line",
        asking.needs_words("an explanation"), rows=ROWS,
    )  # fmt: skip
    given = await form.fill(console, title, [question], above)
    if given is None:
        return
    from console.operations import months

    await console.door.ask(months.explain, workload=item.slug, month=month.month, text=given[0], role=acting)
    owing = [one for one in item.owed if one != acting]
    rest = f"{role(owing[0])} still owes one." if owing else "Nobody owes one any more."
    console.say(f"{item.slug}: explained as {role(acting)}. {rest}")
    console.changed()
