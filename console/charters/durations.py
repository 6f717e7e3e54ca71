"""The windows that a Charter may name: `10m`, `1h`, `7d`, and the calendar's day, month and quarter."""

from __future__ import annotations

import re

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
