"""New: begin the Charter of a workload that has none, from the template, as a draft."""

from __future__ import annotations

from screens.dialogs.charters import form_of, told_saved
from screens.view import Console, Selection


async def run(console: Console, selection: Selection) -> None:
    """Store the template as version 1. Raises ConsoleError with what failed."""
    from console.operations.charter import drafts as charter_drafts

    form = form_of(selection)
    done = await console.door.ask(charter_drafts.begin_charter, workload=form.workload)
    told_saved(console, form, done)
