"""What a detector says of one workload: what it found, that it found nothing, or what it lacks to tell.

A detector is a pure function of `Telemetry`. It never guesses: where what it needs is not there it says so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from console.antipatterns.telemetry import Telemetry
from console.money import MicroUsd

Confidence = Literal["high", "medium", "low"]
Figures = tuple[tuple[str, str], ...]
"""Name and value as people read them, the telling ones first."""


@dataclass(frozen=True, slots=True)
class Stake:
    """Micro-dollars a month that the fix would save: low <= likely <= high."""

    low: MicroUsd
    likely: MicroUsd
    high: MicroUsd


@dataclass(frozen=True, slots=True)
class Finding:
    """One anti-pattern in one workload, with what a person needs to check it."""

    detector: str
    """The anti-pattern's name, as the playbook has it."""
    workload: str
    summary: str
    """What is so, with its figures, in one sentence."""
    start: datetime
    end: datetime
    """[start, end): the time that the evidence is of."""
    figures: Figures
    rows: tuple[Figures, ...]
    """What the figures come from, the worst first: sessions, hours, models. At most `MOST_ROWS`."""
    excess: MicroUsd | None
    """Micro-dollars within [start, end) that a healthy workload would not have spent; None: it cannot be told."""
    stake: Stake | None
    """None: it cannot be told, and `summary` says why."""
    confidence: Confidence
    fix: str
    subject: str = ""
    """Which of several of its kind in one workload: a tool, a prompt; part of its identity, so without figures."""
    degree: int = 0
    """How bad it is, in the detector's own unit: a doubling is asked again of whoever dismissed it."""
    charter_line: str | None = None
    stands_as: str = ""
    """The kind of the exceptions that drift opens for the same thing (`drift: owner`): it opens none of its own."""


MOST_ROWS = 20


@dataclass(frozen=True, slots=True)
class NotEnough:
    """What is missing, so that nothing can be said."""

    missing: str
    """`call records with sessions; docs/otel.md tells how to send them`."""


Verdict = tuple[Finding, ...] | NotEnough
"""Nothing found is the empty tuple."""


@dataclass(frozen=True, slots=True)
class Detector:
    """An anti-pattern of the playbook, and how it is looked for."""

    number: int
    name: str
    line: str
    """What it is, for the list of detectors."""
    needs: str
    """The telemetry that it works on, as people name it."""
    look: Callable[[Telemetry], Verdict]
    by_entry: bool = False
    """Whether it compares with the MBOM entry, so that nothing can be said without one."""


def monthly(amount: MicroUsd, seconds: float) -> MicroUsd:
    """What an amount within so many seconds comes to in a month of 30 days. Less than a day stands for a day: it is too
    short to go on so.
    """
    return round(amount * MONTH_S / max(DAY_S, seconds))


DAY_S = 86_400
MONTH_S = 30 * DAY_S
