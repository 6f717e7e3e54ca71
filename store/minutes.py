"""Usage minute by minute, for whoever keeps a picture of it in memory: what each workload used of each model."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import NamedTuple

from sqlmodel import Session

MINUTE = 60


class MinuteCounts(NamedTuple):
    """One series in one minute."""

    minute: int
    """Whole minutes since 1970."""
    workload: str
    model: str
    source: str
    cost: int
    """Micro-dollars."""
    uncached: int
    read: int
    written: int
    output: int
    requests: int | None


def minute_counts(tx: Session, start: int, end: int, workload: str | None = None) -> Iterator[MinuteCounts]:
    """What attributed series used in [start, end), whole minutes since 1970, oldest first; of one workload, or of all.

    Buckets wider than a minute are left out: nothing is known of the minutes in them.
    """
    cursor = tx.connection().connection.cursor()
    try:
        known: dict[int, tuple[str, str, str]] = {}
        for number, source, slug, dimensions in cursor.execute(
                "SELECT id, source, workload, dimensions FROM series WHERE workload IS NOT NULL AND "
                "(? IS NULL OR workload = ?) AND last_bucket >= ?", (workload, workload, start * MINUTE)):
            known[number] = slug, str(json.loads(dimensions).get("model") or ""), source
        rows = cursor.execute(
            "SELECT bucket, series, cost_microusd, uncached_input, cache_read, cache_write_5m + cache_write_1h, "
            "output, requests FROM usage_fact WHERE bucket >= ? AND bucket < ? AND width = 60 ORDER BY bucket",
            (start * MINUTE, end * MINUTE))
        for bucket, series, *counts in rows:
            whose = known.get(series)
            if whose is not None:
                yield MinuteCounts(bucket // MINUTE, *whose, *counts)
    finally:
        cursor.close()
