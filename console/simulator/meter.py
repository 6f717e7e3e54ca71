"""What was really used, and how much of it the provider already shows: the truth behind every report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce

from console.simulator.incident import Incident
from console.simulator.keys import History
from console.simulator.law import HOUR, MINUTE, Law, digest
from console.simulator.prices import ZERO, Amounts, add, cost
from console.simulator.profiles import Stream

_LATE_ONE_IN = 32
_LATE_PERCENT = 90
"""One minute in so many is first shown incomplete, at this percentage, and restated later."""


@dataclass(frozen=True, slots=True)
class Delays:
    """How the simulated provider lags behind the truth, in simulated seconds."""

    ingestion_s: float = 300.0
    """Within this time of its end a minute normally shows; jitter takes up to a fifth off."""
    restatement_s: float = 900.0
    """A minute that came late is whole within this time more."""
    propagation_s: float = 5.0
    """From a key's change until it takes hold."""
    tail_s: float = 60.0
    """Calls in flight end, and count, for so long after."""

    @property
    def longest_s(self) -> float:
        """When every minute is whole, counted from its end."""
        return self.ingestion_s + self.restatement_s


@dataclass(slots=True)
class Meter:
    """Usage of every stream by hour and minute, under what happened to the keys. Not thread-safe."""

    law: Law
    streams: Sequence[Stream]
    histories: Mapping[str, History]
    """By key identifier; a stream without a key cannot be stopped."""
    incident: Incident | None = None
    delays: Delays = field(default_factory=Delays)
    _hours: dict[tuple[str, int], Amounts] = field(default_factory=dict)
    _minutes: dict[tuple[str, int], list[Amounts]] = field(default_factory=dict)
    _shown: dict[tuple[str, int], list[tuple[float, float]]] = field(default_factory=dict)

    def hour(self, stream: Stream, hour: int) -> Amounts:
        """True usage of a whole hour."""
        key = (stream.name, hour)
        found = self._hours.get(key)
        if found is None:
            if self._is_ordinary(stream, hour):
                found = self.law.hour(stream, hour)
            else:
                found = reduce(add, self.minutes(stream, hour), ZERO)
            self._hours[key] = found
        return found

    def minutes(self, stream: Stream, hour: int) -> list[Amounts]:
        """True usage of the sixty minutes of an hour."""
        key = (stream.name, hour)
        found = self._minutes.get(key)
        if found is None:
            found = self._disturbed(stream, hour)
            self._minutes[key] = found
        return found

    def shown(self, stream: Stream, start: int, end: int, now: float) -> Amounts:
        """What a report shows at `now` of [start, end), whose edges are both whole minutes."""
        total = ZERO
        at = start
        while at < end and at < now:
            hour = at // HOUR * HOUR
            stop = min(end, hour + HOUR)
            if stop - at == HOUR and now >= stop + self.delays.longest_s:
                total = add(total, self.hour(stream, hour))
            else:
                total = reduce(add, self._shown_minutes(stream, hour, at, stop, now), total)
            at = stop
        return total

    def spent(self, stream: Stream, start: int, end: int) -> int:
        """True pico-dollars of [start, end), to the minute."""
        total = 0
        at = start // MINUTE * MINUTE
        while at < end:
            hour = at // HOUR * HOUR
            stop = min(end, hour + HOUR)
            if stop - at == HOUR:
                used = self.hour(stream, hour)
            else:
                used = reduce(add, self.minutes(stream, hour)[(at - hour) // MINUTE:-(-(stop - hour) // MINUTE)], ZERO)
            total += cost(used, stream.model, stream.profile.service_tier, hour)
            at = stop
        return total

    def forget(self, key_id: str, since: float) -> None:
        """A key changed at `since`: what was computed from then on is no longer true."""
        names = {stream.name for stream in self.streams if stream.profile.key_id == key_id}
        for kept in (self._hours, self._minutes):
            for entry in [entry for entry in kept if entry[0] in names and entry[1] + HOUR > since]:
                del kept[entry]

    def _history(self, stream: Stream) -> History | None:
        return self.histories.get(stream.profile.key_id) if stream.profile.key_id else None

    def _is_ordinary(self, stream: Stream, hour: int) -> bool:
        history = self._history(stream)
        undisturbed = history is None or history.is_undisturbed(hour, hour + HOUR)
        return undisturbed and not (
            self.incident and self.incident.touches(stream.profile.slug, stream.model, hour, hour + HOUR))

    def _disturbed(self, stream: Stream, hour: int) -> list[Amounts]:
        history = self._history(stream)
        if history is not None and history.is_idle(hour, hour + HOUR):
            return [ZERO] * 60
        minutes = self.law.minutes(stream, hour)
        if self._is_ordinary(stream, hour):
            return minutes
        history = history or History(0.0)
        incident = self.incident
        if incident and not incident.touches(stream.profile.slug, stream.model, hour, hour + HOUR):
            incident = None
        found = []
        for index, amounts in enumerate(minutes):
            at = hour + index * MINUTE
            used = _share(amounts, history, at)
            found.append(add(used, incident.minute(self.law.seed, at, history)) if incident else used)
        return found

    def _shown_minutes(self, stream: Stream, hour: int, start: int, stop: int, now: float) -> list[Amounts]:
        minutes = self.minutes(stream, hour)
        found = []
        arrivals = self._arrivals(stream, hour)
        for index in range((start - hour) // MINUTE, -(-(stop - hour) // MINUTE)):
            first, whole = arrivals[index]
            if now >= whole:
                found.append(minutes[index])
            elif now >= first:
                part = minutes[index]
                found.append((part[0] * _LATE_PERCENT // 100, part[1] * _LATE_PERCENT // 100,
                              part[2] * _LATE_PERCENT // 100, part[3] * _LATE_PERCENT // 100,
                              part[4] * _LATE_PERCENT // 100, part[5], part[6]))
        return found

    def _arrivals(self, stream: Stream, hour: int) -> list[tuple[float, float]]:
        """For each minute of the hour: when it first shows, and when it is whole."""
        key = (stream.name, hour)
        found = self._shown.get(key)
        if found is None:
            jitter = digest(self.law.seed, f"{stream.name}/ingestion", hour)
            late = digest(self.law.seed, f"{stream.name}/late", hour)
            found = []
            for index in range(60):
                end = hour + (index + 1) * MINUTE
                first = end + self.delays.ingestion_s * (1 - 0.2 * jitter[index] / 255)
                behind = late[index] % _LATE_ONE_IN == 0
                found.append((first, end + self.delays.ingestion_s + self.delays.restatement_s * late[index] / 255
                              if behind else first))
            self._shown[key] = found
        return found


def _share(amounts: Amounts, history: History, minute: int) -> Amounts:
    """What the key's state left of a minute's normal work."""
    if amounts == ZERO or history.is_undisturbed(minute, minute + MINUTE):
        return amounts
    thousandths = round(sum(history.activity(minute + second + 0.5)[0] for second in range(60)) * 1000 / 60)
    return tuple(part * thousandths // 1000 for part in amounts)  # type: ignore[return-value]
