"""The shape of a workload's week: which share of a month's spend belongs to which hour.

Linear until four weeks of history are there; then each of the week's 168 hours (UTC) weighs what it cost on average,
mixed with a tenth of the flat shape so that no hour expects nothing (operations 1.7, difference 2).
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate

HOUR, WEEK_HOURS = 3600, 168
HISTORY = 28 * 24 * HOUR
FLAT_SHARE = 0.1
_MONDAY = 4 * 24 * HOUR
"""1970-01-01 was a Thursday: the first Monday began four days later."""


def hour_of_week(at: int) -> int:
    """0 for Monday 00:00 UTC to 167, of an instant in seconds since 1970."""
    return (at - _MONDAY) // HOUR % WEEK_HOURS


class Profile:
    """Weights of the 168 hours of the week, 1 on average."""

    __slots__ = ("_sums",)

    def __init__(self, weights: Iterable[float] = (1.0,) * WEEK_HOURS) -> None:
        self._sums = array("d", accumulate(weights, initial=0.0))

    def weight(self, start: float, end: float) -> float:
        """Weighted hours of [start, end), both in seconds since 1970."""
        return self._until(*_place(end)) - self._until(*_place(start))

    def share(self, start: float, end: float, month_start: float, month_end: float) -> float:
        """The share of the month [month_start, month_end) that [start, end) stands for; it may lie across its edge."""
        return self.weight(start, end) / self.weight(month_start, month_end)

    def _until(self, weeks: float, hour: int, rest: float) -> float:
        sums = self._sums
        before = sums[hour]
        return weeks * sums[WEEK_HOURS] + before + (sums[hour + 1] - before) * rest


FLAT = Profile()


class Spans:
    """Windows that end at one instant, and the month they are a share of: where they lie in the week is worked out
    once for every workload."""

    def __init__(self, until: int, lengths: Sequence[int], month: tuple[int, int]) -> None:
        self._until = _place(until)
        self._starts = [(length, _place(until - length)) for length in lengths]
        self._month = _place(month[0]), _place(month[1])

    def shares(self, profile: Profile) -> tuple[dict[int, float], float]:
        """The shares of the month that a profile gives to each window by its length, and to the month so far."""
        sums, at = profile._sums, profile._until
        end, begun, week = at(*self._until), at(*self._month[0]), sums[WEEK_HOURS]
        month = at(*self._month[1]) - begun
        return {  # `_until` written out: this is done for every workload at every judgement
            length: (end - weeks * week - sums[hour] - (sums[hour + 1] - sums[hour]) * rest) / month
            for length, (weeks, hour, rest) in self._starts}, (end - begun) / month


def _place(at: float) -> tuple[float, int, float]:
    """Whole weeks since the first Monday, whole hours of the week that is running, and the part of an hour."""
    weeks, hours = divmod((at - _MONDAY) / HOUR, WEEK_HOURS)
    hour = min(int(hours), WEEK_HOURS - 1)
    return weeks, hour, hours - hour


class Weeks:
    """What was spent in each hour of the week, added up over the four weeks before `until`."""

    __slots__ = ("first", "sums")

    def __init__(self, first: int) -> None:
        self.first = first
        """The first hour with usage."""
        self.sums = array("q", bytes(8 * WEEK_HOURS))

    def profile(self, until: int) -> Profile:
        """Flat where the history is shorter than four weeks, or nothing was spent."""
        total = sum(self.sums)
        if total <= 0 or self.first > until - HISTORY + 24 * HOUR:
            return FLAT
        mean = total / WEEK_HOURS
        return Profile(FLAT_SHARE + (1 - FLAT_SHARE) * cost / mean for cost in self.sums)

    def usual_month(self, until: int) -> int | None:
        """Micro-dollars of a 30-day month at the mean of the last 28 days; None with less than a week of history."""
        known = min(until - self.first, HISTORY)
        return sum(self.sums) * 30 * 24 * HOUR // known if known >= 7 * 24 * HOUR else None


def weeks_of(hours: Mapping[int, int], until: int) -> Weeks:
    """The weeks before `until` of an hourly spend (hour start to micro-dollars)."""
    weeks = Weeks(min(hours, default=until))
    for hour, cost in hours.items():
        if until - HISTORY <= hour < until:
            weeks.sums[hour_of_week(hour)] += cost
    return weeks


def spread(values: Mapping[int, int], start: int, count: int, width: int) -> tuple[int, ...]:
    """`count` values from `start` in steps of `width`, zero where nothing was used."""
    return tuple(values.get(start + index * width, 0) for index in range(count))

