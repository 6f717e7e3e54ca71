"""Usage facts: replaced by natural key, never added to; roll-ups rebuilt in the same transaction (operations 3.1).

Rows go through one staging table and set-based statements: the limit is SQLite's B-tree, not Python.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection
from sqlmodel import Session, select

from store.rollups import HOUR, rebuild
from store.tables import Fetch, Series

VANISHED_SHARE = 0.2
VANISHED_FLOOR_MICROUSD = 1_000_000

FACT_COLUMNS = ("bucket", "width", "series", "uncached_input", "cache_write_5m", "cache_write_1h", "cache_read",
                "output", "web_searches", "requests", "cost_microusd", "estimated")
"""The order of the values in a row that `replace_window` takes."""

Row = tuple[int | None, ...]
TokenSums = tuple[int, int, int, int, int, int]
"""uncached input, cache write 5 m, cache write 1 h, cache read, output, web searches."""
Price = Callable[[Series, TokenSums, int], tuple[int, int]]
"""(series, tokens, bucket) to (micro-dollars, 0 exact | 1 estimate | 2 no price known)."""

_VALUES = FACT_COLUMNS[3:]
_LIST = ", ".join(FACT_COLUMNS)
_MARKS = ", ".join("?" * len(FACT_COLUMNS))
_DIFFERS = " OR ".join(f"f.{name} IS NOT i.{name}" for name in _VALUES)
_TOKENS = "{0}.uncached_input + {0}.cache_write_5m + {0}.cache_write_1h + {0}.cache_read + {0}.output"


class VanishedTooMuch(Exception):
    """A whole re-reading lacks too much of what was there: more likely the provider's fault than a restatement."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What one window changed."""

    rows: int
    changed: int
    """Facts that are new or were restated."""
    vanished: int
    """Facts that were there and are no longer reported: now zero."""


def begin_fetch(tx: Session, *, source: str, stream: str, start: int, end: int, width: int, at: datetime) -> Fetch:
    """The record of one reading, with its number."""
    fetch = Fetch(source=source, stream=stream, window_start=start, window_end=end, width=width, started_at=at)
    tx.add(fetch)
    tx.flush()
    return fetch


def dimensions(series: Series) -> dict[str, str | None]:
    """The dimensions of a series by name."""
    parsed = json.loads(series.dimensions)
    assert isinstance(parsed, dict)
    return parsed


def all_series(tx: Session) -> list[Series]:
    """Every series that was ever seen."""
    return list(tx.exec(select(Series)))


def series_ids(tx: Session, source: str, keys: Iterable[str], bucket: int) -> dict[str, int]:
    """The number of each series by its canonical dimensions; new ones get theirs now."""
    wanted = set(keys)
    connection = tx.connection()
    known = _known(connection, source)
    missing = [(source, key, bucket, bucket) for key in sorted(wanted - known.keys())]
    if missing:
        connection.exec_driver_sql(
            "INSERT INTO series (source, dimensions, first_bucket, last_bucket) VALUES (?, ?, ?, ?)", missing)
        known = _known(connection, source)
    return {key: known[key] for key in wanted}


def set_workloads(tx: Session, workloads: Mapping[int, str | None]) -> int:
    """Attribute series to workloads; returns how many changed."""
    connection = tx.connection()
    before = {row[0]: row[1] for row in connection.exec_driver_sql("SELECT id, workload FROM series")}
    changed = [(slug, number) for number, slug in workloads.items() if before.get(number) != slug]
    if changed:
        connection.exec_driver_sql("UPDATE series SET workload = ? WHERE id = ?", changed)
    return len(changed)


def replace_window(tx: Session, *, source: str, start: int, end: int, width: int, rows: Iterable[Row], fetch: int,
                   seen_at: datetime) -> Stored:
    """Make the facts of one source in [start, end) at one width be exactly `rows`. The same rows again change nothing.

    Raises VanishedTooMuch, and nothing is changed, where over a fifth of the window's dollars would disappear.
    """
    connection = tx.connection()
    count = _stage(connection, rows)
    vanished = _vanished(connection, source, start, end, width)
    connection.exec_driver_sql(
        f"INSERT INTO incoming ({_LIST}) SELECT bucket, width, series, 0, 0, 0, 0, 0, 0, requests * 0, 0, 0 "
        "FROM gone")
    _keep_revisions(connection, fetch, seen_at)
    touched = [int(row[0]) for row in connection.exec_driver_sql(
        f"SELECT DISTINCT i.bucket / {HOUR} * {HOUR} FROM incoming i LEFT JOIN usage_fact f "
        f"ON f.bucket = i.bucket AND f.width = i.width AND f.series = i.series WHERE f.bucket IS NULL OR {_DIFFERS}")]
    changed = 0
    if touched:
        changed = _upsert(connection)
        _see(connection)
        rebuild(connection, touched)
    return Stored(count, changed, vanished)


def reprice(tx: Session, start: int, end: int, price: Price) -> int:
    """Price the stored facts of [start, end) again, rebuild their roll-ups; returns how many changed."""
    connection = tx.connection()
    series = {one.id: one for one in all_series(tx)}
    changes = []
    for bucket, width, number, *tokens, cost, estimated in connection.exec_driver_sql(
            "SELECT bucket, width, series, uncached_input, cache_write_5m, cache_write_1h, cache_read, output, "
            "web_searches, cost_microusd, estimated FROM usage_fact WHERE bucket >= ? AND bucket < ?", (start, end)):
        sums: TokenSums = tuple(tokens)
        new = price(series[number], sums, bucket)
        if new != (cost, estimated):
            changes.append((*new, bucket, width, number))
    if changes:
        connection.exec_driver_sql("UPDATE usage_fact SET cost_microusd = ?, estimated = ? "
                                   "WHERE bucket = ? AND width = ? AND series = ?", changes)
        rebuild(connection, sorted({change[2] // HOUR * HOUR for change in changes}))
    return len(changes)


def _known(connection: Connection, source: str) -> dict[str, int]:
    rows = connection.exec_driver_sql("SELECT dimensions, id FROM series WHERE source = ?", (source,))
    return {row[0]: row[1] for row in rows}


def _stage(connection: Connection, rows: Iterable[Row]) -> int:
    """Put the rows into a temporary table; returns how many there are."""
    columns = ", ".join(f"{name} INTEGER" for name in FACT_COLUMNS)
    connection.exec_driver_sql("DROP TABLE IF EXISTS temp.incoming")
    connection.exec_driver_sql(
        f"CREATE TEMP TABLE incoming ({columns})")
    cursor = connection.connection.cursor()
    try:
        cursor.executemany(f"INSERT INTO incoming ({_LIST}) VALUES ({_MARKS})", list(rows))
    finally:
        cursor.close()
    return int(connection.exec_driver_sql("SELECT COUNT(*) FROM incoming").scalar_one())


def _vanished(connection: Connection, source: str, start: int, end: int, width: int) -> int:
    """Collect the facts that are no longer reported into `gone`; returns how many. Raises VanishedTooMuch."""
    connection.exec_driver_sql("DROP TABLE IF EXISTS temp.gone")
    connection.exec_driver_sql(
        "CREATE TEMP TABLE gone AS SELECT f.bucket, f.width, f.series, f.requests, f.cost_microusd FROM usage_fact f "
        "JOIN series s ON s.id = f.series LEFT JOIN incoming i "
        "ON i.bucket = f.bucket AND i.width = f.width AND i.series = f.series "
        "WHERE f.bucket >= ? AND f.bucket < ? AND f.width = ? AND s.source = ? AND i.bucket IS NULL "
        f"AND (f.cost_microusd <> 0 OR {_TOKENS.format('f')} <> 0)",
        (start, end, width, source))
    count, lost = connection.exec_driver_sql("SELECT COUNT(*), COALESCE(SUM(cost_microusd), 0) FROM gone").one()
    if count:
        whole = connection.exec_driver_sql(
            "SELECT COALESCE(SUM(f.cost_microusd), 0) FROM usage_fact f JOIN series s ON s.id = f.series "
            "WHERE f.bucket >= ? AND f.bucket < ? AND f.width = ? AND s.source = ?",
            (start, end, width, source)).scalar_one()
        if whole > VANISHED_FLOOR_MICROUSD and lost > whole * VANISHED_SHARE:
            raise VanishedTooMuch(
                f"{source} no longer reports {lost / whole:.0%} of the dollars it had reported for the window from "
                f"{datetime.fromtimestamp(start, UTC):%Y-%m-%d %H:%MZ}; the earlier figures are kept")
    return int(count)


def _keep_revisions(connection: Connection, fetch: int, seen_at: datetime) -> None:
    """What restated facts were and became."""
    connection.exec_driver_sql(
        "INSERT INTO usage_revision (bucket, width, series, old_tokens, new_tokens, old_cost_microusd, "
        "new_cost_microusd, fetch, seen_at) "
        f"SELECT f.bucket, f.width, f.series, {_TOKENS.format('f')}, {_TOKENS.format('i')}, f.cost_microusd, "
        "i.cost_microusd, ?, ? FROM incoming i JOIN usage_fact f "
        f"ON f.bucket = i.bucket AND f.width = i.width AND f.series = i.series WHERE {_DIFFERS}",
        (fetch, round(seen_at.timestamp() * 1_000_000)))


def _upsert(connection: Connection) -> int:
    updates = ", ".join(f"{name} = excluded.{name}" for name in _VALUES)
    differs = " OR ".join(f"usage_fact.{name} IS NOT excluded.{name}" for name in _VALUES)
    return connection.exec_driver_sql(
        f"INSERT INTO usage_fact ({_LIST}) SELECT {_LIST} FROM incoming WHERE true "
        f"ON CONFLICT (bucket, width, series) DO UPDATE SET {updates} WHERE {differs}").rowcount


def _see(connection: Connection) -> None:
    """Keep each series' first and last bucket with usage."""
    connection.exec_driver_sql(
        "UPDATE series SET first_bucket = MIN(first_bucket, seen.first), last_bucket = MAX(last_bucket, seen.last) "
        "FROM (SELECT series, MIN(bucket) AS first, MAX(bucket) AS last FROM incoming i "
        f"WHERE {_TOKENS.format('i')} > 0 OR web_searches > 0 GROUP BY series) AS seen WHERE series.id = seen.series")

