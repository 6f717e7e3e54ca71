"""What a row and the panel say of an exception, and what leaves where there is little room."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from screens.columns import exceptions as columns
from screens.columns import weekly as patterns
from tests.support.weekly import AT, DRIFT, EXCEPTIONS, TRIP, exception, made, week


def panel(one: object, height: int = 8, width: int = 80) -> str:
    lines = columns.detail(one, width, height, AT, lambda at: f"{at:%d %b}" if at else "?")  # type: ignore[arg-type]
    assert len(lines) <= height
    return "\n".join(line.text() for line in lines)


def test_the_panel_of_eight_lines_has_every_part_of_an_open_exception() -> None:
    said = panel(TRIP)
    assert all(word in said for word in ("Killed on Tuesday", "what to do", "figures", "Charter line", "thread"))
    assert "enter opens the workload · T the trip sheet · a alert 31" in said


def test_the_rationale_of_a_decision_has_two_lines_and_what_to_do_leaves() -> None:
    decided = replace(DRIFT, state="decided", decision=made(1, "dismissed", "The quarter's close. " * 4))
    said = panel(decided)
    assert "not a problem, by maria (token architect)" in said
    assert said.count("The quarter's close.") >= 2
    assert "what to do" not in said
    assert "what to do" in panel(decided, 20)


def test_a_reopened_and_decided_exception_still_fits() -> None:
    both = replace(TRIP, reopened_at=AT - timedelta(hours=2), reopened_why="its end came", state="decided",
                   decision=made(1, "revision", "as planned"))
    said = panel(both)
    assert "its end came" in said
    assert "24 Nov: as\n                planned" in said


@pytest.mark.parametrize(("key", "value", "said"), [
    ("planned_usd", "5200.000000", "planned 5,200.00 USD"),
    ("planned_usd", "unknown", "planned_usd unknown"),
    ("after_the_stop", "2", "after the stop 2"),
])
def test_figures_are_said_for_people(key: str, value: str, said: str) -> None:
    assert said in panel(replace(DRIFT, evidence=((key, value),)))


def test_the_kill_that_it_came_from_is_no_part_of_its_name() -> None:
    trip = replace(TRIP, subject=str(TRIP.intent))
    assert columns.single(trip) == "reconciliation-agent, trip: signs"


def test_open_ones_come_first_by_stake_and_an_unknown_stake_after_the_known() -> None:
    listed = columns.listed(EXCEPTIONS)
    assert [one.state for one in listed] == ["open"] * 8 + ["decided", "closed"]
    assert [one.id for one in listed[:6]] == [11, 17, 12, 16, 13, 14]
    assert [one.stake for one in listed[6:8]] == [None, None]


def test_progress_counts_what_was_decided_in_this_week_only() -> None:
    old = exception(30, "chat", "drift: model", 5.0, "x", state="decided",
                    decision=made(2, "dismissed", "y", at=AT - timedelta(days=30)))
    shown = week([*EXCEPTIONS, old])
    assert patterns.progress(shown, shown.exceptions) == "8 of 9 open · $4,310 at stake (2 unknown)"


def test_the_stake_above_the_list_is_the_sum_of_the_patterns() -> None:
    shown = week()
    known = sum(one.stake or 0 for one in shown.patterns)
    assert f"${known / 1e6:,.0f} at stake" in patterns.progress(shown, shown.exceptions)


def test_a_week_of_two_months_names_both() -> None:
    first = AT.replace(month=11, day=30, hour=0, minute=0)
    shown = week((), first + timedelta(days=1), first)
    assert patterns.week(shown, first + timedelta(days=1)) == "30 Nov – 6 Dec 2026, day 2 of 7"
    assert patterns.week(shown, first + timedelta(days=9)) == "30 Nov – 6 Dec 2026, as it ended"
