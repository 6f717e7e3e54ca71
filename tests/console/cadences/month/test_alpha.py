"""Alpha-net: exact to the micro-dollar, and unknown as soon as a part of it is."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from console.cadences.month import alpha
from console.cadences.month.alpha import Earned, Plan

amounts = st.integers(0, 10**18)
counts = st.decimals(min_value=0, max_value=10**12, places=6)
whole_rows = st.builds(Earned, counts, amounts, amounts, amounts, amounts)
PARTS = {"value": "value of the outcomes", "baseline": "baseline value", "review": "review cost",
         "rework": "rework cost"}


@given(whole_rows, amounts)
def test_what_is_left_and_what_was_taken_add_up_to_the_value(earned: Earned, inference: int) -> None:
    net = alpha.alpha_net(earned, inference)
    assert net is not None
    taken = (earned.baseline or 0) + (earned.review or 0) + (earned.rework or 0)
    assert net + taken + inference == earned.value
    assert alpha.missing(earned, inference) == ()


@given(whole_rows, amounts, st.sets(st.sampled_from(sorted(PARTS)), min_size=1))
def test_each_unknown_part_makes_it_unknown_and_is_named(earned: Earned, inference: int, gone: set[str]) -> None:
    partly = earned._replace(**dict.fromkeys(gone))
    assert alpha.alpha_net(partly, inference) is None
    assert set(alpha.missing(partly, inference)) == {PARTS[name] for name in gone}
    assert alpha.alpha_net(earned, None) is None
    assert alpha.missing(earned, None) == ("inference",)


@given(st.lists(whole_rows, min_size=1, max_size=5), st.integers(0, 4))
def test_a_sum_over_rows_is_exact_and_one_unknown_row_spoils_its_own_part_only(rows: list[Earned], at: int) -> None:
    together = alpha.summed(rows)
    assert together.value == sum(row.value or 0 for row in rows)
    assert together.outcomes == sum((row.outcomes or 0 for row in rows), Decimal(0))
    at %= len(rows)
    spoilt = alpha.summed([*rows[:at], rows[at]._replace(review=None), *rows[at + 1:]])
    assert spoilt == together._replace(review=None)


def test_no_row_at_all_is_unknown_and_not_nothing() -> None:
    assert alpha.summed([]) == Earned()
    assert alpha.summed([Earned(Decimal(0), 0, 0, 0, 0)]) == Earned(Decimal(0), 0, 0, 0, 0)


@given(counts, st.integers(0, 10**12))
def test_outcomes_at_a_value_are_exact_to_half_a_micro_dollar(outcomes: Decimal, each: int) -> None:
    exact = Fraction(outcomes) * each
    worth = alpha.worth(outcomes, each)
    assert worth is not None
    assert abs(worth - exact) <= Fraction(1, 2)


def test_a_row_takes_from_the_charter_what_it_leaves_out_but_never_a_cost() -> None:
    plan = Plan(1, "claim triaged", 1_860_000_000, outcome_value=1_200_000, baseline_value=350_000,
                outcomes=Decimal(10), review=5, rework=5)
    assert alpha.completed(Earned(Decimal("2.5")), plan) == Earned(Decimal("2.5"), 3_000_000, 875_000)
    stated = Earned(Decimal(2), 7, 0, 1, 1)
    assert alpha.completed(stated, plan) == stated
    assert alpha.completed(Earned(None, None, None, 1, 1), plan).value is None
    assert alpha.completed(Earned(Decimal(2)), None) == Earned(Decimal(2))


def test_a_dollar_earns_nothing_known_where_none_was_spent() -> None:
    assert alpha.per_dollar(5, 0) is None
    assert alpha.per_dollar(None, 5) is None
    assert alpha.per_dollar(-5, 2) == Decimal("-2.5")


def test_a_variance_is_against_what_was_planned_whatever_its_sign() -> None:
    assert alpha.variance(120, 100) == Decimal("0.2")
    assert alpha.variance(Decimal("-1.5"), Decimal(-1)) == Decimal("-0.5")
    assert alpha.variance(120, 0) is None
    assert alpha.variance(None, 100) is None


def test_a_charter_projects_only_what_it_states_whole() -> None:
    plan = Plan(1, "claim", 1_860_000_000, 1_200_000, 350_000, Decimal(150_000), 9_000_000_000, 1_200_000_000)
    assert plan.alpha_net == 115_440_000_000
    assert plan.unstated == ()
    for key, stated in (("outcome_value", "outcome_value_usd"), ("outcomes", "outcomes_per_month"),
                        ("baseline_value", "baseline_value_usd"), ("review", "review_usd"), ("rework", "rework_usd")):
        less = replace(plan, **{key: None})  # type: ignore[arg-type]
        assert (less.alpha_net, less.unstated) == (None, (stated,))
    assert replace(plan, baseline_value=0).alpha_net == 167_940_000_000
