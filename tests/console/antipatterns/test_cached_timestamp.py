"""Cached Timestamp: what is found, at which dollars, and where it is silent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.antipatterns.cache_periods import periods
from console.antipatterns.cached_timestamp import look
from console.antipatterns.finding import Finding, NotEnough
from console.antipatterns.telemetry import Bucket, Telemetry
from console.cadences.findings.reading import added
from console.economics.cache import net_saving
from console.prompts.version import SYSTEM, Place, Prompt, Version
from tests.console.antipatterns.cache_seen import (
    PREFIX,
    WEEK,
    healthy,
    hour,
    lately,
    never_read,
    seen,
    uncached,
    week,
)
from tests.console.antipatterns.seen import START, telemetry

INPUT, WRITE, READ = 3.0, 3.75, 0.3
"""Micro-dollars a token of Sonnet."""
BROKE = WEEK - 48
CALLS = 48 * 120
"""Of the last two days."""


def only(whole: Telemetry) -> Finding:
    verdict = look(whole)
    assert isinstance(verdict, tuple)
    (found,) = verdict
    return found


def since(number: int, then: Callable[[int], Bucket]) -> Telemetry:
    """Healthy up to an hour, and otherwise from then on."""
    return week(lambda each: then(each) if each >= number else healthy(each))


def test_a_prefix_that_is_written_at_every_call_is_found_with_what_its_usual_hit_rate_would_have_saved() -> None:
    found = only(since(BROKE, never_read))
    usual = 0.975  # three of 120 calls miss
    assert found.excess == pytest.approx(CALLS * PREFIX * (WRITE - usual * READ - (1 - usual) * WRITE), rel=1e-9)
    assert found.stake is not None
    assert found.stake.low == pytest.approx(CALLS * PREFIX * (WRITE - INPUT) * 30 / 7, rel=1e-9)
    assert found.stake.low < found.stake.likely == pytest.approx((found.excess or 0) * 30 / 7, rel=1e-9)
    assert (found.subject, found.confidence) == ("", "high")
    assert found.summary.startswith("from 2026-11-24 00:00 to 2026-11-26 00:00 UTC 57,600,000 tokens were written to "
                                    "the prompt cache, and 0 % of what went through it was read")
    assert dict(found.rows[0])["lost"] == "4.04 USD", "an hour, which a person can check"


def test_one_that_was_never_healthy_is_measured_by_how_often_calls_come() -> None:
    found = only(week(never_read))
    assert found.excess == pytest.approx(WEEK * 120 * PREFIX * (WRITE - READ), rel=0.01), "two calls a minute all hit"
    assert dict(found.figures)["usual"] == "unknown"
    assert found.confidence == "medium"


def test_five_hundred_misses_within_an_hour_are_no_cold_start() -> None:
    assert only(week(lambda number: never_read(number, 500) if number == 100 else None)).excess is not None


def test_days_alone_and_sources_that_count_no_calls_tell_the_same() -> None:
    whole = since(BROKE, never_read)
    exact = only(whole).excess
    days = replace(whole, hours=(), hours_from=None)
    uncounted = seen(each._replace(requests=None) for each in whole.hours)
    for other in (days, uncounted, lately(whole, timedelta(days=1, hours=7))):
        assert only(other).excess == pytest.approx(exact, rel=0.01)


def test_writes_for_an_hour_are_priced_apart() -> None:
    whole = since(BROKE, lambda number: hour(number, 120, written_1h=120 * PREFIX))
    found = only(whole)
    assert found.stake is not None
    assert found.stake.low == pytest.approx(CALLS * PREFIX * INPUT * 30 / 7, rel=1e-9), "they cost twice the input"


def test_agreed_prices_scale_the_dollars() -> None:
    whole = since(BROKE, never_read)
    half = seen(each._replace(cost=each.cost // 2) for each in whole.hours)
    assert only(half).excess == pytest.approx((only(whole).excess or 0) / 2, rel=0.001)


def test_a_prefix_that_is_billed_uncached_all_at_once_is_no_longer_cached() -> None:
    found = only(since(BROKE, uncached))
    saved = float(net_saving(Fraction("1.25"), Fraction("0.1"), Fraction("0.975")))
    assert found.subject == "no longer cached"
    assert found.excess == pytest.approx(CALLS * PREFIX * INPUT * saved, rel=0.001)


def test_a_few_stray_hits_do_not_change_what_is_no_longer_cached() -> None:
    stray = since(BROKE, lambda number: added(uncached(number), hour(number, 0, read=PREFIX)))
    assert only(stray).excess == pytest.approx(only(since(BROKE, uncached)).excess, rel=0.01)


def test_what_caching_costs_where_calls_come_too_rarely_is_told_once_it_is_real_money() -> None:
    rare = week(lambda number: hour(number, 2, written=2 * 100 * PREFIX, output=400))
    found = only(rare)
    assert found.subject == "does not pay"
    assert found.excess == pytest.approx(WEEK * 2 * 100 * PREFIX * (WRITE - INPUT), rel=1e-9)
    assert "0.033 calls a minute came, and caching pays from 0.049 on" in found.summary
    assert look(week(lambda number: hour(number, 2, written=2 * PREFIX // 10, output=400))) == (), "cents"


@pytest.mark.parametrize("whole", [
    week(healthy),
    week(lambda number: healthy(number) if number % 24 > 8 else None),
    week(lambda number: never_read(number, 60) if number == 0 else healthy(number)),
    week(lambda number: never_read(number, 1) if number % 24 < 8 else healthy(number)),
    week(lambda number: healthy(number, 2000 if number > BROKE else 20)),
    since(WEEK - 3, uncached),
    since(BROKE, lambda number: added(healthy(number), hour(number, 120, uncached=120 * 60_000))),
    week(lambda number: never_read(number, 243) if number == 100 else None),
    week(lambda number: hour(number, 2, written=200 * PREFIX) if number < 24 else None),
    since(BROKE, lambda number: hour(number, 120, uncached=120 * 20 * PREFIX)),
], ids=["healthy", "nights off", "cold start", "a call an hour at night", "a launch", "an outage of three hours",
        "long uncached calls beside it", "one burst of agents", "a day of rare calls",
        "calls that grew without a cache"])
def test_what_is_healthy_is_no_finding(whole: Telemetry) -> None:
    assert look(whole) == ()


def test_what_a_scan_found_to_vary_in_the_cached_prefix_is_named_with_its_line() -> None:
    place = Place(12, 5, "{{ now }}", "the time of the call")
    version = Version("a" * 40, "system.md", "Ann", START, "Greet", "b" * 40, None, 900, 200, 1, 0, places=(place,))
    scanned = Prompt("shop", "claims-triage", "system.md", SYSTEM, None, "whole", "/shop", START, (version,))
    found = only(replace(since(BROKE, never_read), prompts=(scanned,)))
    assert dict(found.figures)["cause"].startswith("system.md:12:5 {{ now }} stands in the cached prefix")


@pytest.mark.parametrize(("whole", "missing"), [
    (telemetry(), "usage"),
    (week(lambda number: hour(number, 100, uncached=1_000_000, output=10_000)), "tokens written to the prompt cache"),
    (replace(week(never_read), tells_cache=False), "tokens written to the prompt cache"),
    (replace(week(never_read), models=()), "what the cached tokens cost"),
    (seen(each._replace(cost=0) for each in week(never_read).hours), "what the cached tokens cost"),
], ids=["no usage", "nothing cached", "columns not told", "no models", "nothing paid"])
def test_what_is_missing_is_said(whole: Telemetry, missing: str) -> None:
    verdict = look(whole)
    assert isinstance(verdict, NotEnough)
    assert verdict.missing.startswith(missing)


def test_hours_that_say_more_than_their_day_are_believed_and_invent_nothing() -> None:
    whole = week(healthy)
    less = replace(whole, days=tuple(day._replace(read=day.read // 2) for day in whole.days))
    assert look(less) == ()
    assert sum(each.used.read for each in periods(less)) == sum(each.read for each in whole.hours)


COUNTS = st.integers(0, 10**7)
HOURS = st.lists(st.builds(lambda number, calls, written, long, read, fresh: hour(
    number, calls, written=written, written_1h=long, read=read, uncached=fresh),
    st.integers(0, WEEK - 1), st.none() | st.integers(0, 500), COUNTS, COUNTS, COUNTS, COUNTS), min_size=1, max_size=30,
    unique_by=lambda each: each.start).map(sorted)


@given(HOURS)
@settings(max_examples=60)
def test_whatever_the_hours_say_the_range_is_in_order_and_within_what_was_paid(hours: list[Bucket]) -> None:
    verdict = look(seen(hours))
    for found in verdict if isinstance(verdict, tuple) else ():
        assert found.stake is not None
        assert 0 <= found.stake.low <= found.stake.likely <= found.stake.high
        assert 0 < (found.excess or 0) <= sum(each.cost for each in hours)


@given(HOURS, st.integers(0, WEEK))
@settings(max_examples=30)
def test_hours_and_the_rest_of_their_days_add_up_to_the_days(hours: list[Bucket], known: int) -> None:
    whole = seen(hours)
    for what in ("written_5m", "written_1h", "read", "uncached", "cost"):
        assert (sum(getattr(each.used, what) for each in periods(lately(whole, timedelta(hours=known))))
                == sum(getattr(day, what) for day in whole.days if day.tokens))
