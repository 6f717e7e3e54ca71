"""Weeks by the organisation's clock: from midnight of its first day to midnight of the next one's."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from console.settings import WEEKDAYS


def week_of(at: datetime, time_zone: str, first_day: str) -> tuple[datetime, datetime]:
    """The week that holds an instant, as [start, end) in UTC. `first_day`: monday to sunday.

    Where the clocks change it has an hour, or half an hour, more or less than seven days.
    """
    zone = ZoneInfo(time_zone)
    start = _first(at.astimezone(zone).date(), first_day)
    return _midnight(start, zone), _midnight(start + timedelta(weeks=1), zone)


def weeks_until(at: datetime, time_zone: str, first_day: str, count: int) -> list[datetime]:
    """The starts of so many weeks, the oldest first; the last one holds the instant."""
    zone = ZoneInfo(time_zone)
    start = _first(at.astimezone(zone).date(), first_day)
    return [_midnight(start - timedelta(weeks=back), zone) for back in range(count - 1, -1, -1)]


def day_end(day: date, time_zone: str) -> datetime:
    """The first instant after a day of the organisation's."""
    return _midnight(day + timedelta(days=1), ZoneInfo(time_zone))


def _first(day: date, first_day: str) -> date:
    return day - timedelta(days=(day.weekday() - WEEKDAYS.index(first_day)) % 7)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    """The day's first instant: where the clocks skip midnight, the one at which they do."""
    return datetime.combine(day, time.min, zone).astimezone(UTC)
