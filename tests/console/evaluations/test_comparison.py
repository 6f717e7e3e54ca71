"""What is said of two arms, held against figures worked out apart from the program."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.evaluations import sentences
from console.evaluations.comparison import Difference, Terms, compare, needed
from console.evaluations.evaluation import Answer, Arm, Evaluation
from console.evaluations.worth import cheapest_per_correct, worth

TERMS = Terms()


def arm(name: str, scores: Sequence[float | Fraction], cost: str | None = None, first: int = 0) -> Arm:
    paid = None if cost is None else Fraction(cost)
    return Arm(name, {f"q{number}": Answer(Fraction(score), paid) for number, score in enumerate(scores, first)})


def evaluation(*arms: Arm, passes: bool) -> Evaluation:
    return Evaluation("tier", arms, passes, sum(len(each.answers) for each in arms))


def of(*arms: Arm, passes: bool = True, terms: Terms = TERMS) -> Difference:
    (only,) = compare(evaluation(*arms, passes=passes), terms)
    return only


def outcomes(both: int, gained: int, lost: int, neither: int) -> tuple[Arm, Arm]:
    return (arm("a", [1] * both + [0] * gained + [1] * lost + [0] * neither),
            arm("b", [1] * both + [1] * gained + [0] * lost + [0] * neither))


def test_pass_or_fail_of_the_same_cases_is_judged_by_those_that_turned() -> None:
    found = of(*outcomes(both=120, gained=30, lost=10, neither=40))
    # Exact McNemar: 2 x P(X <= 10), X binomial of 40 at a half.
    exact = 2 * sum(math.comb(40, k) for k in range(11)) / 2**40
    assert found.p_value == pytest.approx(exact)
    # Bonett and Price: 31/202 and 11/202, Student's quantile at 201 degrees of freedom is 1.9718.
    p, q = 31 / 202, 11 / 202
    spread = 1.9718 * math.sqrt((p + q - (p - q) ** 2) / 201)
    assert (found.low, found.high) == pytest.approx((p - q - spread, p - q + spread), abs=1e-4)
    assert (found.verdict, found.paired, found.cases, found.value) == ("differs", True, (200, 200), Fraction(1, 10))


def test_a_difference_needs_both_its_interval_and_its_test() -> None:
    found = of(*outcomes(both=60, gained=14, lost=5, neither=21))
    assert found.low is not None
    assert found.low > 0
    assert found.p_value == pytest.approx(0.0636, abs=1e-4)
    assert found.verdict == "cannot tell"


def test_pass_or_fail_of_other_cases_is_unpaired() -> None:
    found = of(arm("a", [1] * 48 + [0] * 32), arm("b", [1] * 56 + [0] * 14, first=1000))
    # Newcombe 1998, his own example (56/70 less 48/80): method 10 gives 0.0524 to 0.3339.
    assert (found.low, found.high) == pytest.approx((0.0524, 0.3339), abs=5e-5)
    assert (found.paired, found.verdict, found.cases) == (False, "differs", (80, 70))


def test_scores_of_the_same_cases_take_students_interval() -> None:
    base = [0.5 + (number % 5) / 10 for number in range(40)]
    found = of(arm("a", base), arm("b", [each + (number % 4) / 100 for number, each in enumerate(base)]), passes=False)
    # Differences 0, 1, 2, 3 hundredths, ten of each: mean 0.015, s = 0.011323; t at 39 degrees is 2.02269.
    half = 2.02269 * 0.011323 / math.sqrt(40)
    assert (found.low, found.high) == pytest.approx((0.015 - half, 0.015 + half), abs=1e-5)
    assert found.verdict == "indistinguishable"
    assert "though not the same" in sentences.said(found, TERMS)


def test_the_same_scores_are_other_cases_or_the_same_ones() -> None:
    scores = [0.2, 0.9, 0.4, 0.7] * 10
    later = [each + 0.02 * (number % 3) for number, each in enumerate(scores)]
    together = of(arm("a", scores), arm("b", later), passes=False)
    apart = of(arm("a", scores), arm("b", later, first=500), passes=False)
    assert together.verdict == "indistinguishable"
    assert apart.verdict == "cannot tell"
    assert "Welch" in apart.method


def test_cases_that_only_one_arm_has_are_left_out_of_the_pairs() -> None:
    found = of(arm("a", [1, 0] * 20), arm("b", [1, 0] * 18, first=4))
    assert (found.paired, found.cases, found.left_out) == (True, (36, 36), 4)
    few_shared = of(arm("a", [1, 0] * 20), arm("b", [1, 0] * 20, first=30))
    assert (few_shared.paired, few_shared.cases) == (False, (40, 40))


def test_few_cases_get_a_wider_interval_and_no_bold_word() -> None:
    few = of(arm("a", [0.5] * 8), arm("b", [0.5, 0.52, 0.49, 0.51, 0.5, 0.53, 0.5, 0.9]), passes=False)
    assert few.verdict == "cannot tell"
    assert "the cases are few" in few.method
    alike = of(*outcomes(both=6, gained=0, lost=0, neither=2))
    assert alike.verdict == "cannot tell"


def test_hundreds_of_cases_without_a_change_are_the_same_for_all_that_matters() -> None:
    found = of(*outcomes(both=250, gained=0, lost=0, neither=50))
    assert found.verdict == "indistinguishable"
    # One case each way among 302 has a variance of 2/301: 8.564 x 2/301 / 0.05^2 = 22.8.
    assert found.cases_needed_for_same == 23


def test_fewer_than_six_cases_say_nothing() -> None:
    found = of(arm("a", [0.1, 0.11, 0.1, 0.11]), arm("b", [0.9, 0.91, 0.92, 0.9]), passes=False)
    assert (found.verdict, found.low, found.cases_needed) == ("cannot tell", None, None)


@pytest.mark.parametrize(("first", "second", "passes"), [
    ([1] * 200, [1] * 200, True), ([0] * 200, [0] * 200, True), ([0.7] * 50, [0.7] * 50, False),
    ([number / 100 for number in range(50)], [number / 100 + 0.1 for number in range(50)], False),
], ids=["all right", "all wrong", "one score", "one difference"])
def test_scores_that_do_not_vary_say_nothing(first: list[float], second: list[float], passes: bool) -> None:
    whole = evaluation(arm("a", first), arm("b", second), passes=passes)
    (found,) = compare(whole, TERMS)
    assert (found.verdict, found.low, found.p_value) == ("cannot tell", None, None)
    assert next(sentences.notes(whole, [found], TERMS)).endswith(("Add harder cases.", "Add cases."))


def test_cases_needed_follow_the_normal_approximation() -> None:
    # (1.959964 + 0.841621)^2 x (0.5 / 0.05)^2 = 784.89; (1.644854 + 1.281552)^2 x 100 = 856.38.
    assert needed(0.5, TERMS) == (785, 857)
    assert needed(0.0, TERMS) == (None, None)


def test_retrieval_that_makes_it_worse_is_no_better() -> None:
    worse = of(*outcomes(both=100, gained=2, lost=40, neither=58))
    assert worse.verdict == "differs"
    assert worse.no_better(TERMS.margin)
    assert not of(*outcomes(both=100, gained=40, lost=2, neither=58)).no_better(TERMS.margin)


@settings(max_examples=8)
@given(st.lists(st.tuples(st.integers(0, 10), st.integers(0, 10)), min_size=6, max_size=24))
def test_turning_the_arms_round_turns_the_difference_round(pairs: list[tuple[int, int]]) -> None:
    one, two = ([Fraction(each, 10) for each in arm] for arm in zip(*pairs, strict=True))
    there, back = of(arm("a", one), arm("b", two), passes=False), of(arm("b", two), arm("a", one), passes=False)
    assert there.verdict == back.verdict
    assert there.value == -back.value
    assert there.turned.turned == there
    if there.low is not None:
        assert (there.low, there.high) == pytest.approx((back.turned.low, back.turned.high))
    if there.low is not None and there.high is not None:
        assert there.low <= there.value <= there.high


def test_the_dollars_are_exact() -> None:
    cheap, dear = arm("a", [1] * 120 + [0] * 80, "0.004"), arm("b", [1] * 170 + [0] * 30, "0.05")
    found = of(cheap, dear)
    value = worth(found, Fraction(6))
    assert found.added_cost is not None
    assert (found.added_cost.value, value.displaced, value.net) == (
        Fraction(46, 1000), Fraction(3, 2), Fraction(1454, 1000))
    assert value.earns_its_place is True
    assert worth(found, Fraction("0.01")).earns_its_place is False
    assert worth(found, Fraction("0.19")).earns_its_place is None
    assert cheapest_per_correct(evaluation(cheap, dear, passes=True)) == "a"


def test_what_is_unknown_of_one_arm_is_not_compared() -> None:
    known, unknown = arm("a", [1, 0] * 20, "0.01"), arm("b", [1, 1] * 20)
    assert worth(of(known, unknown), Fraction(6)).net is None
    assert cheapest_per_correct(evaluation(known, unknown, passes=True)) is None
