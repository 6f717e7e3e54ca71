"""The dollars of an evaluation: the cheapest right answer, and whether quality displaces more than it costs.

    displaced = difference of the accuracy x what it costs to put a wrong answer right
    net       = displaced - what the answer costs more
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from console.evaluations.comparison import Difference
from console.evaluations.evaluation import Evaluation


@dataclass(frozen=True, slots=True)
class Worth:
    """Of one difference, in dollars a case. None: unknown."""

    displaced: Fraction
    low: Fraction | None
    high: Fraction | None
    net: Fraction | None
    earns_its_place: bool | None
    """Whether the whole interval of the displaced cost lies above what is added, or all of it below. Mean costs are
    taken as measured. None: the interval holds both, or something is unknown."""


def worth(difference: Difference, correction: Fraction) -> Worth:
    """`correction` is what it costs to find and put right a wrong answer, in dollars."""
    displaced = difference.value * correction
    added = None if difference.added_cost is None else difference.added_cost.value
    if difference.low is None or difference.high is None:
        return Worth(displaced, None, None, None if added is None else displaced - added, None)
    low, high = (Fraction(end) * correction for end in (difference.low, difference.high))
    if added is None:
        return Worth(displaced, low, high, None, None)
    earns = True if low > added else False if high < added else None
    return Worth(displaced, low, high, displaced - added, earns)


def cheapest_per_correct(evaluation: Evaluation) -> str | None:
    """The arm that pays least for a right answer. None: of one arm it is unknown, or two pay the same."""
    costs = [(arm.cost_per_correct, arm.name) for arm in evaluation.arms if arm.accuracy]
    known = sorted((cost, name) for cost, name in costs if cost is not None)
    if len(known) < len(costs) or not known or (len(known) > 1 and known[0][0] == known[1][0]):
        return None
    return known[0][1]
