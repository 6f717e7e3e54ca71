"""The shape of a workload's week: which share of a month's spend belongs to which hour.

Linear until four weeks of history are there; then each of the week's 168 hours (UTC) weighs what it cost on average,
mixed with a tenth of the flat shape so that no hour expects nothing (operations 1.7, difference 2).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

HOUR, WEEK_HOURS = 3600, 168
HISTORY = 28 * 24 * HOUR
FLAT_SHARE = 0.1
_MONDAY = 4 * 24 * HOUR
"""1970-01-01 was a Thursday: the first Monday began four days later."""


def hour_of_week(at: int) -> int:
    """0 for Monday 00:00 UTC to 167, of an instant in seconds since 1970."""
    return (at - _MONDAY) // HOUR % WEEK_HOURS


@dataclass(frozen=True)
class Profile:
    """Weights of the 168 hours of the week, 1 on average."""

    weights: tuple[float, ...] = (1.0,) * WEEK_HOURS

    @cached_property
    def _cumulative(self) -> tuple[float, ...]:
        return (0.0, *accumulate(self.weights))

    def weight(self, start: float, end: float) -> float:
        """Weighted hours of [start, end), both in seconds since 1970."""
        return self._until(end) - self._until(start)

    def _until(self, at: float) -> float:
        hours = (at - _MONDAY) / HOUR
        weeks, rest = divmod(hours, WEEK_HOURS)
        whole = int(rest)
        partial = self.weights[whole] * (rest - whole) if whole < WEEK_HOURS else 0.0
        return weeks * self._cumulative[-1] + self._cumulative[whole] + partial

    def share(self, start: float, end: float, month_start: float, month_end: float) -> float:
        """The share of the month [month_start, month_end) that [start, end) stands for; it may lie across its edge."""
        return self.weight(start, end) / self.weight(month_start, month_end)


FLAT = Profile()


def learn(hours: Mapping[int, int], until: int) -> Profile:
    """The profile of an hourly spend (hour start to micro-dollars) over the four weeks before `until`.

    Flat where the history is shorter than that, or nothing was spent.
    """
    begin = until - HISTORY
    spent = {hour: cost for hour, cost in hours.items() if begin <= hour < until}
    total = sum(spent.values())
    if total <= 0 or min(hours, default=until) > begin + 24 * HOUR:
        return FLAT
    sums = [0] * WEEK_HOURS
    for hour, cost in spent.items():
        sums[hour_of_week(hour)] += cost
    mean = total / WEEK_HOURS
    return Profile(tuple(FLAT_SHARE + (1 - FLAT_SHARE) * cost / mean for cost in sums))


def usual_month(hours: Mapping[int, int], until: int) -> int | None:
    """Micro-dollars of a 30-day month at the mean of the last 28 days; None with less than a week of history."""
    first = min(hours, default=until)
    known = min(until - first, HISTORY)
    if known < 7 * 24 * HOUR:
        return None
    total = sum(cost for hour, cost in hours.items() if hour >= until - HISTORY)
    return total * 30 * 24 * HOUR // known


def spread(values: Mapping[int, int], start: int, count: int, width: int) -> tuple[int, ...]:
    """`count` values from `start` in steps of `width`, zero where nothing was used."""
    return tuple(values.get(start + index * width, 0) for index in range(count))

