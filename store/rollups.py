"""Hours from facts and days from hours, rebuilt for what was touched. Sums, never counters."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection

HOUR, DAY = 3600, 86_400

_SUMMED = ("uncached_input", "cache_write_5m", "cache_write_1h", "cache_read", "output", "web_searches", "requests",
           "cost_microusd")
_COLUMNS = ", ".join((*_SUMMED, "estimated_microusd"))
_SUMS = ", ".join(f"SUM({name})" for name in _SUMMED)


def rebuild(connection: Connection, hours: Iterable[int]) -> None:
    """Rebuild these hours (starts, seconds since 1970) and the UTC days that hold them."""
    touched = sorted(set(hours))
    for hour in touched:
        _rebuild_hour(connection, hour)
    for day in sorted({hour // DAY * DAY for hour in touched}):
        _rebuild_day(connection, day)


def _rebuild_hour(connection: Connection, hour: int) -> None:
    """An hour that a source stated as one fact stands for the minutes of the same source."""
    connection.exec_driver_sql("DELETE FROM usage_hour WHERE hour = ?", (hour,))
    connection.exec_driver_sql(
        f"INSERT INTO usage_hour (hour, series, {_COLUMNS}) "
        f"SELECT ?, f.series, {_SUMS}, SUM(CASE WHEN estimated THEN cost_microusd ELSE 0 END) "
        "FROM usage_fact f WHERE f.bucket >= ? AND f.bucket < ? AND (f.width = ? OR f.series NOT IN ("
        "  SELECT s.id FROM series s WHERE s.source IN ("
        "    SELECT whole.source FROM usage_fact w JOIN series whole ON whole.id = w.series "
        "    WHERE w.bucket = ? AND w.width = ?))) GROUP BY f.series",
        (hour, hour, hour + HOUR, HOUR, hour, HOUR))


def _rebuild_day(connection: Connection, day: int) -> None:
    connection.exec_driver_sql("DELETE FROM usage_day WHERE day = ?", (day,))
    connection.exec_driver_sql(
        f"INSERT INTO usage_day (day, series, {_COLUMNS}) SELECT ?, series, {_SUMS}, SUM(estimated_microusd) "
        "FROM usage_hour WHERE hour >= ? AND hour < ? GROUP BY series", (day, day, day + DAY))
