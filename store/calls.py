"""Calls as they are pushed: each is stored once, however often it is told, and the newest knowledge of it counts.

A call is found by its identity within its own hour and the two beside it. So a copy that is told days later is known
for one, and what is looked through stays small.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from heapq import merge
from itertools import islice
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import Connection
from sqlmodel import Session

from store import call_days
from store.call_days import DAY

HOUR = 3_600_000_000
"""In microseconds, as the times of calls are."""
_DAY = 24 * HOUR
SLICE = 5000
"""Calls that one transaction deletes: others are to write in between."""


class CallRow(NamedTuple):
    """One call, in the order of the table's columns."""

    series: int
    at: int
    """Microseconds since 1970."""
    identity: bytes
    rank: int
    uncached_input: int | None
    cache_write_5m: int | None
    cache_write_1h: int | None
    cache_read: int | None
    output: int | None
    web_searches: int | None
    cost: int
    estimated: int
    session: str
    action: str
    caller: str
    parent: str | None
    depth: int
    failed: int
    total: int
    tools: str | None


@dataclass(slots=True)
class Taken:
    """What a batch changed."""

    new: list[CallRow] = field(default_factory=list)
    changed: list[tuple[CallRow, CallRow]] = field(default_factory=list)
    """(before, after)."""
    gone: list[CallRow] = field(default_factory=list)
    """Calls that turned out to be copies of others, and sums whose calls came to be known."""


_COLUMNS = ("series, at, identity, rank, uncached_input, cache_write_5m, cache_write_1h, cache_read, output, "
            "web_searches, cost_microusd, estimated, session, action, caller, parent, depth, failed, total, tools")
_AT_ONCE = 64
"""Calls that one statement looks for."""
_FIND = ("WITH wanted (hour, one) AS (VALUES {}) SELECT c." + _COLUMNS.replace(", ", ", c.") + " FROM wanted "
         f"CROSS JOIN call c ON c.at / {HOUR} = wanted.hour AND c.identity = wanted.one")
_INSERT = f"INSERT INTO call ({_COLUMNS}) VALUES ({', '.join('?' * len(CallRow._fields))})"
_SOURCE = "(SELECT id FROM series WHERE source = ?)"
_DELETE = "DELETE FROM call WHERE series = ? AND at = ? AND identity = ?"


def _claimed(series: int) -> bool:
    return True


def identity(key: str) -> bytes:
    """What a call is known by: 16 bytes for a key of any length."""
    return blake2b(key.encode("utf-8", "replace"), digest_size=16).digest()


def put(tx: Session, told: Iterable[CallRow], withdrawn: Iterable[tuple[bytes, int]] = (),
        claimed: Callable[[int], bool] = _claimed) -> Taken:
    """Store calls; told again, nothing changes. `withdrawn`: (identity, time) of calls that are to be forgotten.
    `claimed`: whether a series belongs to a workload; one that belongs to none takes no call from such a one."""
    connection, taken = tx.connection(), Taken()
    by_identity: dict[bytes, CallRow] = {}
    for row in told:
        before = by_identity.get(row.identity)
        by_identity[row.identity] = row if before is None else merged(before, row, claimed)
    gone = list(withdrawn)
    for forgotten, _ in gone:
        by_identity.pop(forgotten, None)
    stored = _stored(connection, [*((row.identity, row.at) for row in by_identity.values()), *gone])
    taken.gone = [stored[forgotten] for forgotten, _ in gone if forgotten in stored]
    for row in by_identity.values():
        before = stored.get(row.identity)
        if before is None:
            taken.new.append(row)
        elif (after := merged(before, row, claimed)) != before:
            taken.changed.append((before, after))
    _settle_totals(connection, taken)
    _many(connection, _DELETE, [row[:3] for row in (*taken.gone, *(before for before, _ in taken.changed))])
    _many(connection, _INSERT, [*taken.new, *(after for _, after in taken.changed)])
    touched = (*taken.new, *taken.gone, *(row for pair in taken.changed for row in pair))
    call_days.mark(connection, ((row.series, row.at // _DAY * DAY) for row in touched))
    return taken


def merged(before: CallRow, after: CallRow, claimed: Callable[[int], bool] = _claimed) -> CallRow:
    """Of two copies the one of the higher rank, of equals the later; what it does not tell, the other one may."""
    best, other = (before, after) if after.rank < before.rank else (after, before)
    if best.uncached_input is None and other.uncached_input is not None:
        best = best._replace(
            uncached_input=other.uncached_input, cache_write_5m=other.cache_write_5m,
            cache_write_1h=other.cache_write_1h, cache_read=other.cache_read, output=other.output,
            web_searches=other.web_searches, cost=other.cost, estimated=other.estimated)
    takes = best.series != other.series and claimed(other.series) and not claimed(best.series)
    return best._replace(
        series=other.series if takes else best.series,
        session=best.session or other.session, action=best.action or other.action, caller=best.caller or other.caller,
        parent=best.parent if best.parent is not None else other.parent, depth=best.depth or other.depth,
        failed=best.failed, tools=best.tools or other.tools)


def since(tx: Session, at: int, most: int = -1) -> Iterator[CallRow]:
    """Calls since an instant in microseconds, by series, the newest first: at most so many of each."""
    numbers = [row[0] for row in tx.connection().exec_driver_sql("SELECT series FROM pushed_series ORDER BY series")]
    cursor = tx.connection().connection.cursor()
    try:
        for number in numbers:
            for row in cursor.execute(f"SELECT {_COLUMNS} FROM call WHERE series = ? AND at >= ? "
                                      "ORDER BY at DESC LIMIT ?", (number, at, most)):
                yield CallRow(*row)
    finally:
        cursor.close()


def of_workload(tx: Session, workload: str, start: int, end: int) -> Iterator[tuple[str, CallRow]]:
    """(canonical dimensions of its series, call) of a workload in [start, end), oldest first, microseconds since 1970.
    """
    cursor = tx.connection().connection.cursor()
    try:
        dimensions = dict(cursor.execute(
            "SELECT s.id, s.dimensions FROM series s JOIN pushed_series p ON p.series = s.id WHERE s.workload = ?",
            (workload,)).fetchall())
        numbers = ", ".join(f"{number:d}" for number in dimensions)
        order = "ORDER BY at" if len(dimensions) > 1 else ""
        for row in cursor.execute(f"SELECT {_COLUMNS} FROM call WHERE series IN ({numbers}) AND at >= ? AND at < ? "
                                  f"{order}", (start, end)):
            yield dimensions[row[0]], CallRow(*row)
    finally:
        cursor.close()


_IN_SHORT_AT_ONCE = 5000
_WRITTEN = "ifnull(cache_write_5m, 0) + ifnull(cache_write_1h, 0)"
_IN_SHORT = ("SELECT at, session, caller, action, CASE WHEN caller <> '' THEN parent END, depth, failed, tools, "
             f"uncached_input + {_WRITTEN} + ifnull(cache_read, 0), ifnull(output, 0), "
             f"CASE WHEN cache_read > 0 THEN 2 + (cache_read >= ifnull(uncached_input, 0) + {_WRITTEN}) "
             f"WHEN {_WRITTEN} > 0 THEN 1 ELSE 0 END, cost_microusd, ? "
             "FROM call WHERE series = ? AND at >= ? AND at < ? AND total = 0 ORDER BY at")


def models_of(tx: Session, workload: str | None = None) -> dict[str, dict[int, str]]:
    """By workload, of all or of one: its pushed series and the model of each; empty where nobody told."""
    cursor = tx.connection().connection.cursor()
    found: dict[str, dict[int, str]] = {}
    try:
        for slug, number, model in cursor.execute(
                "SELECT s.workload, s.id, ifnull(json_extract(s.dimensions, '$.model'), '') FROM pushed_series p CROSS "
                "JOIN series s ON s.id = p.series WHERE s.workload IS NOT NULL AND (?1 IS NULL OR s.workload = ?1)",
                (workload,)):
            found.setdefault(slug, {})[number] = str(model)
        return found
    finally:
        cursor.close()


def in_short(tx: Session, models: Mapping[int, str], start: int, end: int) -> Iterator[list[tuple[Any, ...]]]:
    """What a day's digest reads of each call of some series in [start, end), oldest first, some thousands at a time:

    (at, session, caller, action, parent, depth, failed, tools, input tokens of every class or None, output tokens,
    cache: 0 none, 1 written and not read, 2 read, 3 half of the input and more, micro-dollars, the series' model).
    Instants are microseconds since 1970. Sums of sessions are no calls.
    """
    connection = tx.connection().connection
    cursors = [connection.cursor() for _ in models]
    try:
        told = [cursor.execute(_IN_SHORT, (model, number, start, end))
                for cursor, (number, model) in zip(cursors, models.items(), strict=True)]
        if len(told) == 1:
            while some := told[0].fetchmany(_IN_SHORT_AT_ONCE):
                yield some
        else:
            merged = merge(*told, key=itemgetter(0))
            while some := list(islice(merged, _IN_SHORT_AT_ONCE)):
                yield some
    finally:
        for cursor in cursors:
            cursor.close()


def forget(tx: Session, before: int, most: int = SLICE) -> int:
    """Delete some of the calls before an instant in microseconds, the oldest first; returns how many."""
    return tx.connection().exec_driver_sql(
        "DELETE FROM call WHERE (series, at, identity) IN (SELECT series, at, identity FROM call "
        f"WHERE at / {HOUR} < ? LIMIT ?)", (before // HOUR, most)).rowcount


def _settle_totals(connection: Connection, taken: Taken) -> None:
    """Sums of a session count only while none of its calls is known, from the same source: what one sender calls a
    session may be another one's name too."""
    sums = [row for row in taken.new if row.total]
    cursor = connection.connection.cursor()
    try:
        sources = _sources_of(cursor, {row.series for row in taken.new if row.session})
        known = {(row.session, sources[row.series]) for row in taken.new if not row.total and row.session}
        for session, source in known:
            rows = cursor.execute(
                f"SELECT {_COLUMNS} FROM call WHERE total = 1 AND session = ? AND series IN {_SOURCE}",
                (session, source)).fetchall()
            taken.gone.extend(CallRow(*row) for row in rows)
        late = {row.identity for row in sums if row.session and (
            (row.session, sources[row.series]) in known or _is_told_singly(cursor, row, sources[row.series]))}
        if late:
            taken.new = [row for row in taken.new if row.identity not in late]
    finally:
        cursor.close()
    gone = {row.identity for row in taken.gone}
    taken.changed = [pair for pair in taken.changed if pair[0].identity not in gone]


def _sources_of(cursor: Any, series: Iterable[int]) -> dict[int, str]:
    listed = ", ".join(f"{number:d}" for number in series)
    return dict(cursor.execute(f"SELECT id, source FROM series WHERE id IN ({listed})").fetchall())


def _is_told_singly(cursor: Any, row: CallRow, source: str) -> bool:
    """Whether a call of the sum's session is known, within six hours before it, from the same source."""
    return cursor.execute(
        f"SELECT 1 FROM call c WHERE c.series IN {_SOURCE} AND c.at BETWEEN ? AND ? AND c.session = ? "
        "AND c.total = 0 LIMIT 1", (source, row.at - 6 * HOUR, row.at + HOUR, row.session)).fetchone() is not None


def _stored(connection: Connection, wanted: Sequence[tuple[bytes, int]]) -> dict[bytes, CallRow]:
    cursor, found = connection.connection.cursor(), {}
    try:
        for start in range(0, len(wanted), _AT_ONCE):
            asked = wanted[start:start + _AT_ONCE]
            values = ", ".join(["(?, ?), (?, ?), (?, ?)"] * len(asked))
            places = [value for one, at in asked for hour in (-1, 0, 1) for value in (at // HOUR + hour, one)]
            for row in cursor.execute(_FIND.format(values), places):
                found[row[2]] = CallRow(*row)
    finally:
        cursor.close()
    return found


def _many(connection: Connection, statement: str, rows: Sequence[tuple[object, ...]]) -> None:
    if not rows:
        return
    cursor = connection.connection.cursor()
    try:
        cursor.executemany(statement, rows)
    finally:
        cursor.close()
