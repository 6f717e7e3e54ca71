"""A workload's working week as a replay learns it on its way, and what a month usually costs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from console.cadences import pace
from console.cadences.profile import FLAT, HISTORY, Profile, weeks_of
from console.cadences.track import DAY, HOUR, Track
from console.money import MicroUsd

FRESH_SPENT = 28


class Week:
    """The profile of the working week, once four weeks are known, and what a month usually costs."""

    def __init__(self, track: Track) -> None:
        self.track = track
        """May be changed for another one that has counted the same so far."""
        self._hours: dict[int, int] = {}
        self._hour = track.end // HOUR
        self._before = 0
        self._profile: Profile = FLAT
        self._flat: dict[int, dict[int, float]] = {}

    def shares(self, lengths: Iterable[int], until: int, start: int, end: int) -> Mapping[int, float]:
        """Share of the month [start, end) that its profile gives to windows before `until`, all in seconds."""
        profile = self.profile()
        if profile is not FLAT:
            return {length: profile.share(until - length, until, start, end) for length in lengths}
        if start not in self._flat:
            self._flat[start] = {length: length / (end - start) for length in lengths}
        return self._flat[start]

    def month_share(self, until: int, start: int, end: int) -> float:
        """Share of the month that has gone by `until`."""
        if self._profile is FLAT:
            return (until - start) / (end - start)
        return self._profile.share(start, until, start, end)

    def profile(self) -> Profile:
        """Learned once a day, when four weeks are known."""
        hour = self.track.end // HOUR
        if hour > self._hour:
            total = self.track.total_at(hour * HOUR)
            self._hours[(hour - 1) * 3600] = total - self._before
            self._hour, self._before = hour, total
            if self.track.known_days * pace.DAY > HISTORY and hour % 24 == 0:
                self._profile = weeks_of(self._hours, hour * 3600).profile(hour * 3600)
        return self._profile

    def usual(self) -> MicroUsd | None:
        days = min(self.track.known_days, FRESH_SPENT)
        return round(self.track.spent(int(days) * DAY) / int(days) * 30) if days >= 7 else None
