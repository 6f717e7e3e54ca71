"""Cascade That Doesn't: measured rates against the workhorse alone, against the figures of the lab."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.antipatterns.call_day import CallDay, ModelSet
from console.antipatterns.cascade_that_doesnt import look
from console.antipatterns.finding import Finding, NotEnough
from console.antipatterns.telemetry import Bucket, ModelUse, Telemetry
from console.clock import epoch
from console.economics.cascade import Cascade
from console.pricing import PriceBook
from tests.console.antipatterns.seen import ENTRY, START, telemetry

HAIKU, SONNET, OPUS = "claude-haiku-4-5", "claude-sonnet-4-5", "claude-opus-4-5"
PRICES = PriceBook()
COSTS = {HAIKU: 1000, SONNET: 3000, OPUS: 5000}
"""Micro-dollars of a query, each of 1,000 uncached tokens: the list prices."""
FLAT = Fraction(3000, 10**6)


def used(model: str, calls: int | None, tokens: int | None = None, cost: int | None = None) -> ModelUse:
    """Calls of 1,000 tokens each, at list prices."""
    tokens = 1000 * (calls or 0) if tokens is None else tokens
    return ModelUse("anthropic", model, Bucket(epoch(START), tokens, 0, 0, 0, 0, calls,
                                               tokens * COSTS[model] // 1000 if cost is None else cost, 0))


def cascade(*models: ModelUse, calls: CallDay | None = None, steps: tuple[str, ...] = (HAIKU, SONNET),
            **stated: Any) -> Telemetry:
    return telemetry(models=models, calls=calls, prices=PRICES, entry={
        **ENTRY, "cascade": {"models": list(steps), **stated}})


def only(seen: Telemetry) -> Finding:
    verdict = look(seen)
    assert isinstance(verdict, tuple), verdict
    (found,) = verdict
    return found


def missing(seen: Telemetry) -> str:
    verdict = look(seen)
    assert isinstance(verdict, NotEnough)
    return verdict.missing


def test_what_it_costs_beyond_its_workhorse_is_what_the_lab_says_of_the_measured_rates() -> None:
    found = only(cascade(used(HAIKU, 10_000), used(SONNET, 8_000), misroute_share=0.05, rework_usd=0.01))
    lab = Cascade(Fraction(1000, 10**6), FLAT, Fraction(0), Fraction(8, 10), Fraction(0), Fraction(5, 100),
                  Fraction(1, 100))
    assert found.excess == round((lab.cost - lab.workhorse) * 10_000 * 10**6) == 9_000_000
    assert found.stake is not None
    assert (found.stake.low, found.stake.high) == (round(4_000_000 * 30 / 7), found.stake.likely)
    assert found.summary == ("a query costs $0.0039 with the cascade and $0.003 on claude-sonnet-4-5 alone: 80 % are "
                             "handed on, and it pays below 50 %")


def test_a_third_step_is_a_share_of_what_the_second_had() -> None:
    found = only(cascade(used(HAIKU, 1000), used(SONNET, 600), used(OPUS, 60), steps=(HAIKU, SONNET, OPUS)))
    assert dict(found.figures)["of these to the third step"] == "10 %"
    assert found.excess == 1000 * 1000 + 600 * 3000 + 60 * 5000 - 1000 * 3000


def test_longer_queries_on_the_workhorse_widen_the_range_by_what_the_first_steps_tokens_cost_there() -> None:
    found = only(cascade(used(HAIKU, 1000), used(SONNET, 900, tokens=1_000_000)))
    spent = 1_000_000 + 3_000_000
    assert found.excess == pytest.approx(spent - 1000 * 3_000_000 / 900, abs=1)
    assert found.stake is not None
    assert found.stake.high == pytest.approx((spent - 3_000_000) * 30 / 7, abs=5)


def test_user_actions_tell_what_went_through_it_from_what_went_to_the_workhorse_at_once() -> None:
    calls = CallDay(model_sets=(
        ModelSet((HAIKU,), 100, (100,), (100_000,), 0), ModelSet((HAIKU, SONNET), 400, (400, 400),
                                                                 (400_000, 1_200_000), 0),
        ModelSet((SONNET,), 9000, (9000,), (27_000_000,), 0), ModelSet(("…",), 5, (5,), (1,), 0)))
    found = only(cascade(used(HAIKU, 500), used(SONNET, 9400), calls=calls))
    assert dict(found.figures)["handed on"] == "80 %"
    assert found.excess == 500_000 + 1_200_000 - 500 * 3000
    assert found.confidence == "high"


def test_a_dated_release_is_the_step_that_the_mbom_names() -> None:
    dated = replace(used(SONNET, 900), model="claude-sonnet-4-5-20250929")
    assert only(cascade(used(HAIKU, 1000), dated)).excess == 1000 * 1000 + 900 * 3000 - 1000 * 3000


@pytest.mark.parametrize("seen", [
    cascade(used(HAIKU, 10_000), used(SONNET, 3_000), misroute_share=0.04),
    cascade(used(HAIKU, 10_000), used(SONNET, 3_000)), cascade(used(HAIKU, 10_000)), cascade(used(SONNET, 10_000)),
    telemetry(models=(used(SONNET, 1000),)),
], ids=["it pays", "it pays unless a third is misrouted", "nothing handed on", "all at the workhorse", "no cascade"])
def test_what_pays_or_is_no_cascade_is_none(seen: Telemetry) -> None:
    assert look(seen) == ()


def test_an_unknown_misroute_rate_that_would_decide_is_asked_for_with_what_it_would_have_to_be() -> None:
    assert missing(cascade(used(HAIKU, 10_000), used(SONNET, 6_000))) == (
        "the misroute rate: this cascade pays unless 6.67 % of its queries are misrouted; misroute_share under cascade "
        "in the MBOM states it")
    assert dict(only(cascade(used(HAIKU, 10_000), used(SONNET, 7_000))).figures)["misrouted"] == (
        "unknown, and counted as none")


@pytest.mark.parametrize(("seen", "said"), [
    (telemetry(), "usage by model"), (cascade(used(HAIKU, 50), used(SONNET, 50)), "100 queries"),
    (cascade(used(HAIKU, None, 1000), used(SONNET, 7)), "how many calls each model had"),
    (cascade(used(HAIKU, 1000), used(SONNET, 2000)), "call records with user actions"),
    (telemetry(models=(used(HAIKU, 1000), used(SONNET, 700))), "whether its tiers (distilled and workhorse) are"),
], ids=["nothing", "few", "not counted", "more than came in", "undeclared"])
def test_what_is_missing_is_said(seen: Telemetry, said: str) -> None:
    assert missing(seen).startswith(said)


COUNTS = st.integers(0, 5000)


@given(first=COUNTS, second=COUNTS, third=COUNTS, misroute=st.none() | st.floats(0, 1), cost=st.integers(0, 10**9))
@settings(max_examples=80)
def test_a_range_is_in_order_and_never_more_than_was_spent_and_misrouted(
        first: int, second: int, third: int, misroute: float | None, cost: int) -> None:
    seen = cascade(used(HAIKU, first), used(SONNET, second, cost=cost), used(OPUS, third),
                   steps=(HAIKU, SONNET, OPUS), misroute_share=misroute, rework_usd=0.01)
    verdict = look(seen)
    for found in verdict if isinstance(verdict, tuple) else ():
        assert found.stake is not None
        assert 0 <= found.stake.low <= found.stake.likely <= found.stake.high
        assert (found.excess or 0) <= sum(each.used.cost for each in seen.models) + first * 10_000


@given(st.integers(2, 50))
def test_twice_the_queries_lose_twice_as_much(times: int) -> None:
    once = only(cascade(used(HAIKU, 100), used(SONNET, 90)))
    more = only(cascade(used(HAIKU, 100 * times), used(SONNET, 90 * times)))
    assert more.excess == times * (once.excess or 0)


def test_a_workhorse_for_which_nothing_was_paid_is_held_against_nothing() -> None:
    assert "nothing was paid" in missing(cascade(used(HAIKU, 1000, cost=0), used(SONNET, 800, cost=0)))
