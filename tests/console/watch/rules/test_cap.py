"""The Charter's own caps."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from console.config import RuleSettings
from console.watch.rules import cap
from console.watch.rules.rule import Signal
from tests.support.facts import AT, criterion, dollars, facts, terms

SETTINGS = RuleSettings()


def month(**changes: Any) -> Signal:
    return next(signal for signal in cap.judge(facts(**changes), SETTINGS) if signal.window == "month")


def test_below_the_threshold_nothing_trips() -> None:
    assert not month(month=dollars(10_000)).trips


def test_it_trips_before_the_threshold_by_what_the_kill_will_still_cost() -> None:
    """At 1,000 dollars an hour, 390 s of lag, poll and act are 108.33 dollars."""
    assert not month(hourly=1000, month=dollars(19_891)).trips
    assert month(hourly=1000, month=dollars(19_892)).trips


def test_where_the_charter_asks_first_it_alerts_and_does_not_trip() -> None:
    signal = month(month=dollars(25_000), terms=terms(automatic=False))
    assert signal.active
    assert not signal.trips


def test_without_a_charter_there_is_no_cap() -> None:
    assert list(cap.judge(facts(month=dollars(1e6), terms=None), SETTINGS)) == []


def test_the_alert_names_the_charter_line_it_comes_from() -> None:
    assert month(month=dollars(25_000)).charter_line == "Charter v1, scenarios.runaway: kill at $20,000.00"


@pytest.mark.parametrize(("spent", "trips"), [(149.99, False), (150.0, True)])
def test_a_window_cap_trips_exactly_where_it_was_signed(spent: float, trips: bool) -> None:
    burning = facts(terms=terms(criteria=(criterion("10m", 150),)), windows={600: dollars(spent), 900: 0})
    signal = next(one for one in cap.judge(burning, SETTINGS) if one.window == "10m")
    assert signal.trips is trips


def test_a_window_that_was_not_measured_says_nothing() -> None:
    burning = facts(terms=terms(criteria=(criterion("7m", 1),)))
    assert [signal.window for signal in cap.judge(burning, SETTINGS)] == ["month"]


def test_in_probation_a_window_cap_is_a_quarter() -> None:
    burning = facts(terms=terms(criteria=(criterion("10m", 150),)), windows={600: dollars(38), 900: 0}, probation=True)
    assert next(one for one in cap.judge(burning, SETTINGS) if one.window == "10m").trips


def test_a_resume_above_the_month_cap_is_not_undone_at_once() -> None:
    resumed: dict[str, Any] = {
        "month": dollars(20_600), "since_resume": dollars(100), "resumed_at": AT - timedelta(minutes=30),
    }
    assert not month(**resumed).trips
    assert month(**{**resumed, "month": dollars(25_600), "since_resume": dollars(5_100)}).trips


def test_between_the_lines_it_neither_fires_nor_clears() -> None:
    signal = month(hourly=0, month=dollars(19_000))
    assert (signal.active, signal.clears) == (False, False)
    assert month(hourly=0, month=dollars(17_000)).clears


def test_a_months_criterion_below_the_threshold_trips_where_it_was_signed() -> None:
    """At 1,000 dollars an hour a kill comes 108.33 dollars late, as for the threshold."""
    signed = terms(criteria=(criterion("month", 9_300),))
    assert not month(terms=signed, hourly=1000, month=dollars(9_191)).trips
    assert month(terms=signed, hourly=1000, month=dollars(9_192)).trips


def test_several_caps_over_one_window_are_one_signal() -> None:
    signed = terms(criteria=(criterion("month", 20_000), criterion("10m", 100, automatic=False), criterion("10m", 150)))
    for spent, trips in ((120, False), (160, True)):
        burning = facts(terms=signed, windows={600: dollars(spent), 900: 0}, month=dollars(20_001))
        told = list(cap.judge(burning, SETTINGS))
        assert [signal.window for signal in told] == ["month", "10m"]
        assert [signal.active for signal in told] == [True, True]
        assert told[1].trips is trips


@pytest.mark.parametrize("window", ["month", "day"])
def test_a_resume_above_a_signed_sum_is_not_undone_at_once(window: str) -> None:
    resumed: dict[str, Any] = {
        "terms": terms(criteria=(criterion(window, 200),)), "resumed_at": AT - timedelta(minutes=30),
    }
    for since, trips in ((10, False), (51, True)):
        burning = facts(hourly=0, month=dollars(210 + since), today=dollars(210 + since), since_resume=dollars(since),
                        **resumed)
        assert next(one for one in cap.judge(burning, SETTINGS) if one.window == window).trips is trips
