"""What calls come to by workload and day: which days are to be made again, and those that are made.

Days are UTC midnights in seconds since 1970.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection
from sqlmodel import Session

DAY = 86_400
_ANY = "abs(random() % 1000000000000)"
"""Where a count of changes begins: so that a mark which is set anew is not taken for one that was seen before."""
_OF_CALL = "at / 86400000000 * 86400"


class Stale(NamedTuple):
    """A day of a workload that is to be made again, and the marks that say so: series and how often it changed."""

    day: int
    workload: str
    marks: tuple[tuple[int, int], ...]


def mark(connection: Connection, days: Iterable[tuple[int, int]]) -> None:
    """The calls of these series changed on these days: (series, day)."""
    changed = set(days)
    if changed:
        _many(connection, f"INSERT INTO call_day_stale (day, series, changes) VALUES (?, ?, {_ANY}) "
                          "ON CONFLICT DO UPDATE SET changes = changes + 1",
              [(day, series) for series, day in changed])


def moved(connection: Connection, moves: Iterable[tuple[int, str | None, str | None]]) -> None:
    """Series were given away (number, from, to): what was made of the workloads that calls left or came to is made
    again. A series without calls, such as a new one of a poll, concerns nobody here."""
    told = {number for number, in connection.exec_driver_sql("SELECT series FROM pushed_series")}
    touched = [move for move in moves if move[0] in told]
    if touched:
        again(connection, {slug for _, *both in touched for slug in both if slug is not None},
              [number for number, *_ in touched])


def again(connection: Connection, workloads: Iterable[str], series: Iterable[int] = ()) -> None:
    """Whatever was made of these workloads, and of these series, is made again."""
    slugs = json.dumps(sorted(workloads))
    connection.exec_driver_sql(
        f"INSERT INTO call_day_stale (day, series, changes) SELECT DISTINCT {_OF_CALL}, series, 1 FROM call "
        "WHERE series IN (SELECT value FROM json_each(?1) UNION SELECT id FROM series WHERE workload IN "
        "(SELECT value FROM json_each(?2))) ON CONFLICT DO UPDATE SET changes = changes + 1",
        (json.dumps(sorted(series)), slugs))
    connection.exec_driver_sql("DELETE FROM call_day WHERE workload IN (SELECT value FROM json_each(?))", (slugs,))


def stale(tx: Session) -> list[Stale]:
    """Every day that is to be made again, the newest first."""
    rows = tx.connection().exec_driver_sql(
        "SELECT c.day, s.workload, json_group_array(json_array(c.series, c.changes)) FROM call_day_stale c "
        "JOIN series s ON s.id = c.series WHERE s.workload IS NOT NULL GROUP BY c.day, s.workload "
        "ORDER BY c.day DESC, s.workload")
    return [Stale(day, workload, tuple((series, changes) for series, changes in json.loads(marks)))
            for day, workload, marks in rows]


def of_workload(tx: Session, workload: str, days: Iterable[int], form: int) -> dict[int, str]:
    """The documents, as JSON, of those of these days that are made."""
    return dict(tx.connection().connection.cursor().execute(
        "SELECT day, document FROM call_day WHERE day IN (SELECT value FROM json_each(?)) AND workload = ? "
        "AND form = ?", (json.dumps(sorted(days)), workload, form)).fetchall())


def put(tx: Session, made: Iterable[tuple[Stale, Mapping[str, Any] | None]], form: int,
        altered: Collection[Stale] = ()) -> set[tuple[int, str]]:
    """Store what was made of stale days; None: there is no call left. A day that changed meanwhile stays stale; one
    that somebody else made meanwhile, or whose series were given away, is left as it is.

    altered: those that end otherwise than before. The day after one, if it is stored and not made here too, is to be
    made again; returns these, as (day, workload).
    """
    connection = tx.connection()
    told = list(made)
    late = _late(connection, [each for each, _ in told])
    listed = [pair for number, pair in enumerate(told) if number not in late]
    _many(connection, "DELETE FROM call_day WHERE day = ? AND workload = ?",
          [(each.day, each.workload) for each, _ in listed])
    _many(connection, "INSERT INTO call_day (day, workload, form, document) VALUES (?, ?, ?, ?)",
          [(each.day, each.workload, form, json.dumps(document, separators=(",", ":")))
           for each, document in listed if document is not None])
    _many(connection, "DELETE FROM call_day_stale WHERE day = ? AND series = ? AND changes = ?",
          [(each.day, series, changes) for each, _ in listed for series, changes in each.marks])
    here = {(each.day, each.workload) for each, _ in listed}
    after = {(each.day + DAY, each.workload): each.marks[0][0] for each, _ in listed
             if each in altered and (each.day + DAY, each.workload) not in here}
    after = {key: series for key, series in after.items() if connection.exec_driver_sql(
        "SELECT 1 FROM call_day WHERE day = ? AND workload = ?", key).first() is not None}
    mark(connection, ((series, day) for (day, _), series in after.items()))
    return set(after)


def _late(connection: Connection, made: Iterable[Stale]) -> set[int]:
    """Places of those of which a mark stands no longer, or is of a series that is another workload's by now."""
    marks = [(number, each.day, series, changes, each.workload)
             for number, each in enumerate(made) for series, changes in each.marks]
    return {number for number, in connection.exec_driver_sql(
        "SELECT DISTINCT m.value ->> 0 FROM json_each(?) m WHERE NOT EXISTS (SELECT 1 FROM call_day_stale c "
        "JOIN series s ON s.id = c.series WHERE c.day = m.value ->> 1 AND c.series = m.value ->> 2 "
        "AND c.changes >= m.value ->> 3 AND s.workload = m.value ->> 4)", (json.dumps(marks),))}


def between(tx: Session, start: int, end: int, form: int,
            workload: str | None = None) -> Iterator[tuple[str, int, str]]:
    """(workload, day, document as JSON) of every day made in [start, end), by day and workload; of one only."""
    cursor = tx.connection().connection.cursor()
    try:
        yield from cursor.execute("SELECT workload, day, document FROM call_day WHERE day >= ? AND day < ? "
                                  "AND form = ? AND (?4 IS NULL OR workload = ?4) ORDER BY day, workload",
                                  (start, end, form, workload))
    finally:
        cursor.close()


def totals(tx: Session, start: int, end: int, form: int, places: Iterable[int],
           workload: str | None = None) -> Iterator[tuple[Any, ...]]:
    """(workload, a sum for each of these places of the documents' totals) over the days in [start, end)."""
    columns = ", ".join(f"SUM(json_extract(document, '$.totals[{place:d}]'))" for place in places)
    cursor = tx.connection().connection.cursor()
    try:
        yield from cursor.execute(
            f"SELECT workload, {columns} FROM call_day WHERE day >= ? AND day < ? AND form = ? "
            "AND (?4 IS NULL OR workload = ?4) GROUP BY workload ORDER BY workload", (start, end, form, workload))
    finally:
        cursor.close()


def is_current(tx: Session, form: int) -> bool:
    """Whether days are of this form. One look tells: `outdated` leaves none of another."""
    oldest = tx.connection().exec_driver_sql("SELECT form FROM call_day ORDER BY day LIMIT 1").scalar()
    return oldest in (None, form)


def outdated(tx: Session, form: int) -> int:
    """Mark every day of another form to be made again; returns how many there were."""
    connection = tx.connection()
    old = [slug for slug, in connection.exec_driver_sql("SELECT DISTINCT workload FROM call_day WHERE form <> ?",
                                                        (form,))]
    if old:
        again(connection, old)
    return len(old)


def forget(tx: Session, before: int) -> None:
    """What is made of calls that are no longer kept: days before a midnight."""
    for table in ("call_day", "call_day_stale"):
        tx.connection().exec_driver_sql(f"DELETE FROM {table} WHERE day < ?", (before,))


def _many(connection: Connection, statement: str, rows: list[tuple[Any, ...]]) -> None:
    if rows:
        cursor = connection.connection.cursor()
        try:
            cursor.executemany(statement, rows)
        finally:
            cursor.close()
