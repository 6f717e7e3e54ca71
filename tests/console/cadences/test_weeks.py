"""Weeks where the clocks change, and where a week begins on another day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.cadences.weeks import day_end, week_of, weeks_until
from console.settings import WEEKDAYS

ZONES = ("UTC", "Europe/London", "Australia/Lord_Howe", "America/Santiago", "Asia/Beirut", "Pacific/Apia")


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


def test_a_week_is_seven_days_by_the_organisations_clock() -> None:
    assert week_of(utc(2026, 11, 25, 12), "Europe/London", "monday") == (utc(2026, 11, 23), utc(2026, 11, 30))


@pytest.mark.parametrize(("at", "hours"), [(utc(2026, 3, 25), 167), (utc(2026, 10, 21), 169), (utc(2026, 7, 1), 168)])
def test_in_london_the_week_of_the_change_has_an_hour_less_or_more(at: datetime, hours: int) -> None:
    start, end = week_of(at, "Europe/London", "monday")
    assert end - start == timedelta(hours=hours)


@pytest.mark.parametrize(("at", "hours"), [(utc(2026, 4, 1), 168.5), (utc(2026, 9, 30), 167.5)])
def test_on_lord_howe_the_clocks_change_by_half_an_hour(at: datetime, hours: float) -> None:
    start, end = week_of(at, "Australia/Lord_Howe", "monday")
    assert end - start == timedelta(hours=hours)


def test_a_week_may_begin_on_sunday() -> None:
    saturday, sunday = utc(2026, 11, 28, 12), utc(2026, 11, 29, 12)
    assert week_of(saturday, "UTC", "sunday") == (utc(2026, 11, 22), utc(2026, 11, 29))
    assert week_of(sunday, "UTC", "sunday")[0] == utc(2026, 11, 29)


def test_late_on_sunday_in_utc_it_is_monday_in_auckland() -> None:
    assert week_of(utc(2026, 11, 29, 12), "Pacific/Auckland", "monday")[0] == utc(2026, 11, 29, 11)


def test_where_the_clocks_skip_midnight_the_day_begins_when_they_do() -> None:
    assert week_of(utc(2026, 9, 8), "America/Santiago", "sunday")[0] == utc(2026, 9, 6, 4)


def test_a_day_ends_at_the_next_midnight_there() -> None:
    assert day_end(date(2026, 7, 1), "Europe/London") == utc(2026, 7, 1, 23)


@given(st.datetimes(datetime(2000, 1, 10), datetime(2100, 1, 1), timezones=st.just(UTC)), st.sampled_from(ZONES),
       st.sampled_from(WEEKDAYS))
def test_every_instant_is_in_its_week_and_weeks_follow_one_another(at: datetime, zone: str, first: str) -> None:
    start, end = week_of(at, zone, first)
    assert start <= at < end
    assert week_of(start, zone, first) == (start, end)
    starts = weeks_until(at, zone, first, 8)
    assert starts[-1] == start
    assert [week_of(each, zone, first)[1] for each in starts] == [*starts[1:], end]
