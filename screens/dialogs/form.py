"""Several answers to one thing, asked one after another in one panel that shows what was given so far."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from console.money import MicroUsd, from_usd
from console.text import clean
from screens.columns.page import PageLine, labelled
from screens.dialogs import asking
from screens.prompt import Prompt
from screens.view import Console

_AMOUNT = re.compile(r"(\d+|\d{1,3}(,\d{3})+)(\.\d{1,6})?")
LABEL = 16
UNKNOWN = ("", "?")


@dataclass(frozen=True, slots=True)
class Question:
    """One of the answers."""

    label: str
    """Beside the answer, once it was given."""
    field: str
    """Before the field."""
    hint: str
    complaint: Callable[[str], str | None] = lambda text: None
    default: str = ""
    unit: str = ""
    """After the answer."""
    rows: int = 1
    """Lines of the field."""


async def fill(
    console: Console, title: str, questions: Sequence[Question], above: Sequence[PageLine] = ()
) -> list[str] | None:
    """The answers in their order, stripped; None where the person cancelled. `above` stands before what was given."""
    width, most = asking.room(console)
    given: list[str] = []
    for at, question in enumerate(questions):
        shown = list(above)
        for asked, said in zip(questions, given, strict=False):
            shown += labelled(asked.label, f"{said or '?'} {asked.unit}", width, label_width=LABEL, most=2)
        step = f"{at + 1} of {len(questions)} · " if len(questions) > 1 else ""
        answer = await console.ask(
            Prompt(
                question.field,
                title=title,
                lines=asking.contents(shown[-max(1, most - question.rows + 1) :]),
                default=question.default,
                replaced=bool(question.default),
                validate=question.complaint,
                hint=f"{step}{question.hint} · esc cancels",
                rows=question.rows,
            )
        )
        if answer is None:
            return None
        given.append(answer.strip())
    return given


async def as_role(console: Console, candidates: Sequence[str], what: str) -> str | None:
    """In which of these roles the person acts; the first where they hold none of them. None where they cancelled."""
    held = [role for role in candidates if role in console.door.actor.roles]
    return await asking.role(console, f"{what} as", held or candidates[:1])


# Amounts and days, as people write them.


def amount(text: str) -> MicroUsd | None:
    """Dollars such as `1,204.50`; None for `?` or nothing, which is unknown. Raises ValueError for anything else."""
    said = text.strip().removeprefix("$")
    if said in UNKNOWN:
        return None
    if not _AMOUNT.fullmatch(said):
        raise ValueError(text)
    return from_usd(said.replace(",", ""))


def needs_amount(text: str) -> str | None:
    """A complaint about what is neither an amount nor unknown."""
    try:
        amount(text)
    except ValueError:
        return f"{clean(text, 20)!r} is no amount. Write dollars such as 1204.50, 0, or nothing where it is not known."
    return None


def needs_known_amount(text: str) -> str | None:
    """A complaint about what is no amount above 0."""
    complaint = needs_amount(text)
    return complaint or (None if amount(text) else "Write an amount above 0, such as 600 or 1,204.50.")


def needs_positive_or_nothing(text: str) -> str | None:
    """The same, where it may be left out."""
    return needs_known_amount(text) if text.strip() else None


def day(text: str) -> datetime | None:
    """The UTC midnight that begins a day such as `2026-11-23`; None for anything else."""
    try:
        return datetime.strptime(text.strip(), "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        return None


def span(text: str) -> tuple[datetime, datetime] | None:
    """`2026-11`, `2026-11-23` or `2026-11-01..2026-11-15` as [start, end) in UTC; None for anything else."""
    first, _, last = text.strip().partition("..")
    start = day(first)
    if start is None:
        return None if last else _month(first)
    end = day(last) if last else start
    return None if end is None or end < start else (start, end + timedelta(days=1))


def _month(text: str) -> tuple[datetime, datetime] | None:
    start = day(f"{text}-01")
    return None if start is None else (start, (start + timedelta(days=32)).replace(day=1))
