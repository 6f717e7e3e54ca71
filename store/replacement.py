"""The statements that make the facts of a window be what was just read. In sets: the limit is SQLite's B-tree.

`incoming` holds the reading, `changing` those of its rows that are new or differ: temporary tables, in memory, for the
length of one transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection

from store.rollups import HOUR
from store.sqlite import sqlite3

FACT_COLUMNS = ("bucket", "width", "series", "uncached_input", "cache_write_5m", "cache_write_1h", "cache_read",
                "output", "web_searches", "requests", "cost_microusd", "estimated")
"""The order of the values in a row of facts."""

Row = tuple[int | None, ...]

_LIST = ", ".join(FACT_COLUMNS)
_MARKS = ", ".join("?" * len(FACT_COLUMNS))
_DIFFERS = " OR ".join(f"f.{name} IS NOT i.{name}" for name in FACT_COLUMNS[3:])
_TOKENS = "{0}.uncached_input + {0}.cache_write_5m + {0}.cache_write_1h + {0}.cache_read + {0}.output"
_ANYTHING = "(f.cost_microusd <> 0 OR f.web_searches <> 0 OR " + _TOKENS.format("f") + " <> 0)"
_SAME_KEY = "ON {0}.bucket = {1}.bucket AND {0}.width = {1}.width AND {0}.series = {1}.series"
_OF_WINDOW = ("f.bucket >= ? AND f.bucket < ? AND f.width = ? "
              "AND f.series IN (SELECT id FROM series WHERE source = ?)")


@dataclass(frozen=True, slots=True)
class Window:
    """The facts of one source in [start, end), seconds since 1970, at one bucket width."""

    source: str
    start: int
    end: int
    width: int

    @property
    def values(self) -> tuple[int, int, int, str]:
        return self.start, self.end, self.width, self.source


@dataclass(slots=True)
class Passing:
    """The rows of a reading on their way into the database, one by one: all at once would take much memory.

    Raises ValueError where a row lies outside the window: it would be stored and never replaced.
    """

    window: Window
    rows: Iterable[Row]
    count: int = 0
    hours: set[int] = field(default_factory=set)
    """Starts of the hours that they lie in."""

    def __iter__(self) -> Iterator[Row]:
        start, end, width = self.window.start, self.window.end, self.window.width
        for row in self.rows:
            bucket = row[0] or 0
            if not start <= bucket < end or row[1] != width:
                raise ValueError(f"a fact at {row[0]} of {row[1]} s does not belong to {self.window}")
            self.count += 1
            self.hours.add(bucket // HOUR * HOUR)
            yield row


@dataclass(frozen=True, slots=True)
class Missing:
    """Facts of the window that the reading lacks."""

    rows: int
    lost_microusd: int
    whole_microusd: int
    """What the window came to before."""


def is_empty(connection: Connection, window: Window) -> bool:
    """Whether nothing of the window is stored yet."""
    return connection.exec_driver_sql(
        f"SELECT 1 FROM usage_fact f WHERE {_OF_WINDOW} LIMIT 1", window.values).first() is None


def insert(connection: Connection, rows: Iterable[Row]) -> None:
    """Store facts that are known to be new. Raises ValueError for a key that comes twice, or a series unknown."""
    _many(connection, f"INSERT INTO usage_fact ({_LIST}) VALUES ({_MARKS})", rows)


def stage(connection: Connection, rows: Iterable[Row]) -> None:
    """Put a reading beside what is stored. Raises ValueError for a key that comes twice."""
    drop(connection)
    columns = ", ".join(f"{name} INTEGER" for name in FACT_COLUMNS)
    connection.exec_driver_sql(
        f"CREATE TEMP TABLE incoming ({columns}, PRIMARY KEY (bucket, width, series)) WITHOUT ROWID")
    _many(connection, f"INSERT INTO incoming ({_LIST}) VALUES ({_MARKS})", rows)


def missing(connection: Connection, window: Window) -> Missing:
    """How much of what was reported before the staged reading lacks.

    Dollars that the same bucket now tells under another name are not lost: a row that moves to another key or tier is
    a restatement, and to refuse it would be to refuse every reading after it.
    """
    rows, lost, whole = connection.exec_driver_sql(
        "WITH was AS (SELECT f.bucket AS bucket, SUM(f.cost_microusd) AS whole, "
        "SUM(CASE WHEN i.bucket IS NULL THEN f.cost_microusd ELSE 0 END) AS gone, "
        f"COUNT(*) FILTER (WHERE i.bucket IS NULL AND {_ANYTHING}) AS facts "
        f"FROM usage_fact f LEFT JOIN incoming i {_SAME_KEY.format('i', 'f')} WHERE {_OF_WINDOW} GROUP BY f.bucket), "
        "told AS (SELECT bucket, SUM(cost_microusd) AS whole FROM incoming GROUP BY bucket) "
        "SELECT COALESCE(SUM(was.facts), 0), "
        "COALESCE(SUM(MIN(was.gone, MAX(0, was.whole - COALESCE(told.whole, 0)))), 0), COALESCE(SUM(was.whole), 0) "
        "FROM was LEFT JOIN told USING (bucket)", window.values).one()
    return Missing(int(rows), int(lost), int(whole))


def stage_zeros(connection: Connection, window: Window) -> None:
    """Let the staged reading say zero for what it lacks."""
    connection.exec_driver_sql(
        f"INSERT INTO incoming ({_LIST}) SELECT f.bucket, f.width, f.series, 0, 0, 0, 0, 0, 0, f.requests * 0, 0, 0 "
        f"FROM usage_fact f LEFT JOIN incoming i {_SAME_KEY.format('i', 'f')} "
        f"WHERE {_OF_WINDOW} AND i.bucket IS NULL AND {_ANYTHING}", window.values)


def changed_hours(connection: Connection) -> list[int]:
    """Collect the staged rows that are new or differ; the hours that they lie in."""
    connection.exec_driver_sql(
        f"CREATE TEMP TABLE changing AS SELECT i.*, {_TOKENS.format('f')} AS old_tokens, "
        f"f.cost_microusd AS old_cost_microusd FROM incoming i LEFT JOIN usage_fact f {_SAME_KEY.format('f', 'i')} "
        f"WHERE f.bucket IS NULL OR {_DIFFERS}")
    return [int(row[0]) for row in connection.exec_driver_sql(
        f"SELECT DISTINCT bucket / {HOUR} * {HOUR} FROM changing")]


def oldest_change(connection: Connection) -> int:
    """Start of the oldest bucket among the rows that are new or differ."""
    return int(connection.exec_driver_sql("SELECT MIN(bucket) FROM changing").scalar_one())


def keep_revisions(connection: Connection, fetch: int, seen_at: datetime) -> None:
    """What the restated facts were, what they became, and which fetch said so."""
    connection.exec_driver_sql(
        "INSERT INTO usage_revision (bucket, width, series, old_tokens, new_tokens, old_cost_microusd, "
        f"new_cost_microusd, fetch, seen_at) SELECT bucket, width, series, old_tokens, {_TOKENS.format('c')}, "
        "old_cost_microusd, cost_microusd, ?, ? FROM changing c WHERE old_cost_microusd IS NOT NULL",
        (fetch, round(seen_at.timestamp() * 1_000_000)))


def promote(connection: Connection) -> int:
    """Let the changing rows be the facts; returns how many there are."""
    return connection.exec_driver_sql(
        f"INSERT OR REPLACE INTO usage_fact ({_LIST}) SELECT {_LIST} FROM changing").rowcount


def hours_from_minutes(connection: Connection, window: Window) -> dict[int, int]:
    """Micro-dollars by hour of the source in the window, where its hours are still the sums of minutes."""
    return {int(row[0]): int(row[1]) for row in connection.exec_driver_sql(
        "SELECT r.hour, SUM(r.cost_microusd) FROM usage_hour r WHERE r.hour >= ? AND r.hour < ? "
        "AND r.series IN (SELECT id FROM series WHERE source = ?) AND r.hour NOT IN ("
        f"  SELECT f.bucket FROM usage_fact f WHERE {_OF_WINDOW}) GROUP BY r.hour",
        (window.start, window.end, window.source, window.start, window.end, HOUR, window.source))}


def see(connection: Connection, window: Window) -> None:
    """Keep each series' first and last bucket with usage."""
    connection.exec_driver_sql(
        "UPDATE series SET first_bucket = MIN(first_bucket, seen.first), last_bucket = MAX(last_bucket, seen.last) "
        "FROM (SELECT f.series, MIN(f.bucket) AS first, MAX(f.bucket) AS last FROM usage_fact f "
        f"WHERE {_OF_WINDOW} AND {_ANYTHING} GROUP BY f.series) AS seen WHERE series.id = seen.series", window.values)


def drop(connection: Connection) -> None:
    """Let the staged rows go: the connection is kept, and its temporary tables with it."""
    for table in ("incoming", "changing"):
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS temp.{table}")


def _many(connection: Connection, statement: str, rows: Iterable[Row]) -> None:
    cursor = connection.connection.cursor()
    try:
        cursor.executemany(statement, cast(Any, rows))
    except sqlite3.IntegrityError as error:
        raise ValueError(f"this reading cannot be stored: {error}") from error
    finally:
        cursor.close()
