"""Usage of a span, bucket by bucket and series by series, as a stream: a million rows are never held."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlmodel import Session

from store.rollups import DAY, HOUR

CHUNK = 2_000
_SUMMED = ("uncached_input", "cache_write_5m", "cache_write_1h", "cache_read", "output", "web_searches",
           "cost_microusd", "estimated_microusd")


@dataclass(frozen=True, slots=True)
class Used:
    """One series in one bucket [start, end), seconds since 1970."""

    start: int
    end: int
    series: int
    uncached_input: int
    cache_write_5m: int
    cache_write_1h: int
    cache_read: int
    output: int
    web_searches: int
    cost: int
    """Micro-dollars, as they were priced when the usage was stored."""
    estimated: int
    """The part of `cost` that is an estimate."""


def used(tx: Session, start: int, end: int, width: int) -> Iterator[Used]:
    """Usage of [start, end), both whole hours, by HOUR or by DAY (UTC); the first and the last day may be cut.

    The costs add up to `windows.period_spend` of the same span, to the micro-dollar.
    """
    if start % HOUR or end % HOUR or width not in (HOUR, DAY):
        raise ValueError("a span begins and ends with whole hours, and is read by hour or by day")
    if width == HOUR:
        yield from _buckets(tx, "usage_hour", "hour", start, end, HOUR)
        return
    first, last = -(-start // DAY) * DAY, end // DAY * DAY
    if first > last:
        yield from _together(tx, start, end)
        return
    yield from _together(tx, start, first)
    yield from _buckets(tx, "usage_day", "day", first, last, DAY)
    yield from _together(tx, last, end)


def _buckets(tx: Session, table: str, column: str, start: int, end: int, width: int) -> Iterator[Used]:
    yield from _read(tx, f"SELECT {column}, {column} + {width:d}, series, {', '.join(_SUMMED)} FROM {table} "
                     f"WHERE {column} >= ? AND {column} < ? ORDER BY {column}, series", (start, end))


def _together(tx: Session, start: int, end: int) -> Iterator[Used]:
    """Hours of one day as one bucket."""
    if start < end:
        sums = ", ".join(f"SUM({name})" for name in _SUMMED)
        yield from _read(tx, f"SELECT ?, ?, series, {sums} FROM usage_hour WHERE hour >= ? AND hour < ? "
                         "GROUP BY series ORDER BY series", (start, end, start, end))


def _read(tx: Session, query: str, values: tuple[int, ...]) -> Iterator[Used]:
    cursor = tx.connection().connection.cursor()
    try:
        cursor.execute(query, values)
        while rows := cursor.fetchmany(CHUNK):
            for row in rows:
                yield Used(*row)
    finally:
        cursor.close()
