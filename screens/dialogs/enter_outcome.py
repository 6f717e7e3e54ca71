"""Outcome: what a workload produced within a time, what that was worth, and what it cost beside inference."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from console.cadences.monthly import MonthLine, Monthly
from screens.dialogs import form
from screens.dialogs.form import Question, amount, needs_amount
from screens.view import Console, Selection

NOT_KNOWN = "empty where not known"


async def run(console: Console, selection: Selection) -> None:
    """Enter outcomes of the workload that was selected when the key was pressed. Raises ConsoleError."""
    item, month = selection.item, selection.whole
    if not isinstance(item, MonthLine) or not isinstance(month, Monthly):
        return
    given = await form.fill(console, f"OUTCOMES of {item.slug}", _questions(item, month))
    if given is None:
        return
    from console.operations import outcomes

    within, count, *worth, reference = given
    span = form.span(within)
    assert span is not None  # the field took nothing else
    value, baseline, review, rework = (amount(one) for one in worth)
    entered = await console.door.ask(
        outcomes.enter_outcome,
        workload=item.slug,
        starts_at=span[0],
        ends_at=span[1],
        outcomes=_count(count),
        value=value,
        baseline=baseline,
        review=review,
        rework=rework,
        reference=reference,
    )
    overlap = "".join(f" {each} overlap in time, and both count." for each in entered.overlapping)
    console.say_undoable(
        f"Outcomes of {item.slug} are in the ledger.{overlap}",
        lambda: console.door.ask(outcomes.withdraw_outcome, outcome=entered.row, why="taken back at once"),
    )
    console.changed()


def _questions(item: MonthLine, month: Monthly) -> list[Question]:
    unit = item.outcome or "outcomes"
    return [
        Question("period", "In", "2026-11, 2026-11-23 or 2026-11-01..2026-11-15, UTC", _needs_span, month.month),
        Question("outcomes", f"How many ({unit})", NOT_KNOWN, needs_count, unit=unit),
        Question("value", "Worth, USD", NOT_KNOWN, needs_amount, unit="USD"),
        Question("baseline", "Worth without it, USD", f"what the baseline gives anyway; {NOT_KNOWN}", needs_amount,
                 unit="USD"),
        Question("review", "Review cost, USD", f"0 where there was none; {NOT_KNOWN}", needs_amount, unit="USD"),
        Question("rework", "Rework cost, USD", f"0 where there was none; {NOT_KNOWN}", needs_amount, unit="USD"),
        Question("reference", "Where it comes from", "a report, a ticket · enter writes it down"),
    ]  # fmt: skip


def _needs_span(text: str) -> str | None:
    return (
        None if form.span(text) else "Write a month, a day, or two days: 2026-11, 2026-11-23, 2026-11-01..2026-11-15."
    )


def _count(text: str) -> Decimal | None:
    """Raises InvalidOperation for what is no number."""
    return None if text.strip() in form.UNKNOWN else Decimal(text.strip().replace(",", ""))


def needs_count(text: str) -> str | None:
    """A complaint about what is neither a number of outcomes nor unknown."""
    try:
        count = _count(text)
    except InvalidOperation:
        return "Write a number such as 61240, or nothing where it is not known."
    if count is not None and (not count.is_finite() or count < 0):
        return "A number of outcomes cannot be below 0."
    return None
