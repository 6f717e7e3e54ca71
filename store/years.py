"""What a year is measured by: alerts and how soon somebody took them on, kills and resumes, exceptions, explanations.

Times that are returned as numbers are seconds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlmodel import Session

from store.incidents import SENT
from store.tables.types import from_microseconds, microseconds

SECOND = 1_000_000


class Kill(NamedTuple):
    """One kill that was sent, or failed."""

    state: str
    confirm_s: float | None
    """From the request until every target was read back as wanted; None where that never was."""
    resume_s: float | None
    """From there until it was resumed; None where it was not."""
    tail: int | None
    """Micro-dollars that arrived after the state was confirmed; None while that is not known."""
    verdict: str | None
    """What was decided on the exception that it opened."""


def acknowledgements(tx: Session, start: datetime, end: datetime) -> list[float | None]:
    """How long each error or critical alert that fired in [start, end) waited for somebody; None: nobody came."""
    return [None if acknowledged is None else (acknowledged - fired) / SECOND for fired, acknowledged in _rows(
        tx, "SELECT fired_at, acknowledged_at FROM alert WHERE severity IN ('error', 'critical') AND fired_at >= ? "
            "AND fired_at < ?", microseconds(start), microseconds(end))]


def kills(tx: Session, start: datetime, end: datetime) -> list[Kill]:
    """Kills that were asked for in [start, end), oldest first; a later stage is no other one, and its resume is that of
    its kill."""
    states = (*SENT, "failed")
    marks = ", ".join("?" * len(states))
    return [Kill(state, _between(requested, confirmed), _between(finished, resumed), tail, verdict)
            for state, requested, confirmed, finished, resumed, tail, verdict in _rows(
        tx, "WITH resumed AS (SELECT COALESCE(k.escalates, k.id) AS id, MIN(b.finished_at) AS at FROM intent b "
            "JOIN intent k ON k.id = b.reverses WHERE b.verb = 'resume' AND b.state IN ('done', 'partial') "
            "GROUP BY 1), "
            "judged AS (SELECT e.intent AS id, d.verdict, MAX(e.id) FROM charter_exception e JOIN exception_decision d "
            "ON d.id = e.decision AND d.undone_at IS NULL WHERE e.intent IS NOT NULL GROUP BY e.intent) "
            "SELECT i.state, i.requested_at, CASE WHEN i.state = 'done' THEN (SELECT MAX(s.confirmed_at) FROM step s "
            "WHERE s.intent = i.id) END, i.finished_at, r.at, i.tail_microusd, j.verdict FROM intent i "
            "LEFT JOIN resumed r ON r.id = i.id LEFT JOIN judged j ON j.id = i.id "
            "WHERE i.verb = 'kill' AND i.escalates IS NULL AND i.requested_at >= ? AND i.requested_at < ? "
            f"AND i.state IN ({marks}) ORDER BY i.requested_at", microseconds(start), microseconds(end), *states)]


def exceptions_closed(tx: Session, start: datetime, end: datetime) -> dict[str, int]:
    """How many exceptions of each kind were closed in [start, end)."""
    return dict(_rows(tx, "SELECT kind, COUNT(*) FROM charter_exception WHERE closed_at >= ? AND closed_at < ? "
                          "GROUP BY kind", microseconds(start), microseconds(end)))


def exception_stakes(tx: Session, start: datetime, end: datetime) -> dict[str, int]:
    """Micro-dollars at stake of the exceptions that were opened in [start, end), by kind, where any is known."""
    return {kind: stake for kind, stake in _rows(
        tx, "SELECT kind, SUM(stake_microusd) FROM charter_exception WHERE opened_at >= ? AND opened_at < ? "
            "GROUP BY kind", microseconds(start), microseconds(end)) if stake is not None}


def left_undecided(tx: Session, start: datetime, end: datetime, within: timedelta) -> tuple[int, int]:
    """(how many exceptions that were opened in [start, end) were neither decided nor closed within so long, of how
    many)."""
    ((late, all_of_them),) = _rows(
        tx, "SELECT COALESCE(SUM(COALESCE(MIN(first, closed_at), first, closed_at, ?1) > opened_at + ?2), 0), COUNT(*) "
            "FROM (SELECT e.opened_at, e.closed_at, (SELECT MIN(d.decided_at) FROM exception_decision d "
            "WHERE d.exception = e.id AND d.undone_at IS NULL) AS first FROM charter_exception e "
            "WHERE e.opened_at >= ?3 AND e.opened_at < ?4)",
        2**62, within // timedelta(microseconds=1), microseconds(start), microseconds(end))
    return int(late), int(all_of_them)


def explained_by_both(tx: Session, months: Sequence[str]) -> dict[tuple[str, str], datetime]:
    """When the second of the two roles first explained a month, by workload and month; where both did."""
    marks = ", ".join("?" * len(months))
    return {(workload, month): from_microseconds(at) for workload, month, roles, at in _rows(
        tx, "SELECT workload, month, COUNT(*), MAX(first) FROM (SELECT workload, month, role, MIN(written_at) AS first "
            f"FROM explanation WHERE month IN ({marks}) GROUP BY workload, month, role) GROUP BY workload, month",
        *months) if roles > 1}


def variances(tx: Session, months: Sequence[str]) -> set[tuple[str, str]]:
    """(workload, month) of every exception that a variance of one of these months opened."""
    marks = ", ".join("?" * len(months))
    return set(_rows(tx, "SELECT workload, subject FROM charter_exception WHERE origin = 'variance' "
                         f"AND subject IN ({marks})", *months))


def built(tx: Session) -> list[tuple[str, str | None, str | None]]:
    """(slug, architecture, cascade as JSON) of every MBOM entry that is live or paused."""
    return list(_rows(tx, "SELECT slug, entry ->> '$.architecture', json_extract(entry, '$.cascade') FROM workload "
                          "WHERE status IN ('live', 'paused') ORDER BY slug"))


def counts_requests(tx: Session) -> bool:
    """Whether any usage has its requests counted."""
    return any(True for _ in _rows(tx, "SELECT 1 FROM usage_month WHERE requests IS NOT NULL LIMIT 1"))


def _between(begin: int | None, end: int | None) -> float | None:
    return None if begin is None or end is None else (end - begin) / SECOND


def _rows(tx: Session, statement: str, *values: Any) -> Iterator[Any]:
    cursor = tx.connection().connection.cursor()
    try:
        yield from cursor.execute(statement, values)
    finally:
        cursor.close()
