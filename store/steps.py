"""Usage by hour and by day of chosen series: what is read for some workloads at a time, out of very many."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple, cast

from sqlmodel import Session

from store.rollups import DAY, HOUR

TABLES = {HOUR: ("usage_hour", "hour"), DAY: ("usage_day", "day")}
Sums = tuple[int, int, int, int, int, int | None, int, int]
"""Uncached input, cache write 5 m, 1 h, cache read, output, requests (None where one series does not count them),
micro-dollars, the part of them that is an estimate."""
_SUMS = ("SUM(u.uncached_input), SUM(u.cache_write_5m), SUM(u.cache_write_1h), SUM(u.cache_read), SUM(u.output), "
         "CASE WHEN COUNT(u.requests) = COUNT(*) THEN SUM(u.requests) END, SUM(u.cost_microusd), "
         "SUM(u.estimated_microusd)")


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


def of_workloads(tx: Session, width: int, series: Iterable[int], start: int, end: int) -> Iterator[tuple[Any, ...]]:
    """Rows of workload, start of its hour or day, and `Sums` of what these series of it come to, by workload, oldest
    first, of those (`width`: 3600 or 86400) that begin in [start, end)."""
    return _summed(tx, width, series, start, end, "s.workload, u.{column}")


def of_series(tx: Session, series: Iterable[int], start: int, end: int) -> Iterator[tuple[int, Sums]]:
    """(series, what it comes to) over the days that begin in [start, end)."""
    for number, *sums in _summed(tx, DAY, series, start, end, "s.id"):
        yield number, cast("Sums", tuple(sums))


def _summed(tx: Session, width: int, series: Iterable[int], start: int, end: int, by: str) -> Iterator[Any]:
    """Rows are looked up one by one, since the tables are in the order of time: what other series used is not passed
    over."""
    table, column = TABLES[width]
    by = by.format(column=column)
    cursor = tx.connection().connection.cursor()
    try:
        yield from cursor.execute(
            f"SELECT {by}, {_SUMS} FROM json_each(?) t CROSS JOIN json_each(?) n CROSS JOIN {table} u "
            f"ON u.{column} = t.value AND u.series = n.value CROSS JOIN series s ON s.id = u.series "
            f"GROUP BY {by} ORDER BY {by}",
            (json.dumps(list(range(start // width * width, end, width))), json.dumps(list(series))))
    finally:
        cursor.close()
