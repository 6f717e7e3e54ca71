"""What a cache was worth by its writes and reads."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from console.economics.cache import hit_rate
from console.economics.measured_cache import CachePrices, CacheUse

SONNET = CachePrices(Fraction(3), Fraction("3.75"), Fraction(6), Fraction("0.3"))
"""Dollars a million tokens."""
USES = st.builds(CacheUse, st.integers(0, 10**9), st.integers(0, 10**9), st.integers(0, 10**9)).filter(
    lambda use: use.written > 0)


@given(USES)
def test_at_the_share_that_was_read_it_costs_what_was_paid(use: CacheUse) -> None:
    assert use.hits is not None
    assert use.at(use.hits, SONNET) == use.paid(SONNET)


@given(USES)
def test_at_the_share_that_is_needed_it_costs_what_no_cache_costs(use: CacheUse) -> None:
    needed = use.needed(SONNET)
    assert needed is not None
    assert use.at(needed, SONNET) == use.without(SONNET)


def test_writes_for_an_hour_cost_twice_and_live_twelve_times_as_long() -> None:
    short, long = CacheUse(100, 0, 0), CacheUse(0, 100, 0)
    assert (short.needed(SONNET), long.needed(SONNET)) == (Fraction(5, 23), Fraction(10, 19))
    assert short.expected(Fraction(1, 5)) == hit_rate(Fraction(1, 5), Fraction(300))
    assert long.expected(Fraction(1, 60)) == hit_rate(Fraction(1, 60), Fraction(3600)) == short.expected(Fraction(1, 5))


def test_without_tokens_no_share_was_read() -> None:
    assert CacheUse(0, 0, 0).hits is None
