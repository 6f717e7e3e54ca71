"""Read from the store what the facts and the Daily are made of. One transaction, no writes."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlmodel import Session

from console.cadences import announcements, daily_reading, gathering, pace
from console.cadences.banners import banners
from console.cadences.called import Called
from console.cadences.daily import Daily
from console.cadences.daily_reading import Picture
from console.cadences.dearer import dearer_models
from console.cadences.facts import Facts
from console.cadences.feed import Feed, feed_of
from console.cadences.gathering import Gathered, Standing
from console.cadences.profiles import Profiles
from console.cadences.registered import Registered
from console.cadences.sums import Sums
from console.cadences.tracks import KEPT, Reach, Tracks
from console.charters.terms import Terms
from console.clock import day_start, epoch, month_bounds
from console.config import Config
from console.pricing import PriceBook
from console.providers import capabilities_of
from console.providers.source import Tokens
from store import drills, incidents, pushed, streams, usage, windows

PUSHED_AS = "anthropic"
"""The provider by whose prices models are compared where no polled source tells one."""
_MOST_REMEMBERED = 100_000


@dataclass(slots=True)
class Reader:
    """Reads pictures of the store; keeps what is costly to learn (profiles, parsed Charters, unpriced models)."""

    config: Config
    prices: PriceBook
    profiles: Profiles = field(default_factory=Profiles)
    sums: Sums = field(default_factory=Sums)
    tracks: Tracks = field(default_factory=Tracks)
    registered: Registered = field(default_factory=Registered)
    called: Called = field(default_factory=Called)
    _priceless: dict[tuple[str, str, int], bool] = field(default_factory=dict)

    def facts(self, tx: Session, at: datetime) -> tuple[Standing, dict[str, Facts]]:
        """Where every workload stands at `at`."""
        standing = self._standing(tx, at)
        return standing, dict(self._gathered(tx, standing, at))

    def judged(self, tx: Session, at: datetime) -> Gathered:
        """The same with each workload's recent minutes, for the rules; made of each where it is asked for."""
        standing = self._standing(tx, at)
        self._take_in(tx, standing, at)
        return self._gathered(tx, replace(self._with_tracks(standing), judging=True), at)

    @property
    def learned(self) -> bool:
        """Whether all of the past that the store knows is learned."""
        return self.tracks.learned and self.profiles.learned

    def learn(self, tx: Session) -> None:
        """Learn some more of it, beside the judging; nothing is written."""
        if not self.tracks.learned:
            self.tracks.learn(tx)
        if not self.profiles.learned:
            self.profiles.learn(tx)

    def _with_tracks(self, standing: Standing) -> Standing:
        kept = {slug: kept for slug in standing.sources if (kept := self.tracks.of(slug)) is not None}
        return replace(standing, tracks=kept)

    def _take_in(self, tx: Session, standing: Standing, at: datetime) -> None:
        """Let the tracks reach as far as each workload's data do."""
        models, marks = self.tracks.attribute(tx), defaultdict(list)
        for slug, stopped in incidents.stops(tx, at - timedelta(minutes=KEPT)):
            marks[slug].append(-(-epoch(stopped) // pace.MINUTE))
        plain: dict[tuple[frozenset[str], bool | None], Reach | None] = {}
        reach = {}
        for slug, named in standing.sources.items():
            fed = named, standing.pushed.get(slug)
            if fed not in plain:
                plain[fed] = _reach(gathering.feeds_of(*fed, standing.feeds))
            usual = plain[fed]
            if usual is None or slug not in models:
                continue
            dearer = self._dearer(models[slug], standing.terms.get(slug), usual)
            reach[slug] = replace(usual, marks=marks.get(slug, ()), dearer=dearer) if dearer or slug in marks else usual
        self.tracks.take_in(tx, reach)

    def _dearer(self, used: set[str], terms: Terms | None, reach: Reach) -> frozenset[str]:
        """Models in use that are dearer than any the Charter permits."""
        if terms is None or used.issubset(terms.models):
            return frozenset()
        kind = next((each.kind for each in self.config.sources if each.name in reach.sources
                     and not capabilities_of(each.kind).push), PUSHED_AS)
        return dearer_models(used, terms.models, self.prices, kind, reach.end * pace.MINUTE)

    def _gathered(self, tx: Session, standing: Standing, at: datetime) -> Gathered:
        return Gathered(tx, standing, self.profiles, self.sums, at, self.config.organisation.time_zone)

    def daily(self, tx: Session, at: datetime, *, leader: str = "", notices: tuple[str, ...] = ()) -> Daily:
        """The Daily at `at`, with the alerts as they are stored, and the signs as they were last judged."""
        standing = self._with_tracks(self._standing(tx, at))
        return self.draw(tx, standing, self._gathered(tx, standing, at), at, leader=leader, notices=notices)

    def draw(self, tx: Session, standing: Standing, facts: Mapping[str, Facts], at: datetime, *, leader: str = "",
             notices: tuple[str, ...] = ()) -> Daily:
        """The Daily for facts that are already gathered."""
        month = epoch(gathering.month_of(standing.feeds.values(), at)[0])
        today = epoch(gathering.today_start(at, self.config.organisation.time_zone))
        picture = Picture(
            at=at, workloads=standing.workloads, facts=facts, feeds=tuple(standing.feeds.values()),
            alerts=incidents.open_alerts(tx, at), silences=incidents.silences(tx, at), breakers=incidents.breakers(tx),
            hours=windows.hourly_spend(tx, epoch(at) // pace.HOUR * pace.HOUR - 23 * pace.HOUR, epoch(at) + pace.HOUR),
            last_usage=windows.last_usage(tx), unattributed=windows.unattributed(tx, today, month),
            names={key: name.name for key, name in streams.names(tx, None).items()},
            billed=self._reconciled(tx, at),
            disarmed={disarm.workload: disarm.ends_at for disarm in incidents.disarms(tx, at)},
            drilled=drills.last_passed(tx, at),
            leader=leader, alarms=banners(tx, at),
            notices=(*self.config.notices, *notices,
                     *(f"PLANNED: {each.says}" for each in announcements.announced(tx, at))),
        )
        return daily_reading.build(picture, self.config)

    def _standing(self, tx: Session, at: datetime) -> Standing:
        breakers = incidents.breakers(tx)
        feeds = self._feeds(tx, at)
        return Standing(
            workloads=self.registered.workloads(tx),
            sources=self.registered.sources,
            terms=self.registered.terms(tx),
            feeds=feeds,
            probation=frozenset(slug for slug, breaker in breakers.items() if breaker.state == "probation"),
            resumed=_resumed(tx, gathering.month_of(feeds.values(), at)[0]), unpriced=self._unpriced(tx, at),
            changes=announcements.in_force(announcements.announced(tx, at), at), called=self.called,
            pushed=pushed.lately(tx, epoch(at) - pace.HOUR),
        )

    def _feeds(self, tx: Session, at: datetime) -> dict[str, Feed]:
        feeds = {}
        for settings in self.config.sources:
            stream, tells = streams.get(tx, settings.name, "usage"), capabilities_of(settings.kind)
            width = next(iter(tells.bucket_widths), pace.MINUTE)
            feeds[settings.name] = feed_of(settings, stream, tells.documented_lag_s, at, width, push=tells.push)
        return feeds

    def _unpriced(self, tx: Session, at: datetime) -> dict[str | None, tuple[str, ...]]:
        kinds = {settings.name: settings.kind for settings in self.config.sources}
        found: dict[str | None, set[str]] = {}
        for workload, source, stated, last in usage.series_since(tx, epoch(month_bounds(at)[0])):
            if source in kinds and self._is_unpriced(kinds[source], stated, last // pace.DAY):
                found.setdefault(workload, set()).add(str(json.loads(stated).get("model") or "no model"))
        return {slug: tuple(sorted(models)) for slug, models in found.items()}

    def _is_unpriced(self, kind: str, stated: str, day: int) -> bool:
        """Whether nobody knows the price of a series on that day. Remembered: there are as many as keys and models."""
        key = kind, stated, day
        known = self._priceless.get(key)
        if known is None:
            if len(self._priceless) > _MOST_REMEMBERED:
                self._priceless.clear()
            dimensions = tuple(sorted(json.loads(stated).items()))
            known = self._priceless[key] = self.prices.price_dimensions(
                kind, dimensions, Tokens(output=1), day * pace.DAY).unpriced
        return known

    def _reconciled(self, tx: Session, at: datetime) -> tuple[int, int] | None:
        """(billed, metered) of this month's days that a source's provider has closed; None while none is closed."""
        start, _ = month_bounds(at)
        end = day_start(at - timedelta(hours=6))
        days = streams.billed_beside_metered(tx, epoch(start), epoch(end))  # a source that bills nothing has no gap
        return (sum(day.billed for day in days), sum(day.metered for day in days)) if days else None


def _reach(feeds: Sequence[Feed]) -> Reach | None:
    """How far workloads of these sources are known by the minute; None where nothing was ever read."""
    until = gathering.data_until(feeds)
    return None if until is None else Reach(until // pace.MINUTE, frozenset(feed.name for feed in feeds))


def _resumed(tx: Session, start: datetime) -> dict[str, datetime]:
    """The last resume by workload since the start of the month that is judged.

    For minutes after midnight that is still the month before: were its resumes forgotten then, its spend would stand
    above the threshold once more and be killed for.
    """
    resumed: dict[str, datetime] = {}
    for intent in incidents.resumes_since(tx, start):
        if intent.finished_at is not None:
            resumed[intent.workload] = max(resumed.get(intent.workload, start), intent.finished_at)
    return resumed
