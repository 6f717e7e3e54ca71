"""Time as an argument: the one place that reads the system's clock, and clocks that stand in for it."""

from __future__ import annotations

import asyncio
import re
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol

_MONTH = re.compile(r"2[0-9]{3}-(0[1-9]|1[0-2])")


class Clock(Protocol):
    """What the running system asks for time. Everything below it takes a `datetime`."""

    speed: float
    """Seconds of this clock in one second of the machine's."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""

    async def sleep(self, seconds: float) -> None:
        """Wait for so many seconds of this clock's time."""


class SystemClock:
    """The machine's own time."""

    speed = 1.0

    def now(self) -> datetime:
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class ScaledClock:
    """A clock that starts at `start` and runs `speed` times as fast as the machine's (demos)."""

    def __init__(self, start: datetime, speed: float, monotonic_start: float | None = None) -> None:
        self._start = start
        self.speed = speed
        self._from = time.monotonic() if monotonic_start is None else monotonic_start

    def now(self) -> datetime:
        return self._start + timedelta(seconds=(time.monotonic() - self._from) * self.speed)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self.speed)


class ManualClock:
    """A clock that moves only when told to (tests, replay)."""

    speed = 1.0

    def __init__(self, start: datetime) -> None:
        self._now = start

    def now(self) -> datetime:
        return self._now

    async def sleep(self, seconds: float) -> None:
        self.advance(seconds)
        await asyncio.sleep(0)

    def advance(self, seconds: float) -> None:
        """Move forward by so many seconds."""
        self._now += timedelta(seconds=seconds)


def epoch(at: datetime) -> int:
    """Whole seconds since 1970 of an aware instant; the unit of every bucket in the usage tables."""
    return int(at.timestamp())


def from_epoch(seconds: float) -> datetime:
    """The UTC instant of so many seconds since 1970."""
    return datetime.fromtimestamp(seconds, UTC)


def rfc3339(at: datetime) -> str:
    """An instant as RFC 3339 in UTC with a `Z`, to the second."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_rfc3339(text: str) -> datetime:
    """An aware UTC instant from RFC 3339 text. Raises ValueError where the text has no offset, or lies outside the
    calendar in UTC."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone; write it like 2026-11-23T14:05:00Z")
    try:
        return at.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(f"{text!r} lies outside the calendar") from error


def month_bounds(at: datetime) -> tuple[datetime, datetime]:
    """The UTC calendar month that holds `at`, as [start, end): the period the provider bills by."""
    start = at.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    end = (start + timedelta(days=32)).replace(day=1)
    return start, end


def day_start(at: datetime) -> datetime:
    """The UTC midnight at or before `at`."""
    return at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def month_name(start: datetime) -> str:
    """A UTC month as people write it: `2026-10`."""
    return f"{start:%Y-%m}"


def parse_month(text: str) -> tuple[datetime, datetime]:
    """The UTC month of `2026-10`, as [start, end). Raises ValueError for anything else."""
    if not _MONTH.fullmatch(text):
        raise ValueError(f"{text[:40]!r} is no month; write it like 2026-10")
    return month_bounds(datetime(int(text[:4]), int(text[5:]), 1, tzinfo=UTC))
