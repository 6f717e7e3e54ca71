"""Gather the facts of every workload from the store: a handful of roll-up queries, then arithmetic."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session

from console.cadences import pace
from console.cadences.changes import Change
from console.cadences.facts import Facts
from console.cadences.feed import Feed
from console.cadences.profile import FLAT, Profile, Spans
from console.cadences.profiles import Profiles
from console.cadences.sums import Sums
from console.cadences.track import Windows
from console.cadences.tracks import Kept
from console.charters import durations
from console.charters.terms import Terms
from console.clock import epoch, from_epoch, month_bounds
from store import windows
from store.tables import Workload


@dataclass(frozen=True, slots=True)
class Standing:
    """What the store knows beside usage, read by the caller in the same transaction."""

    workloads: Sequence[Workload]
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


def today_start(at: datetime, time_zone: str) -> datetime:
    """Midnight in the organisation's zone, as an instant: the day that people mean by *today*."""
    return at.astimezone(ZoneInfo(time_zone)).replace(hour=0, minute=0, second=0, microsecond=0)


def gather(tx: Session, standing: Standing, profiles: Profiles, sums: Sums, at: datetime, time_zone: str
           ) -> list[Facts]:
    """The facts of every workload at `at`, in the order of `standing.workloads`."""
    month_start, month_end = month_of(standing.feeds.values(), at)
    newest = _newest(standing.feeds.values(), at)
    profiles.reach(tx, newest)
    lengths = _lengths(standing.terms)
    tomorrow = epoch(at) + pace.DAY
    months, todays = sums.between(tx, (
        (epoch(month_start), min(epoch(month_end), tomorrow)), (epoch(today_start(at, time_zone)), tomorrow)), newest)
    supplies: dict[frozenset[str], _Supply] = {}
    shares = _Shares(lengths, (epoch(month_start), epoch(month_end)))
    spent = _Spent(tx, lengths)
    facts = []
    for slug, named in standing.sources.items():
        supply = supplies.get(named)
        if supply is None:
            supply = supplies[named] = _supply(feeds_of(named, standing.feeds), at)
        month, today, since = months.get(slug), todays.get(slug), standing.resumed.get(slug)
        profile, kept = profiles.of(slug), standing.tracks.get(slug)
        recent = spent.before(slug, supply.until, since, kept if standing.judging else None)
        expected, month_share = shares.of(profile, supply.until)
        facts.append(Facts(
            workload=slug, at=at, data_until=supply.data_until, fresh=supply.fresh, terms=standing.terms.get(slug),
            month_start=month_start, month_end=month_end,
            month=month.cost if month else 0, today=today.cost if today else 0, windows=recent,
            expected_share=expected, month_share=month_share,
            estimated=month.estimated if month else 0, unpriced_models=standing.unpriced.get(slug, ()),
            lag_s=supply.lag_s, poll_s=supply.poll_s,
            act_s=standing.act_s.get(slug, 30.0), probation=slug in standing.probation, resumed_at=since,
            since_resume=_spend_since(tx, slug, since, at), usual=profiles.usual(slug),
            sources=supply.sources, change=standing.changes.get(slug),
            track=kept.track if kept else None, dearer=kept.dearer if kept else {},
        ))
    return facts


@dataclass(frozen=True, slots=True)
class _Supply:
    """What workloads of the same sources have in common."""

    until: int
    data_until: datetime | None
    fresh: bool
    lag_s: float
    poll_s: float
    sources: frozenset[str]


def _supply(feeds: Sequence[Feed], at: datetime) -> _Supply:
    known = data_until(feeds)
    return _Supply(
        epoch(at) if known is None else known, None if known is None else from_epoch(known),
        bool(feeds) and all(feed.fresh for feed in feeds), max((feed.lag_s for feed in feeds), default=300.0),
        max((feed.poll_s for feed in feeds), default=60.0), frozenset(feed.name for feed in feeds))


class _Shares:
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


def feeds_of(named: frozenset[str], feeds: Mapping[str, Feed]) -> list[Feed]:
    """The feeds that usage may come from where rules name these sources."""
    return [feeds[name] for name in named or feeds if name in feeds]


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
