"""Recorded evaluations as they are stored, without their answers."""

from __future__ import annotations

import functools
import json
from collections.abc import Collection
from typing import cast

from sqlmodel import Session

from console.evaluations.evaluation import Kind
from console.evaluations.recorded import Recorded, Summary, of_document
from store import evaluations
from store.tables import EvaluationRow

KEPT = 4_096
"""Summaries that are kept as they were understood: thousands are read again every quarter of an hour."""


def read_evaluations(tx: Session, workloads: Collection[str] | None = None) -> tuple[Recorded, ...]:
    """Those that hold, the newest first; of some workloads where they are named."""
    return tuple(Recorded(held.id, held.workload, cast(Kind, held.kind), held.at, held.file, held.recorded_by,
                          held.recorded_at, _summary(held.summary)) for held in evaluations.held(tx, workloads))


def understood(row: EvaluationRow) -> Recorded:
    """One of them."""
    return Recorded(row.id or 0, row.workload, cast(Kind, row.kind), row.at, row.file, row.recorded_by, row.recorded_at,
                    of_document(row.summary))


@functools.lru_cache(KEPT)
def _summary(stored: str) -> Summary:
    return of_document(json.loads(stored))
