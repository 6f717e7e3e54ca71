"""Recorded evaluations by workload. The answers of one may be megabytes: they are read one evaluation at a time."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy.orm import defer
from sqlmodel import Session, col, select

from store.tables import EvaluationRow


def held(tx: Session, workloads: Collection[str] | None = None) -> list[EvaluationRow]:
    """Those that hold, the newest first, without their answers; of some workloads where they are named."""
    query = select(EvaluationRow).where(col(EvaluationRow.withdrawn_at).is_(None))
    if workloads is not None:
        query = query.where(col(EvaluationRow.workload).in_(workloads))
    newest = query.order_by(col(EvaluationRow.at).desc(), col(EvaluationRow.id).desc())
    return list(tx.exec(newest.options(defer(EvaluationRow.answers, raiseload=True))))  # type: ignore[arg-type]


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
