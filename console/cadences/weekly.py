"""The Weekly: the exceptions that piled up, grouped into patterns, and what was decided on them.

Values only (standard library). Money is whole micro-dollars; None is unknown, never zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from console.money import MicroUsd

VERDICTS = {
    "revision": "Charter revision required",
    "time-bounded": "time-bounded exception",
    "dismissed": "not a problem",
    "escalated": "escalated as a pattern",
}
"""What may be decided on an exception, and how people read it."""


@dataclass(frozen=True, slots=True)
class DecisionLine:
    id: int
    verdict: str
    """A key of VERDICTS."""
    rationale: str
    role: str
    """In which the person decided."""
    by: str
    at: datetime
    ends_at: datetime | None = None
    """When it reopens by itself, if it is still true then."""
    batch: str | None = None
    """Shared by the exceptions that were decided together."""


@dataclass(frozen=True, slots=True)
class ExceptionLine:
    id: int
    workload: str
    """Slug."""
    name: str
    owner: str | None
    origin: str
    """trip, alert, drift, finding, variance."""
    kind: str
    """What it is, the same for every workload: `drift: model`. Exceptions of one kind are a pattern."""
    subject: str
    """What of it: a model, a window; empty where there is only one."""
    state: str
    """open, decided, closed."""
    opened_at: datetime
    last_seen_at: datetime
    times: int
    summary: str
    advice: str = ""
    charter_line: str | None = None
    stake: MicroUsd | None = None
    """Dollars at stake."""
    evidence: tuple[tuple[str, str], ...] = ()
    """Figures by name."""
    alert: int | None = None
    intent: str | None = None
    reopened_at: datetime | None = None
    reopened_why: str = ""
    closed_at: datetime | None = None
    closed_why: str = ""
    decision: DecisionLine | None = None
    """The one in force."""


@dataclass(frozen=True, slots=True)
class PatternLine:
    """Exceptions of one kind, over all workloads."""

    kind: str
    origin: str
    what: str
    """One sentence for a person: what goes wrong here, and what usually mends it."""
    open: int
    decided: int
    """Decided, and not closed."""
    workloads: tuple[str, ...]
    """Slugs that have one which is not closed."""
    times: int
    """How often it began, within the weeks below."""
    stake: MicroUsd | None
    """Of those that are open; None where none of them is known. Of the alerts of one workload, which look at the same
    dollars, the most counts, once."""
    stake_unknown: int
    """How many open ones have no known stake."""
    weeks: tuple[int, ...]
    """How often it began by week (opened, seen again, reopened): eight of them, the present one last."""
    trend: str
    """new, rising, steady, falling: this week and the last one against the six before (`patterns.trend`)."""
    escalated: bool = False
    """Whether an escalation of it is in force."""


@dataclass(frozen=True, slots=True)
class Weekly:
    at: datetime
    organisation: str
    time_zone: str
    week_start: datetime
    week_end: datetime
    """The first instant after the week; both by the organisation's clock and its first day of the week."""
    patterns: tuple[PatternLine, ...]
    """Those with open exceptions first, by dollars at stake."""
    exceptions: tuple[ExceptionLine, ...]
    """All that are open, all that are decided and not closed, and those closed in this week."""
    opened: int
    closed: int
    decided: int
    """Within the week."""
    simulated: bool = False
