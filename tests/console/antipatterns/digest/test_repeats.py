"""Which tool calls only repeat: in a row, in rounds, or again and again; not those that wait for something."""

from __future__ import annotations

import random

import pytest

from console.antipatterns.digest.making import made
from console.antipatterns.digest.row import Row
from tests.console.antipatterns.digest.rows import asking, row, tool


def only(rows: list[Row]) -> int:
    """Calls that only repeated."""
    return made(rows).totals.loop_calls


@pytest.mark.parametrize(("calls", "found"), [
    ("ABCDE", 0), ("AAB", 1), ("AAAA", 3), ("ABCABCABC", 4), ("ABACADA", 1), ("ABACADAEAFA", 3), ("ABCADEA", 0),
    ("ABCDEFGHIJKLMNOPQA", 0),
])
def test_what_comes_again_in_a_row_in_rounds_or_too_often_only_repeats(calls: str, found: int) -> None:
    assert only(asking(calls)) == found


def test_no_more_than_the_last_sixteen_tool_calls_are_remembered() -> None:
    assert only(asking("ABCDEFGHIJKLMNOP" * 3)) == 17
    assert only(asking("ABCDEFGHIJKLMNOPQ" * 3)) == 0


def test_two_callers_who_ask_for_the_same_do_not_repeat_each_other() -> None:
    assert only([*asking("AB"), *asking("AB", start=10, caller="sub")]) == 0


def test_what_comes_again_minutes_later_asks_anew() -> None:
    assert only(asking("AAAAAA", every=90)) == 0


def test_a_poll_at_even_steps_waits_for_something() -> None:
    assert only(asking("AAAAAA", every=30)) == 0


def test_a_loop_whose_steps_are_uneven_or_quick_waits_for_nothing() -> None:
    starts = (0, 22, 50, 71, 106, 130)
    assert only([row(at, tools=tool("A")) for at in starts]) == 4
    assert only(asking("AAAAAA", every=15)) == 5


def test_a_round_of_several_is_no_poll_however_even_its_steps_are() -> None:
    assert only(asking("ABC" * 5, every=30)) == 10


def test_what_is_looked_at_a_fourth_time_much_later_asks_anew() -> None:
    assert only(asking("ABACADAE", every=70)) == 0


def test_what_failed_may_be_tried_twice_more() -> None:
    failing = [row(number * 2, tools="!" + tool("A")) for number in range(3)]
    assert only(failing) == 0
    assert only([*failing, *asking("AAAA", start=6)]) == 4


def test_a_call_that_also_asks_for_something_new_does_not_only_repeat() -> None:
    day = made([row(0, tools=tool("A", "B")), row(2, tools=tool("B", "A")), row(4, tools=tool("A", "C"))])
    assert (day.totals.loop_calls, day.totals.repeated, day.totals.tool_calls) == (1, 3, 6)


def test_one_repetition_in_a_long_session_is_an_accident_and_ten_in_a_row_are_not() -> None:
    rng = random.Random(1)
    long = [row(number * 90, tools=tool(f"{rng.random()}")) for number in range(300)]
    once = [*long, *asking("AA", start=40_000)]
    assert (only(once), made(once).repeated, made(once).totals.repeated) == (0, (), 1)
    assert only([*long, *asking("A" * 11, start=40_000)]) == 10


def test_dollars_are_those_of_the_calls_that_only_repeated() -> None:
    day = made(asking("AAAAB", cost=70))
    assert (day.totals.loop_low, day.totals.loop_likely, day.totals.loop_high) == (140, 210, 210)
    (repeated,) = day.repeated
    assert (repeated.tool, repeated.times, repeated.calls, repeated.cost) == ("shell", 4, 3, 210)
