"""What a user action takes: calls, tools, models, and tokens against those of one call that would do."""

from __future__ import annotations

from console.antipatterns.call_day import ModelSet
from console.antipatterns.digest.making import made
from tests.console.antipatterns.digest.rows import row, tool


def test_an_action_of_one_call_takes_what_one_call_takes() -> None:
    totals = made([row(action="a", input=900, output=100)]).totals
    assert (totals.actions, totals.measured_tokens, totals.single_tokens) == (1, 1000, 1000)


def test_an_agent_that_calls_tools_and_reads_on_is_one_call_with_native_tool_use() -> None:
    calls = [row(number, action="a", input=900 + number, output=100, tools=tool("A")) for number in range(5)]
    totals = made(calls).totals
    assert totals.measured_tokens == totals.single_tokens == 5010


def test_one_call_that_would_do_takes_what_the_agent_with_the_most_tokens_took() -> None:
    totals = made([
        row(0, action="a", input=900, output=100), row(1, action="a", caller="sub", parent="main", depth=1, input=1900),
        row(2, action="a", input=400, output=100), row(3, action="b", input=900, output=100),
    ]).totals
    assert (totals.measured_actions, totals.measured_tokens, totals.single_tokens) == (2, 4500, 3000)


def test_an_action_whose_agents_are_not_told_is_not_measured() -> None:
    totals = made([row(0, action="a"), row(1, action="a", caller="")]).totals
    assert (totals.actions, totals.measured_actions, totals.measured_cost, totals.single_tokens) == (1, 0, 0, 0)


def test_actions_are_told_by_the_models_they_used_in_the_order_of_first_use() -> None:
    day = made([row(0, action="a", model="haiku", cost=1, input=10, output=0),
                row(1, action="a", model="opus", cost=5, input=10, output=0),
                row(2, action="b", model="haiku", cost=1, input=10, output=0)])
    assert day.model_sets == (
        ModelSet(("haiku", "opus"), 1, (1, 1), (1, 5), 20), ModelSet(("haiku",), 1, (1,), (1,), 10))


def test_tool_calls_of_an_action_are_counted() -> None:
    assert made([row(action="a", tools=tool("A", "B")), row(1, action="a", tools=tool("C"))]).totals.action_tools == 3
