"""Opus Habit: a frontier model where nobody tried a cheaper one, or where the cheaper one does as well."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from console.antipatterns.finding import Finding, NotEnough, Verdict
from console.antipatterns.opus_habit import DETECTOR
from console.antipatterns.telemetry import ModelUse
from console.charters.document import FiveTests
from console.charters.in_force import InForce
from console.charters.parsing import parse
from console.charters.tram import matrix_of
from console.evaluations.recorded import Recorded
from tests.console.antipatterns.evaluated import recorded
from tests.console.antipatterns.seen import START, bucket, telemetry
from tests.support.charters import CLAIMS_TRIAGE
from tests.support.evaluations import answers

OPUS, SONNET = "claude-opus-4-6", "claude-sonnet-4-6"
WEEK = bucket(START, uncached=20_000_000, output=4_000_000, requests=10_000, cost=200_000_000)
"""Twenty million in and four million out are 200 USD at Opus (5 and 25), 120 at Sonnet (3 and 15), 40 at Haiku."""
SAME = answers({SONNET: range(150), OPUS: range(1, 151)})
BETTER = answers({SONNET: range(120), OPUS: range(180)})


def look(*held: Recorded, model: str | None = OPUS, **other: Any) -> Verdict:
    return DETECTOR.look(telemetry([WEEK], models=(ModelUse("anthropic", model, WEEK),), evaluations=held, **other))


def only(verdict: Verdict) -> Finding:
    assert not isinstance(verdict, NotEnough), verdict
    (found,) = verdict
    return found


def charter(tests: FiveTests) -> InForce:
    return replace(InForce.of(parse(CLAIMS_TRIAGE, "c.toml")), five_tests=tests)


def test_a_frontier_model_that_nobody_evaluated_is_found_with_little_confidence() -> None:
    found = only(look())
    assert found.excess == 80_000_000
    assert found.stake is not None
    # 80 USD a week are 342.857143 in a month; whether any of it is saved, an evaluation would show.
    assert (found.stake.low, found.stake.likely, found.confidence) == (0, 342_857_143, "low")
    assert "no recorded evaluation" in found.summary


def test_one_that_a_cheaper_model_equals_is_found_for_certain() -> None:
    found = only(look(recorded(SAME, "tier")))
    assert found.stake is not None
    assert (found.stake.low, found.stake.likely, found.confidence) == (342_857_143, 342_857_143, "high")
    assert "claude-sonnet-4-6" in found.fix


def test_the_cheapest_that_does_as_well_is_what_is_proposed() -> None:
    found = only(look(recorded(answers({"distilled": range(150), "workhorse": range(150), "frontier": range(150)}),
                               "tier")))
    assert found.excess == 160_000_000
    assert "claude-haiku-4-6" not in found.summary
    assert "claude-haiku-4-5" in found.summary


def test_a_discount_is_a_discount_at_the_cheaper_model_too() -> None:
    batch = WEEK._replace(cost=100_000_000)
    found = only(DETECTOR.look(telemetry([batch], models=(ModelUse("anthropic", OPUS, batch),))))
    assert found.excess == 40_000_000


def test_one_that_was_shown_to_be_better_is_no_finding() -> None:
    assert look(recorded(BETTER, "tier")) == ()


def test_an_evaluation_of_another_model_shows_nothing_of_this_one() -> None:
    other = recorded(BETTER.replace(OPUS, "claude-opus-4-1"), "tier")
    assert "no recorded evaluation" in only(look(other)).summary
    dated = recorded(BETTER, "tier")
    assert look(dated, model="claude-opus-4-6-20260201") == ()


@pytest.mark.parametrize("model", [SONNET, "claude-haiku-4-5"])
def test_a_cheaper_tier_is_no_finding(model: str) -> None:
    assert look(model=model) == ()


def test_the_organisations_own_tiers_count() -> None:
    assert only(look(model="house-large", matrix=matrix_of({"tiers": {"frontier": ["house-*"]}}))).stake is None


def test_a_few_dollars_are_no_finding() -> None:
    little = WEEK._replace(cost=2_000_000)
    assert DETECTOR.look(telemetry([little], models=(ModelUse("anthropic", OPUS, little),))) == ()


@pytest.mark.parametrize(("text", "model", "missing"), [
    (None, None, "usage that names its models"),
    (answers({SONNET: range(14), OPUS: range(4, 19)}, 20), OPUS, "evaluation 7 cannot tell"),
], ids=["no model", "few cases"])
def test_what_is_missing_is_said_and_nothing_guessed(text: str | None, model: str | None, missing: str) -> None:
    verdict = look(*(() if text is None else (recorded(text, "tier"),)), model=model)
    assert isinstance(verdict, NotEnough)
    assert missing in verdict.missing


def test_where_nobody_says_whether_it_was_evaluated_only_failing_all_five_tests_is_found() -> None:
    usage = (ModelUse("anthropic", OPUS, WEEK),)
    unknown = DETECTOR.look(telemetry([WEEK], models=usage, evaluations=None))
    assert isinstance(unknown, NotEnough)
    assert "recorded evaluations" in unknown.missing
    assert only(DETECTOR.look(telemetry([WEEK], models=usage, evaluations=None, charter=charter(FiveTests()))))


def test_failing_all_five_tests_is_told_and_is_a_finding_by_itself() -> None:
    assert "none of the five tests" in only(look(charter=charter(FiveTests()))).summary
    found = only(look(recorded(BETTER, "tier"), charter=charter(FiveTests())))
    assert "none of the five tests" in found.summary
    assert (found.stake, found.charter_line) == (None, "[five_tests]: none holds")
    assert look(recorded(BETTER, "tier"), charter=charter(FiveTests(tools=True))) == ()
