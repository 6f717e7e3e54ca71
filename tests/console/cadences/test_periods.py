"""Months, quarters and fiscal years: every instant lies in exactly one of each."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.cadences import periods
from console.cadences.periods import Period
from console.errors import UsageError

instants = st.datetimes(datetime(1975, 1, 1), datetime(2900, 1, 1), timezones=st.just(UTC))
first_months = st.integers(1, 12)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@given(instants, first_months)
def test_every_instant_lies_in_exactly_one_quarter_of_one_year(instant: datetime, first_month: int) -> None:
    quarter, year = periods.quarter_of(instant, first_month), periods.year_of(instant, first_month)
    assert quarter.start <= instant < quarter.end
    assert year.start <= quarter.start < quarter.end <= year.end
    assert quarter.name.startswith(f"{year.name}-Q")
    assert periods.quarter(quarter.name, first_month) == quarter
    assert periods.year(year.name, first_month) == year
    quarters = [periods.quarter(f"{year.name}-Q{number}", first_month) for number in (1, 2, 3, 4)]
    assert [one for one in quarters if one.start <= instant < one.end] == [quarter]
    assert [month for one in quarters for month in one.months] == list(year.months)


@given(instants, first_months, st.sampled_from(["month", "quarter", "year"]))
def test_what_follows_the_one_before_is_the_same_again(instant: datetime, first_month: int, kind: str) -> None:
    period = of(instant, first_month, kind)
    before, after = periods.shifted(period.name, -1), periods.shifted(period.name, 1)
    assert periods.shifted(before, 1) == periods.shifted(after, -1) == period.name
    assert of(period.start - timedelta(seconds=1), first_month, kind).name == before
    assert of(period.end, first_month, kind).name == after


def of(instant: datetime, first_month: int, kind: str) -> Period:
    if kind == "month":
        return periods.month_of(instant)
    return periods.quarter_of(instant, first_month) if kind == "quarter" else periods.year_of(instant, first_month)


def test_a_fiscal_year_has_the_name_of_the_calendar_year_in_which_it_ends() -> None:
    last = periods.quarter("2026-Q4", 4)
    assert (last.start, last.end) == (at("2026-01-01"), at("2026-04-01"))
    assert [month.name for month in last.months] == ["2026-01", "2026-02", "2026-03"]
    assert periods.quarter_of(at("2026-04-01"), 4).name == "2027-Q1"
    assert periods.year("2026", 10) == Period("2026", at("2025-10-01"), at("2026-10-01"))


def test_the_calendar_year_has_the_quarters_of_the_calendar() -> None:
    assert periods.quarter("2026-q4", 1) == Period("2026-Q4", at("2026-10-01"), at("2027-01-01"))
    assert periods.year("2026", 1) == Period("2026", at("2026-01-01"), at("2027-01-01"))
    assert periods.month("2026-02") == Period("2026-02", at("2026-02-01"), at("2026-03-01"))


@pytest.mark.parametrize("text", ["2026-4", "2026-Q5", "2026-Q0", "Q4", "2026", "2026-10", "", "٢٠٢٦-Q4", "1066-Q4",
                                  "2026-Q4\n2026", "\x1b[31m", "9" * 90])
def test_what_is_no_quarter_is_answered_with_how_to_write_one(text: str) -> None:
    with pytest.raises(UsageError, match=r"is no quarter\. Write it like 2026-Q4\. The fiscal year begins in July"):
        periods.quarter(text, 7)


@pytest.mark.parametrize("text", ["2026-13", "2026-1", "2026-Q1", "october", "2026"])
def test_so_is_what_is_no_month(text: str) -> None:
    with pytest.raises(UsageError, match="Write it like 2026-10"):
        periods.month(text)


def test_so_is_what_is_no_year() -> None:
    with pytest.raises(UsageError, match=r"'26' is no year\. Write it like 2026\.$"):
        periods.year("26", 1)


def test_the_calendar_has_ends() -> None:
    with pytest.raises(UsageError, match="no period -1 from 1971-Q1"):
        periods.shifted("1971-Q1", -1)
    with pytest.raises(UsageError, match="no period"):
        periods.shifted("2026-W14", 1)
