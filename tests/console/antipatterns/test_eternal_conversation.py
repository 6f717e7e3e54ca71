"""Eternal Conversation: what is told of a workload whose conversations carry all of their history on."""

from __future__ import annotations

from console.antipatterns.digest.making import made
from console.antipatterns.eternal_conversation import DETECTOR
from console.antipatterns.finding import Finding, NotEnough
from console.antipatterns.telemetry import Telemetry
from tests.console.antipatterns.digest.rows import row, turns
from tests.console.antipatterns.seen import telemetry

GROWING = turns(range(2000, 62_000, 2000), session="grows")


def found(seen: Telemetry) -> tuple[Finding, ...]:
    verdict = DETECTOR.look(seen)
    assert not isinstance(verdict, NotEnough)
    return verdict


def test_a_workload_of_growing_conversations_is_found_with_the_worst_and_what_a_turn_cap_would_save() -> None:
    day = made(GROWING)
    (finding,) = found(telemetry(calls=day))
    assert (finding.excess, finding.confidence) == (day.totals.over_likely, "high")
    assert finding.stake is not None
    assert finding.stake.low <= finding.stake.likely == round(day.totals.over_likely * 30 / 7) <= finding.stake.high
    assert finding.rows[0][:3] == (("conversation", "grows / main"), ("turns", "30"), ("turn one", "2,000 tokens"))


def test_one_long_conversation_among_many_short_ones_is_no_anti_pattern_of_the_workload() -> None:
    short = [each for number in range(100) for each in turns([40_000] * 8, session=f"s{number}")]
    assert found(telemetry(calls=made(sorted(GROWING + short)))) == ()


def test_it_is_not_judged_without_calls_sessions_or_tokens() -> None:
    for calls in (None, made([row(session="")]), made([row(input=None)])):
        verdict = DETECTOR.look(telemetry(calls=calls))
        assert isinstance(verdict, NotEnough)
        assert "call records" in verdict.missing


def test_calls_that_cost_nothing_waste_nothing() -> None:
    assert found(telemetry(calls=made([each._replace(cost=0) for each in GROWING]))) == ()
