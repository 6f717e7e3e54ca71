"""Saving: a fix that was made, and what it is to save a month; each month then says what it did save."""

from __future__ import annotations

from screens.dialogs import asking, form
from screens.dialogs.form import Question
from screens.view import Console, Selection


async def run(console: Console, selection: Selection) -> None:
    """Declare a saving of the workload that was selected when the key was pressed. Raises ConsoleError."""
    slug = selection.workload
    if slug is None:
        return
    today = f"{console.now():%Y-%m-%d}"
    exception = int(selection.id) if selection.kind == "exception" else None
    promise = "what it is to save" if exception is None else "what it is to save; empty: what its finding says"
    needs = form.needs_known_amount if exception is None else form.needs_positive_or_nothing
    questions = [
        Question("what was done", "What was done", "in a sentence", asking.needs_words("a saving")),
        Question("promised", "Saves a month, USD", promise, needs, unit="USD a month"),
        Question("since", "In effect since", f"a day such as {today}, UTC · enter declares it", _needs_day, today),
    ]
    of = f"{slug}, for exception {exception}" if exception is not None else slug
    given = await form.fill(console, f"SAVING of {of}", questions)
    if given is None:
        return
    from console.operations import months

    promised, since = form.amount(given[1]), form.day(given[2])
    assert since is not None  # the field took nothing else
    number = await console.door.ask(
        months.declare_saving,
        workload=slug,
        what=given[0],
        promised=promised,
        applied_at=since,
        exception=exception,
    )
    console.say_undoable(
        f"The saving of {slug} is declared; each month says what it saved.",
        lambda: console.door.ask(months.withdraw_saving, saving=number),
    )
    console.changed()


def _needs_day(text: str) -> str | None:
    return None if form.day(text) else "Write a day such as 2026-11-23."
