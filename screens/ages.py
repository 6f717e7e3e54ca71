"""How long ago, and how long until, in as few characters as will do."""

from __future__ import annotations

MINUTE, HOUR, DAY = 60, 3600, 86_400


def age(seconds: float) -> str:
    """`12 s`, `6 min`, `3 h 05`, `4 d`: how long ago."""
    whole = max(0, int(seconds))
    if whole < MINUTE:
        return f"{whole} s"
    if whole < HOUR:
        return f"{whole // MINUTE} min"
    if whole < DAY:
        return f"{whole // HOUR} h {whole % HOUR // MINUTE:02d}"
    return f"{whole // DAY} d"


def short_age(seconds: float | None) -> str:
    """`12s`, `6m`, `3h`, `4d` for a table; empty where it is unknown."""
    if seconds is None:
        return ""
    whole = max(0, int(seconds))
    for size, mark in ((DAY, "d"), (HOUR, "h"), (MINUTE, "m")):
        if whole >= size:
            return f"{whole // size}{mark}"
    return f"{whole}s"


def left(seconds: float | None) -> str:
    """`now`, `4 min`, `3 h 05`, `12 d`: how long until; empty where there is no end in sight."""
    if seconds is None:
        return ""
    return "now" if seconds <= 0 else age(seconds)
