"""The night of the playbook: a sub-agent without a recursion cap, and a timestamp inside the cached prefix.

Concurrent agents double every three and a half minutes up to 243. Each call writes its whole prefix to the cache anew
(the timestamp differs) and reads nothing back. Unstopped it comes to about 312,000 USD in eight hours. A key that is
enabled again before the fault is repaired starts again with one agent.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from console.simulator.keys import History
from console.simulator.law import MINUTE, digest
from console.simulator.prices import ZERO, Amounts

_STEPS = 12
"""A minute is summed in steps of five seconds."""


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
