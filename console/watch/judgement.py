"""Judge every workload once: facts, rules, the alerts' next states, and which breakers the Charter says to trip.

One write transaction: an alert's new state, its audit entry and its messages stand or fall together.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlmodel import Session

from console.cadences.call_track import CallSigns
from console.cadences.daily import Daily
from console.cadences.facts import Facts
from console.cadences.gathering import Gathered, today_start
from console.cadences.reading import Reader
from console.cadences.residue.routes import route_changes
from console.cadences.storage import storage_of
from console.cadences.track import Track
from console.clock import SystemClock, epoch, month_bounds
from console.config import Config
from console.kinds import source as kind_of
from console.memory import uncollected
from console.watch import alerts, anchoring, evidence, leadership, notify, open_matters, rules, sealing
from console.watch.alerts import Change
from console.watch.calm import Calm
from console.watch.execution import Held
from console.watch.rules import audit_log, billing_route, unpriced
from console.watch.rules import feed as feed_rule
from console.watch.rules import storage as storage_rule
from console.watch.rules.rule import Signal
from store import audit, checkpoints, incidents, registry
from store.database import Database
from store.tables import Alert, Silence

FEED_PREFIX = "source:"
ORGANISATION = "organisation"
"""What alerts about usage that no workload claims are filed under."""
STORAGE = "database file"
"""What alerts about the room for it, its log and its backups are filed under."""

MINUTE = 60
SAME_AGAIN = timedelta(seconds=5)
"""So soon the same is not said again of calls that go on."""
AUDIT_LOG = "audit log"
"""What alerts about the log itself are filed under; no silence reaches them."""


@dataclass(frozen=True, slots=True)
class Trip:
    """The Charter says: kill now. `facts` are what it was decided on."""

    signal: Signal
    facts: Facts


@dataclass(frozen=True, slots=True)
class Judged:
    facts: Mapping[str, Facts]
    """Of every workload; of those that were passed over they are made where somebody asks."""
    trips: tuple[Trip, ...]
    changes: tuple[Change, ...]
    calls: Mapping[str, CallSigns] = field(default_factory=dict)
    """What call records show of each workload that has any."""


class Judge:
    """Holds what stays the same from one judgement to the next."""

    def __init__(self, config: Config, database: Database, reader: Reader) -> None:
        self._config = config
        self._database = database
        self._reader = reader
        self._calm = Calm(config.rules)
        self._listens = any(kind_of(source.kind).capabilities.push for source in config.sources)
        self._last: Gathered | None = None
        """What was gathered for the last whole judgement, where calls may come in until the next one."""
        self._one_at_a_time = threading.Lock()
        self._said: dict[str, tuple[frozenset[tuple[str, ...]], datetime]] = {}

    def judge(self, at: datetime, held: Held | None = None) -> Judged:
        """Judge, store what changed, and say what is to be tripped. Runs in a worker thread.

        held: the lease under which this turn began. Raises Overtaken where another process leads by now.
        """
        with self._one_at_a_time:
            return self._judge(at, held)

    def _judge(self, at: datetime, held: Held | None) -> Judged:
        self._last = None
        with uncollected(), self._database.write() as tx:
            leadership.check(tx, held)
            facts = self._reader.judged(tx, at)
            self._reader.called.gathered()
            standing = facts.standing
            standing_alerts = incidents.open_alerts(tx)
            looked = self._look(facts, _asked(standing_alerts))
            seen = {each.workload: signals for each, signals in looked}
            believed = {each.workload: each.fresh for each, _ in looked}
            seen[ORGANISATION] = tuple(unpriced.of(standing.unpriced.get(None, ()), None))
            believed[ORGANISATION] = all(feed.fresh or feed.hears_nobody for feed in standing.feeds.values())
            routes = route_changes(tx, self._config, at)
            for source in standing.feeds.values():
                seen[FEED_PREFIX + source.name] = (*feed_rule.judge(source),
                                                   *billing_route.judge(routes.get(source.name, ())))
                believed[FEED_PREFIX + source.name] = True
            machine = SystemClock().now()
            seen[STORAGE] = tuple(storage_rule.judge(storage_of(self._database, machine), machine))
            believed[STORAGE] = True
            by_rules = [alert for alert in standing_alerts if alert.rule not in open_matters.RULES]
            seen[AUDIT_LOG], believed[AUDIT_LOG] = self._of_audit_log(tx, at), True
            changes = alerts.evaluate(
                by_rules, seen, believed, incidents.resolved_steps(tx, month_bounds(at)[0]), at, self._every)
            changes += alerts.gone(by_rules, _no_longer_watched(tx, by_rules, seen), at)
            changes += open_matters.evaluate(tx, standing_alerts, at)
            self._record(tx, changes, at)
            trips = self._trips(tx, looked, (*by_rules, *(change.alert for change in changes)), at)
        self._last = facts if self._listens else None
        calls = {each.workload: each.calls for each, _ in looked if each.calls is not None}
        return Judged(facts, trips, tuple(changes), calls)

    def at_once(self, workloads: Iterable[str], at: datetime, held: Held | None = None) -> Judged:
        """Judge these alone, by what is known of their calls since the last whole judgement: what kills, fires an alert
        or makes one worse. All else waits for the next whole one. Runs in a worker thread."""
        with self._one_at_a_time:
            facts = {slug: known for slug in workloads if (known := self._known(slug, at)) is not None}
            looked = [(each, signals) for each in facts.values() if (signals := self._urgent(each))]
            news = [(each, signals) for each, signals in looked if self._is_news(each, signals)]
            if not news:
                return Judged(facts, (), ())
            with self._database.write() as tx:
                leadership.check(tx, held)
                seen = {each.workload: signals for each, signals in news}
                keys = {(slug, signal.rule, signal.window) for slug, signals in seen.items() for signal in signals}
                standing = [alert for alert in incidents.open_alerts(tx) if alerts.key(alert) in keys]
                changes = alerts.evaluate(standing, seen, {each.workload: each.fresh for each, _ in news},
                                          incidents.resolved_steps(tx, month_bounds(at)[0]), at, self._every)
                self._record(tx, changes, at)
                trips = self._trips(tx, news, (*standing, *(change.alert for change in changes)), at)
            for slug in seen.keys() - {trip.facts.workload for trip in trips}:
                self._said[slug] = _gist(seen[slug]), at
            return Judged(facts, trips, tuple(changes))

    def _known(self, slug: str, at: datetime) -> Facts | None:
        """The facts of the last whole judgement, with what its calls show and have spent since.

        What was spent by then says nothing of a month or a day that began since: the next whole judgement begins it.
        """
        last, called = self._last, self._reader.called
        if last is None or slug not in last.standing.sources:
            return None
        facts, more, calls = last[slug], called.more(slug), called.worst(slug, at)
        track = facts.track
        if track is None and calls is not None:  # its first calls ever: nothing is known of what is usual
            track = Track(epoch(at) // MINUTE)
        told = all(last.standing.feeds[name].push for name in facts.sources)  # by those who speak right now
        return replace(facts, at=at, month=0 if at >= facts.month_end else facts.month + more,
                       today=0 if self._is_next_day(last.at, at) else facts.today + more, calls=calls, track=track,
                       fresh=told or (facts.fresh and _still_fresh(last, facts, at)),
                       since_resume=facts.since_resume + (0 if facts.resumed_at is None else more))

    def _is_next_day(self, before: datetime, at: datetime) -> bool:
        zone = self._config.organisation.time_zone
        return today_start(before, zone) < today_start(at, zone)

    def _urgent(self, facts: Facts) -> tuple[Signal, ...]:
        if not rules.near_at_once(facts, self._config.rules):
            return ()
        self._calm.look_at(facts.workload)
        facts.calls = self._reader.called.signs(facts.workload, facts.at)
        return tuple(signal for signal in rules.at_once(facts, self._config.rules) if signal.active)

    def _is_news(self, facts: Facts, signals: tuple[Signal, ...]) -> bool:
        """Whether anything else is said than some seconds ago, when nothing followed from it."""
        said = self._said.get(facts.workload)
        return said is None or said[0] != _gist(signals) or facts.at - said[1] >= SAME_AGAIN

    def _trips(self, tx: Session, looked: Iterable[tuple[Facts, tuple[Signal, ...]]], standing: Sequence[Alert],
               at: datetime) -> tuple[Trip, ...]:
        skip = _not_to_trip(tx, at)
        if None in skip:
            return ()
        found = (trip_of(each, signals, standing, at) or observed_of(each, signals)
                 for each, signals in looked if each.workload not in skip)
        return tuple(trip for trip in found if trip is not None and evidence.suffices(
            tx, trip.signal, trip.facts, self._reader.called, self._config))

    def _look(self, gathered: Gathered, asked: Mapping[str, set[str]]) -> list[tuple[Facts, tuple[Signal, ...]]]:
        """The signals of every workload that has any, or an alert. `asked`: rules whose alert stands, by workload."""
        looked, calm = [], self._calm.of(gathered)
        for slug in gathered:
            if slug not in asked and slug in calm:
                continue
            facts = gathered[slug]
            signals: tuple[Signal, ...] = ()
            if slug in asked or not self._calm.found(slug, gathered):
                if facts.calls is not None:
                    facts.calls = self._reader.called.signs(slug, facts.at)
                signals = tuple(rules.judge(facts, self._config.rules, asked.get(slug, ())))
            if signals or slug in asked:
                looked.append((facts, signals))
            else:
                gathered.let_go(slug)
        return looked

    @property
    def _every(self) -> timedelta:
        return timedelta(seconds=min((source.poll_s for source in self._config.sources), default=60.0))

    def learn(self) -> None:
        """Learn some more of the past, after a judgement. Runs in a worker thread, writes nothing."""
        if not self._reader.learned:
            with self._one_at_a_time, self._database.read() as tx:
                self._reader.learn(tx)

    def forget(self) -> None:
        """Begin anew: another process may have led meanwhile."""
        with self._one_at_a_time:
            self._reader.tracks.forget()
            self._calm.forget()
            self._said.clear()
            self._last = None

    def draw(self, at: datetime, *, leader: str, notices: tuple[str, ...]) -> Daily:
        """The Daily as it stands in the store at `at`."""
        with self._database.read() as tx:
            return self._reader.daily(tx, at, leader=leader, notices=notices)

    def _of_audit_log(self, tx: Session, at: datetime) -> tuple[Signal, ...]:
        last = checkpoints.last(tx)
        return tuple(audit_log.judge(sealing.broken(tx), last.at if last else None,
                                     anchoring.standings(tx, self._config), self._config.audit.late_s, at))

    def _record(self, tx: Session, changes: Iterable[Change], at: datetime) -> None:
        silences = incidents.silences(tx, at)
        for change in changes:
            alert = incidents.save(tx, change.alert)
            audit.append(tx, at=at, actor="engine", action=f"alert.{change.kind}", object=alert.workload,
                         detail={"alert": alert.id, "rule": alert.rule, "window": alert.window,
                                 "severity": alert.severity, "summary": alert.summary,
                                 **({"reason": change.reason} if change.reason else {})})
            muted = any(_mutes(silence, change) for silence in silences) and alert.rule not in open_matters.RULES
            notify.enqueue_alert(tx, self._config.notifications, change, at, muted=muted)


def _no_longer_watched(tx: Session, open_alerts: Iterable[Alert], seen: Mapping[str, object]) -> dict[str, str]:
    """Why nothing is said any more of a workload or a source that still has an open alert."""
    left = {alert.workload for alert in open_alerts} - seen.keys()
    retired = {entry.slug for entry in registry.workloads(tx) if entry.status == "retired"} if left else set()
    return {name: "the source is no longer configured" if name.startswith(FEED_PREFIX) else
            "the workload was retired" if name in retired else "the workload is no longer in the MBOM" for name in left}


def _asked(standing: Iterable[Alert]) -> dict[str, set[str]]:
    """Rules with an alert open, by workload: these are asked whether it still holds."""
    asked: dict[str, set[str]] = {}
    for alert in standing:
        asked.setdefault(alert.workload, set()).add(alert.rule)
    return asked


def trip_of(facts: Facts, signals: Iterable[Signal], standing: Iterable[Alert], at: datetime) -> Trip | None:
    """The first signal that trips, where the data may be believed (CB-3). One is enough: a kill is done once.

    Where the Charter gives a person time to say no, the signal's alert must have stood for so long.
    """
    if not facts.fresh:
        return None
    for signal in signals:
        if signal.trips and at - _fired_at(signal, facts, standing, at) >= timedelta(seconds=signal.veto_s):
            return Trip(signal, facts)
    return None


def observed_of(facts: Facts, signals: Iterable[Signal]) -> Trip | None:
    """What would trip if the Charter did not only watch it."""
    found = next((signal for signal in signals if signal.observes), None) if facts.fresh else None
    return None if found is None else Trip(found, facts)


def _fired_at(signal: Signal, facts: Facts, standing: Iterable[Alert], at: datetime) -> datetime:
    key = facts.workload, signal.rule, signal.window
    return next((alert.fired_at for alert in standing if alerts.key(alert) == key and alert.fired_at), at)


def _still_fresh(last: Gathered, facts: Facts, at: datetime) -> bool:
    """Whether its sources, which nobody has looked at since the last whole judgement, are within their limits yet."""
    since = (at - last.at).total_seconds()
    feeds = (last.standing.feeds[name] for name in facts.sources)
    return all(feed.age_s is not None and feed.age_s + since <= feed.limit_s for feed in feeds)


def _gist(signals: Iterable[Signal]) -> frozenset[tuple[str, ...]]:
    return frozenset((signal.rule, signal.window, signal.severity) for signal in signals)


def _mutes(silence: Silence, change: Change) -> bool:
    reached = silence.workload == change.alert.workload and silence.rule in {None, change.alert.rule}
    return reached and change.alert.rule != audit_log.NAME


def _not_to_trip(tx: Session, at: datetime) -> frozenset[str | None]:
    """Workloads whose breaker is tripped or held already, or that somebody disarmed; None: everything is disarmed."""
    held = {slug for slug, breaker in incidents.breakers(tx).items() if breaker.state in {"tripped", "held"}}
    return frozenset({*held, *(disarm.workload for disarm in incidents.disarms(tx, at))})
