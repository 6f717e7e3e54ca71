"""How deep the agents of a run nest, how many one of them starts, and what a run costs beyond three tiers."""

from __future__ import annotations

from console.antipatterns.call_day import Level, Spread
from console.antipatterns.digest.making import made
from tests.console.antipatterns.digest.rows import row


def test_calls_and_dollars_are_told_by_depth() -> None:
    day = made([row(), row(depth=1, parent="main", caller="a", cost=5), row(depth=2, parent="a", caller="b", cost=7)])
    assert day.depths == ((1, Level(1, 5)), (2, Level(1, 7)))
    assert [(depth, each.runs, each.calls) for depth, each in day.by_depth] == [(2, 1, 3)]


def test_the_agents_of_one_user_action_are_counted_together_and_those_of_the_next_anew() -> None:
    day = made([row(number, action=action, depth=1, parent="main", caller=f"{action}{number}", cost=1)
                for action in "xy" for number in range(4)])
    assert [(widest, each.runs) for widest, each in day.by_fan_out] == [(4, 2)]
    assert {(each.run, each.fan_out, each.agents) for each in day.trees} == {("x", 4, 4), ("y", 4, 4)}


def test_what_a_run_costs_beyond_ten_of_its_first_agents_largest_call_is_beyond_three_tiers() -> None:
    agents = [row(number, depth=1, parent="main", caller=f"a{number}", cost=50) for number in range(60)]
    day = made([row(0, cost=100), *agents])
    assert day.by_depth == ((1, Spread(1, 61, 3100, 2100)),)


def test_depth_is_counted_by_who_started_whom_where_nobody_tells_it() -> None:
    day = made([row(0), row(1, parent="main", caller="a"), row(2, parent="a", caller="b")])
    assert [depth for depth, _ in day.by_depth] == [2]


def test_agents_that_nobody_can_place_have_a_depth_and_belong_to_no_run() -> None:
    day = made([row(session="", caller="", depth=3)])
    assert (day.depths[0][0], day.by_depth) == (3, ())
