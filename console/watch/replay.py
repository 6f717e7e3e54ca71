"""The engine over recorded usage, on a clock that runs from poll to poll: what would it have done, when, and on what?

Usage is priced, judged by the same rules, carried through the same life of alerts and the same breaker as live. A
minute becomes visible, whole, so many seconds after its end; a kill takes hold so many seconds after it is decided, and
ends what the file has of that workload. Nothing but usage, calls, Charters and announced changes is read.

Where a recording begins with hours these are judged first, once an hour, by the rules of `BY_HOUR`: no signs, which
need minutes. Alerts, a breaker and the month go on into the minutes; the own range is learned from minutes alone.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import lru_cache

from console.cadences import pace
from console.cadences.call_track import Call, CallSigns, CallTrack
from console.cadences.changes import Change, together
from console.cadences.counts import Counts
from console.cadences.facts import Facts
from console.cadences.track import DAY, HOUR, Past, Track, Windows
from console.charters import durations
from console.charters.criteria import LONGEST
from console.charters.terms import Terms
from console.clock import epoch, from_epoch, month_bounds
from console.config import RuleSettings
from console.money import MicroUsd
from console.watch import alerts, breaker, rules
from console.watch.judgement import Trip, trip_of
from console.watch.recorded import Recorded, Recording
from console.watch.replay_week import Week
from console.watch.rules import burn, cap, forecast, month_steps, scenario
from console.watch.rules.rule import Signal
from store.tables import Alert

BY_HOUR = (cap, scenario, burn, forecast, month_steps)
"""The rules that an hour can be judged by. Within it its spend counts as even: what trips so tripped for certain."""


@dataclass(frozen=True, slots=True)
class Course:
    """How late everything comes, in seconds."""

    lag_s: int = 300
    poll_s: int = 60
    act_s: int = 10
    resume_s: int | None = None
    """After a kill, when a person resumes; what was used meanwhile counts as it was. None: a kill ends it."""


@dataclass(frozen=True, slots=True)
class Fired:
    """An alert that fired."""

    workload: str
    kind: str
    window: str
    severity: str
    at: datetime
    summary: str


@dataclass(frozen=True, slots=True)
class Kill:
    """A kill, and what it was decided on."""

    decided_at: datetime
    at: datetime
    """When it took hold."""
    signal: Signal
    facts: Facts
    seen: MicroUsd
    true: MicroUsd

    @property
    def signs(self) -> tuple[str, ...]:
        named = self.signal.figures.get("signs", "")
        return tuple(named.split(", ")) if named else (self.signal.rule,)


@dataclass(slots=True)
class Outcome:
    """What was decided on one workload."""

    workload: str
    alerts: list[Fired] = field(default_factory=list)
    kill: Kill | None = None
    """The first one."""
    kills: list[Kill] = field(default_factory=list)
    total: MicroUsd = 0
    """What the file has of it, to its end."""


@dataclass(frozen=True, slots=True)
class Replayed:
    recorded: Recorded
    course: Course
    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True, slots=True)
class Brief:
    """What a replay is given beside usage."""

    terms: Mapping[str, Terms] = field(default_factory=dict)
    changes: Sequence[Change] = ()
    calls: Mapping[str, Sequence[Call]] = field(default_factory=dict)
    dearer: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Models that cost more than any of the workload's Charter, by workload."""


def run(recorded: Recorded, brief: Brief, course: Course, settings: RuleSettings) -> Replayed:
    """Run the file from its first minute to its last."""
    watched = [_Watched(name, one, recorded, brief, course) for name, one in sorted(recorded.workloads.items())]
    for hour in range(recorded.begin // HOUR, recorded.first // HOUR) if recorded.hours_from is not None else ():
        now = (hour + 1) * 3600 + course.lag_s + course.poll_s
        for each in watched:
            if each.outcome.kill is None or each.resumed(now, (hour + 1) * HOUR):
                each.look_by_hour((hour + 1) * HOUR, from_epoch(now), settings)
    for each in watched:
        each.turn_to_minutes()
    first = recorded.first * 60 + course.poll_s
    for now in range(first, recorded.end * 60 + course.lag_s + course.poll_s, course.poll_s):
        end = (now - course.lag_s) // 60
        for each in watched:
            if end > each.reached and (each.outcome.kill is None or each.resumed(now, min(end, recorded.end))):
                each.look(min(end, recorded.end), from_epoch(now), settings)
    return Replayed(recorded, course, tuple(each.outcome for each in watched))


class _Watched:
    """One workload on its way through the file."""

    def __init__(self, name: str, recording: Recording, recorded: Recorded, brief: Brief, course: Course) -> None:
        self.name = name
        self._hours = recorded.hours.get(name, {})
        self.outcome = Outcome(name, total=sum(self._hours.values())
                               + sum(counts[0] for counts in recording.minutes.values()))
        self._recording, self._minutes = recording, recording.minutes
        self._minutes_from = min(recording.minutes, default=recorded.first)
        self._first, self._before = recorded.begin, recorded.before.get(name, 0)
        self._by_hour = recorded.hours_from is not None
        self.reached = recorded.begin if self._by_hour else self._minutes_from
        self._turn = recorded.first
        self._track = Track(self.reached, recording.knows)
        self._terms = brief.terms.get(name)
        dearer = brief.dearer.get(name, frozenset())
        self._dearer = {model: (minutes, Track(self._minutes_from, recording.knows))
                        for model, minutes in recording.by_model.items() if model in dearer}
        self._changes = [change for change in brief.changes if change.workload == name]
        self._unpriced = tuple(sorted(recording.unpriced))
        self._calls: Iterator[Call] | None = iter(brief.calls[name]) if name in brief.calls else None
        self._next_call = next(self._calls, None) if self._calls is not None else None
        self._call_track = CallTrack()
        self._course = course
        self._open: list[Alert] = []
        self._steps: dict[alerts.Key, int] = {}
        """Month steps that were told already, as the store gives them live."""
        self._breaker: breaker.Standing | None = None
        self._resumed_at: int | None = None
        self._week = Week(self._track)
        signed = (durations.seconds(criterion.window) for criterion in (self._terms.criteria if self._terms else ()))
        self._lengths = (*pace.WINDOWS, *(length for length in signed if length is not None and length <= LONGEST))

    def resumed(self, now: int, end: int) -> bool:
        """Whether a person has resumed it by `now` after its last kill; windows then count from there."""
        if self._course.resume_s is None:
            return False
        due = epoch(self.outcome.kills[-1].at) + self._course.resume_s
        if now < due:
            return False
        if self._resumed_at is None or self._resumed_at < due:
            self._advance(end)
            for track in (self._track, *(track for _, track in self._dearer.values())):
                track.since = end
            self._resumed_at, self._breaker = now, None
            return False  # what has happened since is judged from the next poll on
        return True

    def look(self, end: int, now: datetime, settings: RuleSettings) -> None:
        """One poll: take in what has become visible, judge it, and act on it."""
        self._advance(end)
        facts = self._since_resume(self._facts(now), settings)
        signals = tuple(rules.judge(facts, settings, self._standing))
        self._decide(facts, signals, now, timedelta(seconds=self._course.poll_s))

    def look_by_hour(self, end: int, now: datetime, settings: RuleSettings) -> None:
        """The same once an hour has become visible of which no minutes are known."""
        self._advance(end)
        facts = self._since_resume(self._facts(now), settings)
        signals = tuple(signal for rule in BY_HOUR if rule.NAME in self._standing or rule.near(facts, settings)
                        for signal in rule.judge(facts, settings))
        self._decide(facts, signals, now, timedelta(hours=1))

    def turn_to_minutes(self) -> None:
        """From here on minutes are known: what was spent before is remembered, and no own range is learned of it."""
        if not self._by_hour:
            return
        self._advance(self._turn)
        first, since = self._first, self._track.since
        spent = [self._hours.get(hour, 0) for hour in range(first // DAY * 24, self._turn // HOUR)]
        self._track = self._week.track = Track(first, self._recording.knows)
        self._track.recall(self._turn, Past(0, ()), Past(first // DAY * 24, spent))
        self._track.since = since
        self._by_hour = False

    @property
    def _standing(self) -> Container[str]:
        """Rules that have an alert open."""
        return {alert.rule for alert in self._open}

    def _decide(self, facts: Facts, signals: tuple[Signal, ...], now: datetime, every: timedelta) -> None:
        if not signals and not self._open:
            return
        changes = alerts.evaluate(self._open, {self.name: signals}, {self.name: True}, self._steps, now, every)
        self._note(changes, now)
        trip = trip_of(facts, signals, self._open, now)
        if trip is not None and self._terms is not None and self._terms.mode != "observe":
            self._kill(trip, now)

    def _month(self, start: int) -> MicroUsd:
        """Spend since the start of a month, seconds since 1970; of the first one also what came before the minutes."""
        before = self._before if start < self._first * 60 else 0
        return before + self._track.total - self._track.total_at(start // 60)

    def _advance(self, end: int) -> None:
        span = range(self.reached, end)
        if self._by_hour:
            for hour in range(self.reached // HOUR, end // HOUR):
                self._track.put(_evenly(self._hours.get(hour, 0), hour * HOUR), (hour + 1) * HOUR)
            self.reached = end
            return
        self._track.put(_within(self._minutes, span), end)
        for minutes, track in self._dearer.values():
            track.put(_within(minutes, span), end)
        self.reached = end

    def _facts(self, now: datetime) -> Facts:
        track, end = self._track, self._track.end
        until = from_epoch(end * 60)
        start, finish = month_bounds(from_epoch(end * 60 - 1))
        month_start, month_end = int(start.timestamp()), int(finish.timestamp())
        shares = self._week.shares(self._lengths, end * 60, month_start, month_end)
        return Facts(
            workload=self.name, at=now, data_until=until, fresh=True, terms=self._terms,
            month_start=start, month_end=finish, month=self._month(month_start),
            today=track.total - track.total_at(end // DAY * DAY),
            windows=track.looking_back(_windows(track.end, self._lengths)), expected_share=shares,
            month_share=self._week.month_share(end * 60, month_start, month_end),
            unpriced_models=self._unpriced, lag_s=self._course.lag_s, poll_s=self._course.poll_s,
            act_s=self._course.act_s, usual=self._week.usual(), track=track,
            dearer={model: each for model, (_, each) in self._dearer.items()}, calls=self._seen_calls(now),
            change=together(self._changes, now),
        )

    def _since_resume(self, facts: Facts, settings: RuleSettings) -> Facts:
        """The same, drawn anew after a resume, as live: caps from what was spent by then, closer in probation."""
        if self._resumed_at is None:
            return facts
        at = from_epoch(self._resumed_at)
        probation = facts.at < at + timedelta(seconds=settings.probation_s)
        if facts.month_start is None or at < facts.month_start:
            return replace(facts, probation=probation)
        spent = self._track.total - self._track.total_at(self._resumed_at // 60)
        return replace(facts, probation=probation, resumed_at=at, since_resume=spent)

    def _seen_calls(self, now: datetime) -> CallSigns | None:
        if self._calls is None:
            return None
        new = []
        while self._next_call is not None and self._next_call.at <= now:
            new.append(self._next_call)
            self._next_call = next(self._calls, None)
        return self._call_track.put(new, now)

    def _note(self, changes: Iterable[alerts.Change], now: datetime) -> None:
        for change in changes:
            alert = change.alert
            if change.kind == "resolved" and alert.rule == month_steps.NAME:
                self._steps[alerts.key(alert)] = int(alert.figures["limit_microusd"])
            if change.kind in {"fired", "worse"}:
                self.outcome.alerts.append(
                    Fired(self.name, alert.rule, alert.window, alert.severity, now, alert.summary))
            if alert not in self._open:
                self._open.append(alert)
        self._open = [alert for alert in self._open if alert.resolved_at is None]

    def _kill(self, trip: Trip, now: datetime) -> None:
        self._breaker = breaker.trip(self._breaker, intent=f"replay-{self.name}", at=now)
        at = now + timedelta(seconds=self._course.act_s)
        self.outcome.kills.append(Kill(now, at, trip.signal, trip.facts, self._track.total, self._true_at(at)))
        self.outcome.kill = self.outcome.kills[0]

    def _true_at(self, at: datetime) -> MicroUsd:
        """All that was spent by then, linear inside a minute."""
        minute, seconds = divmod(int(at.timestamp()), 60)
        if self._by_hour and minute < self._turn:
            hour = minute // HOUR
            whole = sum(spent for each, spent in self._hours.items() if each < hour)
            return whole + self._hours.get(hour, 0) * (minute % HOUR * 60 + seconds) // 3600
        whole = sum(counts[0] for each, counts in self._minutes.items() if each < minute)
        return sum(self._hours.values()) + whole + self._minutes.get(minute, (0,))[0] * seconds // 60


@lru_cache(maxsize=16)
def _windows(end: int, lengths: tuple[int, ...]) -> Windows:
    """The same for every workload that is replayed side by side."""
    return Windows(end, lengths)


def _within(minutes: Mapping[int, Counts], span: range) -> dict[int, Counts]:
    return {minute: minutes[minute] for minute in span if minute in minutes}


def _evenly(spent: MicroUsd, first: int) -> dict[int, Counts]:
    """An hour's spend over the sixty minutes from `first` on."""
    each, rest = divmod(spent, HOUR)
    return {first + at: (each + (at < rest), 0, 0, 0, 0, 0) for at in range(HOUR)} if spent else {}
