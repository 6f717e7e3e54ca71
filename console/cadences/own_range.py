"""What one workload has shown in the last seven days: the most it spent in a window, its dearest call, its token mix.

A minute counts once it has settled, an hour after its end: it is no longer restated then, and a surge is not compared
with itself. Kept as one record a day, so that old days fall out whole; a day that is over is packed into its figures.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from struct import Struct
from typing import TYPE_CHECKING

from console.cadences.counts import OUTPUT, READ, REQUESTS, SPENT, UNCACHED, WRITTEN

if TYPE_CHECKING:
    from console.cadences.track import Track

SETTLED = 60
"""Minutes after which a minute belongs to the past."""
RING = 136
"""Minutes kept singly: an hour that may still be restated, the longest window before it (an hour), and some room."""
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


    def packed(self) -> bytes:
        """A fifth of the room, for a day that is over."""
        return _PACKED.pack(*self.most_spent, self.most_in_six_hours, self.most_written, self.seen, self.told,
                            self.hours, self.read, self.written, self.dearest_call, self.most_fresh, self.most_output)

    @staticmethod
    def unpacked(kept: bytes) -> Record:
        record = Record()
        (*record.most_spent, record.most_in_six_hours, record.most_written, record.seen, record.told, record.hours,
         record.read, record.written, record.dearest_call, record.most_fresh, record.most_output) = _PACKED.unpack(kept)
        return record


_PACKED = Struct(f"<{len(WINDOWS) + 7}q3d")


class OwnRange:
    """The records of the last seven days."""

    __slots__ = ("_day", "_past", "_today", "best", "settled")

    def __init__(self) -> None:
        self._past: dict[int, bytes] = {}
        self._day = -1
        self._today = Record()
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

    def settle(self, track: Track, sums: tuple[array[int], ...]) -> None:
        """Take in the minute that has just settled. `sums`: the track's, where a minute stands at `minute % RING`."""
        self.settled += 1
        end = track.end - SETTLED
        day = (end - 1) // _DAY
        if day != self._day:
            self._begin(day)
        if end > track.since:
            self._observe(sums, end, track.since)
        if end % 60 == 0:
            spent = track.total_at(end) - track.total_at(end - SIX_HOURS)
            self._today.most_in_six_hours = max(self._today.most_in_six_hours, spent)
            self.best.most_in_six_hours = max(self.best.most_in_six_hours, spent)

    def _begin(self, day: int) -> None:
        if self._day >= 0:
            self._past[self._day] = self._today.packed()
        self._past = {each: kept for each, kept in self._past.items() if each >= day - DAYS}
        self._day, self._today = day, Record()
        self.best = _over(map(Record.unpacked, self._past.values()))

    def _observe(self, sums: tuple[array[int], ...], end: int, since: int) -> None:
        """Written out, for every workload comes here every minute: a sum is a difference of two running sums, and
        places before the first of the ring count from its end."""
        spent, now = sums[SPENT], (end - 1) % RING
        three, ten, quarter, hour = now - 3, now - 10, now - 15, now - 60
        if since > end - WINDOWS[-1]:
            three, ten, quarter, hour = ((max(end - window, since) - 1) % RING for window in WINDOWS)
        whole = spent[now]
        if whole == spent[hour]:
            return
        day, best = self._today, self.best
        most = day.most_spent
        for index, start in enumerate((three, ten, quarter, hour)):
            cost = whole - spent[start]
            if cost > most[index]:
                most[index] = cost
                if cost > best.most_spent[index]:
                    best.most_spent[index] = cost
        bit = 1 << (end - 1) // 60 % 24
        if not day.hours & bit and whole != spent[now - 1]:
            day.hours |= bit
            best.hours += 1
        if whole != spent[quarter]:
            self._observe_mix(sums, now, three, quarter)
            calls = sums[REQUESTS][now] - sums[REQUESTS][quarter]
            if calls >= FEWEST_CALLS:
                self._observe_call(whole - spent[quarter], calls)

    def _observe_mix(self, sums: tuple[array[int], ...], now: int, three: int, quarter: int) -> None:
        day, best, reads, writes = self._today, self.best, sums[READ], sums[WRITTEN]
        last_read, last_written = reads[now], writes[now]
        read, written = last_read - reads[now - 1], last_written - writes[now - 1]
        day.read += read
        day.written += written
        best.read += read
        best.written += written
        lately = last_written - writes[three]
        if lately > day.most_written:
            day.most_written = lately
            best.most_written = max(best.most_written, lately)
        fresh = sums[UNCACHED][now] - sums[UNCACHED][quarter]
        whole = fresh + last_read - reads[quarter] + last_written - writes[quarter]
        if whole < FEWEST_TOKENS:
            return
        day.seen += 1
        best.seen += 1
        output = sums[OUTPUT][now] - sums[OUTPUT][quarter]
        fresh_share, output_share = fresh / whole, output / (whole + output)
        if fresh_share > day.most_fresh:
            day.most_fresh = fresh_share
            best.most_fresh = max(best.most_fresh, fresh_share)
        if output_share > day.most_output:
            day.most_output = output_share
            best.most_output = max(best.most_output, output_share)

    def _observe_call(self, spent: int, calls: int) -> None:
        day, best = self._today, self.best
        day.told += 1
        best.told += 1
        day.dearest_call = max(day.dearest_call, spent / calls)
        best.dearest_call = max(best.dearest_call, day.dearest_call)


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
