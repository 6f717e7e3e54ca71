"""Edit: an entry of the MBOM as text in the person's own editor, checked when it is stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console import toml
from console.editing import Trouble, through_editor
from console.errors import InputError
from screens.dialogs.entry_field import told
from screens.editing import ScreenHands
from screens.view import Console, Selection

if TYPE_CHECKING:
    from console.operations.registry import Imported


async def run(console: Console, selection: Selection) -> None:
    """Edit the entry that was selected when the key was pressed. Raises ConsoleError with what failed."""
    from console.operations.mbom import form as mbom_form

    slug = selection.id
    form = await console.door.ask(mbom_form.mbom_form, slug=slug)

    async def check(changed: str) -> Trouble | None:
        try:
            await console.door.ask(mbom_form.check_entry, slug=slug, text=changed)
        except InputError as error:
            return Trouble(tuple(str(error).splitlines()))
        return None

    async def save(changed: str) -> Imported:
        return await console.door.ask(mbom_form.save_entry, slug=slug, text=changed, base_hash=form.entry_hash)

    hands = ScreenHands(console, f"The entry {slug} cannot be stored as it is",
                        f"token-console mbom set {slug} FIELD VALUE")
    done = await through_editor(form.text, f"{slug}.toml", hands, check, save, toml.REGISTRY_LIMIT)
    if done is None:
        console.say("Nothing was changed, and nothing was stored.")
    else:
        told(console, slug, done)
