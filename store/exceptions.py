"""Exceptions and what was decided on them; a kind stands for the same thing in every workload."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, or_, select

from store.tables import Alert, Charter, CharterException, ExceptionDecision, ExceptionSighting, Intent
from store.tables.types import microseconds

OPEN, DECIDED, CLOSED = "open", "decided", "closed"
MANY = 500
"""So many values are bound to one statement."""

LINE = ("id, workload, origin, kind, subject, opened_at, last_seen_at, reopened_at, reopened_why, closed_at, "
        "closed_why, summary, advice, charter_line, stake_microusd, evidence, alert, intent")
"""Columns of `lines`."""


def current(tx: Session, workload: str, kind: str, subject: str) -> CharterException | None:
    """The one of this identity that is not closed."""
    return tx.exec(select(CharterException).where(
        CharterException.workload == workload, CharterException.kind == kind, CharterException.subject == subject,
        CharterException.state != CLOSED)).first()


def standing(tx: Session, origin: str | None = None, workload: str | None = None) -> list[CharterException]:
    """Those that are not closed, the oldest first; of one origin, of one workload."""
    query = select(CharterException).where(CharterException.state != CLOSED).order_by(col(CharterException.id))
    query = query if origin is None else query.where(CharterException.origin == origin)
    return list(tx.exec(query if workload is None else query.where(CharterException.workload == workload)))


def standing_of(tx: Session, origin: str, workloads: Iterable[str]) -> list[CharterException]:
    """Those of one origin that are not closed, of these workloads."""
    return [row for some in _portions(sorted(set(workloads))) for row in tx.exec(select(CharterException).where(
        CharterException.origin == origin, CharterException.state != CLOSED,
        col(CharterException.workload).in_(some)))]


def by_ids(tx: Session, ids: Iterable[int]) -> dict[int, CharterException]:
    """Those of these numbers that there are."""
    found: dict[int, CharterException] = {}
    for some in _portions(sorted(set(ids))):
        found |= {row.id or 0: row for row in tx.exec(select(CharterException).where(
            col(CharterException.id).in_(some)))}
    return found


def of_intents(tx: Session, intents: Iterable[str]) -> dict[str, int]:
    """The exception of each kill, by its intent."""
    found: dict[str, int] = {}
    for some in _portions(sorted(set(intents))):
        rows = tx.exec(select(CharterException.intent, CharterException.id).where(
            col(CharterException.intent).in_(some)).order_by(col(CharterException.id)))
        found |= {intent: number for intent, number in rows if intent is not None and number is not None}
    return found


def of_alerts(tx: Session, alerts: Iterable[int]) -> dict[int, int]:
    """The newest exception of each alert, by the alert's number."""
    found: dict[int, int] = {}
    for some in _portions(sorted(set(alerts))):
        rows = tx.exec(select(CharterException.alert, CharterException.id).where(
            col(CharterException.alert).in_(some)).order_by(col(CharterException.id)))
        found |= {alert: number for alert, number in rows if alert is not None and number is not None}
    return found


def newest_alert(tx: Session, workload: str, kind: str, subject: str) -> int:
    """The newest alert that any exception of this identity came from; 0 where there is none."""
    rows = tx.exec(select(CharterException.alert).where(
        CharterException.workload == workload, CharterException.kind == kind, CharterException.subject == subject))
    return max((alert for alert in rows if alert is not None), default=0)


def kills_without(tx: Session, since: datetime) -> list[Intent]:
    """Kills that were asked for since an instant and have no exception yet, the oldest first; not those turned down,
    and not later stages, which belong to the exception of their kill."""
    has_one = select(CharterException.id).where(CharterException.intent == Intent.id).exists()
    return list(tx.exec(select(Intent).where(
        Intent.verb == "kill", Intent.state != "rejected", col(Intent.requested_at) >= since, ~has_one,
        col(Intent.escalates).is_(None))
        .order_by(col(Intent.requested_at))))


def kills_under_way(tx: Session, since: datetime) -> list[tuple[CharterException, Intent]]:
    """Trips that are not closed, whose kill was carried out since an instant, and of which it was not settled, when
    they were last brought up to date, what they cost."""
    return [(row, intent) for row, intent in tx.exec(
        select(CharterException, Intent).where(
            col(CharterException.intent) == col(Intent.id), CharterException.state != CLOSED,
            col(Intent.requested_at) >= since, Intent.state != "observed",
            or_(col(Intent.settled_at).is_(None), col(Intent.settled_at) > col(CharterException.last_seen_at))))]


def firing(tx: Session) -> list[tuple[CharterException, Alert]]:
    """Those that are not closed and came from an alert that is not resolved either."""
    return [(row, alert) for row, alert in tx.exec(
        select(CharterException, Alert).where(
            col(CharterException.alert) == col(Alert.id), CharterException.origin == "alert",
            CharterException.state != CLOSED, Alert.state != "resolved"))]


def add(tx: Session, row: CharterException) -> CharterException:
    """Store an exception, give it its number, and note that it began."""
    tx.add(row)
    tx.flush()
    note(tx, row, row.opened_at, "opened")
    return row


def note(tx: Session, row: CharterException, at: datetime, what: str) -> None:
    """That it began: `opened`, `again` or `reopened`."""
    tx.add(ExceptionSighting(exception=row.id or 0, at=at, what=what))


def add_decision(tx: Session, row: ExceptionDecision) -> ExceptionDecision:
    """Store a decision and give it its number."""
    tx.add(row)
    tx.flush()
    return row


def decisions(tx: Session, ids: Iterable[int]) -> dict[int, ExceptionDecision]:
    """Decisions by their numbers."""
    found: dict[int, ExceptionDecision] = {}
    for some in _portions(sorted(set(ids))):
        found |= {row.id or 0: row for row in tx.exec(select(ExceptionDecision).where(
            col(ExceptionDecision.id).in_(some)))}
    return found


def history(tx: Session, exception: int) -> list[ExceptionDecision]:
    """Every decision on an exception, also those that were replaced or taken back, the oldest first."""
    return list(tx.exec(select(ExceptionDecision).where(ExceptionDecision.exception == exception)
                        .order_by(col(ExceptionDecision.id))))


def to_look_at(tx: Session, at: datetime, quiet_since: datetime) -> list[tuple[CharterException, ExceptionDecision]]:
    """Decided ones of which something may follow: the decision's time is over, a Charter was signed after a revision
    was asked for, or nothing was seen since an instant of what is only known by being seen."""
    signed_since = select(Charter.workload).where(
        Charter.workload == CharterException.workload, Charter.state == "signed",
        col(Charter.signed_at) > col(ExceptionDecision.decided_at)).exists()
    return [(row, decision) for row, decision in tx.exec(
        select(CharterException, ExceptionDecision).where(
            CharterException.state == DECIDED, col(CharterException.decision) == col(ExceptionDecision.id),
            or_(col(ExceptionDecision.ends_at) <= at,
                (col(ExceptionDecision.verdict) == "revision") & signed_since,
                col(CharterException.origin).in_(("trip", "alert", "finding"))
                & (col(CharterException.last_seen_at) <= quiet_since)
                & (col(ExceptionDecision.decided_at) <= quiet_since)))
        .order_by(col(CharterException.id)))]


def lines(tx: Session, at: datetime, closed_after: datetime, only: int | None = None) -> Iterator[tuple[Any, ...]]:
    """The columns of LINE, times in microseconds since 1970, of those that were there at an instant and were not
    closed before another one; `only`: of one of them."""
    return _raw(tx, f"SELECT {LINE} FROM charter_exception WHERE {_THERE} ORDER BY id", at, closed_after, only)


def began(tx: Session, at: datetime, closed_after: datetime, only: int | None = None) -> Iterator[tuple[int, int, int]]:
    """(exception, how often it began up to then, when it last was opened or reopened) of the same."""
    return _raw(tx, "SELECT s.exception, COUNT(*), MAX(CASE WHEN s.what <> 'again' THEN s.at END) "
                    "FROM exception_sighting s WHERE s.at <= ?1 AND s.exception IN "
                    f"(SELECT id FROM charter_exception WHERE {_THERE}) GROUP BY s.exception", at, closed_after, only)


def decisions_then(tx: Session, at: datetime, closed_after: datetime,
                   only: int | None = None) -> Iterator[tuple[Any, ...]]:
    """(number, exception, verdict, rationale, role, by, when, end, batch) of the same, the oldest first; those that had
    been taken back by then are left out."""
    return _raw(tx, "SELECT id, exception, verdict, rationale, role, decided_by, decided_at, ends_at, batch "
                    "FROM exception_decision WHERE decided_at <= ?1 AND (undone_at IS NULL OR undone_at > ?1) "
                    f"AND exception IN (SELECT id FROM charter_exception WHERE {_THERE}) ORDER BY id",
                at, closed_after, only)


def sightings(tx: Session, since: datetime, at: datetime) -> Iterator[tuple[str, int, str]]:
    """(kind, when in microseconds since 1970, what) of every time that one began from an instant up to another."""
    return _raw(tx, "SELECT e.kind, s.at, s.what FROM exception_sighting s JOIN charter_exception e "
                    "ON e.id = s.exception WHERE s.at >= ?1 AND s.at <= ?2", since, at)


def openings(tx: Session, start: datetime, end: datetime) -> dict[str, list[int]]:
    """When one was opened or reopened in [start, end), in microseconds since 1970, by kind: each time, in their order.
    """
    return {kind: sorted(json.loads(instants)) for kind, instants in _raw(
        tx, "SELECT e.kind, json_group_array(s.at) FROM exception_sighting s JOIN charter_exception e "
            "ON e.id = s.exception WHERE s.at >= ?1 AND s.at < ?2 AND s.what <> 'again' GROUP BY e.kind", start, end)}


_THERE = "opened_at <= ?1 AND (closed_at IS NULL OR closed_at > ?2) AND (?3 IS NULL OR id = ?3)"


def _raw(tx: Session, statement: str, *given: datetime | int | None) -> Iterator[Any]:
    """Rows as the driver gives them: there may be thousands, and objects take ten times as long."""
    cursor = tx.connection().connection.cursor()
    try:
        yield from cursor.execute(statement, tuple(
            microseconds(each) if isinstance(each, datetime) else each for each in given))
    finally:
        cursor.close()


def _portions(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(values), MANY):
        yield values[start:start + MANY]
