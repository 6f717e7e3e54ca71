"""Recorded evaluations by workload. The answers of one may be megabytes: they are read one evaluation at a time."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session, col, select

from store.tables import EvaluationRow
from store.tables.types import from_microseconds


class Held(NamedTuple):
    """One that holds, without its answers."""

    id: int
    workload: str
    kind: str
    at: datetime
    file: str
    recorded_by: str
    recorded_at: datetime
    summary: str
    """As it is stored: JSON."""


def held(tx: Session, workloads: Collection[str] | None = None) -> Iterator[Held]:
    """Those that hold, the newest first; of some workloads where they are named."""
    which = "" if workloads is None else "AND workload IN (SELECT value FROM json_each(?)) "
    cursor = tx.connection().connection.cursor()
    try:
        for number, workload, kind, at, file, by, recorded_at, summary in cursor.execute(
                "SELECT id, workload, kind, at, file, recorded_by, recorded_at, summary FROM evaluation "
                f"WHERE withdrawn_at IS NULL {which}ORDER BY at DESC, id DESC",
                () if workloads is None else (json.dumps(list(workloads)),)):
            yield Held(number, workload, kind, from_microseconds(at), file, by, from_microseconds(recorded_at), summary)
    finally:
        cursor.close()


def one(tx: Session, number: int) -> EvaluationRow | None:
    """By its number, with its answers."""
    return tx.get(EvaluationRow, number)


def same(tx: Session, workload: str, kind: str, sha256: str) -> EvaluationRow | None:
    """The one that this file was stored as, and that holds."""
    return tx.exec(select(EvaluationRow).where(
        EvaluationRow.workload == workload, EvaluationRow.kind == kind, EvaluationRow.sha256 == sha256,
        col(EvaluationRow.withdrawn_at).is_(None))).first()


def add(tx: Session, row: EvaluationRow) -> EvaluationRow:
    tx.add(row)
    tx.flush()
    return row
