"""What was spent, by workload and time: whole days from days, whole hours from hours, minutes only at the edges.

Every time is in whole seconds since 1970, every window is [start, end), money is whole micro-dollars. The workload None
stands for usage that no rule claims.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Connection
from sqlmodel import Session

from store.rollups import DAY, HOUR
from store.usage import series_workloads

MINUTE = 60
FINE_LIMIT = HOUR
"""Windows up to this length are summed from the facts; in longer ones whole hours stand for their minutes."""

_AT_ONCE = 1000
"""Series that one statement names."""

ByWorkload = dict[str | None, dict[int, int]]

_IN_HOURS = ("f.width = 3600 OR NOT EXISTS (SELECT 1 FROM usage_fact w JOIN series o ON o.id = w.series "
             "WHERE w.bucket = f.bucket / 3600 * 3600 AND w.width = 3600 AND o.source = s.source)")
"""A fact counts unless its source has stated the same hour whole."""


class Spend(NamedTuple):
    """Micro-dollars of one workload over one period."""

    cost: int
    estimated: int
    """The part of `cost` that is priced by an estimate."""


@dataclass(frozen=True, slots=True)
class ModelSpend:
    """Tokens and micro-dollars of one model."""

    model: str | None
    uncached_input: int
    cache_write: int
    cache_read: int
    output: int
    cost: int
    estimated: int


@dataclass(frozen=True, slots=True)
class UnattributedSpend:
    """Micro-dollars of one series that no rule claims."""

    source: str
    dimensions: dict[str, str | None]
    today: int
    month: int
    last_bucket: int
    """Start of its newest bucket with usage."""


@dataclass(frozen=True, slots=True)
class MinuteRow:
    """One fact with the dimensions of its series: a line of evidence."""

    bucket: int
    width: int
    source: str
    dimensions: dict[str, str | None]
    uncached_input: int
    cache_write: int
    cache_read: int
    output: int
    cost: int
    estimated: int


def window_spend(tx: Session, until: int, windows: Sequence[int]) -> ByWorkload:
    """Spend of the last so many seconds before `until`, by workload and window length."""
    connection = tx.connection()
    spent: ByWorkload = defaultdict(lambda: dict.fromkeys(windows, 0))
    fine = sorted(window for window in windows if window <= FINE_LIMIT)
    if fine:
        sums = ", ".join(f"SUM(CASE WHEN f.bucket >= {until - window:d} THEN f.cost_microusd ELSE 0 END)"
                         for window in fine)
        for number, *costs in connection.exec_driver_sql(
                f"SELECT f.series, {sums} FROM usage_fact f WHERE f.bucket >= ? AND f.bucket < ? AND {_fine(until)} "
                "GROUP BY f.series", (until - fine[-1], until)):
            _add(spent, series_workloads(tx).get(number), fine, costs)
    for window in windows:
        if window > FINE_LIMIT:
            for slug, spend in period_spend(tx, until - window, until).items():
                spent[slug][window] += spend.cost
    return dict(spent)


def period_spend(tx: Session, start: int, end: int) -> dict[str | None, Spend]:
    """Spend of [start, end) by workload, to the minute; `end` may lie in the future.

    An hour that a source states only whole counts where it begins.
    """
    return by_workload(tx, series_spend(tx, start, end))


def series_spend(tx: Session, start: int, end: int) -> dict[int, Spend]:
    """The same by series."""
    spent: dict[int, Spend] = {}
    for number, cost, estimated in _by_series(tx.connection(), start, end):
        before = spent.get(number)
        spent[number] = Spend(cost, estimated) if before is None else Spend(before[0] + cost, before[1] + estimated)
    return spent


def by_workload(tx: Session, *sums: Mapping[int, Spend]) -> dict[str | None, Spend]:
    """Sums by series as sums by workload."""
    workloads = series_workloads(tx)
    spent: dict[str | None, Spend] = {}
    for each in sums:
        for number, more in each.items():
            slug = workloads.get(number)
            before = spent.get(slug)
            spent[slug] = more if before is None else Spend(before[0] + more[0], before[1] + more[1])
    return spent


def hourly_spend(tx: Session, start: int, end: int, workload: str | None = None) -> ByWorkload:
    """Spend by workload and hour; of one workload where it is named."""
    if workload is None:
        return _by_step(tx, "usage_hour", "hour", start, end)
    return _of_workload(tx, "usage_hour", "hour", start, end, workload)


def daily_spend(tx: Session, start: int, end: int, workload: str | None = None) -> ByWorkload:
    """Spend by workload and UTC day; of one workload where it is named."""
    if workload is None:
        return _by_step(tx, "usage_day", "day", start, end)
    return _of_workload(tx, "usage_day", "day", start, end, workload)


def days_of(tx: Session, wanted: Iterable[tuple[str, int]]) -> dict[tuple[str, int], tuple[int, int | None]]:
    """(micro-dollars, requests) by workload and UTC day, of the days that are asked for; requests are None where a
    source does not count them. A day without usage is left out."""
    cursor = tx.connection().connection.cursor()
    try:
        return {(slug, day): (cost, requests) for slug, day, cost, requests in cursor.execute(
            "WITH asked AS (SELECT json_extract(value, '$[0]') AS slug, json_extract(value, '$[1]') AS day "
            "FROM json_each(?)) "
            "SELECT a.slug, a.day, SUM(d.cost_microusd), "
            "CASE WHEN COUNT(d.requests) = COUNT(*) THEN SUM(d.requests) END "
            "FROM asked a CROSS JOIN series s ON s.workload = a.slug "
            "CROSS JOIN usage_day d ON d.day = a.day AND d.series = s.id GROUP BY a.slug, a.day",
            (json.dumps(sorted(set(wanted))),))}
    finally:
        cursor.close()


def token_hours(tx: Session, workload: str, start: int, end: int) -> dict[int, tuple[int, int, int, int, int]]:
    """(uncached input, cache writes, cache reads, output, micro-dollars) of a workload by hour."""
    rows = tx.connection().exec_driver_sql(
        "SELECT h.hour, SUM(h.uncached_input), SUM(h.cache_write_5m + h.cache_write_1h), SUM(h.cache_read), "
        "SUM(h.output), SUM(h.cost_microusd) FROM usage_hour h JOIN series s ON s.id = h.series "
        "WHERE h.hour >= ? AND h.hour < ? AND s.workload = ? GROUP BY h.hour", (start, end, workload))
    return {int(hour): (int(a), int(b), int(c), int(d), int(cost)) for hour, a, b, c, d, cost in rows}


def last_usage(tx: Session) -> dict[str | None, int]:
    """The start of each workload's newest bucket with usage."""
    return {slug: int(last) for slug, last in tx.connection().exec_driver_sql(
        "SELECT workload, MAX(last_bucket) FROM series GROUP BY workload")}


def model_month(tx: Session, workload: str, start: int, end: int) -> list[ModelSpend]:
    """What each model used and cost in [start, end), by whole days."""
    grouped: dict[str | None, list[int]] = defaultdict(lambda: [0] * 6)
    for dimensions, *sums in tx.connection().exec_driver_sql(
            "SELECT s.dimensions, SUM(d.uncached_input), SUM(d.cache_write_5m + d.cache_write_1h), SUM(d.cache_read), "
            "SUM(d.output), SUM(d.cost_microusd), SUM(d.estimated_microusd) FROM usage_day d "
            "JOIN series s ON s.id = d.series WHERE d.day >= ? AND d.day < ? AND s.workload = ? GROUP BY s.id",
            (start // DAY * DAY, end, workload)):
        entry = grouped[json.loads(dimensions).get("model")]
        for index, value in enumerate(sums):
            entry[index] += value
    return [ModelSpend(model, *sums) for model, sums in grouped.items()]


def spend_of_series(tx: Session, numbers: Sequence[int], days: Sequence[int]) -> dict[int, int]:
    """Micro-dollars of some series over whole UTC days, given by their starts; a series without any is left out."""
    spent: Counter[int] = Counter()
    listed = ", ".join(f"{day:d}" for day in days)
    for start in range(0, len(numbers), _AT_ONCE):
        chosen = ", ".join(f"{number:d}" for number in numbers[start:start + _AT_ONCE])
        spent.update(dict(tx.connection().exec_driver_sql(
            f"SELECT series, SUM(cost_microusd) FROM usage_day WHERE day IN ({listed}) AND series IN ({chosen}) "
            "GROUP BY series").all()))
    return dict(spent)


def workload_spend(tx: Session, workload: str, start: int, end: int) -> int:
    """Micro-dollars of one workload in [start, end), to the minute as `period_spend` has it."""
    numbers = [number for number, slug in series_workloads(tx).items() if slug == workload]
    which = f"f.series IN ({', '.join(f'{number:d}' for number in numbers)})"
    return sum(cost for _, cost, _ in _by_series(tx.connection(), start, end, which)) if numbers else 0


def unattributed(tx: Session, today: int, month: int) -> list[UnattributedSpend]:
    """Usage since the instant `month` that no rule claims, by series, with what of it is since `today`."""
    connection = tx.connection()
    rows = connection.exec_driver_sql(
        "SELECT s.id, s.source, s.dimensions, s.last_bucket FROM series s WHERE s.workload IS NULL "
        "AND s.last_bucket >= ?", (month,)).all()
    if not rows:
        return []
    months, todays = _unclaimed(connection, month), _unclaimed(connection, today)
    return [UnattributedSpend(source, json.loads(dimensions), todays[number], months[number], last)
            for number, source, dimensions, last in rows if months[number]]


def minute_rows(tx: Session, workload: str, start: int, end: int) -> list[MinuteRow]:
    """The facts of a workload in [start, end), oldest first."""
    rows = tx.connection().exec_driver_sql(
        "SELECT f.bucket, f.width, s.source, s.dimensions, f.uncached_input, f.cache_write_5m + f.cache_write_1h, "
        "f.cache_read, f.output, f.cost_microusd, f.estimated FROM usage_fact f JOIN series s ON s.id = f.series "
        f"WHERE f.bucket >= ? AND f.bucket < ? AND s.workload = ? AND f.cost_microusd <> 0 AND ({_IN_HOURS}) "
        "ORDER BY f.bucket, f.series", (start, end, workload))
    return [MinuteRow(bucket, width, source, json.loads(dimensions), *rest)
            for bucket, width, source, dimensions, *rest in rows]


def minute_spend(tx: Session, workload: str, start: int, end: int) -> dict[int, int]:
    """Spend of a workload by minute."""
    rows = tx.connection().exec_driver_sql(
        "SELECT f.bucket, SUM(f.cost_microusd) FROM usage_fact f JOIN series s ON s.id = f.series "
        "WHERE f.bucket >= ? AND f.bucket < ? AND f.width = 60 AND s.workload = ? GROUP BY f.bucket",
        (start, end, workload))
    return {int(bucket): int(cost) for bucket, cost in rows}


class BucketSpend(NamedTuple):
    """What was spent in [start, start + width), in seconds since 1970; micro-dollars."""

    start: int
    width: int
    cost: int


def bucket_spend(tx: Session, workload: str, start: int, end: int) -> list[BucketSpend]:
    """Spend of a workload by the finest buckets that are known: minutes from `start` on, and whole hours, the one that
    holds `start` among them, of sources that tell no minutes of that hour."""
    hours = range(start // HOUR * HOUR, end, HOUR)
    rows = tx.connection().exec_driver_sql(
        "SELECT h.value, SUM(f.cost_microusd) FROM json_each(?) h CROSS JOIN series s ON s.workload = ? "
        "CROSS JOIN usage_fact f ON f.bucket = h.value AND f.width = 3600 AND f.series = s.id "
        "WHERE NOT EXISTS (SELECT 1 FROM usage_fact m JOIN series o ON o.id = m.series WHERE m.bucket >= h.value "
        "AND m.bucket < h.value + 3600 AND m.width = 60 AND o.source = s.source) GROUP BY h.value",
        (json.dumps(list(hours)), workload)) if hours else ()
    return [*(BucketSpend(bucket, MINUTE, cost) for bucket, cost in minute_spend(tx, workload, start, end).items()),
            *(BucketSpend(int(hour), HOUR, int(cost)) for hour, cost in rows)]


def _parts(start: int, end: int) -> list[tuple[str, str, int, int]]:
    """Cut [start, end) into minutes, hours, days, hours, minutes: (table, column, from, to), empty ones left out."""
    first_hour, last_hour = min(_up(start, HOUR), end), max(end // HOUR * HOUR, min(_up(start, HOUR), end))
    first_day, last_day = min(_up(first_hour, DAY), last_hour), max(last_hour // DAY * DAY,
                                                                    min(_up(first_hour, DAY), last_hour))
    cuts = [("usage_fact", "bucket", start, first_hour), ("usage_hour", "hour", first_hour, first_day),
            ("usage_day", "day", first_day, last_day), ("usage_hour", "hour", last_day, last_hour),
            ("usage_fact", "bucket", last_hour, end)]
    return [cut for cut in cuts if cut[2] < cut[3]]


def _by_series(connection: Connection, start: int, end: int, which: str = "true") -> Iterator[tuple[int, int, int]]:
    """(series, micro-dollars, the estimated part) of [start, end), several times for one series; `which`: of which."""
    cursor = connection.connection.cursor()  # the driver's own rows: there is one a workload, many times a minute
    try:
        for table, column, begin, stop in _parts(start, end):
            facts = table == "usage_fact"
            estimated = "CASE WHEN f.estimated THEN f.cost_microusd ELSE 0 END" if facts else "f.estimated_microusd"
            counted = _fine(stop) if facts else "true"
            yield from cursor.execute(
                f"SELECT f.series, SUM(f.cost_microusd), SUM({estimated}) FROM {table} f "
                f"WHERE f.{column} >= ? AND f.{column} < ? AND {counted} AND {which} GROUP BY f.series", (begin, stop))
    finally:
        cursor.close()


def _unclaimed(connection: Connection, start: int) -> Counter[int]:
    """Micro-dollars from `start` on by series that belongs to no workload."""
    spent: Counter[int] = Counter()
    which = "f.series IN (SELECT id FROM series WHERE workload IS NULL)"
    for number, cost, _ in _by_series(connection, start, _up(start, DAY) + 62 * DAY, which):
        spent[number] += cost
    return spent


def _fine(stop: int) -> str:
    """Minutes; and in the hour that holds the last second before `stop`, whole hours of sources without minutes there.

    Without these, a source that is only read by the hour would have spent nothing since the hour began.
    """
    hour = (stop - 1) // HOUR * HOUR
    return ("(f.width = 60 OR f.series NOT IN (SELECT s.id FROM series s WHERE s.source IN ("
            "SELECT o.source FROM usage_fact m JOIN series o ON o.id = m.series "
            f"WHERE m.bucket >= {hour:d} AND m.bucket < {hour + HOUR:d} AND m.width = 60)))")


def _by_step(tx: Session, table: str, column: str, start: int, end: int) -> ByWorkload:
    spent: ByWorkload = defaultdict(dict)
    workloads = series_workloads(tx)
    cursor = tx.connection().connection.cursor()
    try:
        # Added up here, from the driver's own rows: to group them by workload SQLite would sort them all.
        for step, number, cost in cursor.execute(
                f"SELECT {column}, series, cost_microusd FROM {table} WHERE {column} >= ? AND {column} < ?",
                (start, end)):
            steps = spent[workloads.get(number)]
            steps[step] = steps.get(step, 0) + cost
    finally:
        cursor.close()
    return dict(spent)


def _of_workload(tx: Session, table: str, column: str, start: int, end: int, workload: str) -> ByWorkload:
    rows = tx.connection().exec_driver_sql(
        f"SELECT d.{column}, SUM(d.cost_microusd) FROM {table} d JOIN series s ON s.id = d.series "
        f"WHERE d.{column} >= ? AND d.{column} < ? AND s.workload = ? GROUP BY d.{column}", (start, end, workload))
    return {workload: {int(step): int(cost) for step, cost in rows}}


def _add(spent: ByWorkload, slug: str | None, windows: Sequence[int], costs: Sequence[Any]) -> None:
    for window, cost in zip(windows, costs, strict=True):
        spent[slug][window] += int(cost)


def _up(at: int, width: int) -> int:
    return -(-at // width) * width
