"""What the anti-pattern detectors found in a span of time, with what people decided on it: a frozen value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from console.antipatterns.finding import Finding
from console.cadences.orchestration import Orchestration


@dataclass(frozen=True, slots=True)
class Decided:
    """The exception that a finding became, and the decision in force on it."""

    exception: int
    state: str
    verdict: str | None = None
    rationale: str | None = None
    decided_by: str | None = None
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class FindingLine:
    """One finding. `decided`: None where no exception was made of it yet, as of one that only a longer look shows."""

    finding: Finding
    decided: Decided | None = None


@dataclass(frozen=True, slots=True)
class Lack:
    """What a detector cannot tell of a workload, and why."""

    detector: str
    workload: str
    missing: str


@dataclass(frozen=True, slots=True)
class Findings:
    """Every workload, looked at by every detector."""

    at: datetime
    organisation: str
    start: datetime
    end: datetime
    """[start, end) was looked at."""
    workloads: int
    lines: tuple[FindingLine, ...]
    """The dearest first, those of unknown dollars last."""
    lacks: tuple[Lack, ...]
    failed: tuple[str, ...] = ()
    """What could not be looked at, or not whole: told, and never passed over."""
    simulated: bool = False
    orchestration: Orchestration | None = None
    """Of the workloads with call records; None: there is none."""
