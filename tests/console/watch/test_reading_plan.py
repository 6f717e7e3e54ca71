"""Which windows a poll reads."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.providers.source import Capabilities
from console.watch.reading_plan import (
    DAY,
    HOUR,
    MINUTE,
    Window,
    complete_until,
    hour_is_due,
    minutes_before,
    rest_of_hour,
    restatement,
    windows,
)

ANTHROPIC = Capabilities((60, 3600, 86_400), {60: 1440, 3600: 168, 86_400: 31}, documented_lag_s=300)
NOW = 1_795_000_000


def test_a_poll_reads_what_is_restated_before_the_watermark_and_past_the_unfinished_minute() -> None:
    watermark = NOW // 60 * 60 - 300
    assert windows(ANTHROPIC, NOW, watermark, 35) == [Window(watermark - 900, NOW // 60 * 60 + 60, 60)]


def test_what_something_hangs_on_is_read_a_whole_hour_back() -> None:
    watermark = NOW // 60 * 60 - 300
    assert windows(ANTHROPIC, NOW, watermark, 35, hour=True) == [Window(watermark - HOUR, NOW // 60 * 60 + 60, 60)]


def test_the_rest_of_the_hour_is_what_polls_leave_out() -> None:
    watermark = NOW // 60 * 60
    assert rest_of_hour(ANTHROPIC, watermark) == Window(watermark - HOUR, watermark - 900, 60)
    assert rest_of_hour(replace(ANTHROPIC, restates_s=HOUR), watermark) is None


@pytest.mark.parametrize("poll_s", [60, 300, 1200])
def test_a_minute_that_is_restated_within_the_hour_is_read_again_within_a_quarter_or_at_the_next_poll(
        poll_s: int) -> None:
    minute, last, read = NOW // 60 * 60, NOW - 7, []
    for now in range(NOW, NOW + 2 * HOUR, poll_s):
        watermark = complete_until(ANTHROPIC, now // 60 * 60 + 60, now)
        plan = windows(ANTHROPIC, now, watermark, 35)
        if hour_is_due(now, last, 0.4):
            plan, last = [*plan, *filter(None, [rest_of_hour(ANTHROPIC, watermark)])], now
        if any(window.start <= minute < window.end for window in plan):
            read.append(now)
    assert max(after - before for before, after in pairwise(read)) <= max(900, poll_s)
    assert read[-1] > NOW + HOUR + 300 - max(900, poll_s)


def test_sources_read_the_rest_of_the_hour_at_different_polls() -> None:
    at = [[now for now in range(NOW, NOW + 900, 60) if hour_is_due(now, now - 60, place / 5)] for place in range(5)]
    assert [len(each) for each in at] == [1] * 5
    assert len({each[0] for each in at}) == 5


def test_the_first_reading_takes_minutes_of_the_last_day_and_hours_before() -> None:
    coarse, fine = windows(ANTHROPIC, NOW, None, 35)
    assert fine.width == 60
    assert (fine.end - fine.start) // 60 <= 1440
    assert coarse.width == 3600
    assert coarse.start == (NOW - 35 * DAY) // DAY * DAY


def test_thirty_five_days_take_seven_requests() -> None:
    coarse, fine = windows(ANTHROPIC, NOW, None, 35)
    hours, minutes = (coarse.end - coarse.start) // HOUR, (fine.end - fine.start) // MINUTE
    assert -(-hours // 168) + -(-minutes // 1440) <= 7


def test_a_short_outage_is_one_request_of_minutes() -> None:
    (window,) = windows(ANTHROPIC, NOW, NOW // 60 * 60 - 20 * HOUR, 35)
    assert (window.end - window.start) // 60 <= 1440


@given(st.integers(0, 60 * DAY), st.integers(0, 3600))
def test_windows_join_without_gap_or_overlap_and_reach_past_now(gap: int, second: int) -> None:
    now = NOW + second
    plan = windows(ANTHROPIC, now, (now - gap) // 60 * 60, 35)
    assert plan[-1].end > now
    assert plan[0].start <= max(now - gap, now - 35 * DAY)
    for before, after in pairwise(plan):
        assert before.end == after.start
    for window in plan:
        assert window.start % window.width == 0
        assert window.end % window.width == 0


def test_nothing_is_complete_before_the_documented_lag() -> None:
    assert complete_until(ANTHROPIC, NOW // 60 * 60 + 60, NOW) == (NOW - 300) // 60 * 60
    assert complete_until(ANTHROPIC, NOW - DAY, NOW) == NOW - DAY


def test_the_second_look_stays_out_of_the_minutes() -> None:
    window = restatement(ANTHROPIC, NOW, 3)
    _, fine = windows(ANTHROPIC, NOW, None, 35)
    assert window.end == fine.start


def test_the_second_look_goes_no_further_back_than_the_provider_still_names_its_series() -> None:
    short = replace(ANTHROPIC, looks_back_days=13)
    assert restatement(short, NOW, 35) == restatement(ANTHROPIC, NOW, 13)
    assert restatement(short, NOW, 3) == restatement(ANTHROPIC, NOW, 3)


def test_the_minutes_of_a_week_follow_a_request_at_a_time() -> None:
    _, fine = windows(ANTHROPIC, NOW, None, 35)
    known, read = fine.start, []
    while (window := minutes_before(ANTHROPIC, known, NOW, 35)) is not None:
        read.append(window)
        known = window.start
    assert len(read) == 6
    assert {window.width for window in read} == {60}
    assert all((window.end - window.start) // 60 <= 1440 for window in read)
    assert [after.end for after in read[1:]] == [before.start for before in read[:-1]]
    assert 7 * DAY - HOUR <= NOW - known <= 7 * DAY


def test_no_minutes_are_read_of_days_that_are_not_to_be_read_at_all() -> None:
    _, fine = windows(ANTHROPIC, NOW, None, 2)
    (window,) = filter(None, [minutes_before(ANTHROPIC, fine.start, NOW, 2)])
    assert minutes_before(ANTHROPIC, window.start, NOW, 2) is None


def test_a_clock_that_was_ahead_and_is_right_again_reads_the_last_hour() -> None:
    """A watermark two hours ahead gave a window that ends before it begins, until the time had caught up."""
    (window,) = windows(ANTHROPIC, NOW, NOW // 60 * 60 + 2 * HOUR, 35)
    assert window == Window(NOW // 60 * 60 + MINUTE - HOUR, NOW // 60 * 60 + MINUTE, MINUTE)


def test_after_a_long_outage_no_more_days_are_read_than_are_configured() -> None:
    plan = windows(ANTHROPIC, NOW, NOW // 60 * 60 - 300 * DAY, 35)
    assert plan == windows(ANTHROPIC, NOW, None, 35)
