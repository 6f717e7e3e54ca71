"""Change one field of an entry of the MBOM; what would leave it unsound is said, and asked again."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from console.cadences.form import FieldLine
from console.cadences.mbom import MbomForm
from screens.dialogs import form_field
from screens.view import Console

if TYPE_CHECKING:
    from console.operations.registry import Imported
    from screens.app import ConsoleApp


async def change(console: Console, form: MbomForm, field: FieldLine) -> None:
    """Ask for the field's value and store it. Raises ConsoleError with what failed."""
    from console.operations.mbom import form as mbom_form

    slug, path = form.row.slug, str(field.path[0])

    async def store(answer: str) -> Imported:
        return await console.door.ask(mbom_form.set_entry_field, slug=slug, path=path, kind=field.kind, value=answer)

    done = await form_field.change(console, slug, field, store)
    if done is not None:
        told(console, slug, done)


def told(console: Console, slug: str, done: Imported) -> None:
    """Say what a change did, with what the rules remark on, and show it."""
    said = f"{slug} is changed." if done.changed else f"{slug} says what it said before."
    if done.reattributed:
        said += f" {done.reattributed} usage series changed hands."
    for tie in done.ties[:1]:
        said += f" The rules of {' and '.join(tie.workloads)} match the same usage; it stays unattributed."
    remarks = f" {done.warnings[0].partition(': ')[2]}" if done.warnings else ""
    console.say(f"{said}{remarks}")
    read_again(console)


def read_again(console: Console) -> None:
    """Let the view that is seen, where it is of the MBOM, show what is stored now."""
    from screens.mbom_entry import EntryView

    view = cast("ConsoleApp", console).view
    if isinstance(view, EntryView):
        view.read_again()
    else:
        view.open(view.place())
