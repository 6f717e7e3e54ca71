"""Edit text: the Token Architect writes what the year was, in an editor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.cadences.annual import Annual
from console.editing import Trouble, through_editor
from screens.editing import ScreenHands
from screens.view import Console, Selection

if TYPE_CHECKING:
    from console.cadences.annual import StatementLine

MOST_BYTES = 256 * 1024


async def run(console: Console, selection: Selection) -> None:
    """Write the text of the year that was shown when the key was pressed. Raises ConsoleError with what failed."""
    from console.operations import years

    annual = selection.whole
    if not isinstance(annual, Annual):
        return
    before = annual.statement

    async def check(changed: str) -> Trouble | None:
        return None  # it is words: what is too long or meanwhile another's is refused when it is written

    async def write(changed: str) -> StatementLine:
        return await console.door.ask(years.write_statement, year=annual.year, text=changed.strip(),
                                      base_hash=before.content_hash if before is not None else "")

    hands = ScreenHands(console, f"The text of {annual.year} cannot be stored as it is",
                        f"token-console annual write FILE --year {annual.year}")
    text = before.text if before is not None else ""
    done = await through_editor(text, f"{annual.year}.md", hands, check, write, MOST_BYTES)
    if done is None:
        console.say("Nothing was changed, and nothing was stored.")
        return
    signed = before is not None and before.signed_by is not None
    console.say(f"The text of {annual.year} is written{'; it has to be signed anew' if signed else ''}. i signs it.")
    console.changed()
