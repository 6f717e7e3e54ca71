"""What a simulated workload normally does: its key, its models, what a call is made of, and the shape of its week."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

from console.simulator.prices import PICO, Amounts, cost

MONTH_HOURS = 30 * 24


@dataclass(frozen=True, slots=True)
class Call:
    """Tokens of an average call, by class."""

    uncached: int
    write: int
    read: int
    output: int
    searches_per_thousand: int = 0
    hour_ttl: bool = False
    """Cache writes live an hour instead of five minutes."""

    def amounts(self, calls: int) -> Amounts:
        """What so many average calls use."""
        write = self.write * calls
        return (self.uncached * calls, 0 if self.hour_ttl else write, write if self.hour_ttl else 0, self.read * calls,
                self.output * calls, self.searches_per_thousand * calls // 1000, calls)


@dataclass(frozen=True, slots=True)
class Surge:
    """Traffic that has left its plan: this many times the plan, for so many days before the story starts."""

    factor: float
    days: float | None = None
    """None: since the calendar month began."""


@dataclass(frozen=True, slots=True)
class Profile:
    """One API key's normal life. Its plan (`monthly_usd`) is what its shape really comes to in thirty days."""

    slug: str
    key_id: str | None
    """None: the Console's playground, which has no key."""
    key_name: str
    workspace: str | None
    """None: the default workspace."""
    models: tuple[tuple[str, float], ...]
    """Models with their shares of the calls."""
    call: Call
    monthly_usd: int
    shape: str
    service_tier: str = "standard"
    surge: Surge | None = None
    inactive_days: int | None = None
    """The key was disabled so many days before the story starts."""

    def calls_per_month(self, at: int) -> int:
        """Calls that cost `monthly_usd` at the list prices of the instant `at`."""
        per_thousand = sum(
            share * cost(self.call.amounts(1000), model, self.service_tier, at) for model, share in self.models)
        return round(self.monthly_usd * PICO / per_thousand * 1000)


@dataclass(frozen=True, slots=True)
class Stream:
    """One series of the usage report: a key with one model."""

    profile: Profile
    model: str
    share: float

    @property
    def name(self) -> str:
        return f"{self.profile.slug}/{self.model}"

    @property
    def inference_geo(self) -> str:
        """`not_available` for models older than 4.6."""
        return "not_available" if self.model.endswith("-4-5") else "global"


def streams(profile: Profile) -> tuple[Stream, ...]:
    """One stream a model of the profile."""
    return tuple(Stream(profile, model, share) for model, share in profile.models)


@cache
def week(shape: str) -> tuple[float, ...]:
    """Weights of the 168 local hours of a week from Monday 00:00, 1 on average. Raises KeyError for another shape."""
    weekday, saturday, sunday = _SHAPES[shape]
    hours = [weekday] * 5 + [saturday, sunday]
    flat = [_curve(day, hour) for day in hours for hour in range(24)]
    mean = sum(flat) / len(flat)
    return tuple(weight / mean for weight in flat)


Peaks = tuple[float, tuple[tuple[float, float, float], ...]]
"""A floor, and peaks as (hour, width in hours, height)."""

_OFFICE: Peaks = (0.06, ((10.5, 1.8, 1.0), (15.0, 2.2, 0.9)))
_SHAPES: dict[str, tuple[Peaks, Peaks, Peaks]] = {
    "office": (_OFFICE, (0.05, ((11.0, 2.0, 0.08),)), (0.04, ())),
    "service": ((0.10, ((11.0, 2.5, 0.7), (19.0, 2.5, 1.0))), (0.10, ((12.0, 3.5, 0.9),)), (0.10, ((17.0, 4.0, 0.7),))),
    "round-the-clock": ((0.7, ((14.0, 4.0, 0.5),)), (0.65, ((14.0, 4.0, 0.35),)), (0.6, ((14.0, 4.0, 0.3),))),
    "night": ((0.0, ((2.0, 0.8, 1.0),)), (0.0, ((2.0, 0.8, 1.0),)), (0.0, ((2.0, 0.8, 0.6),))),
    "mornings": ((0.02, ((7.5, 1.0, 1.0),)), (0.01, ()), (0.01, ())),
}


def _curve(day: Peaks, hour: int) -> float:
    floor, peaks = day
    weight = floor + sum(height * math.exp(-(((hour + 0.5 - at) / width) ** 2)) for at, width, height in peaks)
    return weight if weight > 0.005 else 0.0
