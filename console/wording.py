"""Small words that reports, screens and commands share. Figures are `console.figures`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

MOST_NAMED = 8


def counted(count: int, noun: str, plural: str = "") -> str:
    """`no alert`, `1 alert`, `1,200 alerts`."""
    return f"{f'{count:,}' if count else 'no'} {noun if count < 2 else plural or noun + 's'}"


def number_of(count: int, noun: str) -> str:
    """`0 alerts`, `1 alert`, `1,200 alerts`: where a figure is read for itself."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def over_known(known: int, count: int) -> str:
    """`over 2 of 3 workloads; that of the others is unknown`: whose figure a sum is, where some are not known."""
    if not known:
        return "known of no workload"
    return f"over {number_of(count, 'workload')}" if known == count else (
        f"over {known:,} of {count:,} workloads; that of the others is unknown")


def named(names: Sequence[str], most: int = MOST_NAMED) -> str:
    """`a, b and c`; of very many the first ones, and how many more."""
    if len(names) > most:
        return f"{', '.join(names[:most])} and {len(names) - most:,} more"
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def dates(start: datetime, end: datetime, time_zone: str) -> str:
    """`1 to 31 October 2026`: the days of [start, end)."""
    zone = ZoneInfo(time_zone)
    first, last = start.astimezone(zone), (end - timedelta(seconds=1)).astimezone(zone)
    if first.year != last.year:
        begins = f"{first.day} {first:%B %Y}"
    else:
        begins = f"{first.day} {first:%B}" if first.month != last.month else f"{first.day}"
    return f"{begins} to {last.day} {last:%B %Y}"


def day(at: datetime, time_zone: str) -> str:
    """The organisation's day of an instant."""
    return f"{at.astimezone(ZoneInfo(time_zone)):%Y-%m-%d}"


def role(said: str) -> str:
    """A role as people read it."""
    return said.replace("_", " ")


def roles(said: Sequence[str]) -> str:
    """`business owner and platform lead`."""
    return named([role(one) for one in said])
