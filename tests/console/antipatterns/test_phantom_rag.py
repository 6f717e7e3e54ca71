"""Phantom RAG: retrieval that was measured, and adds no right answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from console.antipatterns.finding import Finding, NotEnough, Verdict
from console.antipatterns.phantom_rag import DETECTOR
from console.antipatterns.telemetry import ModelUse
from tests.console.antipatterns.evaluated import recorded
from tests.console.antipatterns.seen import START, bucket, telemetry
from tests.support.evaluations import PHANTOM, answers

CALLS = 70_000
WEEK = bucket(START, uncached=CALLS * 6_000, output=CALLS * 300, requests=CALLS, cost=CALLS * 22_500)
"""At three and fifteen dollars a million, which is what claude-sonnet-4-6 costs."""


def look(text: str | None = PHANTOM, **other: Any) -> Verdict:
    held = () if text is None else (recorded(text, "retrieval"),)
    given = {"models": (ModelUse("anthropic", "claude-sonnet-4-6", WEEK),), "evaluations": held, **other}
    return DETECTOR.look(telemetry([WEEK], **given))


def only(verdict: Verdict) -> Finding:
    assert not isinstance(verdict, NotEnough), verdict
    (found,) = verdict
    return found


def test_retrieval_without_a_gain_is_found_at_the_price_of_what_it_adds() -> None:
    found = only(look())
    # 4,600 tokens x 70,000 calls a week x 3 USD a million, and 30/7 of it in a month.
    assert found.excess == 966_000_000
    assert found.stake is not None
    assert found.stake.likely == 4_140_000_000
    assert found.confidence == "high"
    assert "indistinguishable" in dict(found.rows[0])["comparison"]


def test_the_range_is_that_of_the_tokens_that_it_adds() -> None:
    varied = PHANTOM.splitlines()
    varied[1:] = [row if number % 2 else row.replace(",5400", ",6400") for number, row in enumerate(varied[1:])]
    stake = only(look("\n".join(varied))).stake
    assert stake is not None
    assert stake.low < stake.likely < stake.high


def test_without_recorded_tokens_it_costs_what_an_answer_costs_more() -> None:
    found = only(look(answers({"thinking": range(150), "retrieval": range(150), "both": range(150)},
                              costs={"thinking": "0.012", "retrieval": "0.018", "both": "0.026"})))
    assert found.excess == CALLS * 14_000


def test_what_it_costs_is_unknown_where_neither_was_recorded_or_no_call_counted() -> None:
    bare = answers({"thinking": range(150), "retrieval": range(150), "both": range(150)})
    assert only(look(bare)).stake is None
    uncounted = WEEK._replace(requests=None)
    found = only(DETECTOR.look(telemetry([uncounted], models=(ModelUse("anthropic", "claude-sonnet-4-6", uncounted),),
                                         evaluations=(recorded(PHANTOM, "retrieval"),))))
    assert found.stake is None
    assert "how many calls there are is not known" in found.summary


def test_retrieval_that_makes_answers_worse_is_found_too() -> None:
    assert only(look(answers({"thinking": range(180), "retrieval": range(100), "both": range(120)})))


def test_retrieval_that_helps_is_no_finding() -> None:
    assert look(answers({"thinking": range(100), "retrieval": range(160), "both": range(170)})) == ()
    assert look(answers({"thinking": range(100), "retrieval": range(20), "both": range(170)})) == ()


@pytest.mark.parametrize(("text", "missing"), [
    (None, "a recorded evaluation of the arms thinking, retrieval and both"),
    (answers({"thinking": range(15), "retrieval": range(1, 16), "both": range(2, 17)}, 20), "evaluation 7 cannot tell"),
    (answers({"thinking": range(20), "retrieval": range(20), "both": range(20)}, 20), "cases whose scores vary"),
], ids=["none", "few cases", "all alike"])
def test_what_is_missing_is_said_and_nothing_guessed(text: str | None, missing: str) -> None:
    verdict = look(text)
    assert isinstance(verdict, NotEnough)
    assert missing in verdict.missing


def test_the_newest_evaluation_counts() -> None:
    helps = recorded(answers({"thinking": range(100), "retrieval": range(160), "both": range(170)}), "retrieval")
    assert look(evaluations=(helps, recorded(PHANTOM, "retrieval"))) == ()


def test_an_old_evaluation_is_less_sure() -> None:
    old = recorded(PHANTOM, "retrieval", START - timedelta(days=300))
    assert only(look(evaluations=(old,))).confidence == "low"


def test_once_retrieval_is_taken_out_calls_are_short_and_nothing_is_found() -> None:
    short = replace(ModelUse("anthropic", "claude-sonnet-4-6", WEEK), used=WEEK._replace(uncached=CALLS * 900))
    assert DETECTOR.look(telemetry([short.used], models=(short,), evaluations=(recorded(PHANTOM, "retrieval"),))) == ()
