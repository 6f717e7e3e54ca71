"""Pushed usage by minute, and which of it counts: what a poll knows better stands in `pushed_minute` alone.

`usage_fact` holds of a pushed series exactly its minutes outside of [covered_from, covered_until). Everything here
keeps that so, with the hours, days and months of the series it touches. Buckets are whole seconds since 1970.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import Connection
from sqlmodel import Session

from store import rollups
from store.rollups import DAY, HOUR
from store.usage import note_change

MINUTE = 60
FOREVER = 1 << 40
"""A second that never comes."""
LED_S = HOUR
"""For so long after its last pushed minute a workload's newest minutes are left to what is pushed."""

Sums = tuple[int, int, int, int, int, int, int, int]
"""uncached input, cache write 5 m, cache write 1 h, cache read, output, web searches, requests, micro-dollars."""

_SUMMED = ("uncached_input", "cache_write_5m", "cache_write_1h", "cache_read", "output", "web_searches", "requests",
           "cost_microusd")
_COLUMNS = ", ".join((*_SUMMED, "estimated"))
_ROLLED = ", ".join((*_SUMMED, "estimated_microusd"))
_HIGHER = "MAX(estimated, excluded.estimated)"
_MORE = "estimated_microusd + excluded.estimated_microusd"
_ADD = ("INSERT INTO {0} ({1}, " + ", ".join(_SUMMED) + ", {3}) VALUES ({2}, " + ", ".join("?" * (len(_SUMMED) + 1))
        + ") ON CONFLICT DO UPDATE SET " + ", ".join(f"{name} = {name} + excluded.{name}" for name in _SUMMED)
        + ", {3} = {4}")
_OF = ("SELECT p.series, s.workload, p.provider, s.source, p.covered_by, p.covered_from, p.covered_until "
       "FROM pushed_series p JOIN series s ON s.id = p.series")


class PushedOf(NamedTuple):
    """A pushed series and what covers it."""

    series: int
    workload: str | None
    provider: str
    source: str
    covered_by: str | None
    covered_from: int
    covered_until: int

    def counts(self, bucket: int) -> bool:
        """Whether the minute that begins there is the figure that counts."""
        return not self.covered_from <= bucket < self.covered_until


class Cover(NamedTuple):
    """The minutes of a series that a poll knows: [start, end) of the polled source `by`."""

    by: str | None
    start: int = 0
    end: int = 0


def all_pushed(tx: Session) -> dict[int, PushedOf]:
    """Every pushed series by its number."""
    return {row[0]: PushedOf(*row) for row in tx.connection().exec_driver_sql(_OF)}


def some_pushed(tx: Session, numbers: Iterable[int]) -> dict[int, PushedOf]:
    """Of these series those that are pushed."""
    listed = ", ".join(f"{number:d}" for number in numbers)
    return {row[0]: PushedOf(*row) for row in tx.connection().exec_driver_sql(f"{_OF} WHERE p.series IN ({listed})")}


def know(tx: Session, series: Mapping[int, tuple[str, Cover]]) -> None:
    """Note new pushed series: the provider of their calls, and what covers them from the first."""
    tx.connection().exec_driver_sql(
        "INSERT OR IGNORE INTO pushed_series (series, provider, covered_by, covered_from, covered_until) "
        "VALUES (?, ?, ?, ?, ?)", [(number, provider, *cover) for number, (provider, cover) in series.items()])


def add(tx: Session, minutes: Mapping[tuple[int, int], Sequence[int]], estimated: Mapping[tuple[int, int], int],
        known: Mapping[int, PushedOf]) -> None:
    """Add sums (`Sums`; negative ones take away) to minutes by (series, bucket), and to the facts where they count."""
    connection = tx.connection()
    rows = [(bucket, number, *sums, estimated.get((number, bucket), 0)) for (number, bucket), sums in minutes.items()]
    _many(connection, _ADD.format("pushed_minute", "bucket, series", "?, ?", "estimated", _HIGHER), rows)
    _see(connection, minutes)
    counted = [row for row in rows if known[row[1]].counts(row[0])]
    filling = rollups.newest_month(connection)
    _many(connection, _ADD.format("usage_fact", "bucket, width, series", "?, 60, ?", "estimated", _HIGHER), counted)
    for table, column, width in (("usage_hour", "hour", HOUR), ("usage_day", "day", DAY)):
        _many(connection, _ADD.format(table, f"{column}, series", "?, ?", "estimated_microusd", _MORE),
              _summed(counted, width))
    newest = rollups.newest_month(connection)
    if filling < newest:
        rollups.rebuild_month(connection, filling)
    _rebuild_months(connection, {(row[1], rollups.month_start(row[0])) for row in counted if row[0] < newest}, newest)


def _summed(rows: Sequence[tuple[int, ...]], width: int) -> list[tuple[int, ...]]:
    """Minutes as what they add to an hour or a day; last the part that is priced by an estimate."""
    sums: dict[tuple[int, int], list[int]] = {}
    for bucket, number, *counts, guessed in rows:
        found = sums.setdefault((bucket // width * width, number), [0] * (len(counts) + 1))
        for place, count in enumerate(counts):
            found[place] += count
        found[-1] += counts[-1] if guessed else 0
    return [(*key, *found) for key, found in sums.items()]


def cover(tx: Session, covers: Mapping[int, Cover], fetch: int | None = None) -> int | None:
    """Let these series be covered so from now on. Returns the oldest minute whose figure is another one by that.

    fetch: the reading that this comes from; what changed is noted with it.
    """
    connection, known = tx.connection(), all_pushed(tx)
    changed = [(known[number], new) for number, new in covers.items()
               if number in known and known[number][4:] != tuple(new)]
    if not changed:
        return None
    _many(connection, "UPDATE pushed_series SET covered_by = ?, covered_from = ?, covered_until = ? WHERE series = ?",
          [(*new, one.series) for one, new in changed])
    appear: list[tuple[int, int]] = []
    leave: list[tuple[int, int]] = []
    for one, new in changed:
        _recall(connection, one, new)
        for bucket in _differing(connection, one, new):
            (leave if new.start <= bucket < new.end else appear).append((one.series, bucket))
    _many(connection, "DELETE FROM usage_fact WHERE series = ? AND bucket = ? AND width = 60", leave)
    _let_count(connection, appear)
    touched = [*appear, *leave]
    if not touched:
        return None
    _roll_up(connection, touched, all_pushed(tx))
    oldest = min(bucket for _, bucket in touched)
    if fetch is not None:
        note_change(connection, fetch, oldest)
    return oldest


def led(tx: Session, source: str, until: int) -> dict[str, int]:
    """Workloads of which something was pushed within the hour before `until` that the polled source covers, and the
    second up to which it covers it by now."""
    rows = tx.connection().exec_driver_sql(
        "SELECT s.workload, MAX(p.covered_until) FROM pushed_series p JOIN series s ON s.id = p.series "
        "WHERE p.covered_by = ? AND s.workload IS NOT NULL AND EXISTS (SELECT 1 FROM pushed_minute m "
        "WHERE m.series = p.series AND m.bucket >= ?) GROUP BY s.workload", (source, until - LED_S))
    return {row[0]: row[1] for row in rows}


def leave_to_push(tx: Session, workloads: Iterable[str], known: Mapping[int, PushedOf]) -> int | None:
    """Take out of the facts what polls have told of these workloads beyond where they are complete: it is told again,
    and till then what is pushed counts. Returns the oldest minute that changed."""
    until: dict[tuple[str, str], int] = {}
    wanted = set(workloads)
    for one in known.values():
        if one.workload in wanted and one.covered_by is not None:
            key = one.covered_by, one.workload or ""
            until[key] = max(until.get(key, 0), one.covered_until)
    connection, hours, oldest = tx.connection(), set(), []
    for (source, workload), end in until.items():
        for (bucket,) in connection.exec_driver_sql(
                "DELETE FROM usage_fact WHERE bucket >= ? AND width = 60 AND series IN "
                "(SELECT id FROM series WHERE source = ? AND workload = ?) RETURNING bucket",
                (end, source, workload)).all():
            hours.add(bucket // HOUR * HOUR)
            oldest.append(bucket)
    if hours:
        rollups.rebuild(connection, hours)
    return min(oldest, default=None)


def lately(tx: Session, since: int) -> dict[str, bool]:
    """Workloads with pushed usage since an instant: whether some of it is such that no polled source covers it."""
    rows = tx.connection().exec_driver_sql(
        "SELECT s.workload, MAX(p.covered_by IS NULL) FROM pushed_series p JOIN series s ON s.id = p.series "
        "WHERE s.workload IS NOT NULL AND s.last_bucket >= ? GROUP BY s.workload", (since,))
    return {row[0]: bool(row[1]) for row in rows}


class Beside(NamedTuple):
    """What was pushed of a workload, and what polls told of it for the same whole hours; micro-dollars."""

    pushed: int
    polled: int
    hours: int


def beside_polled(tx: Session, workload: str, start: int, end: int) -> Beside | None:
    """The whole hours of [start, end) that both know: from the first pushed minute there to where polls are complete.
    None where there are none."""
    connection = tx.connection()
    series = [one for one in all_pushed(tx).values() if one.workload == workload and one.covered_by is not None]
    if not series:
        return None
    numbers = ", ".join(f"{one.series:d}" for one in series)
    first = connection.exec_driver_sql(f"SELECT MIN(bucket) FROM pushed_minute WHERE series IN ({numbers}) "
                                       "AND bucket >= ? AND bucket < ?", (start, end)).scalar()
    begin = -(-max(first or end, *(one.covered_from for one in series)) // HOUR) * HOUR
    hours = range(begin, min(end, *(one.covered_until for one in series)) // HOUR * HOUR, HOUR)
    if not hours:
        return None
    told = connection.exec_driver_sql(
        f"SELECT COALESCE(SUM(cost_microusd), 0) FROM pushed_minute WHERE series IN ({numbers}) "
        "AND bucket >= ? AND bucket < ?", (hours.start, hours.stop)).scalar_one()
    sources = json.dumps(sorted({str(one.covered_by) for one in series}))
    asked = connection.exec_driver_sql(
        "SELECT COALESCE(SUM(h.cost_microusd), 0) FROM series s CROSS JOIN usage_hour h ON h.series = s.id "
        f"AND h.hour IN ({', '.join(map(str, hours))}) WHERE s.workload = ? "
        "AND s.source IN (SELECT value FROM json_each(?))", (workload, sources)).scalar_one()
    return Beside(int(told), int(asked), len(hours))


def counted(tx: Session, workload: str, start: int, sources: Collection[str] | None = None) -> int:
    """Micro-dollars of a workload from an instant on that stand in the facts because they were pushed, by these sources
    or by any."""
    which = json.dumps(None if sources is None else sorted(sources))
    return int(tx.connection().exec_driver_sql(
        "SELECT COALESCE(SUM(m.cost_microusd), 0) FROM pushed_series p JOIN series s ON s.id = p.series "
        "JOIN pushed_minute m ON m.series = p.series WHERE s.workload = ?1 AND m.bucket >= ?2 "
        "AND (m.bucket < p.covered_from OR m.bucket >= p.covered_until) "
        "AND (?3 = 'null' OR s.source IN (SELECT value FROM json_each(?3)))", (workload, start, which)).scalar_one())


def forget(tx: Session, before: int, most: int = 5000) -> int:
    """Delete some of the minutes in the whole hours before an instant; the facts that they came to stay. Returns how
    many. Of an hour all go or none: what is left of it would be taken for the whole."""
    deleted, before = 0, before // HOUR * HOUR
    connection = tx.connection()
    for (number,) in connection.exec_driver_sql("SELECT series FROM pushed_series").all():
        if deleted >= most:
            break
        deleted += connection.exec_driver_sql(
            "DELETE FROM pushed_minute WHERE series = ? AND bucket < ?", (number, before)).rowcount
    return deleted


def _recall(connection: Connection, one: PushedOf, new: Cover) -> None:
    """Write down again what was forgotten and still counts, from the hour on in which the cover changes: a poll that
    tells of older days than minutes are kept would count them once more."""
    first, last, kept = connection.exec_driver_sql(
        "SELECT first_bucket, last_bucket, (SELECT MIN(bucket) FROM pushed_minute WHERE series = s.id) "
        "FROM series s WHERE id = ?", (one.series,)).one()
    begin = max(_span(one, new)[0] // HOUR * HOUR, first)
    forgotten = range(begin, last + MINUTE if kept is None else kept, MINUTE)  # all before the first one that is kept
    if forgotten:
        connection.exec_driver_sql(
            f"INSERT INTO pushed_minute (series, bucket, {_COLUMNS}) SELECT series, bucket, {_COLUMNS} "
            "FROM json_each(?) m CROSS JOIN usage_fact f ON f.bucket = m.value AND f.width = 60 AND f.series = ?",
            (json.dumps(list(forgotten)), one.series))


def _span(one: PushedOf, new: Cover) -> tuple[int, int]:
    """Between which seconds a minute may count under the one cover and not under the other."""
    if one.covered_from == new.start:
        return min(one.covered_until, new.end), max(one.covered_until, new.end)
    return min(one.covered_from, new.start), max(one.covered_until, new.end)


def _differing(connection: Connection, one: PushedOf, new: Cover) -> list[int]:
    """Minutes of a series that count under the one cover and not under the other."""
    was, (least, most) = (one.covered_from, one.covered_until), _span(one, new)
    rows = connection.exec_driver_sql(
        "SELECT bucket FROM pushed_minute WHERE series = ? AND bucket >= ? AND bucket < ? "
        "AND (bucket >= ? AND bucket < ?) <> (bucket >= ? AND bucket < ?)",
        (one.series, least, most, *was, new.start, new.end))
    return [row[0] for row in rows]


def _let_count(connection: Connection, touched: Sequence[tuple[int, int]]) -> None:
    _many(connection, f"INSERT OR REPLACE INTO usage_fact (bucket, width, series, {_COLUMNS}) "
                      f"SELECT bucket, 60, series, {_COLUMNS} FROM pushed_minute WHERE series = ? AND bucket = ?",
          touched)


def _see(connection: Connection, minutes: Iterable[tuple[int, int]]) -> None:
    """Keep each series' first and last bucket."""
    spans: dict[int, tuple[int, int]] = {}
    for number, bucket in minutes:
        first, last = spans.get(number, (bucket, bucket))
        spans[number] = min(first, bucket), max(last, bucket)
    _many(connection, "UPDATE series SET first_bucket = MIN(first_bucket, ?1), last_bucket = MAX(last_bucket, ?2) "
                      "WHERE id = ?3 AND (first_bucket > ?1 OR last_bucket < ?2)",
          [(*span, number) for number, span in spans.items()])


def _roll_up(connection: Connection, touched: Iterable[tuple[int, int]], known: Mapping[int, PushedOf]) -> None:
    """Hours from minutes, days from hours, months from days, of the series alone that were touched."""
    filling = rollups.newest_month(connection)
    hours = {(number, bucket // HOUR * HOUR) for number, bucket in touched}
    _many(connection, "DELETE FROM usage_hour WHERE hour = ? AND series = ?", [(hour, one) for one, hour in hours])
    _many(connection, f"INSERT INTO usage_hour (hour, series, {_ROLLED}) SELECT ?1, ?2, {rollups.SUMS}, "
                      "SUM(CASE WHEN estimated THEN cost_microusd ELSE 0 END) FROM pushed_minute "
                      "WHERE series = ?2 AND bucket >= ?1 AND bucket < ?1 + 3600 AND (bucket < ?3 OR bucket >= ?4) "
                      "HAVING COUNT(*) > 0",
          [(hour, one, known[one].covered_from, known[one].covered_until) for one, hour in hours])
    days = {(number, hour // DAY * DAY) for number, hour in hours}
    _sum_up(connection, "usage_day", "day", "usage_hour", "hour", days, lambda day: range(day, day + DAY, HOUR))
    newest = rollups.newest_month(connection)
    if filling < newest:
        rollups.rebuild_month(connection, filling)
    _rebuild_months(connection, {(number, rollups.month_start(day)) for number, day in days if day < newest}, newest)


def _rebuild_months(connection: Connection, months: Iterable[tuple[int, int]], newest: int) -> None:
    """Months that are over; the one that still fills is read from its days."""
    _sum_up(connection, "usage_month", "month", "usage_day", "day", [each for each in months if each[1] < newest],
            lambda month: range(month, rollups.month_end(month), DAY))


def _sum_up(connection: Connection, table: str, column: str, parts: str, part: str, wanted: Collection[tuple[int, int]],
            within: Callable[[int], range]) -> None:
    for start in {start for _, start in wanted}:
        numbers = [(start, number) for number, at in wanted if at == start]
        listed = ", ".join(map(str, within(start)))
        _many(connection, f"DELETE FROM {table} WHERE {column} = ? AND series = ?", numbers)
        _many(connection, f"INSERT INTO {table} ({column}, series, {_ROLLED}) SELECT ?1, ?2, {rollups.SUMS}, "
                          f"SUM(estimated_microusd) FROM {parts} WHERE {part} IN ({listed}) AND series = ?2 "
                          "HAVING COUNT(*) > 0", numbers)


def _many(connection: Connection, statement: str, rows: Sequence[Sequence[object]]) -> None:
    if not rows:
        return
    cursor = connection.connection.cursor()
    try:
        cursor.executemany(statement, rows)
    finally:
        cursor.close()
