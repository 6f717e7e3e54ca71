"""Submit: put a draft before those who sign it."""

from __future__ import annotations

from screens.dialogs.charters import form_of, told_reviewed
from screens.prompt import Prompt
from screens.view import Console, Selection


async def run(console: Console, selection: Selection) -> None:
    """Submit the version that was shown when the key was pressed. Raises ConsoleError with what failed."""
    from console.operations.charter import review as charter_review

    form = form_of(selection)
    note = await console.ask(
        Prompt(
            f"Submit version {form.version}; a note for those who sign, or nothing",
            hint="enter puts it before them · from then on a change takes a new version · esc leaves it a draft",
        )
    )
    if note is None:
        return
    done = await console.door.ask(charter_review.submit, workload=form.workload, version=form.version,
                                  text=note.strip())
    told_reviewed(console, done, "i signs it.")
