"""What a user action takes: calls, tools, models, and tokens against those of one call that would do."""

from __future__ import annotations

from console.antipatterns.call_day import ModelSet
from console.antipatterns.digest.making import made
from tests.console.antipatterns.digest.rows import row, tool


def test_an_action_of_one_call_takes_what_one_call_takes() -> None:
    totals = made([row(action="a", input=900, output=100)]).totals
    assert (totals.actions, totals.measured_tokens, totals.single_tokens) == (1, 1000, 1000)


def test_one_call_that_would_do_is_the_largest_of_the_first_agent() -> None:
    totals = made([
        row(0, action="a", input=900, output=100), row(1, action="a", caller="sub", parent="main", depth=1, input=9000),
        row(2, action="a", input=1900, output=100),
    ]).totals
    assert (totals.measured_tokens, totals.single_tokens) == (12_100, 2000)


def test_an_action_whose_first_agent_is_not_seen_is_not_measured() -> None:
    totals = made([row(action="a", caller="sub", depth=1)]).totals
    assert (totals.actions, totals.measured_actions, totals.single_tokens) == (1, 0, 0)


def test_actions_are_told_by_the_models_they_used_in_the_order_of_first_use() -> None:
    day = made([row(0, action="a", model="haiku", cost=1, input=10, output=0),
                row(1, action="a", model="opus", cost=5, input=10, output=0),
                row(2, action="b", model="haiku", cost=1, input=10, output=0)])
    assert day.model_sets == (
        ModelSet(("haiku", "opus"), 1, (1, 1), (1, 5), 20), ModelSet(("haiku",), 1, (1,), (1,), 10))


def test_tool_calls_of_an_action_are_counted() -> None:
    assert made([row(action="a", tools=tool("A", "B")), row(1, action="a", tools=tool("C"))]).totals.action_tools == 3
