"""The ledger: outcomes that were entered, explanations that were written, savings that were declared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from sqlmodel import Session, and_, col, or_, select

from store.tables import CharterException, Explanation, Outcome, Saving
from store.tables.types import from_microseconds, microseconds

Amounts = tuple[str, str | None, int | None, int | None, int | None, int | None]
"""Outcomes (a decimal number as text), then value, baseline, review and rework in micro-dollars; None is unknown."""

Key = tuple[str, datetime, datetime, str]
"""Workload, period and reference: what makes two rows the same one."""


Says = tuple[str | int | None, ...]
"""Outcomes, the four amounts, and the note."""


class Before(NamedTuple):
    """A row of one origin, as it is compared with what that says now."""

    id: int
    key: Key
    says: Says
    withdrawn_by: str | None


class Held(NamedTuple):
    """A row of the ledger in short."""

    id: int
    workload: str
    starts_at: datetime
    ends_at: datetime
    reference: str
    origin: str
    entered_by: str


class Stated(Protocol):
    """What a row of the ledger says: a stored one, or one that is about to be."""

    id: int | None
    workload: str
    starts_at: datetime
    ends_at: datetime
    reference: str
    outcomes: str | None
    value_microusd: int | None
    baseline_microusd: int | None
    review_microusd: int | None
    rework_microusd: int | None
    note: str
    origin: str
    entered_by: str
    entered_at: datetime


@dataclass(slots=True)
class NewOutcome:
    """A row that is about to be stored. Plain: to make a hundred thousand of the table's own takes ten seconds."""

    workload: str
    starts_at: datetime
    ends_at: datetime
    origin: str
    entered_by: str
    entered_at: datetime
    reference: str = ""
    outcomes: str | None = None
    value_microusd: int | None = None
    baseline_microusd: int | None = None
    review_microusd: int | None = None
    rework_microusd: int | None = None
    note: str = ""
    id: int | None = None


def outcomes(tx: Session, start: datetime, end: datetime, workload: str | None = None) -> list[Outcome]:
    """Rows that begin in [start, end) and hold, by workload and time; of one workload where it is named."""
    query = select(Outcome).where(Outcome.starts_at >= start, Outcome.starts_at < end,
                                  col(Outcome.withdrawn_at).is_(None))
    if workload is not None:
        query = query.where(Outcome.workload == workload)
    return list(tx.exec(query.order_by(col(Outcome.workload), col(Outcome.starts_at), col(Outcome.id))))


def amounts(tx: Session, start: datetime, end: datetime, at: datetime) -> Iterator[Amounts]:
    """What every row says that lies within [start, end) and held at an instant: entered by then, and not withdrawn."""
    cursor = tx.connection().connection.cursor()
    try:
        yield from cursor.execute(
            "SELECT workload, outcomes, value_microusd, baseline_microusd, review_microusd, rework_microusd "
            "FROM outcome WHERE starts_at >= ?1 AND starts_at < ?2 AND ends_at <= ?2 AND entered_at <= ?3 "
            "AND (withdrawn_at IS NULL OR withdrawn_at > ?3)", tuple(map(microseconds, (start, end, at))))
    finally:
        cursor.close()


def outcome(tx: Session, number: int) -> Outcome | None:
    return tx.get(Outcome, number)


def key(row: Stated) -> Key:
    """What makes it the same row as another."""
    return row.workload, row.starts_at, row.ends_at, row.reference


def held(tx: Session, start: datetime, end: datetime) -> Iterator[Held]:
    """Rows that overlap [start, end) and hold, oldest first."""
    cursor = tx.connection().connection.cursor()
    try:
        for number, workload, begins, ends, reference, origin, entered_by in cursor.execute(
                "SELECT id, workload, starts_at, ends_at, reference, origin, entered_by FROM outcome "
                "WHERE starts_at < ? AND ends_at > ? AND withdrawn_at IS NULL ORDER BY starts_at, id",
                (microseconds(end), microseconds(start))):
            yield Held(number, workload, from_microseconds(begins), from_microseconds(ends), reference, origin,
                       entered_by)
    finally:
        cursor.close()


def of_origin(tx: Session, origin: str, start: datetime, end: datetime) -> Iterator[Before]:
    """Every row of one origin that begins in [start, end), those that were withdrawn too, oldest first."""
    cursor = tx.connection().connection.cursor()
    try:
        for number, workload, begins, ends, reference, withdrawn_by, *says in cursor.execute(
                "SELECT id, workload, starts_at, ends_at, reference, withdrawn_by, outcomes, value_microusd, "
                "baseline_microusd, review_microusd, rework_microusd, note FROM outcome "
                "WHERE origin = ? AND starts_at >= ? AND starts_at < ? ORDER BY id",
                (origin, microseconds(start), microseconds(end))):
            yield Before(number, (workload, from_microseconds(begins), from_microseconds(ends), reference),
                         tuple(says), withdrawn_by)
    finally:
        cursor.close()


def says(row: Stated) -> Says:
    """What a row says of its key."""
    return (row.outcomes, row.value_microusd, row.baseline_microusd, row.review_microusd, row.rework_microusd, row.note)


def withdraw(tx: Session, numbers: Iterable[int], by: str, why: str, at: datetime) -> None:
    """Take rows out of every sum; they stay."""
    cursor = tx.connection().connection.cursor()
    try:
        cursor.executemany("UPDATE outcome SET withdrawn_by = ?, withdrawn_why = ?, withdrawn_at = ? WHERE id = ?",
                           [(by, why, microseconds(at), number) for number in numbers])
    finally:
        cursor.close()


def add_outcomes(tx: Session, rows: Sequence[Stated]) -> None:
    """Store rows, and give each its number. A hundred thousand of them must not keep the writer for long."""
    cursor = tx.connection().connection.cursor()
    try:
        (last,) = cursor.execute("SELECT COALESCE(MAX(id), 0) FROM outcome").fetchone() or (0,)
        for number, row in enumerate(rows, last + 1):
            row.id = number
        cursor.executemany(
            "INSERT INTO outcome (id, workload, starts_at, ends_at, reference, outcomes, value_microusd, "
            "baseline_microusd, review_microusd, rework_microusd, note, origin, entered_by, entered_at, withdrawn_why) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '')",
            [(row.id, row.workload, microseconds(row.starts_at), microseconds(row.ends_at), row.reference, row.outcomes,
              row.value_microusd, row.baseline_microusd, row.review_microusd, row.rework_microusd, row.note, row.origin,
              row.entered_by, microseconds(row.entered_at)) for row in rows])
    finally:
        cursor.close()


def explanations(tx: Session, month: str, workload: str | None = None, *,
                 by: datetime | None = None) -> list[Explanation]:
    """Everything that was written on a month, oldest first; by an instant where one is given."""
    query = select(Explanation).where(Explanation.month == month)
    if by is not None:
        query = query.where(Explanation.written_at <= by)
    if workload is not None:
        query = query.where(Explanation.workload == workload)
    return list(tx.exec(query.order_by(col(Explanation.id))))


def add_explanation(tx: Session, row: Explanation) -> Explanation:
    tx.add(row)
    tx.flush()
    return row


def exceptions_seen(tx: Session, start: datetime, end: datetime) -> dict[str, tuple[int, ...]]:
    """Exceptions that were true at some time in the month [start, end), by workload; of variances those of this month,
    which open after it."""
    true_then = and_(CharterException.origin != "variance", CharterException.opened_at < end,
                     CharterException.last_seen_at >= start)
    about_it = and_(CharterException.origin == "variance", CharterException.subject == f"{start:%Y-%m}")
    found: dict[str, tuple[int, ...]] = {}
    for slug, number in tx.exec(select(CharterException.workload, CharterException.id).where(
            or_(true_then, about_it)).order_by(col(CharterException.id))):
        found[slug] = (*found.get(slug, ()), number or 0)
    return found


def savings(tx: Session, before: datetime | None = None) -> list[Saving]:
    """Savings that hold, by when they were applied; those applied before an instant."""
    query = select(Saving).where(col(Saving.withdrawn_at).is_(None))
    if before is not None:
        query = query.where(Saving.applied_at < before)
    return list(tx.exec(query.order_by(col(Saving.applied_at), col(Saving.id))))


def fixes(tx: Session) -> dict[tuple[str, str, str], Saving]:
    """The newest saving that holds of what an exception is of, by its workload, kind and subject."""
    found = tx.exec(select(Saving, CharterException).where(
        Saving.exception == CharterException.id, col(Saving.withdrawn_at).is_(None)).order_by(
            col(Saving.applied_at), col(Saving.id)))
    return {(row.workload, row.kind, row.subject): saving for saving, row in found}


def saving(tx: Session, number: int) -> Saving | None:
    return tx.get(Saving, number)


def add_saving(tx: Session, row: Saving) -> Saving:
    tx.add(row)
    tx.flush()
    return row
