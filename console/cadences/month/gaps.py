"""Metered against billed: the gap of each source over the days that it has closed, and what kind of gap it is. Pure.

The rule, the first that holds:
  within tolerance     at most 1 % of what was billed, or 1 dollar
  late                 without the days that were restated or closed in the last two days, it is within tolerance
  unknown cost types   without what was billed for other things than tokens, it is
  estimated prices     the metered dollars that rest on an estimated price are as large as the gap
  unmetered            more was billed than metered
  over-metered         less was billed than metered
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import timedelta
from decimal import Decimal

from console.cadences.monthly import GapLine
from console.money import MICRO, MicroUsd, display
from store.streams import BothDay

CLOSED_AFTER = timedelta(hours=6)
"""A day of a cost report counts from so long after its end."""
SETTLED_AFTER = timedelta(days=2)
TOLERANCE_SHARE, TOLERANCE = Decimal("0.01"), MICRO

_SAYS = {
    "none": "Billed and metered are the same.",
    "within tolerance": "Within 1 % or a dollar; nothing to do.",
    "late": "The days that are not settled yet make the gap: {days}. It closes by itself when the provider has "
            "restated them; look again in two days.",
    "unknown cost types": "{other} USD were billed for other things than tokens, which usage does not tell. Ask the "
                          "provider's cost report which.",
    "estimated prices": "{estimated} USD of the metered dollars rest on estimated prices. Add the prices to [[prices]] "
                        "of the configuration.",
    "unmetered": "More was billed than metered: usage that the reading secret does not see, or a price that is too "
                 "low. Compare one day of the provider's cost report.",
    "over-metered": "Less was billed than metered: a discount that [[prices]] does not know, or a price that is too "
                    "high. State the discount as a multiplier.",
}


def gap_line(source: str, days: Sequence[BothDay], unsettled: Collection[int]) -> GapLine:
    """The gap of one source over its closed days; `unsettled` are those that may still change."""
    foreign = next((day.foreign for day in days if day.foreign), None)
    if not days or foreign:
        why = f"A part is billed in {foreign[:10]}; only dollars are compared." if foreign else (
            "The provider has billed no day of this month that is closed.")
        return GapLine(source, len(days), None, None, None, None, "unknown", why)
    billed, metered = _sum(days, lambda day: day.billed), _sum(days, lambda day: day.metered)
    gap = billed - metered
    kind = _kind(days, unsettled)
    says = _SAYS[kind].format(
        days=len(unsettled), other=display(_sum(days, lambda day: day.other)),
        estimated=display(_sum(days, lambda day: day.estimated)))
    return GapLine(source, len(days), billed, metered, gap, Decimal(gap) / billed if billed else None, kind, says)


def _kind(days: Sequence[BothDay], unsettled: Collection[int]) -> str:
    billed, gap = _sum(days, lambda day: day.billed), _sum(days, _gap)
    if gap == 0:
        return "none"
    if _tolerated(gap, billed):
        return "within tolerance"
    settled = [day for day in days if day.day not in unsettled]
    if len(settled) < len(days) and _tolerated(_sum(settled, _gap), _sum(settled, lambda day: day.billed)):
        return "late"
    other = _sum(days, lambda day: day.other)
    if other and _tolerated(gap - other, billed):
        return "unknown cost types"
    if _sum(days, lambda day: day.estimated) >= abs(gap):
        return "estimated prices"
    return "unmetered" if gap > 0 else "over-metered"


def _tolerated(gap: MicroUsd, billed: MicroUsd) -> bool:
    return abs(gap) <= max(TOLERANCE, int(TOLERANCE_SHARE * abs(billed)))


def _gap(day: BothDay) -> MicroUsd:
    return day.billed - day.metered


def _sum(days: Sequence[BothDay], part: Callable[[BothDay], MicroUsd]) -> MicroUsd:
    return sum(map(part, days))
