"""Recorded evaluations as they are stored, without their answers."""

from __future__ import annotations

from collections.abc import Collection
from typing import cast

from sqlmodel import Session

from console.evaluations.evaluation import Kind
from console.evaluations.recorded import Recorded, of_document
from store import evaluations
from store.tables import EvaluationRow


def read_evaluations(tx: Session, workloads: Collection[str] | None = None) -> tuple[Recorded, ...]:
    """Those that hold, the newest first; of some workloads where they are named."""
    return tuple(understood(row) for row in evaluations.held(tx, workloads))


def understood(row: EvaluationRow) -> Recorded:
    """One of them."""
    return Recorded(row.id or 0, row.workload, cast(Kind, row.kind), row.at, row.file, row.recorded_by, row.recorded_at,
                    of_document(row.summary))
