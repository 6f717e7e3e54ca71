"""What a fix saved that somebody declared: measured from the usage before and after it, never taken from the promise.

From the 28 days before it was applied: the cost of a request, where the source counts requests, else the mean day.
That, for the requests or days of the month after it, less what was spent in them, is what was saved (or lost). Whole
UTC days; the day on which it was applied belongs to neither side. With fewer than seven days on either side nothing can
be told, nor from the day on which another fix of the same workload was applied: they cannot be told apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from console.cadences.month.alpha import whole
from console.cadences.monthly import SavingLine
from console.clock import epoch
from console.money import MicroUsd, display
from store.tables import Saving

BEFORE = timedelta(days=28)
LEAST_DAYS = 7
DAY = 86_400


@dataclass(frozen=True, slots=True)
class Day:
    """What a workload spent and asked in one UTC day."""

    cost: MicroUsd
    requests: int | None
    """None where a source does not count them."""


@dataclass(frozen=True, slots=True)
class Sides:
    """The days of a saving, as starts in seconds since 1970: those before, and those of the month after it."""

    before: range
    after: range


def sides(saving: Saving, others: Sequence[Saving], start: datetime, until: datetime) -> Sides:
    """Which days tell of it in [start, until), where `others` are the savings of the same workload."""
    first = epoch(saving.applied_at) // DAY * DAY
    next_one = min((epoch(other.applied_at) // DAY * DAY for other in others
                    if (other.applied_at, other.id or 0) > (saving.applied_at, saving.id or 0)), default=None)
    end = epoch(until) // DAY * DAY
    return Sides(range(first - int(BEFORE.total_seconds()), first, DAY),
                 range(max(first + DAY, epoch(start)), end if next_one is None else min(end, next_one), DAY))


def measured(saving: Saving, days: Sides, spent: Mapping[int, Day], known_from: int | None) -> SavingLine:
    """The saving with what it realised. `known_from`: the first second of which usage is known; None: of none."""
    before = [day for day in days.before if known_from is not None and day >= known_from]
    realised, basis = None, _too_few(before, days.after)
    if not basis:
        realised, basis = _realised([spent.get(day, Day(0, 0)) for day in before],
                                    [spent.get(day, Day(0, 0)) for day in days.after])
    return SavingLine(saving.id or 0, saving.workload, saving.what, saving.promised_microusd, saving.applied_at,
                      saving.declared_by, saving.exception, realised, basis)


def _too_few(before: Sequence[int], after: Sequence[int]) -> str:
    if len(before) < LEAST_DAYS:
        return f"usage is known of {len(before)} whole days before it; it takes {LEAST_DAYS}"
    if len(after) < LEAST_DAYS:
        return (f"the month has {len(after)} whole days after it and before another fix of the workload; it takes "
                f"{LEAST_DAYS}")
    return ""


def _realised(before: Sequence[Day], after: Sequence[Day]) -> tuple[MicroUsd, str]:
    cost, now = sum(day.cost for day in before), sum(day.cost for day in after)
    asked, asks = _requests(before), _requests(after)
    if asked and asks is not None:
        usual = whole(Decimal(cost) * asks / asked)
        return usual - now, (f"{asks:,} requests at {display(round(cost / asked), 6)} USD as in the {len(before)} days "
                             f"before, less {display(now)} USD spent")
    usual = whole(Decimal(cost) * len(after) / len(before))
    return usual - now, (f"{len(after)} days at {display(round(cost / len(before)))} USD as in the {len(before)} days "
                         f"before, less {display(now)} USD spent")


def _requests(days: Sequence[Day]) -> int | None:
    counted = [day.requests for day in days if day.requests is not None]
    return sum(counted) if len(counted) == len(days) else None
