"""The four topics whose options are fixed, against examples that are worked out by hand."""

from __future__ import annotations

import math
from contextlib import suppress
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.economics import cache, prework, review
from console.economics.cascade import Cascade
from console.economics.catalogue import TOPICS
from console.economics.topic import Input
from console.errors import UsageError
from tests.support.lab import lab, notes, results

F = Fraction
few = settings(deadline=None, max_examples=30)
shares = st.fractions(0, 1, max_denominator=1000)
prices = st.fractions(F(1, 1000), 100, max_denominator=1000)


def test_passenger_tokens_of_the_playbooks_example() -> None:
    # 8 x 400 = 3,200 tokens; 40 % are 1,280; x 5,000 = 6.4 million. x 365 = 2,336 million, at $3 a million: $7,008.
    assert results("prework") == {"passenger_tokens_per_day": 6_400_000, "passenger_tokens_per_year": 2_336_000_000,
                                  "usd_per_year": 7008}


def test_the_source_is_said_to_count_300_days_and_a_saving_that_does_not_follow() -> None:
    said = notes("prework", chunks="1")
    assert "1,920,000,000 of 300 working days; 365 days give 2,336,000,000" in said
    assert "cost $7,008.00 a year, and removing 70 % of them saves $4,905.60" in said


@few
@given(shares, shares)
def test_passengers_are_in_proportion_to_their_share(one: F, other: F) -> None:
    def day(share: F) -> F:
        return prework.passenger_tokens_per_day(F(8), F(400), share, F(5000))

    assert day(one) * other == day(other) * one


def test_the_cascade_of_the_example_saves_almost_a_third() -> None:
    # 1 + 0.3 x 3 + 0.3 x 0.05 x 5 + 0.04 x 2 = 1 + 0.9 + 0.075 + 0.08 = 2.055; 1 - 2.055 / 3 = 0.315.
    # Break-even: 1 + e (3 + 0.25) + 0.08 = 3, so e = 1.92 / 3.25.
    assert results("cascade") == {"cost_per_query_usd": F("2.055"), "flat_workhorse_usd": 3, "saving_share": F("0.315"),
                                  "break_even_escalation": F(192, 325)}
    # As a share of all queries: 1 + 0.9 + 0.05 x 5 + 0.08 = 2.23.
    assert "share of all queries, one would cost $2.23." in notes("cascade")


def test_the_right_figures_for_the_sources_cascade_give_what_it_claims() -> None:
    # C_H = 0.28 and no frontier: rework of 0.06 at 4 % is 1.5 a query.
    first = Cascade(F("0.28"), F(1), F(0), F("0.3"), F("0.05"), F("0.04"), F("1.5"))
    second = Cascade(F("0.28"), F(1), F(0), F("0.6"), F("0.05"), F("0.08"), F("1.5"))
    assert first.saving == F("0.36")
    assert second.saving == 0


@few
@given(prices, prices, prices, shares, shares, prices)
def test_a_cascade_at_its_break_even_costs_what_the_workhorse_costs(
    distilled: F, workhorse: F, frontier: F, onward: F, misroute: F, rework: F
) -> None:
    even = Cascade(distilled, workhorse, frontier, F(0), onward, misroute, rework).break_even
    assert even is not None
    assert Cascade(distilled, workhorse, frontier, even, onward, misroute, rework).saving == 0


@pytest.mark.parametrize(("inputs", "said"), [
    ({"distilled_usd": "4"}, "this cascade never pays"),
    ({"distilled_usd": "0", "rework_usd": "0", "workhorse_usd": "3", "escalate_frontier": "0"}, "fewer than 100 %"),
    ({"workhorse_usd": "0", "frontier_usd": "0"}, "The workhorse alone is free"),
    ({"workhorse_usd": "0", "frontier_usd": "0"}, "there is no break-even"),
])
def test_where_a_cascade_has_no_ordinary_break_even_a_note_says_so(inputs: dict[str, str], said: str) -> None:
    assert said in notes("cascade", **inputs)


def test_the_grid_of_a_cascade_agrees_with_its_result() -> None:
    # Row 30 %, column 4 %: 31.5 %. Row 60 %, column 8 %: -0.11 / 3.
    rows = {line.split()[0]: line.split() for line in lab("cascade").working[-8:]}
    assert rows["30"][6] == "31.5"
    assert rows["60"][8] == "-3.67"


def test_a_cascade_that_never_pays_has_no_break_even() -> None:
    assert results("cascade", distilled_usd="4")["break_even_escalation"] is None
    assert results("cascade", workhorse_usd="0")["saving_share"] is None


def test_the_review_of_the_example_earns_its_place() -> None:
    # 2 % of $400 are $8 against $6 + $1; break-even 7 / 400.
    assert results("review") == {"benefit_usd": 8, "cost_usd": 7, "earns_its_place": True,
                                 "break_even_error_rate": F(7, 400)}


def test_a_review_at_its_break_even_does_not_earn_its_place() -> None:
    assert results("review", error_rate="0.0175")["earns_its_place"] is False
    assert "exactly breaks even" in notes("review", error_rate="0.0175")


def test_a_review_that_no_error_rate_pays_for_has_no_break_even() -> None:
    assert results("review", value_usd="6.99")["break_even_error_rate"] is None
    assert "never breaks even" in notes("review", value_usd="6.99")
    assert results("review", value_usd="0")["break_even_error_rate"] is None


@few
@given(prices, prices)
def test_at_the_break_even_error_rate_a_review_gains_what_it_costs(value: F, cost: F) -> None:
    even = review.break_even(value, cost)
    assert even is not None
    assert review.benefit(even, value) == cost


def test_caching_at_list_prices_pays_from_one_call_in_twenty_minutes() -> None:
    # (1.25 - 1) / (1.25 - 0.1) = 0.25 / 1.15 = 5 / 23; -ln(18 / 23) / 5 minutes = 0.24512 / 5 = 0.049024.
    found = results("cache")
    assert found["hit_rate_needed"] == F(5, 23)
    assert float(found["break_even_calls_per_minute"] or 0) == pytest.approx(math.log(23 / 18) / 5, rel=1e-15)
    # Two a minute are ten in a TTL: 1 - e^-10 hit. 0.9 - 1.15 e^-10.
    assert float(found["net_saving_share"] or 0) == pytest.approx(0.9 - 1.15 * math.exp(-10), rel=1e-15)
    assert "3 to 5 calls a second" in notes("cache")
    assert "one call in 20.4 minutes, some 3,700 times fewer" in notes("cache")


@few
@given(st.fractions(F(101, 100), 4, max_denominator=100), st.fractions(0, F(99, 100), max_denominator=100),
       st.integers(1, 100_000))
def test_at_the_break_even_rate_caching_saves_nothing(write: F, read: F, ttl: int) -> None:
    even = cache.break_even_calls_per_minute(cache.hit_rate_needed(write, read), F(ttl))
    assert even is not None
    assert abs(cache.net_saving(write, read, cache.hit_rate(even, F(ttl)))) < F(1, 10**30)


def test_caching_that_never_or_always_pays_says_so() -> None:
    always = results("cache", write_multiple="1")
    assert (always["hit_rate_needed"], always["break_even_calls_per_minute"]) == (0, 0)
    dear = results("cache", write_multiple="2", read_multiple="1.5")
    assert (dear["hit_rate_needed"], dear["break_even_calls_per_minute"]) == (None, None)
    assert results("cache", read_multiple="1")["break_even_calls_per_minute"] is None
    assert "never breaks even" in notes("cache", read_multiple="1")
    assert results("cache", calls_per_minute="0")["net_saving_share"] is None


@pytest.mark.parametrize(("topic", "inputs", "said"), [
    ("cascade", {"escalate": "30%"}, "--escalate '30%' is not a share from 0 to 1: write it like 0.3."),
    ("cascade", {"misroute": "1.01"}, "--misroute '1.01' is not a share from 0 to 1"),
    ("cascade", {"rework_usd": "-2"}, "--rework-usd '-2' is not an amount of dollars from 0"),
    ("review", {"value_usd": "nan"}, "--value-usd 'nan' is not an amount of dollars"),
    ("review", {"value_usd": "1e9"}, "--value-usd '1e9' is not an amount"),
    ("review", {"value_usd": "0.0000001"}, "has more than six decimals"),
    ("prework", {"chunks": ""}, "--chunks '' is not a number from 0 to 10,000: write it like 8."),
    ("prework", {"queries_per_day": "9" * 15}, "--queries-per-day '999999999999999' is not a number from 0"),
    ("cache", {"ttl_seconds": "0"}, "--ttl-seconds '0' is not a number from 1"),
    ("cache", {"read_multiple": "2"}, "Write the smaller one as --read-multiple."),
])
def test_bad_input_is_refused_with_the_option_and_what_to_write(topic: str, inputs: dict[str, str], said: str) -> None:
    with pytest.raises(UsageError) as refused:
        lab(topic, **inputs)
    assert said in str(refused.value)


def edges(each: Input) -> tuple[str, str]:
    return {"share": (each.least, "1"), "yes or no": ("no", "yes")}.get(each.kind, (each.least, each.most))


@pytest.mark.parametrize("topic", TOPICS)
def test_the_least_and_the_most_of_every_input_crash_nothing(topic: str) -> None:
    for each in TOPICS[topic].inputs:
        for edge in edges(each):
            with suppress(UsageError):  # a pair that contradicts itself
                assert lab(topic, **{each.name: edge}).results
    assert lab(topic, **{each.name: edges(each)[0] for each in TOPICS[topic].inputs}).notes
    assert lab(topic, **{each.name: edges(each)[1] for each in TOPICS[topic].inputs}).notes
