"""Alpha-net and what it is made of: exact arithmetic, in which an unknown part makes the whole unknown.

    Alpha-net = value of the outcomes - baseline value - inference - review cost - rework cost        (playbook 5)

Money is whole micro-dollars, rounded half-even once for each row; None is unknown, never zero.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import NamedTuple, TypeVar, cast

from console.money import MicroUsd

T = TypeVar("T")

_EXACT = Context(prec=60)
"""More digits than any product of a row has."""
_WHOLE = Decimal(1)


class Earned(NamedTuple):
    """One row of the ledger, or the sum of a month's rows."""

    outcomes: Decimal | None = None
    value: MicroUsd | None = None
    baseline: MicroUsd | None = None
    """What the baseline would have earned."""
    review: MicroUsd | None = None
    rework: MicroUsd | None = None


@dataclass(frozen=True)
class Plan:
    """What the Charter projects of a month. A sum is None where the Charter does not state it.

    One is kept from one reading to the next, and with it what is worked out of it.
    """

    version: int
    outcome: str
    """The unit."""
    expected: MicroUsd
    """Inference."""
    outcome_value: MicroUsd | None = None
    """Of one outcome; so is the next."""
    baseline_value: MicroUsd | None = None
    outcomes: Decimal | None = None
    review: MicroUsd | None = None
    rework: MicroUsd | None = None

    @functools.cached_property
    def alpha_net(self) -> MicroUsd | None:
        """What the Charter projects of a whole month; None where it leaves a part of it unstated."""
        projected = Earned(self.outcomes, worth(self.outcomes, self.outcome_value),
                           worth(self.outcomes, self.baseline_value), self.review, self.rework)
        return alpha_net(projected, self.expected)

    @functools.cached_property
    def per_dollar(self) -> Decimal | None:
        """What the Charter promises for a dollar of inference; None where it projects no Alpha-net."""
        return per_dollar(self.alpha_net, self.expected)

    @functools.cached_property
    def unstated(self) -> tuple[str, ...]:
        """Keys of the Charter without which no Alpha-net is projected."""
        return tuple(key for key, stated in (
            ("outcome_value_usd", self.outcome_value), ("outcomes_per_month", self.outcomes),
            ("baseline_value_usd", self.baseline_value), ("review_usd", self.review), ("rework_usd", self.rework))
            if stated is None)


def worth(outcomes: Decimal | None, each: MicroUsd | None) -> MicroUsd | None:
    """So many outcomes at so much each."""
    if outcomes is None or each is None:
        return None
    return whole(_EXACT.multiply(outcomes, Decimal(each)))


def whole(amount: Decimal) -> MicroUsd:
    """To the micro-dollar, half-even."""
    return int(amount.quantize(_WHOLE, ROUND_HALF_EVEN, _EXACT))


def completed(row: Earned, plan: Plan | None) -> Earned:
    """What a row leaves out and the Charter says of each outcome: value and baseline value. The costs never follow."""
    if plan is None or (row.value is not None and row.baseline is not None):
        return row
    value = worth(row.outcomes, plan.outcome_value) if row.value is None else row.value
    baseline = worth(row.outcomes, plan.baseline_value) if row.baseline is None else row.baseline
    return Earned(row.outcomes, value, baseline, row.review, row.rework)


def summed(rows: Sequence[Earned]) -> Earned:
    """A month's rows together. A sum is unknown where a row does not say its part, and where there is no row."""
    if len(rows) == 1:
        return rows[0]
    counted = [row.outcomes for row in rows]
    return Earned(
        sum(known, Decimal(0)) if (known := _all(counted)) else None,
        total(row.value for row in rows), total(row.baseline for row in rows),
        total(row.review for row in rows), total(row.rework for row in rows))


def total(parts: Iterable[MicroUsd | None]) -> MicroUsd | None:
    """The sum; None where a part is unknown, and where there is none."""
    known = _all(list(parts))
    return sum(known) if known else None


def alpha_net(earned: Earned, inference: MicroUsd | None) -> MicroUsd | None:
    """What is left of the value after the baseline and every cost; negative where it earned less than it took."""
    if earned.value is None or earned.baseline is None or inference is None or earned.review is None \
            or earned.rework is None:
        return None
    return earned.value - earned.baseline - inference - earned.review - earned.rework


def missing(earned: Earned, inference: MicroUsd | None) -> tuple[str, ...]:
    """Why an Alpha-net is unknown, in words."""
    parts = (("value of the outcomes", earned.value), ("baseline value", earned.baseline), ("inference", inference),
             ("review cost", earned.review), ("rework cost", earned.rework))
    return tuple(name for name, amount in parts if amount is None)


def per_dollar(alpha: MicroUsd | None, inference: MicroUsd | None) -> Decimal | None:
    """Alpha-net over inference; None where either is unknown, or nothing was spent."""
    return None if alpha is None or not inference else Decimal(alpha) / Decimal(inference)


def part(amount: MicroUsd | None, share: Decimal) -> MicroUsd | None:
    """The part of a month's amount that belongs to a share of the month."""
    return amount if amount is None or share == 1 else whole(_EXACT.multiply(Decimal(amount), share))


def variance(actual: Decimal | int | None, planned: Decimal | int | None) -> Decimal | None:
    """(actual - planned) / |planned|; None where there is nothing to compare with."""
    if actual is None or not planned:
        return None
    return (Decimal(actual) - Decimal(planned)) / abs(Decimal(planned))


def is_over(share: Decimal | None, worth: Decimal | int, most: Decimal, floor: MicroUsd) -> bool:
    """Whether a variance needs an explanation: above the threshold, and worth more than the floor in micro-dollars, for
    a trifle needs no essay."""
    return share is not None and abs(share) > most and worth > floor


def _all(parts: list[T | None]) -> list[T] | None:
    return None if None in parts else cast("list[T]", parts)
