"""What every workload spent over a long time, hour by hour or day by day: read row by row, kept as plain numbers.

With many workloads weeks of hours are millions of rows: whoever reads them adds each up at once, or keeps arrays.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator

from sqlmodel import Session

from store.rollups import DAY, HOUR
from store.usage import series_workloads

Step = tuple[int, str, int]
"""Start in seconds since 1970, workload, and micro-dollars; several of one workload and start where it has series."""


def hours(tx: Session, start: int, end: int) -> Iterator[Step]:
    """Hours that begin in [start, end), oldest first. What no workload claims is left out."""
    return _steps(tx, "SELECT hour, series, cost_microusd FROM usage_hour WHERE hour >= ? AND hour < ? ORDER BY hour",
                  start, end)


def hourly(tx: Session, start: int, end: int) -> dict[str, array[int]]:
    """What each workload spent in every hour from `start` on."""
    return _in_order(hours(tx, start, end), start, end, HOUR)


def daily(tx: Session, start: int, end: int) -> dict[str, array[int]]:
    """The same by the day."""
    rows = _steps(tx, "SELECT day, series, cost_microusd FROM usage_day WHERE day >= ? AND day < ?", start, end)
    return _in_order(rows, start, end, DAY)


def _steps(tx: Session, query: str, start: int, end: int) -> Iterator[Step]:
    workloads = series_workloads(tx)
    cursor = tx.connection().connection.cursor()
    try:
        for step, number, cost in cursor.execute(query, (start, end)):
            slug = workloads.get(number)
            if slug is not None:
                yield step, slug, cost
    finally:
        cursor.close()


def _in_order(steps: Iterable[Step], start: int, end: int, width: int) -> dict[str, array[int]]:
    nothing = array("q", bytes(8 * -(-(end - start) // width)))
    spent: dict[str, array[int]] = {}
    for at, slug, cost in steps:
        if slug not in spent:
            spent[slug] = nothing[:]
        spent[slug][(at - start) // width] += cost
    return spent
