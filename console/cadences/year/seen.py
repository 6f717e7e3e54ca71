"""What a year came to, as far as it has been: the counts and times that the operating model is measured by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from console.cadences.periods import Period
from console.money import MicroUsd
from store.years import Kill


@dataclass(frozen=True, slots=True)
class MonthOfYear:
    """One month that has begun, over all workloads."""

    period: Period
    spent: MicroUsd | None
    """All of it, unattributed usage included; None where a source was not read."""
    metered: MicroUsd
    """What is known to have been spent, wherever it is known."""
    planned: MicroUsd | None
    under_charter: MicroUsd
    """The part of `metered` of workloads with a Charter in force."""
    planned_elapsed: MicroUsd
    """The part of the plan that has gone by, of workloads whose usage is metered."""
    over: frozenset[str]
    """Workloads that spent so much more or less than planned that both owe an explanation."""


@dataclass(frozen=True, slots=True)
class YearSeen:
    """One year up to an instant."""

    period: Period
    until: datetime
    months: Sequence[MonthOfYear]
    reviews: tuple[int, int]
    """(held on time, owed) in the quarters that have ended."""
    acknowledged: Sequence[float | None]
    """Seconds for each alert; None: nobody took it on."""
    kills: Sequence[Kill]
    opened: Mapping[str, Sequence[int]]
    """Exceptions opened or reopened by kind: twelve months."""
    closed: Mapping[str, int]
    undecided: tuple[int, int]
    """(left undecided too long, of how many)."""
    explanations: tuple[int, int]
    """(overdue, owed)."""
    savings: tuple[MicroUsd, MicroUsd, int]
    """(promised for the days that were measured, realised in them, how many savings)."""
