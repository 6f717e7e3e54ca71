"""What one workload has shown in the last seven days: the most it spent in a window, its dearest call, its token mix.

A minute counts once it has settled, an hour after its end: it is no longer restated then, and a surge is not compared
with itself. Kept as one record a day, so that old days fall out whole.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from console.cadences.counts import OUTPUT, READ, REQUESTS, SPENT, UNCACHED, WRITTEN

if TYPE_CHECKING:
    from console.cadences.track import Track

SETTLED = 60
"""Minutes after which a minute belongs to the past."""
DAYS = 7
WINDOWS = (3, 10, 15, 60)
"""Minutes over which the most that was spent is kept."""
SIX_HOURS = 360
QUARTER = 15
FEWEST_CALLS = 10
"""Calls in a quarter of an hour below which the mean price of a call says little."""
FEWEST_TOKENS = 20_000
"""The same of a token mix."""
_DAY = 1440


class Record:
    """The extremes of one day, or of all. Money in micro-dollars, shares from 0 to 1."""

    __slots__ = (
        "dearest_call",
        "hours",
        "most_fresh",
        "most_in_six_hours",
        "most_output",
        "most_spent",
        "most_written",
        "read",
        "seen",
        "told",
        "written",
    )

    def __init__(self) -> None:
        self.most_spent = [0] * len(WINDOWS)
        """By window, in the order of `WINDOWS`."""
        self.most_in_six_hours = 0
        """Looked at on the hour."""
        self.most_written = 0
        """Tokens written to the cache in three minutes."""
        self.dearest_call = 0.0
        """The mean price of a call over a quarter of an hour."""
        self.most_fresh = 0.0
        """The share of uncached tokens in the input of a quarter of an hour."""
        self.most_output = 0.0
        """The share of output among all tokens of a quarter of an hour."""
        self.seen = 0
        """Minutes whose last quarter of an hour held enough tokens for a mix."""
        self.told = 0
        """Minutes whose last quarter of an hour held enough calls for a price."""
        self.hours = 0
        """Hours in which anything was spent; for one day a bit each."""
        self.read = 0
        """Tokens read from the cache, all in all."""
        self.written = 0
        """Tokens written to it."""


class OwnRange:
    """The records of the last seven days."""

    __slots__ = ("_days", "best", "settled")

    def __init__(self) -> None:
        self._days: dict[int, Record] = {}
        self.best = Record()
        """Over all seven days."""
        self.settled = 0
        """Minutes that were taken in, ever."""

    @property
    def days(self) -> float:
        """Days of history behind the records, at most seven."""
        return min(DAYS, self.settled / _DAY)

    def most_spent(self, minutes: int) -> int:
        """The most that was spent in a window of so many minutes, one of `WINDOWS`."""
        return self.best.most_spent[WINDOWS.index(minutes)]

    def settle(self, track: Track) -> None:
        """Take in the minute that has just settled."""
        self.settled += 1
        minute = track.end - SETTLED - 1
        day = self._days.get(minute // _DAY)
        if day is None:
            day = self._days[minute // _DAY] = Record()
            for old in [each for each in self._days if each < minute // _DAY - DAYS]:
                del self._days[old]
            self.best = _over(self._days.values())
        if track.last(SPENT, WINDOWS[-1], SETTLED):
            self._observe(day, track, minute)
        end = minute + 1
        if end % 60 == 0:
            spent = track.total_at(end) - track.total_at(end - SIX_HOURS)
            day.most_in_six_hours = max(day.most_in_six_hours, spent)
            self.best.most_in_six_hours = max(self.best.most_in_six_hours, spent)

    def _observe(self, day: Record, track: Track, minute: int) -> None:
        last, best = track.last, self.best
        for index, window in enumerate(WINDOWS):
            spent = last(SPENT, window, SETTLED)
            if spent > day.most_spent[index]:
                day.most_spent[index] = spent
                best.most_spent[index] = max(best.most_spent[index], spent)
        hour = 1 << minute // 60 % 24
        if not day.hours & hour and last(SPENT, 1, SETTLED):
            day.hours |= hour
            best.hours += 1
        if last(SPENT, QUARTER, SETTLED):
            self._observe_mix(day, track)
            self._observe_call(day, track)

    def _observe_mix(self, day: Record, track: Track) -> None:
        last, best = track.last, self.best
        fresh, read, written = (last(column, QUARTER, SETTLED) for column in (UNCACHED, READ, WRITTEN))
        output = last(OUTPUT, QUARTER, SETTLED)
        day.read += last(READ, 1, SETTLED)
        day.written += last(WRITTEN, 1, SETTLED)
        best.read, best.written = best.read + last(READ, 1, SETTLED), best.written + last(WRITTEN, 1, SETTLED)
        lately = last(WRITTEN, 3, SETTLED)
        if lately > day.most_written:
            day.most_written = lately
            best.most_written = max(best.most_written, lately)
        whole = fresh + read + written
        if whole < FEWEST_TOKENS:
            return
        day.seen += 1
        best.seen += 1
        day.most_fresh = max(day.most_fresh, fresh / whole)
        day.most_output = max(day.most_output, output / (whole + output))
        best.most_fresh, best.most_output = max(best.most_fresh, day.most_fresh), max(best.most_output, day.most_output)

    def _observe_call(self, day: Record, track: Track) -> None:
        calls = track.last(REQUESTS, QUARTER, SETTLED)
        if calls < FEWEST_CALLS:
            return
        day.told += 1
        self.best.told += 1
        day.dearest_call = max(day.dearest_call, track.last(SPENT, QUARTER, SETTLED) / calls)
        self.best.dearest_call = max(self.best.dearest_call, day.dearest_call)


def _over(days: Iterable[Record]) -> Record:
    best = Record()
    for day in days:
        best.most_spent = [max(pair) for pair in zip(best.most_spent, day.most_spent, strict=True)]
        best.most_in_six_hours = max(best.most_in_six_hours, day.most_in_six_hours)
        best.most_written = max(best.most_written, day.most_written)
        best.dearest_call = max(best.dearest_call, day.dearest_call)
        best.most_fresh = max(best.most_fresh, day.most_fresh)
        best.most_output = max(best.most_output, day.most_output)
        best.seen += day.seen
        best.told += day.told
        best.hours += day.hours.bit_count()
        best.read += day.read
        best.written += day.written
    return best
