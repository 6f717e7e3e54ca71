"""The life of an API key: its state machine as the documentation has it, and when it could really spend."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

STATUSES = ("active", "inactive", "archived", "expired")
WRITABLE = ("active", "inactive", "archived")


class RefusedChangeError(Exception):
    """The provider does not allow this change of state."""


@dataclass(slots=True)
class Active:
    """A time during which new calls were accepted; `until` infinite while that lasts."""

    since: float
    until: float = math.inf


@dataclass(slots=True)
class History:
    """When a key accepted calls, with what it still had in flight afterwards. Seconds since 1970."""

    tail_s: float
    periods: list[Active] = field(default_factory=lambda: [Active(0.0)])

    def is_undisturbed(self, start: float, end: float) -> bool:
        """Calls were accepted throughout [start, end)."""
        return any(period.since <= start and period.until >= end for period in self.periods)

    def is_idle(self, start: float, end: float) -> bool:
        """Nothing could be used in [start, end), work in flight included."""
        return not any(period.since < end and period.until + self.tail_s > start for period in self.periods)

    def activity(self, at: float) -> tuple[float, Active | None]:
        """The share of normal work at an instant (1 while accepted, falling to 0 over the tail), and its period."""
        for period in reversed(self.periods):
            if at >= period.since:
                left = 1.0 if at < period.until else 1.0 - (at - period.until) / self.tail_s if self.tail_s else 0.0
                return max(0.0, left), period
        return 0.0, None

    def stop(self, at: float) -> None:
        """No new calls from `at` on."""
        if self.periods and self.periods[-1].until > at:
            self.periods[-1].until = max(at, self.periods[-1].since)

    def resume(self, at: float) -> None:
        """New calls are accepted from `at` on."""
        if not self.periods or self.periods[-1].until <= at:
            self.periods.append(Active(at))
        else:
            self.periods[-1].until = math.inf


@dataclass(slots=True)
class Key:
    """An API key as the Admin API knows it."""

    identifier: str
    name: str
    workspace: str | None
    """None: the default workspace."""
    created_at: str
    history: History
    status: str = "active"
    changes: list[tuple[float, str]] = field(default_factory=list)
    """(seconds since 1970, new status) of every change asked for."""

    def set_status(self, wanted: str, at: float, propagation_s: float) -> None:
        """Change the state; spending follows after the propagation delay. Raises RefusedChangeError."""
        if wanted not in WRITABLE:
            raise RefusedChangeError(f"status: Input should be one of {', '.join(WRITABLE)}")
        if wanted == self.status:
            return
        if self.status == "archived":
            raise RefusedChangeError("This API key is archived and can no longer be changed.")
        if self.status == "expired" and wanted != "archived":
            raise RefusedChangeError("This API key has expired and cannot be re-activated.")
        self.status = wanted
        self.changes.append((at, wanted))
        if wanted == "active":
            self.history.resume(at + propagation_s)
        else:
            self.history.stop(at + propagation_s)

    @property
    def stopped_at(self) -> float | None:
        """When the last of its spending ended or will end; None while it accepts calls."""
        last = self.history.periods[-1].until
        return None if math.isinf(last) else last + self.history.tail_s
