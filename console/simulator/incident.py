"""What goes wrong at night: uncapped recursion, or an agent that asks one tool the same thing for ever.

The night of the playbook is a sub-agent without a recursion cap, and a timestamp inside the cached prefix. Concurrent
agents double every three and a half minutes up to 243. Each call writes its whole prefix to the cache anew (the
timestamp differs) and reads nothing back. Unstopped it comes to about 312,000 USD in eight hours. A key that is
enabled again before the fault is repaired starts again with one agent.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

from console.simulator.keys import History
from console.simulator.law import MINUTE, digest
from console.simulator.prices import ZERO, Amounts

_STEPS = 12
"""A minute is summed in steps of five seconds."""


class Incident(Protocol):
    """What a fault adds to the ordinary traffic of one workload."""

    def touches(self, slug: str, model: str, start: int, end: int) -> bool:
        """Whether it adds to that workload's use of that model within [start, end)."""

    def minute(self, seed: int, minute: int, history: History) -> Amounts:
        """What it adds to the minute that starts at `minute`, for as long as the key lets it."""


@dataclass(frozen=True, slots=True)
class Recursion:
    """Uncapped recursion of one workload, [onset, repaired) in seconds since 1970."""

    slug: str
    model: str
    onset: int
    repaired: int
    most_agents: int = 243
    ramp_s: float = 28 * 60.0
    """From the first agent to the most."""
    calls_per_agent_minute: float = 4.97
    prefix: int = 145_300
    """Tokens written to the cache by every call."""
    uncached: int = 410
    output: int = 1_178

    def touches(self, slug: str, model: str, start: int, end: int) -> bool:
        return slug == self.slug and model == self.model and self.onset < end and self.repaired > start

    def minute(self, seed: int, minute: int, history: History) -> Amounts:
        """What the fault adds to the minute that starts at `minute`, for as long as the key lets it."""
        if not self.onset <= minute < self.repaired:
            return ZERO
        step = MINUTE / _STEPS
        agents = sum(self._agents(minute + (index + 0.5) * step, history) for index in range(_STEPS)) / _STEPS
        noise = digest(seed, f"{self.slug}/recursion", minute)
        calls = int(agents * self.calls_per_agent_minute * (0.95 + 0.1 * noise[0] / 255) + noise[1] / 256)
        if calls == 0:
            return ZERO
        prefix, output = self.prefix + 8 * (noise[2] - 128), self.output + noise[3] - 128
        return (calls * self.uncached, calls * prefix, 0, calls * (noise[4] % 16), calls * output, 0, calls)

    def _agents(self, at: float, history: History) -> float:
        share, period = history.activity(at)
        if period is None or share == 0.0:
            return 0.0
        running = min(at, period.until) - max(self.onset, period.since)
        if running < 0:
            return 0.0
        growth = min(1.0, running / self.ramp_s)
        return share * math.pow(self.most_agents, growth)


@dataclass(frozen=True, slots=True)
class ToolLoop:
    """One session of one workload asks a tool the same thing again and again, [onset, repaired).

    Its cache is healthy and its calls are ordinary, only many: about 1,100 USD in eight hours.
    """

    slug: str
    model: str
    onset: int
    repaired: int
    calls_per_minute: int = 45
    uncached: int = 380
    read: int = 160_000
    output: int = 140

    def touches(self, slug: str, model: str, start: int, end: int) -> bool:
        return slug == self.slug and model == self.model and self.onset < end and self.repaired > start

    def minute(self, seed: int, minute: int, history: History) -> Amounts:
        if not self.onset <= minute < self.repaired:
            return ZERO
        step = MINUTE / _STEPS
        share = sum(history.activity(minute + (index + 0.5) * step)[0] for index in range(_STEPS)) / _STEPS
        noise = digest(seed, f"{self.slug}/loop", minute)
        calls = int(share * self.calls_per_minute * (0.9 + 0.2 * noise[0] / 255))
        read = self.read + 16 * (noise[1] - 128)
        return (calls * self.uncached, 0, 0, calls * read, calls * self.output, 0, calls)
