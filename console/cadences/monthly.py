"""The Monthly: what a dollar of inference earned, against what the Charter promised.

Alpha-net = value of the outcomes - baseline value - inference - review cost - rework cost, all of one UTC month.
Values only (standard library). Money is whole micro-dollars; None is unknown, never zero: a sum with an unknown part is
unknown.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from console.money import MicroUsd

EXPLAINED_BY = ("business_owner", "platform_lead")
"""Both owe an explanation of a variance above the threshold."""


@dataclass(frozen=True, slots=True)
class ExplanationLine:
    role: str
    by: str
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class SavingLine:
    """A fix that was declared, and what it saved in this month."""

    id: int
    workload: str
    what: str
    promised: MicroUsd
    """A month."""
    applied_at: datetime
    declared_by: str
    exception: int | None = None
    realised: MicroUsd | None = None
    """Within the month; negative where it costs more than before; None while it cannot be told."""
    basis: str = ""
    """How it was measured, or why it cannot be told."""


@dataclass(frozen=True, slots=True)
class OutcomeLine:
    """One row of the ledger."""

    id: int
    workload: str
    period: str
    """`2026-10`, `2026-10-14`, or both ends."""
    starts_at: datetime
    ends_at: datetime
    reference: str
    outcomes: Decimal | None
    value: MicroUsd | None
    baseline: MicroUsd | None
    review: MicroUsd | None
    rework: MicroUsd | None
    note: str
    origin: str
    """`entered`, `file NAME` or `query NAME`."""
    entered_by: str
    entered_at: datetime
    by_charter: tuple[str, ...] = ()
    """Which of value and baseline the row leaves out and follow from what the Charter says of each outcome."""


@dataclass(frozen=True, slots=True)
class GapLine:
    """What one source billed beside what was metered, over the days that it has closed."""

    source: str
    days: int
    """Closed days of the month that both know."""
    billed: MicroUsd | None
    metered: MicroUsd | None
    gap: MicroUsd | None
    """Billed minus metered."""
    share: Decimal | None
    """The gap over what was billed."""
    kind: str
    """none, within tolerance, late, estimated prices, unknown cost types, unmetered, over-metered, unknown."""
    says: str
    """The class in a sentence, with what to do."""


class MonthLine(NamedTuple):
    """One workload. A tuple, because thousands are made each time: a frozen dataclass takes three times as long."""

    slug: str
    name: str
    owner: str | None
    platform_lead: str | None
    outcome: str
    """The unit of what it produces, by its Charter; empty without one."""
    outcomes: Decimal | None
    value: MicroUsd | None
    baseline: MicroUsd | None
    inference: MicroUsd | None
    review: MicroUsd | None
    rework: MicroUsd | None
    alpha_net: MicroUsd | None
    per_dollar: Decimal | None
    """Alpha-net over inference; None where either is unknown or nothing was spent."""
    missing: tuple[str, ...] = ()
    """What is not known, in words: `value of the outcomes`, `review cost`."""
    charter_version: int | None = None
    planned: MicroUsd | None = None
    """The Charter's expected month, or of the part of the month that has gone by."""
    planned_alpha_net: MicroUsd | None = None
    planned_per_dollar: Decimal | None = None
    spend_variance: Decimal | None = None
    """(inference - planned) / planned."""
    return_variance: Decimal | None = None
    """(per_dollar - planned_per_dollar) / |planned_per_dollar|."""
    over: bool = False
    """Whether a variance is above the threshold: once the month is over it needs both explanations."""
    state: str = "on plan"
    """on plan, off plan (in a month that still runs), open, explained, unknown, no Charter."""
    explanations: tuple[ExplanationLine, ...] = ()
    """The newest of each role."""
    owed: tuple[str, ...] = ()
    """Roles that still owe one."""
    exceptions: tuple[int, ...] = ()
    """Exceptions that were seen in the month."""
    trips: tuple[str, ...] = ()
    """Kill intents of the month."""
    estimated: bool = False
    over_of: tuple[str, ...] = ()
    """Which variance is above the threshold: spend, return."""
    remarks: tuple[str, ...] = ()
    """What a reader should know of these figures, in sentences: which Charter, what it does not project."""


@dataclass(frozen=True, slots=True)
class MonthTotals:
    """Over all workloads. A sum is None where one of its parts is unknown; `known` sums only what is known."""

    inference: MicroUsd | None
    planned: MicroUsd | None
    value: MicroUsd | None
    alpha_net: MicroUsd | None
    per_dollar: Decimal | None
    """Of the workloads whose Alpha-net is known, for each dollar that these spent; so is the next."""
    known_alpha_net: MicroUsd | None
    """None where that of no workload is known."""
    known_workloads: int
    """How many workloads these two stand for."""
    open: int
    """Variances that wait for an explanation."""
    unattributed: MicroUsd | None
    promised: MicroUsd
    """Of all savings declared by the end of the month, a month."""
    realised: MicroUsd | None


@dataclass(frozen=True, slots=True)
class Monthly:
    at: datetime
    organisation: str
    time_zone: str
    month: str
    """`2026-10`."""
    start: datetime
    end: datetime
    """The first instant after the month; both UTC, as the providers bill."""
    partial: bool
    """Whether the month still runs."""
    data_until: datetime | None
    threshold: Decimal
    """The variance that needs an explanation."""
    lines: tuple[MonthLine, ...]
    totals: MonthTotals
    gaps: tuple[GapLine, ...]
    savings: tuple[SavingLine, ...]
    simulated: bool = False
