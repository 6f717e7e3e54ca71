"""What the dialogs on a Charter share: which version is meant, and how they tell what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from console.cadences.charter import CharterForm
from console.text import clean
from screens.view import Console, Selection

if TYPE_CHECKING:
    from console.operations.charter.drafts import DraftSaved
    from console.operations.charter.review import Reviewed
    from screens.app import ConsoleApp


def form_of(selection: Selection) -> CharterForm:
    """The version that was shown when the key was pressed."""
    assert isinstance(selection.item, CharterForm)
    return selection.item


def read_again(console: Console, version: int | None) -> None:
    """Let the Charter's view, where it is the one that is seen, show what is stored now."""
    from screens.charter import CharterView

    view = cast("ConsoleApp", console).view
    if isinstance(view, CharterView):
        view.read_again(version)


def told_saved(console: Console, form: CharterForm, done: DraftSaved) -> None:
    """Say what became of an edit, and show it."""
    if done.outcome == "unchanged":
        said = f"Nothing that counts was changed in version {done.version}; its text is stored."
    elif done.outcome == "new":
        said = f"Version {done.version} of the Charter of {clean(form.workload, 64)} is a draft now."
    else:
        said = f"Version {done.version} is stored."
    wrong = f" {done.errors} error{'' if done.errors == 1 else 's'} stand in the way of signing." if done.errors else ""
    console.say(f"{said}{wrong}")
    read_again(console, done.version)


def told_reviewed(console: Console, done: Reviewed, then: str = "") -> None:
    """Say in which state a version is now, and show it."""
    void = f" The signatures of {', '.join(done.voided)} are void." if done.voided else ""
    console.say(f"Version {done.version} of the Charter of {done.workload} is {done.state}.{void} {then}".rstrip())
    read_again(console, done.version)
