"""The simulated organisation at work: its clock, keys, workspaces and meter, and what tests may know of the truth."""

from __future__ import annotations

import threading
from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from console.clock import Clock, epoch, from_epoch, rfc3339
from console.money import usd
from console.simulator.keys import History, Key
from console.simulator.law import HOUR, Law
from console.simulator.meter import Delays, Meter
from console.simulator.prices import PICO_PER_MICRO
from console.simulator.profiles import Profile, streams
from console.simulator.stories import Story

DAY = 24 * HOUR


@dataclass(frozen=True, slots=True)
class Workspace:
    identifier: str
    name: str
    is_default: bool = False


@dataclass(slots=True)
class Requests:
    """What was asked of the simulator."""

    count: int = 0
    by_path: Counter[str] = field(default_factory=Counter)
    by_credential: Counter[str] = field(default_factory=Counter)
    posts: deque[dict[str, object]] = field(default_factory=lambda: deque(maxlen=100))


class World:
    """One organisation in one story. Every public method is safe to call from several threads."""

    def __init__(self, story: Story, seed: int, clock: Clock, delays: Delays | None = None) -> None:
        self.story = story
        self.clock = clock
        self.delays = delays or Delays()
        self.lock = threading.RLock()
        self.requests = Requests()
        self.started = epoch(story.start)
        self.workspaces = [Workspace(*each) for each in story.workspaces]
        self.keys = self._new_keys()
        self._of_key = {profile.key_id: profile.slug for profile in story.profiles}
        self.overrides: dict[tuple[str, str], dict[str, int | None]] = {}
        """Rate limits of workspaces, by workspace and limit: value by kind."""
        self.meter = self._new_meter(seed, self.keys)
        self._untouched = self._new_meter(seed, self._new_keys())
        self.beside: tuple[World, ...] = ()
        """What the same organisation uses elsewhere; `state` tells the truth of all of it."""

    def now(self) -> datetime:
        return self.clock.now()

    def set_status(self, identifier: str, wanted: str) -> None:
        """Change a key. Raises KeyError for an unknown one, RefusedChangeError where the provider forbids it."""
        with self.lock:
            key = self.keys[identifier]
            at = self.now().timestamp()
            key.set_status(wanted, at, self.delays.propagation_s)
            self.meter.forget(identifier, at)

    def heed(self, identifier: str, *, open_: bool) -> None:
        """Whoever calls with a key stops by itself, or goes on: the key at the provider stays as it is."""
        with self.lock:
            at = self.now().timestamp()
            history = self.keys[identifier].history
            (history.resume if open_ else history.stop)(at)
            self.meter.forget(identifier, at)

    def state(self, until: datetime | None = None) -> dict[str, object]:
        """The truth, for tests and demos: true spend from the story's start until now (or until another instant, to
        the minute), keys, and what was asked."""
        with self.lock:
            now = until or self.now()
            return {
                "now": rfc3339(now), "start": rfc3339(self.story.start), "night_ends": rfc3339(self.story.end),
                "spend": self._spending(now),
                "without_console": self._spending(now, untouched=True),
                "keys": [world._key_state(key) for world in (self, *self.beside) for key in world.keys.values()],
                "requests": {"count": self.requests.count, "by_path": dict(self.requests.by_path),
                             "by_credential": dict(self.requests.by_credential),
                             "posts": list(self.requests.posts)},
            }

    def spent(self, start: datetime, end: datetime) -> int:
        """True micro-dollars of all streams in [start, end)."""
        with self.lock:
            return sum(self.by_workload(self.meter, epoch(start), epoch(end)).values())

    def _spending(self, now: datetime, *, untouched: bool = False) -> dict[str, object]:
        until_now, by_end = self._everywhere(epoch(now), untouched), self._everywhere(
            epoch(max(now, self.story.end)), untouched)
        return {
            "total_usd": usd(sum(until_now.values())), "by_night_end_usd": usd(sum(by_end.values())),
            "workloads": {slug: {"usd": usd(spent), "by_night_end_usd": usd(by_end[slug])}
                          for slug, spent in until_now.items()},
        }

    def _everywhere(self, end: int, untouched: bool) -> dict[str, int]:
        """Micro-dollars of each workload since the story's start, here and elsewhere."""
        found: dict[str, int] = {}
        for world in (self, *self.beside):
            with world.lock:
                meter = world._untouched if untouched else world.meter
                found |= self.by_workload(meter, self.started, end)
        return found

    @staticmethod
    def by_workload(meter: Meter, start: int, end: int) -> dict[str, int]:
        """True micro-dollars of each workload in [start, end), seconds since 1970."""
        totals: Counter[str] = Counter()
        for stream in meter.streams:
            totals[stream.profile.slug] += meter.spent(stream, start, end)
        return {slug: pico // PICO_PER_MICRO for slug, pico in totals.items()}

    def _key_state(self, key: Key) -> dict[str, object]:
        stopped = key.stopped_at
        return {
            "id": key.identifier, "name": key.name, "status": key.status, "workload": self._of_key[key.identifier],
            "changes": [{"at": rfc3339(from_epoch(at)), "status": status} for at, status in key.changes],
            "spend_stopped_at": None if stopped is None else rfc3339(from_epoch(stopped)),
        }

    def _new_meter(self, seed: int, keys: dict[str, Key]) -> Meter:
        law = Law(seed, self.story.zone, self.started)
        histories = {identifier: key.history for identifier, key in keys.items()}
        every = [stream for profile in self.story.profiles for stream in streams(profile)]
        return Meter(law, every, histories, self.story.incident, self.delays)

    def _new_keys(self) -> dict[str, Key]:
        return {profile.key_id: self._key(profile.key_id, profile) for profile in self.story.profiles if profile.key_id}

    def _key(self, identifier: str, profile: Profile) -> Key:
        created = self.story.start - timedelta(days=200 + len(profile.slug) * 3)
        key = Key(identifier, profile.key_name, profile.workspace, rfc3339(created), History(self.delays.tail_s))
        if profile.inactive_days is not None:
            key.set_status("inactive", self.started - profile.inactive_days * DAY, self.delays.propagation_s)
            key.changes.clear()
        return key
