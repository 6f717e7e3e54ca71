"""A day of calls: the same in whatever parts it is read, added up whole, and stored without loss."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from console.antipatterns.call_day import CallDay, Totals, added
from console.antipatterns.digest.making import AT_ONCE, MOST_OPEN, Making, made
from console.antipatterns.digest.row import COLD, NO_CACHE, WARM, Row
from tests.console.antipatterns.digest.rows import DAY, row, tool, turns

_CALLS = st.lists(st.builds(
    lambda gap, session, caller, action, agent, tools, tokens, cache, cost, model: (gap, {
        "session": session, "caller": caller, "action": action, "parent": "main" if agent else None, "depth": agent,
        "tools": tools, "input": tokens, "cache": cache, "cost": cost, "model": model}),
    st.sampled_from((0, 1, 9, 12, 61)), st.sampled_from(("", "s", "t")), st.sampled_from(("", "main", "sub")),
    st.sampled_from(("", "a", "b")), st.sampled_from((0, 0, 0, 1, 2)),
    st.sampled_from((None, *(tool(letter) for letter in "ABCDEFGHIJK"), tool("A", "B"), "!" + tool("A"))),
    st.one_of(st.none(), st.integers(0, 200_000)), st.sampled_from((NO_CACHE, COLD, WARM)), st.integers(0, 10**6),
    st.sampled_from(("haiku", "sonnet"))), max_size=60)


def _rows(told: list[tuple[int, dict[str, object]]], start: float = 0) -> list[Row]:
    rows, at = [], start
    for gap, other in told:
        at += gap
        rows.append(row(at, **other))  # type: ignore[arg-type]
    return rows


@given(_CALLS, st.integers(0, 60))
def test_a_day_is_the_same_in_whatever_parts_its_calls_are_read(told: list[tuple[int, dict[str, object]]],
                                                                cut: int) -> None:
    rows, making = _rows(told), Making()
    making.take(rows[:cut])
    making.take(rows[cut:])
    assert making.close() == made(rows)


@given(_CALLS)
def test_days_add_up_to_what_their_calls_come_to_together(told: list[tuple[int, dict[str, object]]]) -> None:
    rows = [each._replace(action="") for each in _rows(told, start=86_400 - 120)]
    midnight = (DAY + 86_400) * 1_000_000
    first = made([each for each in rows if each.at < midnight])
    second = made([each for each in rows if each.at >= midnight], first)
    whole, together = made(rows), added((first, second))
    assert _of_any_day(together.totals) == _of_any_day(whole.totals)
    assert (together.turns, together.depths) == (whole.turns, whole.depths)
    assert {each[:3] for each in together.grown} == {each[:3] for each in whole.grown}


def _of_any_day(totals: Totals) -> Totals:
    """Without what is said of a conversation by the day: whether it asked for tools, and whether it repeated itself."""
    return totals._replace(acting=0, looping=0, loop_calls=0, loop_low=0, loop_likely=0, loop_high=0)


@given(_CALLS)
def test_a_day_is_stored_without_loss_and_no_count_is_below_nothing(told: list[tuple[int, dict[str, object]]]) -> None:
    day = made(_rows(told))
    assert CallDay.of(json.loads(json.dumps(day.document()))) == day
    assert min(day.totals) >= 0
    assert day.totals.over_low <= day.totals.over_likely <= day.totals.over_high <= day.totals.over_cost
    assert day.totals.loop_low <= day.totals.loop_likely <= day.totals.loop_high <= day.cost


@settings(max_examples=20)
@given(st.lists(_CALLS, max_size=4))
def test_the_sum_of_days_does_not_depend_on_their_order(told: list[list[tuple[int, dict[str, object]]]]) -> None:
    days = [made(_rows(each)) for each in told]
    assert added(days) == added(reversed(days))
    assert added([added(days[:1]), added(days[1:])]) == added(days)


def test_what_nobody_told_is_counted_as_unknown() -> None:
    day = made([row(session="", caller="", input=None), row(action="a")])
    assert (day.totals.without_session, day.totals.without_caller, day.totals.without_action,
            day.totals.without_tokens, day.totals.conversations) == (1, 1, 1, 1, 1)


def test_a_conversation_goes_on_over_midnight() -> None:
    talk = [each._replace(at=each.at + 86_000 * 1_000_000) for each in turns(range(1000, 31_000, 1000))]
    midnight = (DAY + 86_400) * 1_000_000
    first = made(each for each in talk if each.at < midnight)
    second = made((each for each in talk if each.at >= midnight), first)
    assert (first.totals.conversations, second.totals.conversations) == (1, 0)
    assert second.grown[0].turns == 30


def test_cold_calls_are_told_from_the_first_of_a_conversation() -> None:
    day = made([row(0, cache=COLD), row(1, cache=WARM), row(2, cache=COLD)])
    assert (day.totals.cold, day.totals.cold_again, day.totals.warm) == (2, 1, 1)


def test_many_conversations_are_added_up_and_let_go_before_the_day_is_over() -> None:
    day, many = Making(), 4 * MOST_OPEN
    rows = [row(number / 10, f"s{number}", action=f"a{number}") for number in range(many)]
    for start in range(0, many, AT_ONCE):
        day.take(rows[start:start + AT_ONCE])
        assert len(day._conversations) <= 2 * MOST_OPEN
        assert len(day._runs) <= 2 * MOST_OPEN
    closed = day.close()
    assert (closed.totals.conversations, closed.totals.actions, closed.calls) == (many, many, many)
