"""Lengths of time as people write them: `10m`, `1h`, `7d`, the calendar's day, month and quarter, and ends in time."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from console.clock import parse_rfc3339

CALENDAR = ("day", "month", "quarter")
_UNITS = {"m": 60, "h": 3600, "d": 86400}
_DURATION = re.compile(r"([1-9][0-9]{0,4})([mhd])")


def seconds(window: str) -> int | None:
    """Seconds of a fixed duration; None for a calendar window and for what is no window."""
    found = _DURATION.fullmatch(window)
    return int(found[1]) * _UNITS[found[2]] if found else None


def is_window(window: str) -> bool:
    """Whether the text is a calendar window or a duration of a year at most."""
    fixed = seconds(window)
    return window in CALENDAR or (fixed is not None and fixed <= 366 * 86400)


def end(text: str, now: datetime) -> datetime | None:
    """The instant that `4h` from `now`, or a time with its zone such as `2026-11-24T08:00Z`, means; None for anything
    else."""
    length = seconds(text.strip().lower())
    if length is not None:
        return now + timedelta(seconds=length)
    try:
        return parse_rfc3339(text.strip())
    except ValueError:
        return None
