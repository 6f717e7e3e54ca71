"""How much one sender, or all together, may ask for: so many units a second, with some in store for a burst.

What a request costs is known only when it was looked at; so it is charged afterwards, and whoever is in debt waits.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Allowance:
    per_s: float
    burst: float
    _left: float = 0.0
    _at: float | None = None

    def wait_s(self, now: float) -> float:
        """Seconds until another request is looked at; 0 for at once. `now`: seconds of any steady clock."""
        self._refill(now)
        return max(0.0, -self._left / self.per_s)

    def spend(self, units: float, now: float) -> None:
        self._refill(now)
        self._left -= units

    def _refill(self, now: float) -> None:
        earned = self.burst if self._at is None else (now - self._at) * self.per_s
        self._left = min(self.burst, self._left + earned)
        self._at = now
