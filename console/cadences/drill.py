"""A drill: what it would do, what came of it, and whether it still proves the breaker.

Values only (standard library). Times are seconds on the console's clock.
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from console.cadences.trip_sheet import PlannedTarget
from console.clock import rfc3339

TARGET, DRY_RUN = "target", "dry run"
MEDIAN_OF = 5


@dataclass(frozen=True, slots=True)
class DrillPlan:
    """What a drill would do, before anyone confirms it."""

    workload: str
    name: str
    sort: str
    """`target`: a test target is stopped and started again. `dry run`: everything but the writes."""
    targets: tuple[PlannedTarget, ...]
    refusal: str | None = None
    """Why it cannot be done at all; None where it can."""


@dataclass(frozen=True, slots=True)
class DrillLine:
    """One drill as it came out."""

    workload: str
    at: datetime
    by: str
    sort: str
    target: str
    requested_s: float | None
    """Until the write was answered; of a dry run, until everything was planned."""
    confirmed_s: float | None
    """Until the state was read back; of a dry run, until every target was read."""
    outcome: str
    """passed, failed, unknown."""
    detail: str
    intent: str | None = None

    def document(self) -> dict[str, Any]:
        """As `drill --json` prints it."""
        return {"workload": self.workload, "at": rfc3339(self.at), "by": self.by, "sort": self.sort,
                "target": self.target, "seconds_to_request": _rounded(self.requested_s),
                "seconds_to_confirmed": _rounded(self.confirmed_s), "outcome": self.outcome, "detail": self.detail,
                "intent": self.intent}


def seconds_to_stop(drills: Sequence[DrillLine]) -> float | None:
    """The median of the newest five that passed on a test target; None where none did. A dry run stops nothing."""
    stops = [each.confirmed_s for each in drills
             if each.sort == TARGET and each.outcome == "passed" and each.confirmed_s is not None]
    return statistics.median(stops[:MEDIAN_OF]) if stops else None


def proving(last: Mapping[tuple[str, str], datetime], workload: str, *, has_target: bool) -> datetime | None:
    """When the last drill was that proves the breaker: where there is a test target, only one on it does."""
    sorts = (TARGET,) if has_target else (TARGET, DRY_RUN)
    return max((last[workload, sort] for sort in sorts if (workload, sort) in last), default=None)


def proven(last: datetime | None, every_s: float | None, at: datetime) -> bool | None:
    """Whether it was drilled within the Charter's period; None where the Charter asks for none."""
    if every_s is None:
        return None
    return last is not None and at - last <= timedelta(seconds=every_s)


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 3)
