"""A planned change: its owner announced it, so what it allows is not held against the workload. It expires."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Change:
    """[starts, ends): a launch, a backfill, a migration."""

    workload: str
    kind: str
    starts: datetime
    ends: datetime
    multiple: float = 1.0
    """Times the expected pace that is meant while it lasts."""
    models: tuple[str, ...] = ()
    """Models that are meant beside those of the Charter."""

    def holds(self, at: datetime) -> bool:
        return self.starts <= at < self.ends
