"""The Orchestration Multiplier of workloads and of a portfolio, and what of it can be recovered."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.cadences.orchestration import Multiplier, orchestration, together

START, END = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)
_COUNT = st.integers(0, 10**9)
_ANY = st.lists(st.builds(lambda single, more, cost: Multiplier("w", 9, 9, 9, single + more, single, cost),
                          _COUNT, _COUNT, _COUNT), min_size=1, max_size=5)


def measured(workload: str, tokens: int, single: int, cost: int = 0) -> Multiplier:
    return Multiplier(workload, 10, 5, 5, tokens, single, cost)


@pytest.mark.parametrize(("tokens", "like"), [
    (1000, "a single call"), (3000, "two agents"), (8000, "three tiers"), (243_000, "a runaway")])
def test_a_value_is_told_with_what_the_playbook_has_for_it(tokens: int, like: str) -> None:
    assert measured("claims", tokens, 1000).like == like


def test_a_portfolio_has_the_ratio_of_all_tokens_to_those_of_one_call_for_each_action() -> None:
    found = orchestration(START, END, [measured("a", 1000, 1000), measured("b", 9000, 1000, 90)])
    assert found.together.value == 5
    assert [each.workload for each in found.workloads] == ["b", "a"]


def test_what_lies_beyond_twice_a_single_call_can_be_recovered() -> None:
    assert measured("a", 8000, 1000, 800).recoverable == 600
    assert measured("a", 2000, 1000, 800).recoverable == 0


def test_what_is_missing_is_said_where_there_is_no_value() -> None:
    assert Multiplier("a", 10, 0, 0, 0, 0, 0).lacks == "call records with user actions"
    assert Multiplier("a", 10, 5, 0, 0, 0, 0).lacks == "call records with the agent that called"
    assert together([]).lacks == "call records"
    assert measured("a", 1, 1).lacks is None


@given(_ANY)
def test_a_portfolio_lies_between_its_workloads_and_recovers_no_more_than_it_cost(found: list[Multiplier]) -> None:
    values = [each.value for each in found if each.value is not None]
    whole = together(found)
    assert 0 <= whole.recoverable <= whole.cost
    if len(values) == len(found):
        assert whole.value is not None
        assert min(values) <= whole.value <= max(values)
        assert whole.value >= Fraction(1)
