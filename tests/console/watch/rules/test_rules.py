"""Burn, scenarios, steps, forecast, blindness, unpriced models, missing Charters: what each sees and does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from console.cadences import pace
from console.cadences.facts import Facts
from console.config import RuleSettings
from console.watch import rules
from console.watch.rules import blindness, burn, forecast, month_steps, no_charter, scenario, unpriced
from console.watch.rules.rule import Rule, Signal
from tests.support.facts import AT, dollars, facts, terms

SETTINGS = RuleSettings()


def signals(rule: Rule, given: Facts) -> dict[str, Signal]:
    return {signal.window: signal for signal in rule.judge(given, SETTINGS)}


def active(rule: Rule, given: Facts) -> set[str]:
    return {window for window, signal in signals(rule, given).items() if signal.active}


def speaking(rule: Rule, given: Facts) -> list[Signal]:
    return [signal for signal in rule.judge(given, SETTINGS) if signal.active]


def test_on_plan_no_rule_speaks() -> None:
    assert [signal.rule for signal in rules.judge(facts(), SETTINGS) if signal.active] == []


def test_the_fast_pair_fires_at_14_4_and_the_slow_pair_at_6() -> None:
    assert [signal.figures["window"] for signal in speaking(burn, facts(hourly=6 * 14.5))] == ["1h"]
    assert [signal.figures["window"] for signal in speaking(burn, facts(hourly=6 * 6.1))] == ["6h"]
    assert speaking(burn, facts(hourly=6 * 5.9)) == []


def test_one_window_alone_is_not_enough() -> None:
    spike = facts()
    spike = replace(spike, windows={**spike.windows, pace.RATE_WINDOW: dollars(100)})
    assert active(burn, spike) == set()


def test_a_small_window_is_ignored_however_steep() -> None:
    """0.5 % of the month is 21.60 dollars, so the floor stands there and not at five dollars."""
    small = facts(terms=terms(expected=dollars(10)), hourly=4.9)
    assert (pace.burn(small, pace.HOUR) or 0) > 14.4
    assert "1h" not in [signal.figures["window"] for signal in speaking(burn, small)]


def test_a_scenario_takes_three_days_at_its_pace_not_one_hot_hour() -> None:
    assert active(scenario, facts(hourly=6 * 2.6)) == {"stretch"}
    assert active(scenario, facts(hourly=6 * 15.1)) == {"stretch", "runaway"}
    calm = facts()
    spike = replace(calm, windows={**calm.windows, pace.HOUR: dollars(91), pace.DAY: dollars(500)})
    assert active(scenario, spike) == set()


def test_a_month_past_the_multiple_is_in_that_scenario_at_any_pace() -> None:
    assert active(scenario, facts(month=dollars(4320 * 2.5))) == {"stretch"}


def test_the_highest_step_that_is_crossed_stands() -> None:
    assert active(month_steps, facts(month=dollars(2100))) == set()
    assert active(month_steps, facts(month=dollars(2376))) == {"2026-11 50%"}
    assert active(month_steps, facts(month=dollars(3500))) == {"2026-11 80%"}
    assert active(month_steps, facts(month=dollars(9000))) == {"2026-11 100%"}


def test_half_of_a_month_that_is_on_plan_is_no_news_and_ends_no_alert() -> None:
    (signal,) = signals(month_steps, facts(month=dollars(2370))).values()
    assert (signal.active, signal.clears) == (False, False)
    assert active(month_steps, facts(month=dollars(2370), month_share=0.4)) == {"2026-11 50%"}


def test_a_leak_is_forecast_days_before_it_reaches_the_threshold() -> None:
    leaking = facts(hourly=60)
    assert active(forecast, leaking) == {"plan", "kill threshold"}
    assert "reached on 28 Nov" in signals(forecast, leaking)["kill threshold"].summary


def test_after_a_resume_no_forecast_fires_and_none_that_stands_is_calmed() -> None:
    leaking = facts(hourly=60, resumed_at=AT - timedelta(hours=2))
    found = signals(forecast, leaking)
    assert {window: (signal.active, signal.clears) for window, signal in found.items()} == {
        "plan": (False, False), "kill threshold": (False, False)}
    assert "not known yet" in found["plan"].summary


def test_the_first_hours_of_a_month_are_not_forecast() -> None:
    assert signals(forecast, facts(hourly=60, month_share=0.01)) == {}


def test_blindness_during_high_burn_is_an_alert_and_at_rest_it_is_not() -> None:
    assert active(blindness, facts(hourly=60, fresh=False)) == {""}
    assert active(blindness, facts(fresh=False)) == set()
    assert active(blindness, facts(hourly=60)) == set()


def test_every_model_without_a_price_is_an_alert() -> None:
    assert active(unpriced, facts(unpriced_models=("claude-next",))) == {"claude-next"}


def test_without_a_charter_it_is_said_and_a_surge_is_critical_but_nothing_trips() -> None:
    surging = facts(terms=None, hourly=200, usual=dollars(4320))
    assert active(no_charter, surging) == {"", "surge 1h"}
    assert not any(signal.trips for signal in rules.judge(surging, SETTINGS))


money = st.integers(0, 10**13)


@given(month=money, hour=money, quarter=money, ten=money, fresh=st.booleans(), share=st.floats(0, 1))
def test_no_rule_ever_fails_or_trips_without_an_automatic_charter(
    month: int, hour: int, quarter: int, ten: int, fresh: bool, share: float
) -> None:
    windows = {**facts().windows, 3600: hour, 900: quarter, 600: ten}
    wild = facts(month=month, windows=windows, fresh=fresh, month_share=share, terms=terms(automatic=False))
    assert not any(signal.trips for signal in rules.judge(wild, SETTINGS))
    assert not any(signal.active and signal.clears for signal in rules.judge(wild, SETTINGS))
