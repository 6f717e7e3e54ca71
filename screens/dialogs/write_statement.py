"""Edit text: the Token Architect writes what the year was, in an editor."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from console.cadences.annual import Annual
from screens.editor import edited
from screens.view import Console, Selection

if TYPE_CHECKING:
    from screens.app import ConsoleApp


async def run(console: Console, selection: Selection) -> None:
    """Write the text of the year that was shown when the key was pressed. Raises ConsoleError with what failed."""
    annual = selection.whole
    if not isinstance(annual, Annual):
        return
    before = annual.statement.text if annual.statement is not None else ""
    text = edited(cast("ConsoleApp", console), before, f"{annual.year}.md").strip()
    if not text:
        console.say("The text is empty; nothing was written.", error=True)
        return
    if text == before.strip():
        console.say("The text is as it was; nothing was written.")
        return
    from console.operations import years

    await console.door.ask(years.write_statement, year=annual.year, text=text)
    signed = annual.statement is not None and annual.statement.signed_by is not None
    console.say(f"The text of {annual.year} is written{'; it has to be signed anew' if signed else ''}. i signs it.")
    console.changed()
