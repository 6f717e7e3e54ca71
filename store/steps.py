"""Usage by hour and by day of chosen series: what is read for some workloads at a time, out of very many."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from sqlmodel import Session

from store.rollups import DAY, HOUR

TABLES = {HOUR: ("usage_hour", "hour"), DAY: ("usage_day", "day")}
Step = tuple[int, int, int, int, int, int, int, int | None, int, int]
"""Series, start, uncached input, cache write 5 m, 1 h, cache read, output, requests, micro-dollars, the part of them
that is an estimate."""
_COLUMNS = ("uncached_input, cache_write_5m, cache_write_1h, cache_read, output, requests, cost_microusd, "
            "estimated_microusd")


class Claimed(NamedTuple):
    """A series that a workload claims."""

    number: int
    workload: str
    source: str
    dimensions: str
    """Canonical JSON."""


def claimed(tx: Session, since: int, workload: str | None = None) -> list[Claimed]:
    """Every series with usage at or after a second that a workload claims, by workload; of one workload only."""
    rows = tx.connection().exec_driver_sql(
        "SELECT id, workload, source, dimensions FROM series WHERE workload IS NOT NULL AND last_bucket >= ?1 "
        "AND (?2 IS NULL OR workload = ?2) ORDER BY workload, id", (since, workload))
    return [Claimed(*row) for row in rows]


def between(tx: Session, width: int, series: Iterable[int], start: int, end: int) -> Iterator[Step]:
    """The hours or days (`width`: 3600 or 86400) of these series that begin in [start, end), oldest first.

    Looked up one by one, since the tables are in the order of time: what other series used is not passed over.
    """
    table, column = TABLES[width]
    starts = json.dumps(list(range(start // width * width, end, width)))
    cursor = tx.connection().connection.cursor()
    try:
        yield from cursor.execute(
            f"SELECT series, {column}, {_COLUMNS} FROM {table} WHERE {column} IN (SELECT value FROM json_each(?)) "
            f"AND series IN (SELECT value FROM json_each(?)) ORDER BY {column}", (starts, json.dumps(list(series))))
    finally:
        cursor.close()
