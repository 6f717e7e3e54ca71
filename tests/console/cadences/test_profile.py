"""The shape of a workload's week."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.cadences.profile import FLAT, HISTORY, HOUR, WEEK_HOURS, Profile, Spans, hour_of_week, weeks_of
from console.clock import epoch

MONDAY = epoch(datetime(2026, 11, 16, tzinfo=UTC))
MONTH = epoch(datetime(2026, 11, 1, tzinfo=UTC)), epoch(datetime(2026, 12, 1, tzinfo=UTC))


def office_hours(at: int) -> bool:
    return hour_of_week(at) // 24 < 5 and 8 <= hour_of_week(at) % 24 < 18


def test_the_week_begins_on_monday() -> None:
    assert hour_of_week(MONDAY) == 0
    assert hour_of_week(MONDAY - HOUR) == WEEK_HOURS - 1


def test_without_history_the_month_is_linear() -> None:
    assert FLAT.share(MONTH[0], MONTH[0] + 15 * 86_400, *MONTH) == pytest.approx(0.5)


def test_a_working_week_expects_its_hours_and_little_at_night() -> None:
    history = {at: 1_000_000 for at in range(MONDAY - HISTORY, MONDAY, HOUR) if office_hours(at)}
    profile = weeks_of(history, MONDAY).profile(MONDAY)
    noon = profile.share(MONDAY + 12 * HOUR, MONDAY + 13 * HOUR, *MONTH)
    night = profile.share(MONDAY + 2 * HOUR, MONDAY + 3 * HOUR, *MONTH)
    assert noon > 20 * night > 0


def test_less_than_four_weeks_stay_linear() -> None:
    assert weeks_of({MONDAY - HOUR: 5}, MONDAY).profile(MONDAY) is FLAT


@given(st.lists(st.integers(0, 10**9), min_size=WEEK_HOURS, max_size=WEEK_HOURS), st.integers(0, 30 * 24),
       st.integers(0, 30 * 24))
def test_shares_add_up_to_the_whole_month(costs: list[int], one: int, other: int) -> None:
    history = {MONDAY - HISTORY + hour * HOUR: costs[hour % WEEK_HOURS] for hour in range(HISTORY // HOUR)}
    profile = weeks_of(history, MONDAY).profile(MONDAY)
    a, b = sorted((MONTH[0] + one * HOUR, MONTH[0] + other * HOUR))
    parts = (profile.share(MONTH[0], a, *MONTH) + profile.share(a, b, *MONTH) + profile.share(b, MONTH[1], *MONTH))
    assert parts == pytest.approx(1.0)


@given(st.lists(st.floats(0.1, 20), min_size=WEEK_HOURS, max_size=WEEK_HOURS), st.integers(*MONTH),
       st.lists(st.integers(60, 9 * 86_400), max_size=4, unique=True))
def test_spans_give_every_window_the_share_that_it_has_alone(weights: list[float], until: int, lengths: list[int]
                                                             ) -> None:
    profile = Profile(weights)
    windows, so_far = Spans(until, lengths, MONTH).shares(profile)
    assert windows == {each: pytest.approx(profile.share(until - each, until, *MONTH)) for each in lengths}
    assert so_far == pytest.approx(profile.share(MONTH[0], until, *MONTH))


def test_the_usual_month_is_the_mean_of_what_is_known() -> None:
    fortnight = dict.fromkeys(range(MONDAY - 14 * 86400, MONDAY, HOUR), 1000)
    assert weeks_of(fortnight, MONDAY).usual_month(MONDAY) == 30 * 24 * 1_000
    assert weeks_of({MONDAY - HOUR: 5}, MONDAY).usual_month(MONDAY) is None
