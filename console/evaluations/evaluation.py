"""A recorded evaluation: the same questions answered by several arms, each answer scored. Values only.

The unit is the case: answers that were repeated are averaged first, since they do not know more cases than there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Literal, get_args

Kind = Literal["retrieval", "thinking", "tier"]
"""What the arms differ in."""
KINDS: tuple[str, ...] = get_args(Kind)

WITHOUT, RETRIEVAL, BOTH = "thinking", "retrieval", "both"
"""The arms where they differ in retrieval: reasoning alone, retrieval alone, and both."""
OFF = "off"
"""The arm without thinking; the others are `on`, or a budget in tokens."""
TIERS = ("distilled", "workhorse", "frontier")
"""The cheapest first."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One case in one arm, the mean of its repeats."""

    score: Fraction
    """From 0 (wrong) to 1 (right)."""
    cost: Fraction | None
    """Dollars; None: unknown."""
    input_tokens: Fraction | None = None
    """None: unknown."""


@dataclass(frozen=True)
class Arm:
    """One way of answering, with its answers by case."""

    name: str
    """Outside text, where the arms differ in tier."""
    answers: Mapping[str, Answer]

    @cached_property
    def accuracy(self) -> Fraction:
        """The mean score; every case counts the same."""
        score = mean(each.score for each in self.answers.values())
        assert score is not None
        return score

    @cached_property
    def cost(self) -> Fraction | None:
        """Dollars a case, on average. None: some are unknown."""
        return mean(each.cost for each in self.answers.values())

    @cached_property
    def input_tokens(self) -> Fraction | None:
        """Of a case, on average. None: some are unknown."""
        return mean(each.input_tokens for each in self.answers.values())

    @property
    def cost_per_correct(self) -> Fraction | None:
        """Dollars that are spent for each right answer. None: costs are unknown, or nothing is right."""
        cost, accuracy = self.cost, self.accuracy
        return cost / accuracy if cost is not None and accuracy else None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All arms, in the order in which they are compared: what is simpler or cheaper first."""

    kind: Kind
    arms: tuple[Arm, ...]
    passes: bool
    """Every single answer is right or wrong, and was asked once: not a score between, nor a mean of repeats."""
    answers: int
    """Rows: cases x arms x repeats."""

    def arm(self, name: str) -> Arm | None:
        """The arm of this name; None where there is none."""
        return next((each for each in self.arms if each.name == name), None)


def mean(values: Iterable[Fraction | None]) -> Fraction | None:
    """Of at least one value; None where one of them is unknown."""
    totals: dict[int, int] = {}  # by denominator, of which there are few: to add fractions one by one takes ten times
    count = 0
    for each in values:
        if each is None:
            return None
        totals[each.denominator] = totals.get(each.denominator, 0) + each.numerator
        count += 1
    return sum((Fraction(above, below) for below, above in totals.items()), Fraction(0)) / count
