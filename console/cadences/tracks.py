"""Every workload's track, fed from the store: the last hours at once, the own range of seven days little by little.

What was spent before the minutes begin is known from the roll-ups, so that six hours and five weeks are whole from the
first judgement on. The own range is learned from minutes alone, beside the judging: until it is there, the signs that
need it stay silent. Where time was read by the hour nothing is known of its minutes, and the own range begins after it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from sqlmodel import Session

from console.cadences.counts import Counts, added
from console.cadences.track import DAY, HOUR, Past, Track
from store import history, minutes
from store.minutes import SeriesOf

RESTATED = 60
"""Minutes in which a restatement is taken in; an older one is left to the roll-ups."""
GAP = 120
"""Minutes without a judgement after which the tracks begin anew: what came meanwhile may be known by the hour only."""
KEPT = 8 * DAY
LEARNED_MINUTES = 100_000
"""So many minutes of all workloads together are learned in one go, and as many as all of them have in an hour at least.
"""
LEARNED_AT_ONCE = 500
"""Of so many workloads the past is learned at the same time: their tracks are there twice meanwhile."""
PIECE_ROWS = 50_000
"""About so many rows are held in memory at once: a row takes a quarter of a kilobyte until it is in its track."""
_DAYS_BACK = 35


@dataclass(frozen=True, slots=True)
class Reach:
    """What a workload's track is to cover."""

    end: int
    """End of the newest complete minute, in minutes since 1970."""
    sources: frozenset[str]
    marks: Sequence[int] = ()
    """Minutes of kills and resumes, oldest first."""
    dearer: frozenset[str] = frozenset()
    """Models with a track of their own."""


@dataclass(slots=True)
class Kept:
    """One workload's tracks."""

    track: Track
    dearer: dict[str, Track] = field(default_factory=dict)
    whole: bool = True
    """Whether all of its sources are read by the minute: else something is missing in its windows."""


@dataclass(slots=True)
class Tracks:
    """Held from one judgement to the next."""

    _kept: dict[str, Kept] = field(default_factory=dict)
    _series: dict[int, SeriesOf] = field(default_factory=dict)
    _unlearned: set[str] = field(default_factory=set)
    _lesson: dict[str, Kept] = field(default_factory=dict)
    """Tracks that are being learned from the past on, to take the place of those kept."""
    _reach: Mapping[str, Reach] = field(default_factory=dict)
    _fetch: int = 0
    """The last reading that is known of."""
    _attribution: int | None = None
    """What `_series` was understood from."""
    _models: dict[str, set[str]] = field(default_factory=dict)
    _change: int = 0
    """The last reading that changed anything known of."""
    _older: bool = False
    """Whether minutes of more than a day ago came in just now."""

    def of(self, workload: str) -> Kept | None:
        """The workload's tracks; None where it never used anything."""
        return self._kept.get(workload)

    def forget(self) -> None:
        """Begin anew: another process may have stored, priced or attributed what this one never saw."""
        self._kept.clear()
        self._series, self._attribution = {}, None
        self._lesson.clear()
        self._unlearned.clear()

    @property
    def learned(self) -> bool:
        """Whether every own range is as long as the store can tell."""
        return not self._unlearned

    def take_in(self, tx: Session, reach: Mapping[str, Reach]) -> None:
        """Bring every track to its end, with what was restated meanwhile. `attribute` comes first."""
        self._reach = reach
        self._learn_anew(tx)
        self._drop([slug for slug, kept in self._kept.items() if slug not in reach
                    or reach[slug].end - kept.track.end > GAP or reach[slug].dearer - kept.dearer.keys()])
        known = {slug: each for slug, each in reach.items() if slug in self._kept}
        last = max((each.end for each in reach.values()), default=0)
        _feed(tx, self._kept, self._series, known, self._changed_from(tx))
        new = _begun(tx, {slug: each for slug, each in reach.items() if slug not in self._kept}, self._series, RESTATED)
        _feed(tx, new, self._series, reach, _oldest(new))
        self._kept.update(new)
        self._unlearned.update(new)
        if self._lesson and _oldest(self._lesson) > last - GAP:
            _feed(tx, self._lesson, self._series, reach, _oldest(self._lesson) - RESTATED)
            self._kept.update(self._lesson)
            self._unlearned.difference_update(self._lesson)
            self._lesson = {}

    def _changed_from(self, tx: Session) -> int:
        """The oldest minute that may differ from what the tracks hold."""
        self._change, oldest = minutes.changed_since(tx, self._change)
        reached = _oldest(self._kept)
        return reached if oldest is None else max(min(oldest, reached), reached - RESTATED)

    def learn(self, tx: Session) -> None:
        """Learn some more of the own ranges; nothing is written."""
        self._unlearned.intersection_update(self._reach)  # some may have been retired meanwhile
        if not self._lesson:
            wanted = (item for item in self._reach.items() if item[0] in self._unlearned)
            self._lesson = _begun(tx, dict(islice(wanted, LEARNED_AT_ONCE)), self._series, KEPT)
        if self._lesson:
            begin = _oldest(self._lesson)
            hours = max(1, max(LEARNED_MINUTES, HOUR * len(self._reach)) // (HOUR * len(self._lesson)))
            _feed(tx, self._lesson, self._series, self._reach, begin, (begin // HOUR + hours) * HOUR)

    def _learn_anew(self, tx: Session) -> None:
        """Older minutes came in: when no more of them come, the own ranges are learned once more."""
        last, oldest = minutes.read_since(tx, self._fetch)
        older = bool(self._fetch) and oldest is not None and oldest < max(
            (each.end for each in self._reach.values()), default=0) - DAY
        if self._older and not older:
            self._unlearned.update(self._kept)
        self._fetch, self._older = last, older

    def attribute(self, tx: Session) -> dict[str, set[str]]:
        """Whose each series is by now, as models by workload; tracks that lose or gain past usage begin anew."""
        stated = minutes.attribution(tx)
        if stated != self._attribution:
            self._attribution = stated
            self._attribute(minutes.attributed(tx))
        return self._models

    def _attribute(self, series: dict[int, SeriesOf]) -> None:
        was = self._series
        moved = {one.workload for number, one in was.items()
                 if number not in series or series[number].workload != one.workload}
        moved |= {one.workload for number, one in series.items() if number not in was and self._is_past(one)}
        moved |= {one.workload for number, one in series.items()
                  if number in was and was[number].workload != one.workload}
        self._drop(moved)
        self._series, self._models = series, defaultdict(set)
        for one in series.values():
            self._models[one.workload].add(one.model)

    def _is_past(self, one: SeriesOf) -> bool:
        kept = self._kept.get(one.workload)
        return kept is not None and one.first < kept.track.end - RESTATED

    def _drop(self, workloads: Iterable[str]) -> None:
        for slug in workloads:
            self._kept.pop(slug, None)
            self._lesson.pop(slug, None)


def _begun(tx: Session, reach: Mapping[str, Reach], series: Mapping[int, SeriesOf], back: int) -> dict[str, Kept]:
    """Tracks without a minute yet that begin `back` minutes before their end, as far as minutes are known."""
    firsts: dict[str, int] = {}
    models: dict[str, set[str]] = defaultdict(set)
    numbers: dict[int, str] = {}
    for number, one in series.items():
        if one.workload in reach:
            numbers[number] = one.workload
            firsts[one.workload] = min(firsts.get(one.workload, one.first), one.first)
            models[one.workload].add(one.model)
    if not firsts:
        return {}
    last = max(reach[slug].end for slug in firsts)
    sources = {source for slug in firsts for source in reach[slug].sources}
    known = {source: since for source in sources
             if (since := minutes.known_from(tx, source, last - KEPT - DAY)) is not None}
    begins = {slug: _begin(reach[slug], known, back) for slug in firsts}
    oldest, newest = min(begins.values()), max(begins.values())
    days_from, hours_from = oldest // DAY - _DAYS_BACK, (oldest - DAY) // DAY * 24
    days = history.daily(tx, days_from * DAY * 60, (newest // DAY + 1) * DAY * 60, numbers)
    hours = history.hourly(tx, hours_from * HOUR * 60, (newest // HOUR + 1) * HOUR * 60, numbers)
    begun = {}
    for slug, first in firsts.items():
        begin = begins[slug]
        track = Track(max(first, (begin // DAY - _DAYS_BACK) * DAY))
        past = Past(days_from, days.pop(slug)), Past(hours_from, hours.pop(slug))
        if track.first < begin:
            track.recall(begin, *past)
        whole = all(source in known for source in reach[slug].sources)
        begun[slug] = Kept(track, {model: Track(track.end, track.knows) for model in reach[slug].dearer & models[slug]},
                           whole)
    return begun


def _begin(reach: Reach, known: Mapping[str, int], back: int) -> int:
    """The whole hour at which minutes begin."""
    sure = max((known.get(source, reach.end) for source in reach.sources), default=reach.end)
    return min(max((reach.end - back) // HOUR * HOUR, -(-sure // HOUR) * HOUR), reach.end // HOUR * HOUR)


def _oldest(tracks: Mapping[str, Kept]) -> int:
    return min((kept.track.end for kept in tracks.values()), default=0)


def _feed(tx: Session, tracks: Mapping[str, Kept], series: Mapping[int, SeriesOf], reach: Mapping[str, Reach],
          begin: int, end: int | None = None) -> None:
    """Put what the store has from `begin` on, up to `end` where that is said, piece by piece."""
    last = max((reach[slug].end for slug in tracks if slug in reach), default=begin)
    last = last if end is None else min(last, end)
    wanted = [number for number, one in series.items() if one.workload in tracks]
    few = wanted if len(wanted) < len(series) // 2 else None
    reached = begin
    while tracks:
        stated = _Stated(tracks, series)
        reached = stated.read(minutes.rows_between(tx, reached, last, few), last)
        stated.put(reach, reached)
        if reached >= last:
            break


class _Stated:
    """Rows of usage on their way to the tracks: counts by workload and minute, and by workload, model and minute."""

    def __init__(self, tracks: Mapping[str, Kept], series: Mapping[int, SeriesOf]) -> None:
        self.whole: dict[str, dict[int, Counts]] = {}
        self.by_model: dict[tuple[str, str], dict[int, Counts]] = {}
        self.untold: set[str] = set()
        """Workloads some of whose rows do not tell how many calls they were."""
        self._tracks, self._series = tracks, series
        self._places: dict[int, tuple[dict[int, Counts], ...]] = {}

    def read(self, rows: Iterator[tuple[int, ...]], end: int) -> int:
        """Take rows in; returns where it stopped, the first whole minute after so many rows as a piece has, or `end`.
        """
        places, now, minute = self._places, -1, 0
        for taken, (bucket, number, cost, uncached, read, written, output, requests) in enumerate(rows):
            if bucket != now:
                if taken >= PIECE_ROWS:
                    return bucket // 60
                now, minute = bucket, bucket // 60
            place = places.get(number)
            if place is None:
                place = places[number] = self._place(number, requests)
            counts = cost, uncached, read, written, output, requests or 0
            for stated in place:
                before = stated.get(minute)
                stated[minute] = counts if before is None else added(before, counts)
        return end

    def put(self, reach: Mapping[str, Reach], end: int) -> None:
        """Let every track take in what was read, up to `end` or where its own data end."""
        for slug, kept in self._tracks.items():
            own = reach.get(slug)
            if own is None:
                continue
            track = kept.track
            if slug in self.untold and track.knows.requests:
                track.knows = replace(track.knows, requests=False)
            upto = min(end, own.end)
            _put(track, self.whole.get(slug, {}), upto, own.marks)
            for model, dearer in kept.dearer.items():
                _put(dearer, self.by_model.get((slug, model), {}), upto, ())
                dearer.since = track.since

    def _place(self, number: int, requests: int | None) -> tuple[dict[int, Counts], ...]:
        """Where rows of a series belong. A source tells of calls in all of its rows or in none."""
        one = self._series.get(number)
        if one is None or one.workload not in self._tracks:
            return ()
        if requests is None:
            self.untold.add(one.workload)
        whole = self.whole.setdefault(one.workload, {})
        if one.model not in self._tracks[one.workload].dearer:
            return (whole,)
        return whole, self.by_model.setdefault((one.workload, one.model), {})


def _put(track: Track, stated: Mapping[int, Counts], end: int, marks: Iterable[int]) -> None:
    """Put minutes; from each kill and resume on, nothing before it counts."""
    for mark in marks:
        if mark > end + RESTATED:
            break
        if track.end < mark <= end:
            track.put({minute: counts for minute, counts in stated.items() if minute < mark}, mark)
        track.since = max(track.since, mark)
    track.put(stated, end)
