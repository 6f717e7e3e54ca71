"""Each figure of the operating model against a year that is counted by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from console.cadences import periods
from console.cadences.annual import Measure
from console.cadences.year.measures import KINDS, NOT_KNOWN, lasting, measures
from console.cadences.year.seen import MonthOfYear, YearSeen
from store.years import Kill

MILLION = 1_000_000
YEAR = periods.year("2026", 1)
MONTH = MonthOfYear(YEAR.months[0], 100 * MILLION, 100 * MILLION, 90 * MILLION, 60 * MILLION, 80 * MILLION, frozenset())
EMPTY = YearSeen(YEAR, datetime(2026, 11, 1, tzinfo=UTC), (), (0, 0), (), (), {}, {}, (0, 0), (0, 0), (0, 0, 0))
FULL = replace(
    EMPTY, months=(MONTH,), reviews=(11, 14), acknowledged=(60.0, 120.0, None, 3600.0),
    kills=(Kill("done", 12.0, 7200.0, 2 * MILLION, "dismissed"), Kill("done", 20.0, None, 4 * MILLION, "revision"),
           Kill("failed", None, None, None, None), Kill("verifying", None, None, None, None)),
    opened={"drift: model": [2, 0, 1, *[0] * 9], "trip: signs": [1, *[0] * 11]}, closed={"drift: model": 2},
    undecided=(1, 4), explanations=(2, 5), savings=(300 * MILLION, 250 * MILLION, 2))


def measure(name: str, year: YearSeen = FULL, before: YearSeen | None = None) -> Measure:
    return next(each for each in measures(year, before) if each.name == name)


@pytest.mark.parametrize(("name", "figure", "value", "cases"), [
    ("reviews held on time", 11 / 14, "11 of 14 (79%)", 14),
    ("time to acknowledge", 120.0, "2.0 min (median of 3)", 3),
    ("time to acknowledge, nine in ten", 3600.0, "60.0 min (p90 of 3)", 3),
    ("alerts that nobody took on", 1.0, "1 of 4", 4),
    ("time to kill", 16.0, "16 s (median of 2)", 2),
    ("time to kill, nine in ten", 20.0, "20 s (p90 of 2)", 2),
    ("kills not confirmed", 1.0, "1 of 3", 3),
    ("time to resume", 7200.0, "2.0 h (median of 1)", 1),
    ("false kills", 0.5, "1 of 2 that were judged (50%)", 2),
    ("overshoot", 6.0, "6.00 USD, 3.00 at the median of 2", 2),
    ("exceptions opened", 4.0, "4 of 2 patterns", 4),
    ("exceptions closed", 2.0, "2", 2),
    ("exceptions left undecided", 1.0, "1 of 4", 4),
    ("explanations overdue", 2.0, "2 of 5", 5),
    ("savings realised", 250.0, "250 USD of 300 promised", 2),
    ("spend against plan", 0.75, "60 of 80 USD (75%)", 1),
    ("spend under a Charter", 0.6, "60 of 100 USD (60%)", 1),
])
def test_each_measure_is_what_was_counted(name: str, figure: float, value: str, cases: int) -> None:
    found = measure(name)
    assert (found.figure, found.value, found.cases) == (figure, value, cases)
    assert found.before is None
    assert found.how


def test_what_was_not_measured_is_not_known_and_never_zero() -> None:
    assert {(each.value, each.figure, each.cases) for each in measures(EMPTY, EMPTY)} == {(NOT_KNOWN, None, 0)}


def test_each_measure_stands_beside_that_of_the_year_before() -> None:
    assert measure("time to kill", before=replace(FULL, kills=FULL.kills[:1])).before == 12.0
    assert [each.before for each in measures(EMPTY, FULL)] == [each.figure for each in measures(FULL, None)]


def test_every_measure_says_whether_more_of_it_is_better_and_in_what_it_is_counted() -> None:
    assert {kind.better for kind in KINDS} == {"lower", "higher"}
    assert {kind.unit for kind in KINDS} == {"share", "seconds", "count", "usd"}


def test_a_time_is_told_in_its_largest_fitting_unit() -> None:
    assert [lasting(each) for each in (0.4, 119, 120, 7199, 7200, 172_800)] == [
        "0 s", "119 s", "2.0 min", "120.0 min", "2.0 h", "2.0 d"]
