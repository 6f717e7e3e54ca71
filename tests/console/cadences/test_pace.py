"""How fast a workload spends, against its plan."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from console.cadences import pace
from tests.support.facts import AT, dollars, facts, terms


def test_on_plan_burns_one() -> None:
    assert pace.burn(facts(), pace.HOUR) == pytest.approx(1.0)


def test_ten_times_the_plan_burns_ten() -> None:
    assert pace.burn(facts(hourly=60), 6 * pace.HOUR) == pytest.approx(10.0)


def test_without_a_charter_there_is_no_burn_and_no_division_by_zero() -> None:
    unsigned = facts(terms=None)
    assert pace.burn(unsigned, pace.HOUR) is None
    assert pace.burn(facts(terms=terms(expected=0)), pace.HOUR) is None
    assert pace.seconds_to_kill(unsigned, 0.25) is None


def test_overshoot_is_the_rate_over_lag_poll_and_act() -> None:
    """The example of AL-53: 1,000 dollars an hour with 8.5 minutes in total is about 140 dollars."""
    burning = facts(hourly=1000, lag_s=300.0, poll_s=60.0, act_s=150.0)
    assert pace.overshoot(burning) == dollars(1000 * 510 / 3600)


def test_the_projection_is_the_spend_and_the_rest_of_the_month_at_the_recent_pace() -> None:
    assert pace.projected_month(facts()) == dollars(4320)
    assert pace.projected_month(facts(hourly=12)) == dollars(2160 + 12 * 360)


def test_time_to_kill_at_the_present_rate() -> None:
    assert pace.seconds_to_kill(facts(hourly=100), 0.25) == pytest.approx((20_000 - 2160) / 100 * 3600)


def test_past_the_threshold_no_time_is_left() -> None:
    assert pace.seconds_to_kill(facts(month=dollars(20_001)), 0.25) == 0.0


def test_nothing_spent_means_no_time_to_kill_rather_than_for_ever() -> None:
    assert pace.seconds_to_kill(facts(hourly=0), 0.25) is None


def test_after_a_resume_above_the_threshold_a_quarter_more_is_allowed() -> None:
    resumed = facts(month=dollars(21_000), since_resume=dollars(500), resumed_at=AT - timedelta(hours=1))
    assert pace.kill_line(resumed, 0.25) == dollars(20_500 + 5_000)


def test_a_resume_far_below_the_threshold_leaves_the_threshold_alone() -> None:
    resumed = facts(month=dollars(3_000), since_resume=dollars(500), resumed_at=AT - timedelta(hours=1))
    assert pace.kill_line(resumed, 0.25) == dollars(20_000)


def test_the_day_on_which_an_amount_is_crossed() -> None:
    assert pace.crossing(facts(hourly=60), dollars(2160 + 1440)) == datetime(2026, 11, 17, 12, tzinfo=UTC)
    assert pace.crossing(facts(), dollars(20_000)) is None
    assert pace.crossing(replace(facts(), month=dollars(9)), dollars(8)) is None
    nearly_idle = replace(facts(), windows={3 * pace.DAY: 1})
    assert pace.crossing(nearly_idle, dollars(20_000)) is None, "it lies past the last year that can be written"


class TestAfterAResume:
    """Windows count nothing from before it: a figure over a whole one would be a false zero."""

    def test_nothing_is_told_of_the_pace_until_five_minutes_are_known(self) -> None:
        for known in (-300, 0, 240):
            new = facts(resumed_at=AT - timedelta(seconds=known), windows={pace.RATE_WINDOW: 0, pace.HOUR: 0})
            assert (pace.rate_per_hour(new), pace.burn_now(new), pace.overshoot(new)) == (None, None, None)
            assert pace.seconds_to_kill(new, 0.25) is None

    def test_then_it_is_the_pace_of_what_is_known(self) -> None:
        resumed = facts(resumed_at=AT - timedelta(minutes=6), windows=dict.fromkeys(pace.WINDOWS, dollars(10)))
        assert pace.rate_per_hour(resumed) == dollars(100)
        assert pace.burn_now(resumed) == pytest.approx(100 / 6)
        later = facts(hourly=60, resumed_at=AT - timedelta(hours=2))
        assert pace.rate_per_hour(later) == dollars(60)
        assert pace.burn_now(later) == pytest.approx(10)

    @pytest.mark.parametrize(("days", "window"), [(1, pace.DAY), (2.9, pace.DAY), (3, 3 * pace.DAY), (8, 3 * pace.DAY)])
    def test_the_month_is_projected_from_whole_days_since(self, days: float, window: int) -> None:
        spent = dict.fromkeys(pace.WINDOWS, 0) | {window: dollars(144)}
        resumed = facts(resumed_at=AT - timedelta(days=days), windows=spent, expected_share={})
        assert pace.projected_month(resumed) == dollars(2160) + round(dollars(144) * 14.5 * pace.DAY / window)

    def test_and_not_from_less(self) -> None:
        resumed = facts(resumed_at=AT - timedelta(hours=23))
        assert pace.projected_month(resumed) is None
        assert pace.crossing(facts(hourly=60, resumed_at=AT - timedelta(days=2)), dollars(3600)) is None
