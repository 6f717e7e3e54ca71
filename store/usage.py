"""Usage facts: replaced by natural key, never added to; roll-ups rebuilt in the same transaction (operations 3.1)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection
from sqlmodel import Session, select

from store import call_days, replacement
from store.replacement import FACT_COLUMNS, Passing, Window
from store.replacement import Row as Row
from store.rollups import HOUR, rebuild
from store.tables import Fetch, Series

VANISHED_SHARE = 0.2
VANISHED_FLOOR_MICROUSD = 1_000_000

TokenSums = tuple[int, int, int, int, int, int]
"""uncached input, cache write 5 m, cache write 1 h, cache read, output, web searches."""
Price = Callable[[Series, TokenSums, int], tuple[int, int]]
"""(series, tokens, bucket) to (micro-dollars, 0 exact | 1 estimate | 2 no price known)."""

_COST = FACT_COLUMNS.index("cost_microusd")
_WORKLOADS = "workloads of series"


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


def series_since(tx: Session, since: int) -> Iterator[tuple[str | None, str, str, int]]:
    """(workload, source, canonical dimensions, last bucket) of every series that was used at or after an instant."""
    cursor = tx.connection().connection.cursor()
    try:
        yield from cursor.execute(
            "SELECT workload, source, dimensions, last_bucket FROM series WHERE last_bucket >= ?", (since,))
    finally:
        cursor.close()


def series_ids(tx: Session, source: str, keys: Iterable[str], bucket: int) -> dict[str, int]:
    """The number of each series by its canonical dimensions; new ones get theirs now."""
    wanted = set(keys)
    connection = tx.connection()
    known = _known(connection, source)
    missing = [(source, key, bucket, bucket) for key in sorted(wanted - known.keys())]
    if missing:
        connection.exec_driver_sql(
            "INSERT INTO series (source, dimensions, first_bucket, last_bucket) VALUES (?, ?, ?, ?)", missing)
        tx.info.pop(_WORKLOADS, None)
        known = _known(connection, source)
    return {key: known[key] for key in wanted}


def series_workloads(tx: Session) -> dict[int, str | None]:
    """Series number to workload; read once a transaction."""
    kept: dict[int, str | None] | None = tx.info.get(_WORKLOADS)
    if kept is None:
        cursor = tx.connection().connection.cursor()
        try:
            kept = dict(cursor.execute("SELECT id, workload FROM series"))
        finally:
            cursor.close()
        tx.info[_WORKLOADS] = kept
    return kept


def set_workloads(tx: Session, workloads: Mapping[int, str | None]) -> int:
    """Attribute series to workloads; returns how many changed."""
    connection = tx.connection()
    before = {row[0]: row[1] for row in connection.exec_driver_sql("SELECT id, workload FROM series")}
    changed = [(slug, number) for number, slug in workloads.items() if before.get(number) != slug]
    if changed:
        connection.exec_driver_sql("UPDATE series SET workload = ? WHERE id = ?", changed)
        call_days.moved(connection, [(number, before.get(number), slug) for slug, number in changed])
    return len(changed)


def replace_window(tx: Session, *, source: str, start: int, end: int, width: int, rows: Iterable[Row], fetch: int,
                   seen_at: datetime, believe_loss: bool = False) -> Stored:
    """Make the facts of one source in [start, end) at one width be exactly `rows`, each in the order of FACT_COLUMNS.
    The same rows again change nothing.

    Raises VanishedTooMuch where over a fifth of the window's dollars would disappear and that is not to be believed;
    ValueError for a row outside the window, and for a key that comes twice. The transaction is then to be given up.
    """
    connection, window = tx.connection(), Window(source, start, end, width)
    if width == HOUR and not believe_loss:
        rows = list(rows)
        _refuse_less_than_minutes(connection, window, rows)
    facts = Passing(window, rows)
    if replacement.is_empty(connection, window):
        replacement.insert(connection, facts)
        hours = facts.hours
        stored, oldest = Stored(facts.count, facts.count, 0), min(hours, default=None)
    else:
        hours, stored, oldest = _replace(connection, window, facts, fetch, seen_at, believe_loss)
    if oldest is not None and width < HOUR:
        note_change(connection, fetch, oldest)
    if hours:
        replacement.see(connection, window)
        rebuild(connection, hours)
    return stored


def note_change(connection: Connection, fetch: int, oldest: int) -> None:
    """A reading changed minutes from `oldest` on, in seconds since 1970."""
    connection.exec_driver_sql("INSERT INTO usage_change (fetch, oldest) VALUES (?, ?) ON CONFLICT DO UPDATE "
                               "SET oldest = MIN(oldest, excluded.oldest)", (fetch, oldest))


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
        connection.exec_driver_sql("UPDATE pushed_minute SET cost_microusd = ?, estimated = ? "
                                   "WHERE bucket = ? AND 60 = ? AND series = ?", changes)
        rebuild(connection, sorted({change[2] // HOUR * HOUR for change in changes}))
    return len(changes)


def _known(connection: Connection, source: str) -> dict[str, int]:
    rows = connection.exec_driver_sql("SELECT dimensions, id FROM series WHERE source = ?", (source,))
    return {row[0]: row[1] for row in rows}


def _replace(connection: Connection, window: Window, facts: Passing, fetch: int, seen_at: datetime,
             believe_loss: bool) -> tuple[set[int], Stored, int | None]:
    """(hours that changed, what changed, the oldest bucket that did) of a window that was read before."""
    replacement.stage(connection, facts)
    gone = replacement.missing(connection, window)
    if not believe_loss:
        _refuse_vanished(window, gone.lost_microusd, gone.whole_microusd)
    if gone.rows:
        replacement.stage_zeros(connection, window)
    hours = set(replacement.changed_hours(connection))
    changed, oldest = 0, None
    if hours:
        oldest = replacement.oldest_change(connection)
        replacement.keep_revisions(connection, fetch, seen_at)
        changed = replacement.promote(connection)
    replacement.drop(connection)
    return hours, Stored(facts.count, changed, gone.rows), oldest


def _refuse_less_than_minutes(connection: Connection, window: Window, facts: list[Row]) -> None:
    """Hours that are about to stand for their minutes must not be worth much less than these."""
    minutes = replacement.hours_from_minutes(connection, window)
    whole = dict.fromkeys(minutes.keys() & {row[0] or 0 for row in facts}, 0)
    for row in facts:
        if row[0] in whole:
            whole[row[0]] += row[_COST] or 0
    _refuse_vanished(window, sum(max(0, minutes[hour] - cost) for hour, cost in whole.items()),
                     sum(minutes[hour] for hour in whole))


def _refuse_vanished(window: Window, lost: int, before: int) -> None:
    if before > VANISHED_FLOOR_MICROUSD and lost > before * VANISHED_SHARE:
        raise VanishedTooMuch(
            f"{window.source} no longer reports {lost / before:.0%} of the dollars it had reported for the window from "
            f"{datetime.fromtimestamp(window.start, UTC):%Y-%m-%d %H:%MZ}; the earlier figures are kept")
