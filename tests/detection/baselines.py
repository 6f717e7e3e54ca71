"""Three plain rules that people reach for first, on the same minutes and the same clock."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from datetime import datetime

from console.clock import from_epoch
from console.watch.recorded import Recording
from console.watch.replay import Course

DAY, HOUR, TEN = 1440, 60, 10
FLOOR = 5_000_000
"""Micro-dollars in the window under which no rule acts: without it each of them kills nearly everybody."""

Rule = Callable[["Sums", int, float], bool]
"""(sums, the minute at which the window ends, the expected month in micro-dollars) to whether it kills."""


class Sums:
    """Running sums of a workload's spend by minute."""

    def __init__(self, recording: Recording, first: int, end: int) -> None:
        self.first = first
        self._sums = [0]
        self._squares = [0.0]
        for minute in range(first, end):
            self._sums.append(self._sums[-1] + recording.minutes.get(minute, (0,))[0])
            ten = (self._sums[-1] - self._sums[max(0, len(self._sums) - 1 - TEN)]) / 1e6
            self._squares.append(self._squares[-1] + ten * ten)

    def spent(self, start: int, end: int) -> int:
        return self._sums[max(0, end - self.first)] - self._sums[max(0, start - self.first)]

    def deviation(self, start: int, end: int) -> tuple[float, float]:
        """Mean and standard deviation of ten-minute sums, in dollars, over [start, end)."""
        count = max(1, end - start)
        mean = self.spent(start, end) / 1e6 * TEN / count
        squares = self._squares[max(0, end - self.first)] - self._squares[max(0, start - self.first)]
        return mean, math.sqrt(max(0.0, squares / count - mean * mean))


def cap(sums: Sums, end: int, expected: float) -> bool:
    """Five times the expected month, in the calendar month."""
    start = int(from_epoch(end * 60 - 1).replace(day=1, hour=0, minute=0, second=0).timestamp()) // 60
    return sums.spent(start, end) >= 5 * expected


def five_means(sums: Sums, end: int, expected: float) -> bool:
    """An hour at five times the mean of the last day."""
    hour = sums.spent(end - HOUR, end)
    known = end - sums.first >= DAY + HOUR
    return known and hour >= FLOOR and hour > 5 * sums.spent(end - HOUR - DAY, end - HOUR) / 24


def six_sigma(sums: Sums, end: int, expected: float) -> bool:
    """Ten minutes above the last day's mean by six standard deviations."""
    if end - sums.first < DAY + TEN:
        return False
    mean, deviation = sums.deviation(end - TEN - DAY, end - TEN)
    spent = sums.spent(end - TEN, end)
    return spent >= FLOOR and spent / 1e6 > mean + 6 * deviation


RULES: dict[str, Rule] = {"5x month cap": cap, "5x day's mean": five_means, "six sigma": six_sigma}


def killed_at(rule: Rule, recording: Recording, first: int, end: int, expected: float,
              course: Course) -> datetime | None:
    """When the rule would have killed, with the same lag and the same time to act; None: never."""
    sums = Sums(recording, first, end)
    minute = next((each for each in _minutes(recording, end) if rule(sums, each, expected)), None)
    return None if minute is None else from_epoch(minute * 60 + course.lag_s + course.act_s)


def _minutes(recording: Recording, end: int) -> Iterable[int]:
    return range(min(recording.minutes, default=end) + 1, end + 1)
