"""Retire: end a version of a Charter for good. Where it was in force the workload is then only watched."""

from __future__ import annotations

from screens.columns.column import Cell
from screens.columns.page import line, wrapped
from screens.dialogs import asking
from screens.dialogs.charters import form_of, told_reviewed
from screens.prompt import Prompt
from screens.view import Console, Selection


async def run(console: Console, selection: Selection) -> None:
    """Retire the version that was shown when the key was pressed. Raises ConsoleError with what failed."""
    from console.operations.charter import review as charter_review

    form = form_of(selection)
    reason = await console.ask(
        Prompt(
            f"Retire version {form.version}, because",
            validate=asking.needs_words("a retirement"),
            hint="enter shows what follows · esc leaves it as it is",
        )
    )
    if reason is None:
        return
    width, _ = asking.room(console)
    lines = [line(Cell(f"Version {form.version}, {form.state}, content {form.content_hash[:16]}"))]
    if form.version == form.in_force:
        lines += wrapped("It is in force. Without it nothing kills the workload automatically: it is only watched.",
                         width, indent=0, tone="alarm")
    slug = form.workload
    typed = await console.ask(
        Prompt(
            f"Type {slug} to retire it",
            title=f"RETIRE version {form.version} of the Charter of {slug}? It cannot be taken back.",
            lines=asking.contents(lines),
            validate=lambda text: None if text.strip() == slug else f"Type {slug}, exactly, or press esc.",
            guarded=True,
        )
    )
    if typed is None:
        console.say("Nothing was retired.")
        return
    done = await console.door.ask(charter_review.retire, workload=slug, version=form.version, reason=reason)
    told_reviewed(console, done, "" if done.in_force else f"{slug} is watched now and never killed automatically.")
