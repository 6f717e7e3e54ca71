"""What was metered beside what was billed, by series and by day, and which series are new. Times are in seconds since
1970, money is whole micro-dollars."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlmodel import Session

Days = Mapping[str, tuple[int, int]]
"""By source the days, [first, end), that may be compared: metered whole, and billed to their end."""

_BILLED_FROM = """
LEFT JOIN (SELECT b.source, w.value ->> 1 AS until, MIN(b.day) AS first FROM billed_day b
           JOIN json_each(:comparable) w ON w.key = b.source AND b.day >= w.value ->> 0 AND b.day < w.value ->> 1
           GROUP BY b.source) b ON b.source = s.source
"""
_COMPARED = "SUM(CASE WHEN d.day >= b.first AND d.day < b.until THEN d.cost_microusd END)"


@dataclass(frozen=True, slots=True)
class MeteredSeries:
    """One series over a period. `compared`: the part on comparable days that the cost report has; None: none."""

    source: str
    dimensions: dict[str, str | None]
    workload: str | None
    cost: int
    estimated: int
    first_day: int
    last_day: int
    compared: int | None


def metered_series(tx: Session, start: int, end: int, comparable: Days) -> Iterator[MeteredSeries]:
    """Every series with usage on the days of [start, end), and what of it may be held against the cost report."""
    rows = tx.connection().exec_driver_sql(
        f"SELECT s.source, s.dimensions, s.workload, SUM(d.cost_microusd), SUM(d.estimated_microusd), MIN(d.day), "
        f"MAX(d.day), {_COMPARED} FROM usage_day d JOIN series s ON s.id = d.series {_BILLED_FROM} "
        "WHERE d.day >= :start AND d.day < :end GROUP BY d.series",
        {"start": start, "end": end, "comparable": json.dumps(comparable)})
    for source, dimensions, *rest in rows:
        yield MeteredSeries(source, json.loads(dimensions), *rest)


def metered_days(tx: Session, start: int, end: int) -> dict[tuple[str, int], tuple[int, int]]:
    """(micro-dollars, the estimated part) by source and day."""
    rows = tx.connection().exec_driver_sql(
        "SELECT s.source, d.day, SUM(d.cost_microusd), SUM(d.estimated_microusd) FROM usage_day d "
        "JOIN series s ON s.id = d.series WHERE d.day >= ? AND d.day < ? GROUP BY s.source, d.day", (start, end))
    return {(source, day): (cost, estimated) for source, day, cost, estimated in rows}


@dataclass(frozen=True, slots=True)
class Billed:
    """What one source billed on one day for what its dimensions say."""

    source: str
    day: int
    dimensions: dict[str, str | None]
    amount: int
    foreign: bool
    """It is in another currency than the dollar."""


def billed(tx: Session, start: int, closed: int) -> Iterator[Billed]:
    """Every line of the cost reports for the days of [start, closed)."""
    rows = tx.connection().exec_driver_sql(
        "SELECT source, day, dimensions, amount_microusd, currency <> 'USD' FROM billed_day WHERE day >= ? AND day < ?",
        (start, closed))
    for source, day, dimensions, amount, foreign in rows:
        yield Billed(source, day, json.loads(dimensions), amount, bool(foreign))


@dataclass(frozen=True, slots=True)
class SeenSeries:
    """A series, and since when it is known."""

    source: str
    dimensions: dict[str, str | None]
    workload: str | None
    first: int


def new_series(tx: Session, since: int) -> list[SeenSeries]:
    """Series that were first seen at or after an instant."""
    return _seen(tx, "first_bucket >= ?", (since,))


def series_before(tx: Session, source: str, name: str, values: list[str], before: int) -> list[SeenSeries]:
    """Series of a source that were first seen before an instant and have one of these values in a dimension."""
    return _seen(tx, "source = ? AND first_bucket < ? AND json_extract(dimensions, ?) IN (SELECT value FROM "
                 "json_each(?))", (source, before, f'$."{name}"', json.dumps(values)))


def _seen(tx: Session, where: str, values: tuple[object, ...]) -> list[SeenSeries]:
    rows = tx.connection().exec_driver_sql(
        f"SELECT source, dimensions, workload, first_bucket FROM series WHERE {where}", values)
    return [SeenSeries(source, json.loads(dimensions), workload, first) for source, dimensions, workload, first in rows]
