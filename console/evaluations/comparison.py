"""Every two arms of an evaluation against each other: whether they differ, are the same for all that matters, or
neither can be told.

With a margin, the smallest difference that matters, and a confidence c:

    differs            the interval at c leaves zero out, and the test says the same (p < 1 - c)
    indistinguishable  the interval at 2c - 1 lies within the margin on both sides: two one-sided tests
                       (Schuirmann 1987); where the arms differ as well, they do by less than matters
    cannot tell        neither: more cases are needed
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations
from typing import Literal

from console.evaluations import contrasts
from console.evaluations.evaluation import Arm, Evaluation, mean
from console.evaluations.rules import FEWEST_CASES

Verdict = Literal["differs", "indistinguishable", "cannot tell"]
FEWEST = 6
"""Of fewer cases nothing is told: two that happen to be alike would pass for certainty."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a statement is held to."""

    margin: Fraction = Fraction(1, 20)
    """The smallest difference of accuracy that matters, in shares of one."""
    confidence: Fraction = Fraction(19, 20)
    power: Fraction = Fraction(4, 5)
    """With which a difference of the margin is to be found, when cases are counted."""


@dataclass(frozen=True, slots=True)
class Added:
    """How much more one arm takes of something, a case, with its interval at the confidence asked for."""

    value: Fraction
    low: float
    high: float

    @property
    def turned(self) -> Added:
        """Of the other arm less this one."""
        return Added(-self.value, -self.high, -self.low)


@dataclass(frozen=True, slots=True)
class Difference:
    """The accuracy of one arm less that of a base, in shares of one."""

    base: str
    other: str
    value: Fraction
    low: float | None
    """Ends at the confidence asked for; None: too few cases, or scores that do not vary, give no interval."""
    high: float | None
    low_margin: float | None
    """Ends at which the margin is judged: 2c - 1."""
    high_margin: float | None
    p_value: float | None
    verdict: Verdict
    paired: bool
    cases: tuple[int, int]
    """Of base and other that were compared."""
    left_out: int
    """Cases that only one of the two has, where the others are compared pair by pair."""
    method: str
    added_cost: Added | None
    """Dollars a case that `other` costs more than the base, over the cases compared; None: some are unknown."""
    added_tokens: Added | None
    """Likewise, input tokens."""
    cases_needed: int | None
    """To find a difference of the margin with the power asked for: pairs, or cases of each arm. None: it cannot be
    reckoned, since there is no interval."""
    cases_needed_for_same: int | None
    """To show that arms which are the same are indistinguishable within the margin, with that power."""

    @property
    def turned(self) -> Difference:
        """The base less the other."""
        return replace(self, base=self.other, other=self.base, value=-self.value, low=_minus(self.high),
                       high=_minus(self.low), low_margin=_minus(self.high_margin), high_margin=_minus(self.low_margin),
                       cases=self.cases[::-1], added_cost=self.added_cost and self.added_cost.turned,
                       added_tokens=self.added_tokens and self.added_tokens.turned)

    def no_better(self, margin: Fraction) -> bool:
        """Whether `other` gains less than the margin, if it gains anything: the one-sided statement."""
        return self.high_margin is not None and self.high_margin < margin


def _minus(end: float | None) -> float | None:
    return None if end is None else -end


def compare(evaluation: Evaluation, terms: Terms) -> tuple[Difference, ...]:
    """Every two arms, the first of them as the base. Where all scores are one and the same nothing is told of any."""
    return tuple(_differences(evaluation, terms, told=not all_alike(evaluation)))


def all_alike(evaluation: Evaluation) -> bool:
    """Every answer of every arm has the same score, so that these cases tell no arm from another."""
    return len({answer.score for arm in evaluation.arms for answer in arm.answers.values()}) == 1


def _differences(evaluation: Evaluation, terms: Terms, *, told: bool) -> Iterator[Difference]:
    for base, other in combinations(evaluation.arms, 2):
        shared = [case for case in base.answers if case in other.answers]
        together = _mostly_shared(len(shared), len(base.answers), len(other.answers))
        one, two = (_over(arm, shared) if together else arm for arm in (base, other))
        contrast = None
        if told and min(len(one.answers), len(two.answers)) >= FEWEST:
            of = contrasts.paired if together else contrasts.apart
            contrast = of(_scores(one), _scores(two), passes=evaluation.passes)
        left_out = len(base.answers) + len(other.answers) - 2 * len(shared) if together else 0
        yield _judged(one, two, contrast, terms, paired=together, left_out=left_out)


def _mostly_shared(shared: int, base: int, other: int) -> bool:
    """Whether at least half of the cases of either arm are the other's too: those are then compared pair by pair."""
    return shared >= FEWEST_CASES and 2 * shared >= max(base, other)


def _over(arm: Arm, cases: list[str]) -> Arm:
    """The arm with these cases alone, in their order."""
    return Arm(arm.name, {case: arm.answers[case] for case in cases})


def _scores(arm: Arm) -> list[float]:
    return [float(answer.score) for answer in arm.answers.values()]


def _judged(base: Arm, other: Arm, contrast: contrasts.Contrast | None, terms: Terms, *, paired: bool,
            left_out: int) -> Difference:
    value, cases = other.accuracy - base.accuracy, (len(base.answers), len(other.answers))
    cost, tokens = (_added([[getattr(answer, what) for answer in arm.answers.values()] for arm in (base, other)], terms,
                           paired=paired) for what in ("cost", "input_tokens"))
    if contrast is None:
        return Difference(base.name, other.name, value, None, None, None, None, None, "cannot tell", paired, cases,
                          left_out, "none", cost, tokens, None, None)
    ends = _within(contrast.interval(float(terms.confidence)))
    inner = _within(contrast.interval(float(2 * terms.confidence - 1)))
    found, same = needed(contrast.spread, terms)
    return Difference(base.name, other.name, value, *ends, *inner, contrast.p_value,
                      _verdict(ends, inner, contrast.p_value, terms), paired, cases, left_out, contrast.method, cost,
                      tokens, found, same)


def _added(held: list[list[Fraction | None]], terms: Terms, *, paired: bool) -> Added | None:
    base, other = map(mean, held)
    if base is None or other is None:
        return None
    one, two = ([float(each) for each in arm if each is not None] for arm in held)
    return Added(other - base, *contrasts.mean_ends(one, two, float(terms.confidence), paired=paired))


def _within(ends: tuple[float, float]) -> tuple[float, float]:
    """No difference of shares is larger than one."""
    return max(-1.0, ends[0]), min(1.0, ends[1])


def _verdict(ends: tuple[float, float], inner: tuple[float, float], p_value: float, terms: Terms) -> Verdict:
    if -terms.margin < inner[0] and inner[1] < terms.margin:
        return "indistinguishable"
    if p_value < 1 - terms.confidence and (ends[0] > 0 or ends[1] < 0):
        return "differs"
    return "cannot tell"


def needed(spread: float, terms: Terms) -> tuple[int | None, int | None]:
    """Cases to find a difference of the margin, and to show that there is none as large, in the normal approximation:
    ((z(1 - a/2) + z(power)) spread / margin)^2 and ((z(1 - a) + z((1 + power) / 2)) spread / margin)^2, with
    a = 1 - confidence (Chow, Shao and Wang 2008, chapters 3 and 4). None where no case varied."""
    if not spread:
        return None, None
    from scipy.stats import norm

    error, power = float(1 - terms.confidence), float(terms.power)
    ratio = spread / float(terms.margin)

    def cases(*quantiles: float) -> int:
        return max(FEWEST, math.ceil(sum(float(norm.ppf(each)) for each in quantiles) ** 2 * ratio**2))

    return cases(1 - error / 2, power), cases(1 - error, (1 + power) / 2)
