"""One workload's recent minutes, kept in memory: sums of any window, and the range it has kept to for seven days.

Usage comes in by minute and may be restated for a while. The last two hours stand minute by minute as running sums, so
that a window is one subtraction; older time is kept as marks on the hour and the day, and as the own range
(`own_range.py`). Sizes do not grow with history.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from console.cadences.counts import NOTHING, REQUESTS, SPENT, Counts, Knows
from console.cadences.own_range import RING, SETTLED, OwnRange
from console.money import MicroUsd

HOUR, DAY = 60, 1440
_HOURS, _DAYS = 200, 40
_NO_CALLS = array("I", [0]) * RING
"""The running sums of calls where none was ever told, as with most sources: the same of all tracks, never written to.
"""


class Past(NamedTuple):
    """What was spent in each hour or day from the number `first` on, counted since 1970."""

    first: int
    spent: Sequence[MicroUsd]

    def of(self, step: int) -> MicroUsd:
        """Micro-dollars of one hour or day; nothing of one that is not among them."""
        at = step - self.first
        return self.spent[at] if 0 <= at < len(self.spent) else 0


class Windows:
    """Windows that end at one minute. Where in its marks a track finds their beginnings is worked out here, once for
    all tracks that reach as far."""

    def __init__(self, end: int, lengths: Sequence[int]) -> None:
        self.end, self.lengths = end, lengths
        """`lengths` in seconds."""
        starts = {length: end - length // 60 for length in lengths}
        self.newest = (end - 1) % RING
        self.short = [(length, (start - 1) % RING) for length, start in starts.items() if start > end - RING]
        self.long = [(length, start // HOUR % _HOURS, (start // HOUR + 1) % _HOURS, start % HOUR)
                     for length, start in starts.items() if end - (_HOURS - 1) * HOUR <= start <= end - RING]
        self.longer = [length for length, start in starts.items() if start < end - (_HOURS - 1) * HOUR]
        self.singly = min((starts[length] for length, _ in self.short), default=end)
        """From here on minutes must be known singly."""
        self.oldest = min(starts.values(), default=end) - HOUR
        """Nothing must begin after this: then every mark is one of the track's own."""


class Track:
    """Minutes are whole minutes since 1970 (UTC); windows end at `end`, the end of the newest complete minute."""

    __slots__ = ("_begin", "_days", "_hours", "_settled", "_sums", "end", "first", "knows", "own", "risen", "since")

    def __init__(self, first: int, knows: Knows | None = None) -> None:
        self.first = first
        """The first minute that anything is known of."""
        self.end = first
        self.since = first
        """Windows count nothing from before this minute: the last kill or resume. Until then nothing of the last hour
        becomes part of the own range either."""
        self.risen = 0
        """Micro-dollars that minutes ever added, those of restatements too; what one takes away is not taken off. So no
        window has since grown by more than this has."""
        self.knows = knows or Knows()
        self.own = OwnRange()
        self._sums = (*(array("I", [0]) * RING for _ in range(REQUESTS)), _NO_CALLS)
        self._hours = array("I", [0]) * _HOURS
        self._days = array("I", [0]) * _DAYS
        self._settled = first
        self._begin = first
        """The first minute of those kept singly."""

    def recall(self, begin: int, days: Past, hours: Past) -> None:
        """Before the first minute is put: let minutes begin at the whole hour `begin`, and know what was spent before.

        Days reach back to that of the first minute, hours begin with a day. An earlier hour gets its share of its day.
        """
        try:
            self._recall(begin, days, hours)
        except OverflowError:
            self._widen()
            self._recall(begin, days, hours)

    def _recall(self, begin: int, days: Past, hours: Past) -> None:
        total, until = 0, begin // HOUR
        for day in range(self.first // DAY, begin // DAY + 1):
            self._days[day % _DAYS] = total
            midnight, spent = day * 24, days.of(day)
            if midnight >= hours.first:
                for hour in range(midnight, min(midnight + 24, until)):
                    self._hours[hour % _HOURS] = total
                    total += hours.of(hour)
                continue
            for hour in range(max(midnight, until - _HOURS), midnight + 24):
                self._hours[hour % _HOURS] = total + spent * (hour - midnight) // 24
            total += spent
        self._hours[until % _HOURS] = total
        sums = self._sums[SPENT]
        sums[:] = array(sums.typecode, [total]) * RING
        self.end = self._settled = self._begin = begin

    def put(self, stated: Mapping[int, Counts], end: int) -> None:
        """Take minutes as they are stated now, and let the track reach to `end`.

        They replace what was said of them before; a minute that is not among them stays as it was, and a new one had
        no traffic. What is restated after an hour is left to the roll-ups.
        """
        if not stated or min(stated) >= self.end:
            self._extend(stated, end)
            return
        start = max(min(stated), self._settled, self.end - SETTLED)
        stands = {minute: self.minute(minute) for minute in range(start, self.end) if minute not in stated}
        spent = self._sums[SPENT]
        for minute, counts in stated.items():
            if start <= minute < self.end:
                at = minute % RING
                self.risen += max(0, counts[SPENT] - spent[at] + spent[at - 1])
        known, self.end = self.end, start
        self._extend({**stands, **stated} if stands else stated, max(known, end), known)

    def minute(self, minute: int) -> Counts:
        """The counts of one minute of the last two hours."""
        at = minute % RING
        before = at - 1
        spent, uncached, read, written, output, requests = self._sums
        return (spent[at] - spent[before], uncached[at] - uncached[before], read[at] - read[before],
                written[at] - written[before], output[at] - output[before], requests[at] - requests[before])

    def last(self, column: int, minutes: int, ago: int = 0) -> int:
        """Sum of a column over so many minutes, up to `ago` minutes before the end; at most two hours back."""
        end = self.end - ago
        start = end - minutes
        if start < self.since:
            start = self.since
        sums = self._sums[column]
        return sums[(end - 1) % RING] - sums[(start - 1) % RING] if end > start else 0

    def spent(self, minutes: int) -> MicroUsd:
        """Micro-dollars of the last so many minutes; see `total_at` for how exact."""
        start = self.end - minutes
        if start < self.since:
            start = min(self.since, self.end)
        return self.total - self.total_at(start)

    @property
    def total(self) -> MicroUsd:
        """Micro-dollars since the first minute."""
        return self._sums[SPENT][(self.end - 1) % RING] if self.end > self.first else 0

    def total_at(self, minute: int) -> MicroUsd:
        """Micro-dollars from the first minute to `minute`: exact for the last two hours, for whole hours of the last
        eight days and for whole days of the last five weeks; between these as if spent evenly."""
        if minute <= self.first:
            return 0
        if minute > self.end - RING and minute >= self._begin:
            return self._sums[SPENT][(minute - 1) % RING]
        if minute >= self.end - (_HOURS - 1) * HOUR:
            marks, kept, width = self._hours, _HOURS, HOUR
        else:
            marks, kept, width = self._days, _DAYS, DAY
        step, rest = divmod(minute, width)
        before = marks[step % kept] if step * width > self.first else 0
        return before + (marks[(step + 1) % kept] - before) * rest // width if rest else before

    def looking_back(self, windows: Windows) -> dict[int, MicroUsd]:
        """What `spent` gives for each of several windows, by its length in seconds."""
        if self.end != windows.end or max(self.first, self.since) > windows.oldest or self._begin > windows.singly:
            return {length: self.spent(length // 60) for length in windows.lengths}
        spent, hours = self._sums[SPENT], self._hours
        total = spent[windows.newest]
        found = {length: total - spent[place] for length, place in windows.short}
        for length, place, after, rest in windows.long:
            before = hours[place]
            found[length] = total - before - (hours[after] - before) * rest // HOUR
        for length in windows.longer:
            found[length] = self.spent(length // 60)
        return found

    @property
    def known_days(self) -> float:
        """How long this workload has been watched."""
        return (self.end - self.first) / DAY

    def _extend(self, stated: Mapping[int, Counts], end: int, known: int = 0) -> None:
        """`known`: up to here minutes are restated."""
        try:
            self._fill(stated, end, known)
        except OverflowError:
            self._widen()
            self._fill(stated, end, known)

    def _widen(self) -> None:
        """Sums begin with 32 bits each, enough for $4,294 and as many million tokens: of many workloads most never need
        more. Negative ones, which nothing sound states, need more too."""
        self._sums = tuple(each if each is _NO_CALLS else array("q", each) for each in self._sums)
        self._hours, self._days = array("q", self._hours), array("q", self._days)

    def _fill(self, stated: Mapping[int, Counts], end: int, known: int) -> None:
        sums = self._sums
        spent, uncached, read, written, output, requests = sums
        for minute in range(self.end, end):
            at = minute % RING
            before = at - 1  # where it is -1, that is the last place of the ring
            if minute % HOUR == 0:
                self._mark(minute, spent[before])
            cost, fresh, cached, put, told, calls = stated.get(minute, NOTHING)
            spent[at] = spent[before] + cost
            uncached[at] = uncached[before] + fresh
            read[at] = read[before] + cached
            written[at] = written[before] + put
            output[at] = output[before] + told
            if requests is not _NO_CALLS:
                requests[at] = requests[before] + calls
            elif calls:
                requests = array(spent.typecode, _NO_CALLS)
                requests[at] = calls
                sums = self._sums = (*sums[:REQUESTS], requests)
            if minute >= known:
                self.risen += cost
            self.end = minute + 1
            if self.end - SETTLED > self._settled:
                self._settled += 1
                self.own.settle(self, sums)

    def _mark(self, minute: int, total: MicroUsd) -> None:
        self._hours[minute // HOUR % _HOURS] = total
        if minute % DAY == 0:
            self._days[minute // DAY % _DAYS] = total
