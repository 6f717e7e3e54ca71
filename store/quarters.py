"""What a quarter is read from beside usage, Charters and entries: exceptions, kills, explanations, registrations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlmodel import Session

from store.incidents import SENT
from store.tables.types import from_microseconds, microseconds


class Matter(NamedTuple):
    """An exception that was not closed at an instant, with the decision in force."""

    exception: int
    workload: str
    origin: str
    kind: str
    subject: str
    state: str
    opened_at: datetime
    summary: str
    verdict: str | None
    rationale: str | None
    decided_by: str | None


def matters(tx: Session, at: datetime) -> list[Matter]:
    """Every exception that was there at an instant and was not closed by then, the oldest first."""
    return [Matter._make((*row[:6], from_microseconds(row[6]), *row[7:])) for row in _rows(
        tx, "SELECT e.id, e.workload, e.origin, e.kind, e.subject, CASE WHEN d.id IS NULL THEN 'open' ELSE 'decided' "
            "END, e.opened_at, e.summary, d.verdict, d.rationale, d.decided_by FROM charter_exception e "
            "LEFT JOIN exception_decision d ON d.id = e.decision AND d.undone_at IS NULL AND d.decided_at <= ?1 "
            "WHERE e.opened_at <= ?1 AND (e.closed_at IS NULL OR e.closed_at > ?1) ORDER BY e.id", microseconds(at))]


def kills(tx: Session, start: datetime, end: datetime) -> dict[str, int]:
    """How many kills of each workload were asked for in [start, end) and carried out; a later stage is no other one."""
    marks = ", ".join("?" * len(SENT))
    return dict(_rows(tx, "SELECT workload, COUNT(*) FROM intent WHERE verb = 'kill' AND escalates IS NULL "
                          f"AND requested_at >= ? AND requested_at < ? AND state IN ({marks}) GROUP BY workload",
                      microseconds(start), microseconds(end), *SENT))


def explained(tx: Session, months: Sequence[str],
              by: datetime | None = None) -> dict[tuple[str, str], tuple[str, ...]]:
    """Which roles have explained a month, by workload and month; had by an instant, where one is given."""
    marks = ", ".join("?" * len(months))
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for workload, month, role in _rows(
            tx, f"SELECT DISTINCT workload, month, role FROM explanation WHERE month IN ({marks}) "
                "AND written_at <= COALESCE(?, written_at)", *months, None if by is None else microseconds(by)):
        found[workload, month] = (*found.get((workload, month), ()), role)
    return found


def registered_since(tx: Session) -> dict[str, datetime]:
    """When each MBOM entry was first stored."""
    return {slug: from_microseconds(at) for slug, at in _rows(
        tx, "SELECT slug, MIN(at) FROM workload_change GROUP BY slug")}


def retired_since(tx: Session) -> dict[str, datetime]:
    """When the status of each MBOM entry that is retired was last changed."""
    return {slug: from_microseconds(at) for slug, at in _rows(
        tx, "SELECT c.slug, MAX(c.at) FROM workload w JOIN workload_change c ON c.slug = w.slug AND c.field = 'status' "
            "WHERE w.status = 'retired' GROUP BY c.slug")}


def status_since(tx: Session) -> dict[str, datetime]:
    """When the status of each MBOM entry was last changed, or first stated."""
    return {slug: from_microseconds(at) for slug, at in _rows(
        tx, "SELECT slug, MAX(at) FROM workload_change WHERE field = 'status' GROUP BY slug")}


def last_reviewed(tx: Session, at: datetime) -> dict[str, datetime]:
    """When each workload's Charter was last signed, or its quarter last closed by the two who do, up to an instant."""
    return {slug: from_microseconds(when) for slug, when in _rows(
        tx, "SELECT workload, MAX(at) FROM (SELECT workload, signed_at AS at FROM charter WHERE signed_at <= ?1 "
            "UNION ALL SELECT workload, said_at FROM quarter_note WHERE said_at <= ?1 "
            "AND kind IN ('reaffirm', 'revise', 'retire')) GROUP BY workload", microseconds(at))}


def _rows(tx: Session, statement: str, *values: Any) -> Iterator[Any]:
    cursor = tx.connection().connection.cursor()
    try:
        yield from cursor.execute(statement, values)
    finally:
        cursor.close()
