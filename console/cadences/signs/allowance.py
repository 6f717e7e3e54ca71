"""How much a window may cost before it counts against a workload: its plan, its Charter's burst, its planned change."""

from __future__ import annotations

from console.cadences.signs.sign import Case
from console.charters.terms import Terms
from console.money import MicroUsd

MONTH_MINUTES = 30 * 24 * 60


def plan(terms: Terms, minutes: float) -> float:
    """Micro-dollars that the expected month gives so many minutes, spread evenly."""
    return terms.expected * minutes / MONTH_MINUTES


def line(case: Case, multiple: float, minutes: int) -> MicroUsd:
    """`multiple` times the plan of a window, raised by what the Charter allows in a burst and by a planned change."""
    terms = case.terms
    announced = case.change.multiple if case.change is not None else 1.0
    burst = terms.burst * min(1.0, minutes * 60 / terms.burst_s) if terms.burst else 0.0
    return round(max(multiple * plan(terms, minutes), burst) * max(1.0, announced) * case.tightness)


def share_of_month(case: Case, share: float) -> MicroUsd:
    """A share of the expected month, raised by what the Charter allows in a burst and by a planned change."""
    terms = case.terms
    announced = case.change.multiple if case.change is not None else 1.0
    return round(max(terms.expected * share, terms.burst) * max(1.0, announced) * case.tightness)
