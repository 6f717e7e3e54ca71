"""Comment: say something of a version of a Charter, for those who sign it."""

from __future__ import annotations

from screens.dialogs import asking
from screens.dialogs.charters import form_of, read_again
from screens.prompt import Prompt
from screens.view import Console, Selection


async def run(console: Console, selection: Selection) -> None:
    """Comment on the version that was shown when the key was pressed. Raises ConsoleError with what failed."""
    from console.operations.charter import review as charter_review

    form = form_of(selection)
    text = await console.ask(
        Prompt(
            f"Of version {form.version}",
            validate=asking.needs_words("a comment"),
            hint="enter puts it beside the Charter, with your name and role · esc says nothing",
        )
    )
    if text is None:
        return
    await console.door.ask(charter_review.comment, workload=form.workload, version=form.version, text=text)
    console.say(f"Your comment stands beside version {form.version}.")
    read_again(console, form.version)
