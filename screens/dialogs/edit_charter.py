"""Edit: the whole text of a Charter in the person's own editor, checked when it comes back."""

from __future__ import annotations

from console.cadences.form import ProblemLine
from console.editing import Trouble, through_editor
from screens.dialogs.charters import form_of, told_saved
from screens.editing import ScreenHands
from screens.view import Console, Selection


async def run(console: Console, selection: Selection) -> None:
    """Edit the version that was shown when the key was pressed. Raises ConsoleError with what failed."""
    from console.operations import registry
    from console.operations.charter import drafts as charter_drafts
    from console.operations.charter.drafts import DraftSaved

    form = form_of(selection)
    text = form.text or await console.door.ask(registry.new_charter, workload=form.workload)

    async def check(changed: str) -> Trouble | None:
        found = await console.door.ask(charter_drafts.check_draft, workload=form.workload, text=changed)
        return None if found.sound else Trouble(tuple(map(said, found.problems)), found.storable)

    async def save(changed: str) -> DraftSaved:
        return await console.door.ask(
            charter_drafts.save_draft, workload=form.workload, text=changed, base_version=form.version,
            base_hash=form.text_hash,
        )

    hands = ScreenHands(console, f"This Charter of {form.workload} cannot be signed as it is",
                        f"token-console charter edit {form.workload}")
    done = await through_editor(text, f"{form.workload}.toml", hands, check, save)
    if done is None:
        console.say("Nothing was changed, and nothing was stored.")
    else:
        told_saved(console, form, done)


def said(problem: ProblemLine) -> str:
    """`line 14: [purpose] outcome is missing; write outcome = "claim triaged" [missing]`."""
    place = "" if problem.line is None else f"line {problem.line}: "
    warning = "" if problem.is_error else " (warning)"
    remedy = f"; {problem.remedy}" if problem.remedy else ""
    return f"{place}{problem.message}{remedy}{warning} [{problem.rule}]"
