"""Change one field of a Charter: a draft itself, of any other version the next one."""

from __future__ import annotations

from console.cadences.charter import CharterForm
from console.cadences.form import FieldLine
from screens.dialogs import form_field
from screens.dialogs.charters import told_saved
from screens.view import Console


async def change(console: Console, form: CharterForm, field: FieldLine) -> None:
    """Ask for the field's value and store it. Raises ConsoleError with what failed."""
    from console.operations.charter import drafts as charter_drafts
    from console.operations.charter.drafts import DraftSaved

    version = form.version
    assert version is not None, "a field belongs to a version"

    async def store(answer: str) -> DraftSaved:
        return await console.door.ask(
            charter_drafts.set_charter_field, workload=form.workload, base_version=version, base_hash=form.text_hash,
            path=field.path, kind=field.kind, value=answer,
        )

    begins = "" if form.state == "draft" else f" is {form.state}: this begins the next one"
    done = await form_field.change(console, f"{form.workload}, version {version}{begins}", field, store)
    if done is not None:
        told_saved(console, form, done)
