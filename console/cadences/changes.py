"""A planned change: its owner announced it, so what it allows is not held against the workload. It expires."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
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


def together(changes: Iterable[Change], at: datetime) -> Change | None:
    """What the changes of one workload that hold at `at` allow together, until the first of them ends: the largest
    multiple, and every model. None where none holds."""
    held = [change for change in changes if change.holds(at)]
    if not held:
        return None
    largest = max(held, key=lambda change: change.multiple)
    models = sorted({model for change in held for model in change.models})
    return replace(largest, models=tuple(models), ends=min(change.ends for change in held))
