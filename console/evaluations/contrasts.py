"""What two arms differ by, with an interval: which method is right for the data at hand. The statistics are SciPy's.

    pass or fail, the same cases   Wald interval of the paired differences with one case added in each direction
                                   (Bonett and Price 2012); exact McNemar test
    pass or fail, other cases      Newcombe's interval from two Wilson intervals (1998, method 10); Fisher's exact test
    scores, the same cases         Student's t of the differences; below `FEW` cases the wider of it and a BCa
                                   bootstrap, with Wilcoxon's signed-rank test
    scores, other cases            Welch's t; below `FEW` cases of an arm the wider of it and a BCa bootstrap, with
                                   the test of Mann and Whitney

Two-sided throughout. SciPy is imported when a contrast is asked for: it takes most of a second.
"""

from __future__ import annotations

import math
import statistics
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

FEW = 30
"""Fewer values than this are too few to trust that their mean is normal."""
_SEED = 20_260
"""Of the bootstrap: the same file always gives the same interval."""

Interval = Callable[[float], tuple[float, float]]
"""From a confidence (0.95) to the ends."""
Values = Sequence[float]


@dataclass(frozen=True, slots=True)
class Contrast:
    """The mean of one arm's scores less that of another's."""

    interval: Interval
    p_value: float
    """Of no difference at all."""
    spread: float
    """Standard deviation that one further case brings: of the paired differences, or of one case of each arm."""
    method: str


def paired(base: Values, other: Values, *, passes: bool) -> Contrast | None:
    """Of the same cases in the same order, at least two. None where every case differs by the same amount: then nothing
    is known of how much they vary; of passes and fails something is."""
    differences = [after - before for before, after in zip(base, other, strict=True)]
    if passes:
        return _paired_passes(differences)
    return None if _constant(differences) else _paired_scores(differences)


def apart(base: Values, other: Values, *, passes: bool) -> Contrast | None:
    """Of different cases, at least two in each arm. None where neither arm varies; of passes and fails something is
    known all the same."""
    if passes:
        return _apart_passes(base, other)
    return None if _constant(base) and _constant(other) else _apart_scores(base, other)


def mean_ends(base: Values, other: Values, confidence: float, *, paired: bool) -> tuple[float, float]:
    """Student's interval of how much more the mean of `other` is, pair by pair, or Welch's; both ends are the same
    where nothing varies. At least two values each, of any size."""
    if paired:
        return _student([after - before for before, after in zip(base, other, strict=True)], confidence)
    if _constant(base) and _constant(other):
        return other[0] - base[0], other[0] - base[0]
    from scipy import stats

    return _ends(stats.ttest_ind(other, base, equal_var=False), confidence)


def _student(values: Values, confidence: float) -> tuple[float, float]:
    if _constant(values):
        return values[0], values[0]
    from scipy import stats

    return _ends(stats.ttest_1samp(values, 0.0), confidence)


def _paired_passes(differences: Values) -> Contrast:
    from scipy import stats

    gained, lost = differences.count(1), differences.count(-1)
    more = [*differences, 1.0, -1.0]
    p_value = stats.binomtest(gained, gained + lost).pvalue if gained + lost else 1.0
    return Contrast(lambda confidence: _student(more, confidence), float(p_value), _deviation(more),
                    f"exact McNemar test (gained {gained:,}, lost {lost:,}), Bonett-Price interval")


def _apart_passes(base: Values, other: Values) -> Contrast:
    from scipy import stats

    arms = [(sum(map(int, values)), len(values)) for values in (base, other)]
    p_value = stats.fisher_exact([[passed, count - passed] for passed, count in arms]).pvalue

    def interval(confidence: float) -> tuple[float, float]:
        (one, low_one, high_one), (two, low_two, high_two) = (_wilson(*arm, confidence) for arm in arms)
        return two - one - math.hypot(two - low_two, high_one - one), \
            two - one + math.hypot(high_two - two, one - low_one)

    return Contrast(interval, float(p_value), math.hypot(_deviation(base), _deviation(other)),
                    "Fisher's exact test, Newcombe-Wilson interval")


def _wilson(passed: int, count: int, confidence: float) -> tuple[float, float, float]:
    from scipy import stats

    ends = stats.binomtest(passed, count).proportion_ci(confidence, method="wilson")
    return passed / count, float(ends.low), float(ends.high)


def _paired_scores(differences: Values) -> Contrast:
    from scipy import stats

    test = stats.ttest_1samp(differences, 0.0)
    if len(differences) >= FEW:
        return Contrast(lambda confidence: _ends(test, confidence), float(test.pvalue), _deviation(differences),
                        "paired t test and interval")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that ties make its p value an approximation
        rank = stats.wilcoxon(differences)
    return Contrast(lambda confidence: _wider(_ends(test, confidence), _bootstrap((differences,), confidence)),
                    float(rank.pvalue), _deviation(differences),
                    "Wilcoxon signed-rank test, the wider of t and BCa bootstrap interval: the cases are few")


def _apart_scores(base: Values, other: Values) -> Contrast:
    from scipy import stats

    test = stats.ttest_ind(other, base, equal_var=False)
    spread = math.hypot(_deviation(base), _deviation(other))
    if min(len(base), len(other)) >= FEW:
        return Contrast(lambda confidence: _ends(test, confidence), float(test.pvalue), spread,
                        "Welch t test and interval")
    rank = stats.mannwhitneyu(other, base)
    return Contrast(lambda confidence: _wider(_ends(test, confidence), _bootstrap((other, base), confidence)),
                    float(rank.pvalue), spread,
                    "Mann-Whitney test, the wider of Welch t and BCa bootstrap interval: the cases are few")


def _ends(test: Any, confidence: float) -> tuple[float, float]:
    low, high = test.confidence_interval(confidence)
    return float(low), float(high)


def _bootstrap(samples: tuple[Values, ...], confidence: float) -> tuple[float, float]:
    """Ends that are not numbers where the values are too alike for it."""
    import numpy
    from scipy import stats

    def difference(*drawn: Any, axis: int) -> Any:
        means = [numpy.mean(each, axis=axis) for each in drawn]
        return means[0] - means[1] if len(means) > 1 else means[0]

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that it is degenerate; the ends say so
        ends = stats.bootstrap(samples, difference, confidence_level=confidence, rng=numpy.random.default_rng(_SEED),
                               vectorized=True).confidence_interval
    return float(ends.low), float(ends.high)


def _wider(one: tuple[float, float], other: tuple[float, float]) -> tuple[float, float]:
    return (one[0] if math.isnan(other[0]) else min(one[0], other[0]),
            one[1] if math.isnan(other[1]) else max(one[1], other[1]))


def _deviation(values: Values) -> float:
    return statistics.stdev(values)


def _constant(values: Values) -> bool:
    return all(math.isclose(each, values[0], abs_tol=1e-12) for each in values)
