"""Usage minute by minute, for whoever keeps a picture of it in memory: what each workload used of each model."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
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


class SeriesOf(NamedTuple):
    """Whose a series is."""

    workload: str
    model: str
    source: str
    first: int
    """The first minute with usage, in whole minutes since 1970."""


def attributed(tx: Session, since: int = 0) -> dict[int, SeriesOf]:
    """Series that belong to a workload and were used at or after the minute `since`, by their numbers."""
    rows = tx.connection().exec_driver_sql(
        "SELECT id, source, workload, dimensions, first_bucket FROM series WHERE workload IS NOT NULL "
        "AND last_bucket >= ?", (since * MINUTE,))
    return {number: SeriesOf(slug, str(json.loads(dimensions).get("model") or ""), source, first // MINUTE)
            for number, source, slug, dimensions, first in rows}


def attribution(tx: Session) -> int:
    """A number that differs, for this process, where any series is new, was given away, or has an earlier first use."""
    cursor = tx.connection().connection.cursor()
    try:
        return hash(tuple(cursor.execute("SELECT id, workload, first_bucket FROM series")))
    finally:
        cursor.close()


def used_since(tx: Session, since: int) -> int:
    """A number that differs, for this process, where other attributed series were used at or after the minute `since`.
    """
    cursor = tx.connection().connection.cursor()
    try:
        return hash(tuple(cursor.execute("SELECT id, workload FROM series WHERE workload IS NOT NULL "
                                         "AND last_bucket >= ?", (since * MINUTE,))))
    finally:
        cursor.close()


def rows_between(tx: Session, start: int, end: int, series: Collection[int] | None = None
                 ) -> Iterator[tuple[int, ...]]:
    """Every series in each minute of [start, end), whole minutes since 1970, oldest first: bucket in seconds, series,
    and cost, uncached, read, written, output, requests as in `MinuteCounts`. `series`: only these.

    Buckets wider than a minute are left out: nothing is known of the minutes in them.
    """
    cursor = tx.connection().connection.cursor()
    what = ("SELECT bucket, series, cost_microusd, uncached_input, cache_read, cache_write_5m + cache_write_1h, "
            "output, requests FROM usage_fact WHERE ")
    try:
        if series is None:
            yield from cursor.execute(f"{what} bucket >= ? AND bucket < ? AND width = 60 ORDER BY bucket",
                                      (start * MINUTE, end * MINUTE))
            return
        wanted = json.dumps(list(series))
        for minute in range(start, end):  # each by the key: of a longer time all rows would be looked through
            yield from cursor.execute(f"{what} bucket = ? AND width = 60 AND series IN "
                                      "(SELECT value FROM json_each(?))", (minute * MINUTE, wanted))
    finally:
        cursor.close()


def minute_counts(tx: Session, start: int, end: int, workload: str | None = None) -> Iterator[MinuteCounts]:
    """What attributed series used in [start, end), whole minutes since 1970, oldest first; of one workload, or of all.
    """
    known = attributed(tx, start)
    for bucket, series, *counts in rows_between(tx, start, end):
        whose = known.get(series)
        if whose is not None and workload in (None, whose.workload):
            yield MinuteCounts(bucket // MINUTE, *whose[:3], *counts)


def known_from(tx: Session, source: str, since: int) -> int | None:
    """The minute from which a source was read by the minute without a gap, at the earliest `since`; None: none.
    """
    found = None
    for start, end in tx.connection().exec_driver_sql(
            "SELECT window_start, window_end FROM fetch WHERE source = ? AND stream = 'usage' AND width = 60 "
            "AND complete AND window_end > ? ORDER BY window_end DESC", (source, since * MINUTE)):
        if found is not None and end < found:
            break
        found = start if found is None else min(found, start)
    return None if found is None else max(since, -(-found // MINUTE))


def changed_since(tx: Session, fetch: int) -> tuple[int, int | None]:
    """The newest reading that changed minutes after that of the number `fetch`, and the oldest minute that changed."""
    last, oldest = tx.connection().exec_driver_sql(
        "SELECT MAX(fetch), MIN(oldest) FROM usage_change WHERE fetch > ?", (fetch,)).one()
    return last or fetch, None if oldest is None else oldest // MINUTE


def read_since(tx: Session, fetch: int) -> tuple[int, int | None]:
    """The newest reading after that of the number `fetch`, and the oldest minute that one of these read by the minute.
    """
    last, oldest = tx.connection().exec_driver_sql(
        "SELECT MAX(id), MIN(CASE WHEN width = 60 AND complete THEN window_start END) FROM fetch WHERE id > ?",
        (fetch,)).one()
    return last or fetch, None if oldest is None else oldest // MINUTE


def restated_since(tx: Session, fetch: int) -> tuple[int, int | None]:
    """The newest reading after that of the number `fetch`, and the second from which on any of these may have changed
    what is stored: by minutes as they were found to differ, by wider buckets wherever it read."""
    last, oldest = tx.connection().exec_driver_sql(
        "SELECT MAX(f.id), MIN(CASE WHEN f.width = 60 THEN c.oldest ELSE f.window_start END) "
        "FROM fetch f LEFT JOIN usage_change c ON c.fetch = f.id WHERE f.id > ?", (fetch,)).one()
    return last or fetch, oldest
