"""Ungoverned Tool: runs that repeat their tool calls, and actions that take more of them than projected."""

from __future__ import annotations

import pytest

from console.antipatterns.digest.making import made
from console.antipatterns.finding import Finding, NotEnough
from console.antipatterns.telemetry import Telemetry
from console.antipatterns.ungoverned_tool import DETECTOR
from tests.console.antipatterns.digest.rows import asking, row, tool
from tests.console.antipatterns.seen import ENTRY, telemetry


def found(seen: Telemetry) -> tuple[Finding, ...]:
    verdict = DETECTOR.look(seen)
    assert not isinstance(verdict, NotEnough)
    return verdict


def test_a_run_that_is_stuck_is_found_with_what_its_repetitions_cost() -> None:
    (finding,) = found(telemetry(calls=made([*asking("A" * 20, session="stuck", cost=1000),
                                             *asking("BCDE" * 5, start=900, session="fine", every=90)])))
    assert (finding.excess, finding.confidence) == (19_000, "high")
    assert finding.rows == ((("run", "stuck / main"), ("tool", "shell"), ("the same call", "20 times"),
                             ("calls that only repeated", "19"), ("they cost", "0.02 USD")),)


def test_the_run_that_made_one_call_most_often_is_told_of_though_another_repeated_more() -> None:
    calls = made([*asking("AAAA" + "BBBB" + "CCCC", session="many"), *asking("AAAAAA", session="most", start=100)])
    (finding,) = found(telemetry(calls=calls))
    assert "shell 6 times" in finding.summary
    assert finding.rows[0][0] == ("run", "many / main")


def test_one_repetition_among_many_runs_is_none() -> None:
    runs = [each for number in range(40) for each in asking("ABCDE", start=100 * number, session=f"s{number}")]
    assert found(telemetry(calls=made([*runs, *asking("AAB", start=5000, session="twice")]))) == ()


def test_more_tool_calls_an_action_than_the_mbom_projects_are_found() -> None:
    day = made([row(number, action=f"a{number}", session=f"s{number}", tools=tool("A", "B", "C"))
                for number in range(30)])
    assert found(telemetry(calls=day)) == ()
    assert found(telemetry(calls=day, entry=ENTRY | {"tool_calls_per_action": 3})) == ()
    (finding,) = found(telemetry(calls=day, entry=ENTRY | {"tool_calls_per_action": 2}))
    assert (finding.subject, finding.excess) == ("projection", None)
    assert "3.0 tool calls; the MBOM projects 2" in finding.summary


@pytest.mark.parametrize("calls", [None, made([row()]), made([row(session="", tools=tool("A"))])],
                         ids=["no calls", "no tools", "no sessions"])
def test_it_is_not_judged_without_tools_of_known_runs(calls: object) -> None:
    assert isinstance(DETECTOR.look(telemetry(calls=calls)), NotEnough)


def test_one_run_among_many_whose_calls_cost_nothing_wastes_nothing() -> None:
    others = [each for number in range(40) for each in asking("ab", session=f"s{number}", cost=0)]
    assert DETECTOR.look(telemetry(calls=made(sorted(asking("aaaaa", cost=0) + others)))) == ()
