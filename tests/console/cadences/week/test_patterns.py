"""Patterns of exceptions: their order, their dollars, and whether they become more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.cadences.week.patterns import WHAT, pattern_lines, stake_of, trend
from console.cadences.weekly import DecisionLine, ExceptionLine
from console.cadences.weeks import weeks_until

WEDNESDAY = datetime(2026, 11, 25, 12, tzinfo=UTC)
WEEKS = weeks_until(WEDNESDAY, "UTC", "monday", 8)
DAY = timedelta(days=1)
LINE = ExceptionLine(id=1, workload="chat", name="Chat", owner=None, origin="drift", kind="drift: model",
                     subject="opus", state="open", opened_at=WEDNESDAY, last_seen_at=WEDNESDAY, times=1, summary="runs",
                     stake=5)
DECIDED = DecisionLine(1, "escalated", "A fleet matter.", "token_architect", "maria", WEDNESDAY)


def in_weeks(*counts: int) -> list[datetime]:
    """So many beginnings in each of the last weeks, the present one last, on their first days."""
    starts = WEEKS[-len(counts):]
    return [start + timedelta(hours=number) for start, count in zip(starts, counts, strict=True)
            for number in range(count)]


@pytest.mark.parametrize(("counts", "said"), [
    ((0, 0), "steady"), ((1, 0), "new"), ((0, 3), "new"), ((1, 1, 1, 1, 1, 1, 1, 1), "steady"),
    ((1, 1, 1, 1, 1, 1, 4, 2), "rising"), ((0, 0, 0, 0, 0, 1, 0, 1), "steady"), ((4, 4, 4, 4, 4, 4, 1, 0), "falling"),
    ((0, 0, 0, 0, 0, 1, 0, 0), "steady"), ((0, 0, 0, 0, 0, 2, 0, 0), "falling"),
])
def test_a_trend_compares_two_weeks_with_the_six_before_day_for_day(counts: Sequence[int], said: str) -> None:
    assert trend(in_weeks(*counts), WEEKS, WEDNESDAY) == said


def test_a_monday_morning_is_not_taken_for_a_calm_week() -> None:
    monday = WEEKS[-1] + timedelta(hours=8)
    assert trend(in_weeks(2, 2, 2, 2, 2, 2, 2, 0), WEEKS, monday) == "steady"


def test_alerts_of_one_workload_look_at_the_same_dollars() -> None:
    alerts = [replace(LINE, origin="alert", kind="alert: burn", subject=window, stake=stake)
              for window, stake in (("1h", 70), ("6h", 100), ("3d", None))]
    other = replace(alerts[0], workload="claims", stake=30)
    assert stake_of([*alerts, other]) == 130
    assert stake_of([LINE, replace(LINE, subject="haiku", stake=6)]) == 11
    assert stake_of([replace(LINE, stake=None)]) is None


def test_patterns_with_open_ones_come_first_by_dollars() -> None:
    decided = replace(LINE, kind="drift: depth", state="decided", stake=900, decision=DECIDED)
    unknown = replace(LINE, kind="drift: tier", stake=None)
    cheap, dear = LINE, replace(LINE, kind="trip: signs", origin="trip", stake=80)
    lines = pattern_lines([decided, unknown, cheap, dear], [], WEEKS, WEDNESDAY)
    assert [line.kind for line in lines] == ["trip: signs", "drift: model", "drift: tier", "drift: depth"]
    assert [(line.open, line.decided, line.stake, line.stake_unknown) for line in lines] == [
        (1, 0, 80, 0), (1, 0, 5, 0), (1, 0, None, 1), (0, 1, None, 0)]
    assert [line.escalated for line in lines] == [False, False, False, True]


def test_a_pattern_counts_the_weeks_and_the_workloads_that_are_not_done() -> None:
    lines = [LINE, replace(LINE, workload="claims", state="decided", decision=DECIDED),
             replace(LINE, workload="old", state="closed")]
    began = [("drift: model", when) for when in in_weeks(3, 0, 0, 0, 0, 0, 1, 2)] + [("drift: depth", WEDNESDAY)]
    (line,) = pattern_lines(lines, began, WEEKS, WEDNESDAY)
    assert (line.workloads, line.weeks, line.times) == (("chat", "claims"), (3, 0, 0, 0, 0, 0, 1, 2), 6)
    assert line.what == WHAT["drift: model"]


def test_a_kind_that_nobody_described_says_what_its_exceptions_advise() -> None:
    (line,) = pattern_lines([replace(LINE, kind="finding: Phantom RAG", advice="Measure it.")], [], WEEKS, WEDNESDAY)
    assert line.what == "Measure it."


@given(st.lists(st.datetimes(datetime(2026, 10, 5), datetime(2026, 11, 25, 12), timezones=st.just(UTC)), max_size=40))
def test_the_weeks_of_a_pattern_add_up_to_its_times(began: list[datetime]) -> None:
    (line,) = pattern_lines([LINE], [("drift: model", when) for when in began], WEEKS, WEDNESDAY)
    assert sum(line.weeks) == line.times == len(began)
    assert trend(began, WEEKS, WEDNESDAY) in ("new", "rising", "steady", "falling")
