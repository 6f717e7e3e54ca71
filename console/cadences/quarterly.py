"""The Quarterly: each workload's planned, spent, produced, learned and recommended, and what is decided on its Charter.

Values only (standard library). Money is whole micro-dollars; None is unknown, never zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from console.money import MicroUsd

DECISIONS = {
    "reaffirm": "the Charter stands as it is",
    "revise": "a new draft is opened",
    "retire": "the workload is retired",
}
"""What ends a workload's review."""
JOINTLY = ("business_owner", "platform_lead")
"""Both recommend before a review can be ended."""
REVIEW_WITHIN = timedelta(days=30)
"""A quarter's review is due so long after its end, when its last month is known."""


@dataclass(frozen=True, slots=True)
class NoteLine:
    kind: str
    """learned, recommended, reaffirm, revise, retire."""
    role: str
    by: str
    at: datetime
    text: str
    charter_version: int | None = None
    """The one in force when it was said."""
    draft_version: int | None = None
    """The draft that a decision to revise led to."""
    says: str = ""
    """What followed from a decision just made, in sentences; empty when it is read again later."""


class QuarterLine(NamedTuple):
    """One workload. A tuple, because thousands are made each time: a frozen dataclass takes three times as long."""

    slug: str
    name: str
    owner: str | None
    platform_lead: str | None
    status: str
    """planned, live, paused, retired."""
    charter_version: int | None
    charter_state: str
    """signed, in review, draft, none."""
    cell: str
    """`low x medium`; empty without a Charter in force."""
    planned: MicroUsd | None
    """The expected months of the Charters in force, as far as they have gone by; a month without one is not in it, and
    is asked about in `questions` where it spent."""
    spent: MicroUsd | None
    outcome: str
    outcomes: Decimal | None
    value: MicroUsd | None
    alpha_net: MicroUsd | None
    per_dollar: Decimal | None
    months: tuple[MicroUsd | None, ...]
    """Spend by month of the quarter, oldest first."""
    half_life: str
    """structural, operational, commodity, expired; empty without a Charter."""
    half_life_ends: datetime | None
    half_life_over: bool
    last_review: datetime | None
    """When the newest review of another quarter was ended, or the Charter in force was signed."""
    review_due: datetime | None
    """The end of the quarter; None where no review is owed: the workload is neither live nor paused, or its Charter was
    signed within the quarter."""
    overdue: bool
    trips: int
    exceptions_open: int
    questions: tuple[str, ...]
    """What the quarter asks of the Charter: exceptions that need a revision, patterns, variances, half-lives."""
    learned: tuple[NoteLine, ...] = ()
    recommended: tuple[NoteLine, ...] = ()
    owed: tuple[str, ...] = ()
    """Roles of JOINTLY that have not recommended yet."""
    decision: NoteLine | None = None
    draft_version: int | None = None
    attention: tuple[str, ...] = ()
    """Why it needs a page of its own; empty where it does not."""


@dataclass(frozen=True, slots=True)
class QuarterTotals:
    """Over all workloads."""

    planned: MicroUsd | None
    """Of those that have a plan."""
    spent: MicroUsd | None
    """None where that of one workload is unknown."""
    value: MicroUsd | None
    """Of the workloads whose Alpha-net is known; so are the next two."""
    alpha_net: MicroUsd | None
    per_dollar: Decimal | None
    known_workloads: int
    """How many workloads have a known Alpha-net."""
    reviewed: int
    overdue: int
    unattributed: MicroUsd | None
    trips: int


@dataclass(frozen=True, slots=True)
class Quarterly:
    at: datetime
    organisation: str
    time_zone: str
    quarter: str
    """`2026-Q4`, of the fiscal year that `[calendar]` gives."""
    start: datetime
    end: datetime
    partial: bool
    month_names: tuple[str, ...]
    """`2026-10` and so on, of the three months."""
    lines: tuple[QuarterLine, ...]
    totals: QuarterTotals
    simulated: bool = False
