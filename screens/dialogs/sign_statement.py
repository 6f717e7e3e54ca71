"""Sign: the year's text exactly as it is shown, by its hash."""

from __future__ import annotations

from console.cadences.annual import Annual
from console.text import clean
from screens.columns.column import Cell
from screens.columns.page import line, wrapped
from screens.dialogs import asking
from screens.prompt import Prompt
from screens.view import Console, Selection


async def run(console: Console, selection: Selection) -> None:
    """Sign the text of the year that was shown when the key was pressed. Raises ConsoleError with what failed."""
    annual = selection.whole
    if not isinstance(annual, Annual):
        return
    statement = annual.statement
    if statement is None:
        console.say(f"There is no text of {annual.year} to sign yet; e writes it.", error=True)
        return
    if statement.signed_by is not None:
        by, at = clean(statement.signed_by, 24), console.time(statement.signed_at)
        console.say(f"This text was signed by {by} {at}; a change has to be written first (e).")
        return
    width, most = asking.room(console)
    shown = [row for part in statement.text.splitlines() for row in wrapped(part, width, indent=0, most=most)]
    if len(shown) > most - 1:
        shown = [*shown[: most - 2], line(Cell(f"… {len(shown) - most + 2} more lines: f shows all", "warn"))]
    shown.append(line(Cell(f"hash {statement.content_hash}", "dim")))

    def complaint(text: str) -> str | None:
        return None if text.strip() == annual.year else f"Type {annual.year}, or press esc to leave it unsigned."

    answer = await console.ask(
        Prompt(
            f"Type {annual.year} to sign it",
            title=f"SIGN the text of {annual.year}, exactly as it stands here?",
            lines=asking.contents(shown),
            validate=complaint,
            guarded=True,
        )
    )
    if answer is None:
        console.say("Nothing was signed.")
        return
    from console.operations import years

    await console.door.ask(years.sign_statement, year=annual.year, content_hash=statement.content_hash)
    console.say(f"The text of {annual.year} is signed.")
    console.changed()
