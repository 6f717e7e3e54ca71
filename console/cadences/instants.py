"""What people write for a time, in an option or as a period: an instant, or a day of the organisation's."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from console.cadences.weeks import day_end
from console.clock import parse_rfc3339
from console.errors import UsageError
from console.text import clean

_DAY, _SECOND = timedelta(days=1), timedelta(seconds=1)


def span(text: str, time_zone: str, option: str = "") -> tuple[datetime, datetime]:
    """The first and the last instant that the text means, to the second, in UTC: of RFC 3339 they are one.

    Raises UsageError, which begins with the `option` that the text was given to.
    """
    try:
        if "T" in text:
            at = parse_rfc3339(text)
            return at, at
        day = date.fromisoformat(text)
        return day_end(day - _DAY, time_zone), day_end(day, time_zone) - _SECOND
    except (ValueError, OverflowError) as error:
        raise UsageError(f"{option} {clean(text, 40)!r} is neither an instant such as 2026-11-23T14:05:00Z nor a day "
                         "such as 2026-11-23.".lstrip()) from error


def as_of(text: str, time_zone: str, now: datetime, option: str = "") -> datetime:
    """The instant as of which something is asked for: the one that is written, or the end of a day, or now where that
    day has not ended. Raises UsageError."""
    first, last = span(text, time_zone, option)
    return last if first == last else min(last, now)
