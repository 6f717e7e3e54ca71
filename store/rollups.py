"""Hours from facts, days from hours, months from days, rebuilt for what was touched. Sums, never counters.

The newest month that has a day still fills: every poll touches it, so it is read from its days (`store/months.py`) and
`usage_month` is right only for the months before it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

HOUR, DAY = 3600, 86_400

_SUMMED = ("uncached_input", "cache_write_5m", "cache_write_1h", "cache_read", "output", "web_searches", "requests",
           "cost_microusd")
_COLUMNS = ", ".join((*_SUMMED, "estimated_microusd"))
SUMS = ", ".join(f"SUM({name})" for name in _SUMMED).replace(
    "SUM(requests)", "CASE WHEN COUNT(requests) = COUNT(*) THEN SUM(requests) END")
"""A part of which nobody counted the requests makes those of the whole unknown, and no smaller."""


def rebuild(connection: Connection, hours: Iterable[int]) -> None:
    """Rebuild these hours (starts, seconds since 1970), the UTC days that hold them, and the months that are over."""
    touched = sorted(set(hours))
    filling = newest_month(connection)
    for hour in touched:
        _rebuild_hour(connection, hour)
    for day in sorted({hour // DAY * DAY for hour in touched}):
        _rebuild_day(connection, day)
    newest = newest_month(connection)
    # What was filling until now is over where a later month began.
    for month in sorted({month_start(hour) for hour in touched} | {filling}):
        if month < newest:
            rebuild_month(connection, month)


def newest_month(connection: Connection) -> int:
    """Start of the newest UTC month that has a day, seconds since 1970; 0 where nothing is stored."""
    return month_start(connection.exec_driver_sql("SELECT MAX(day) FROM usage_day").scalar() or 0)


def month_start(at: int) -> int:
    """The first second of the UTC month that holds an instant; both in seconds since 1970."""
    return int(datetime.fromtimestamp(at, UTC).replace(day=1, hour=0, minute=0, second=0).timestamp())


def month_end(at: int) -> int:
    """The first second after the UTC month that holds an instant."""
    return month_start(int((datetime.fromtimestamp(month_start(at), UTC) + timedelta(days=32)).timestamp()))


def _rebuild_hour(connection: Connection, hour: int) -> None:
    """An hour that a source stated as one fact stands for the minutes of the same source."""
    connection.exec_driver_sql("DELETE FROM usage_hour WHERE hour = ?", (hour,))
    connection.exec_driver_sql(
        f"INSERT INTO usage_hour (hour, series, {_COLUMNS}) "
        f"SELECT ?, f.series, {SUMS}, SUM(CASE WHEN estimated THEN cost_microusd ELSE 0 END) "
        "FROM usage_fact f WHERE f.bucket >= ? AND f.bucket < ? AND (f.width = ? OR f.series NOT IN ("
        "  SELECT s.id FROM series s WHERE s.source IN ("
        "    SELECT whole.source FROM usage_fact w JOIN series whole ON whole.id = w.series "
        "    WHERE w.bucket = ? AND w.width = ?))) GROUP BY f.series",
        (hour, hour, hour + HOUR, HOUR, hour, HOUR))


def _rebuild_day(connection: Connection, day: int) -> None:
    connection.exec_driver_sql("DELETE FROM usage_day WHERE day = ?", (day,))
    connection.exec_driver_sql(
        f"INSERT INTO usage_day (day, series, {_COLUMNS}) SELECT ?, series, {SUMS}, SUM(estimated_microusd) "
        "FROM usage_hour WHERE hour >= ? AND hour < ? GROUP BY series", (day, day, day + DAY))


def rebuild_month(connection: Connection, month: int) -> None:
    """Rebuild one month of every series from its days."""
    connection.exec_driver_sql("DELETE FROM usage_month WHERE month = ?", (month,))
    connection.exec_driver_sql(
        f"INSERT INTO usage_month (month, series, {_COLUMNS}) SELECT ?, series, {SUMS}, SUM(estimated_microusd) "
        "FROM usage_day WHERE day >= ? AND day < ? GROUP BY series", (month, month, month_end(month)))
