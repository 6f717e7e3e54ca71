"""How deep agents nest, and how many one of them starts within one user action."""

from __future__ import annotations

from console.antipatterns.call_day import Nesting
from console.antipatterns.digest.making import made
from tests.console.antipatterns.digest.rows import row


def test_calls_and_dollars_are_told_by_depth() -> None:
    day = made([row(), row(depth=1, parent="main", caller="a", cost=5), row(depth=2, parent="a", caller="b", cost=7)])
    assert day.depths == ((1, Nesting(0, 1, 5)), (2, Nesting(0, 1, 7)))


def test_the_agents_of_one_user_action_are_counted_together_and_those_of_the_next_anew() -> None:
    day = made([row(number, action=action, depth=1, parent="main", caller=f"{action}{number}", cost=1)
                for action in "xy" for number in range(4)])
    assert day.fans == ((4, Nesting(2, 8, 8)),)
    assert {(each.session, each.fan_out) for each in day.trees} == {("x", 4), ("y", 4)}


def test_agents_that_nobody_can_place_have_a_depth_and_no_fan_out() -> None:
    day = made([row(session="", caller="", depth=3)])
    assert (day.depths[0][0], day.fans) == (3, ())
