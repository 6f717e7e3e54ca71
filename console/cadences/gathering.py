"""Gather the facts of every workload from the store: a handful of roll-up queries, then arithmetic."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session

from console.cadences import pace
from console.cadences.called import Called
from console.cadences.changes import Change
from console.cadences.facts import Facts
from console.cadences.feed import Feed
from console.cadences.profile import FLAT, HOUR, Profile, Spans
from console.cadences.profiles import Profiles
from console.cadences.sums import Sums
from console.cadences.track import Windows
from console.cadences.tracks import Kept
from console.charters import durations
from console.charters.terms import Terms
from console.clock import epoch, from_epoch, month_bounds
from store import windows
from store.registry import Watched

ROUNDED = 1 - 1e-9
"""More than a share is ever rounded up by."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What the store knows beside usage, read by the caller in the same transaction."""

    workloads: Sequence[Watched]
    sources: Mapping[str, frozenset[str]]
    """The sources that each workload's rules name, in the order of `workloads`; none means any."""
    terms: Mapping[str, Terms]
    feeds: Mapping[str, Feed]
    probation: frozenset[str] = frozenset()
    resumed: Mapping[str, datetime] = field(default_factory=dict)
    unpriced: Mapping[str | None, tuple[str, ...]] = field(default_factory=dict)
    """Models that nobody knows the price of, by workload; None: in usage that nobody claims."""
    act_s: Mapping[str, float] = field(default_factory=dict)
    tracks: Mapping[str, Kept] = field(default_factory=dict)
    """Recent minutes by workload, as far as they are known."""
    judging: bool = False
    """Whether the tracks reach to the end of the data, so that windows may be taken from them."""
    changes: Mapping[str, Change] = field(default_factory=dict)
    """Planned changes that hold now, by workload."""
    called: Called = field(default_factory=Called)
    """What pushed calls show."""
    pushed: Mapping[str, bool] = field(default_factory=dict)
    """Workloads with pushed usage of late: whether some of it is such that no polled source tells."""

    @property
    def unusual(self) -> frozenset[str | None]:
        """Workloads of which something holds that holds of few."""
        return frozenset({*self.probation, *self.resumed, *self.unpriced, *self.act_s, *self.changes})


def today_start(at: datetime, time_zone: str) -> datetime:
    """Midnight in the organisation's zone, as an instant: the day that people mean by *today*."""
    return at.astimezone(ZoneInfo(time_zone)).replace(hour=0, minute=0, second=0, microsecond=0)


class Gathered(Mapping[str, Facts]):
    """The facts of every workload at `at`, in the order of `standing.workloads`: each is made when it is asked for,
    since most are calm, and are not looked at."""

    def __init__(self, tx: Session, standing: Standing, profiles: Profiles, sums: Sums, at: datetime, time_zone: str
                 ) -> None:
        self._tx, self.standing, self.at = tx, standing, at
        self.month_start, self.month_end = month_of(standing.feeds.values(), at)
        newest = _newest(standing.feeds.values(), at)
        profiles.reach(tx, newest)
        lengths = _lengths(standing.terms)
        tomorrow = epoch(at) + pace.DAY
        month = epoch(self.month_start), epoch(self.month_end)
        self.months, self.todays = sums.between(
            tx, ((month[0], min(month[1], tomorrow)), (epoch(today_start(at, time_zone)), tomorrow)), newest)
        self.profiles = profiles
        self._supplies: dict[tuple[frozenset[str], bool | None], Supply] = {}
        self.shares = Shares(lengths, month)
        self._spent = _Spent(tx, lengths)
        self._made: dict[str, Facts] = {}
        self.unusual = standing.unusual

    def __getitem__(self, slug: str) -> Facts:
        made = self._made.get(slug)
        if made is None:
            made = self._made[slug] = self._make(slug)
        return made

    def __iter__(self) -> Iterator[str]:
        return iter(self.standing.sources)

    def __len__(self) -> int:
        return len(self.standing.sources)

    def let_go(self, slug: str) -> None:
        """Hold the facts of this one no longer, where they are made again without the store if somebody asks for them.
        """
        kept = self.standing.tracks.get(slug)
        if kept is not None and kept.whole and slug not in self.unusual and (
                kept.track.end * pace.MINUTE == self.supply(slug).until):
            self._made.pop(slug, None)

    def supply(self, slug: str) -> Supply:
        """How the sources of a workload stand. Raises KeyError where it is not watched."""
        fed = self.standing.sources[slug], self.standing.pushed.get(slug)
        found = self._supplies.get(fed)
        if found is None:
            found = self._supplies[fed] = _supply(feeds_of(*fed, self.standing.feeds), self.at)
        return found

    def _make(self, slug: str) -> Facts:
        supply, standing = self.supply(slug), self.standing
        month, today, since = self.months.get(slug), self.todays.get(slug), standing.resumed.get(slug)
        profile, kept = self.profiles.of(slug), standing.tracks.get(slug)
        recent = self._spent.before(slug, supply.until, since, kept if standing.judging else None)
        expected, month_share = self.shares.of(profile, supply.until)
        return Facts(
            workload=slug, at=self.at, data_until=supply.data_until, fresh=supply.fresh,
            terms=standing.terms.get(slug), month_start=self.month_start, month_end=self.month_end,
            month=month.cost if month else 0, today=today.cost if today else 0, windows=recent,
            expected_share=expected, month_share=month_share,
            estimated=month.estimated if month else 0, unpriced_models=standing.unpriced.get(slug, ()),
            lag_s=supply.lag_s, poll_s=supply.poll_s,
            act_s=standing.act_s.get(slug, 30.0), probation=slug in standing.probation, resumed_at=since,
            since_resume=_spend_since(self._tx, slug, since, self.at), usual=self.profiles.usual(slug),
            sources=supply.sources, change=standing.changes.get(slug),
            track=kept.track if kept else None, dearer=kept.dearer if kept else {},
            calls=standing.called.worst(slug, self.at),
        )


@dataclass(frozen=True, slots=True)
class Supply:
    """What workloads of the same sources have in common."""

    until: int
    data_until: datetime | None
    fresh: bool
    lag_s: float
    poll_s: float
    sources: frozenset[str]


def _supply(feeds: Sequence[Feed], at: datetime) -> Supply:
    known = data_until(feeds)
    return Supply(
        epoch(at) if known is None else known, None if known is None else from_epoch(known),
        bool(feeds) and all(feed.fresh for feed in feeds), max((feed.lag_s for feed in feeds), default=300.0),
        max((feed.poll_s for feed in feeds), default=60.0), frozenset(feed.name for feed in feeds))


class Shares:
    """Shares of the expected month, by profile; of the flat one, which most have, worked out once."""

    def __init__(self, lengths: Sequence[int], month: tuple[int, int]) -> None:
        self._lengths, self._month = lengths, month
        self._spans: dict[int, Spans] = {}
        self._flat: dict[int, tuple[dict[int, float], float]] = {}

    def of(self, profile: Profile, until: int) -> tuple[dict[int, float], float]:
        """Those of the windows before `until`, and that of the month up to it."""
        if until not in self._spans:
            self._spans[until] = Spans(until, self._lengths, self._month)
            self._flat[until] = self._spans[until].shares(FLAT)
        return self._flat[until] if profile is FLAT else self._spans[until].shares(profile)

    def least(self, profile: Profile, start: int, end: int) -> dict[int, float]:
        """The least that each window is a share of while its end goes from `start` to `end`, at most an hour later.

        For windows of whole hours; those of minutes are never held against a plan of their own.
        """
        turn = -(-start // HOUR) * HOUR  # between whole hours a share changes evenly; a flat one never does
        ends = {start} if profile is FLAT else {start, min(turn, end), end}
        found = [self.of(profile, until)[0] for until in ends]
        return {length: min(shares[length] for shares in found) * ROUNDED for length in self._lengths}


class _Spent:
    """What was spent in the last so many seconds: from a track where one is given that knows it all, else from the
    store, for every workload at once."""

    def __init__(self, tx: Session, lengths: Sequence[int]) -> None:
        self._tx, self._lengths = tx, lengths
        self._stored: dict[int, windows.ByWorkload] = {}
        self._windows: dict[int, Windows] = {}

    def before(self, slug: str, until: int, since: datetime | None, kept: Kept | None) -> Mapping[int, int]:
        """Micro-dollars by length; nothing from before a resume counts."""
        if kept is not None and kept.whole and kept.track.end * pace.MINUTE == until:
            looked = self._windows.get(until)
            if looked is None:
                looked = self._windows[until] = Windows(kept.track.end, self._lengths)
            return kept.track.looking_back(looked)
        if until not in self._stored:
            self._stored[until] = windows.window_spend(self._tx, until, self._lengths)
        recent = dict.fromkeys(self._lengths, 0) | self._stored[until].get(slug, {})
        return recent if since is None else _since(self._tx, slug, recent, until, epoch(since))


def _lengths(terms: Mapping[str, Terms]) -> list[int]:
    """Every window that a rule or a signed criterion looks back over."""
    signed = {durations.seconds(criterion.window) for each in terms.values() for criterion in each.criteria}
    return sorted({*pace.WINDOWS, *(length for length in signed if length is not None)})


def feeds_of(named: frozenset[str], pushed: bool | None, feeds: Mapping[str, Feed]) -> list[Feed]:
    """The feeds that tell how far a workload's usage is known, where rules name these sources.

    Where a poll tells all of it, that says so; while every poll fails, what is pushed does. `pushed`: as in Standing.
    """
    known = [feeds[name] for name in named or feeds if name in feeds]
    asked = [feed for feed in known if not feed.push]
    if not asked or pushed:
        return known
    if pushed is None or any(feed.fresh for feed in asked):
        return asked
    return [feed for feed in known if feed.push and feed.fresh] or asked


def data_until(feeds: Iterable[Feed]) -> int | None:
    """End of the newest bucket that all of them know complete, in seconds; None where nothing was ever read."""
    return min((epoch(feed.data_until) for feed in feeds if feed.data_until is not None), default=None)


def month_of(feeds: Iterable[Feed], at: datetime) -> tuple[datetime, datetime]:
    """The month that the newest data belong to: for minutes after its end, that is still the month before."""
    return month_bounds(from_epoch(_newest(feeds, at) - 1))


def _newest(feeds: Iterable[Feed], at: datetime) -> int:
    return max((epoch(feed.data_until) for feed in feeds if feed.data_until is not None), default=epoch(at))


def _since(tx: Session, slug: str, recent: dict[int, int], until: int, since: int) -> dict[int, int]:
    """Windows that reach back past a resume count only what was spent after it."""
    long = [length for length in recent if until - length < since]
    if not long:
        return recent
    begin = -(-since // pace.MINUTE) * pace.MINUTE
    minutes = windows.minute_spend(tx, slug, begin, until)
    after = sum(minutes.values())
    return {length: after if length in long else cost for length, cost in recent.items()}


def _spend_since(tx: Session, slug: str, since: datetime | None, at: datetime) -> int:
    if since is None:
        return 0
    begin = -(-epoch(since) // pace.MINUTE) * pace.MINUTE
    spend = windows.period_spend(tx, begin, epoch(at) + pace.DAY).get(slug)
    return spend.cost if spend else 0
