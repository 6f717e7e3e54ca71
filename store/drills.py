"""Drills: rehearsals of breakers, and what came of them."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, select

from store.tables import Drill
from store.tables.types import from_microseconds, microseconds


def add(tx: Session, row: Drill) -> Drill:
    """Store a drill and give it its number."""
    tx.add(row)
    tx.flush()
    return row


def of_workload(tx: Session, workload: str, limit: int) -> list[Drill]:
    """The newest drills of a workload."""
    return list(tx.exec(select(Drill).where(Drill.workload == workload)
                        .order_by(col(Drill.at).desc(), col(Drill.id).desc()).limit(limit)))


def of_intent(tx: Session, intent: str) -> Drill | None:
    """What came of the drill that an intent wrote down; None while it runs."""
    return tx.exec(select(Drill).where(Drill.intent == intent)).first()


def last_passed(tx: Session, until: datetime | None = None) -> dict[tuple[str, str], datetime]:
    """(workload, sort) to when the last drill was that passed, up to an instant."""
    query = "SELECT workload, sort, MAX(at) FROM drill WHERE outcome = 'passed' AND at <= ? GROUP BY workload, sort"
    cursor = tx.connection().connection.cursor()
    try:
        rows = cursor.execute(query, (2**62 if until is None else microseconds(until),)).fetchall()
    finally:
        cursor.close()
    return {(slug, sort): from_microseconds(at) for slug, sort, at in rows}
