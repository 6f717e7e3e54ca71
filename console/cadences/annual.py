"""The Annual: the operating model measured by what it did, the playbook's predictions, and what is written of the year.

Values only (standard library). Money is whole micro-dollars; None is unknown, never zero.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from console.money import MicroUsd


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure of the operating model."""

    name: str
    """`reviews held on time`."""
    value: str
    """As a person reads it: `11 of 14 (79 %)`, `4 min (median of 9)`; `not known` where nothing was measured."""
    figure: float | None
    """The same for a machine: a share, seconds, a number or dollars, as `unit` says."""
    unit: str
    """share, seconds, count, usd."""
    cases: int
    """From how many cases."""
    better: str
    """lower or higher."""
    before: float | None
    """The figure of the year before; None where it is not known."""
    how: str
    """What was counted."""


@dataclass(frozen=True, slots=True)
class PatternYear:
    kind: str
    opened: int
    closed: int
    stake: MicroUsd | None
    months: tuple[int, ...]
    """Opened by month of the year, twelve."""


@dataclass(frozen=True, slots=True)
class PredictionLine:
    number: int
    text: str
    criterion: str
    """What would falsify it."""
    deadline: datetime
    computed: str
    """What the portfolio shows today, or why it cannot be computed."""
    verdict: str
    """open, holding, falsified: the last one that a person gave, open without one."""
    evidence: tuple[tuple[datetime, str, str, str], ...] = ()
    """(when, who, verdict, words), newest first."""


@dataclass(frozen=True, slots=True)
class StatementLine:
    text: str
    content_hash: str
    by: str
    at: datetime
    signed_by: str | None = None
    signed_role: str | None = None
    signed_at: datetime | None = None


def content_hash(text: str) -> str:
    """SHA-256, in hexadecimal, of a statement's exact text in UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Annual:
    at: datetime
    organisation: str
    time_zone: str
    year: str
    """`2026`: the fiscal year by the calendar year in which it ends."""
    start: datetime
    end: datetime
    partial: bool
    measures: tuple[Measure, ...]
    patterns: tuple[PatternYear, ...]
    predictions: tuple[PredictionLine, ...]
    months: tuple[tuple[str, MicroUsd | None, MicroUsd | None], ...]
    """(`2026-01`, spent, planned) of each month that has begun: all that was spent, unattributed usage included, and
    the expected months of the Charters in force; of the month that runs the part that has gone by, as in the Monthly.
    """
    statement: StatementLine | None = None
    simulated: bool = False
