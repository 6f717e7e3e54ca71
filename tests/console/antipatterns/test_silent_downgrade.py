"""Silent Downgrade: the review in production against the one that was signed."""

from __future__ import annotations

from typing import Any

import pytest

from console.antipatterns.finding import Finding, NotEnough
from console.antipatterns.silent_downgrade import STANDS_AS, look
from console.charters.in_force import InForce
from console.charters.parsing import parse
from console.charters.tram import DEFAULT
from console.watch.drift import Standing, drifts
from tests.console.antipatterns.seen import ENTRY, telemetry
from tests.support.charters import edited

SIGNED = InForce.of(parse(edited(), "claims-triage"))
"""A claims officer reviews a sample of 5 %, post-issue pre-action, and may override."""


def found(**runs: Any) -> tuple[Finding, ...]:
    verdict = look(telemetry(charter=SIGNED, entry={**ENTRY, "review": runs}))
    assert isinstance(verdict, tuple)
    return verdict


def test_every_answer_that_is_weaker_is_named_with_both_and_no_dollars_are_made_up() -> None:
    (finding,) = found(who="anyone", what="incidents", when="post-incident", authority="audit")
    assert dict(finding.figures) == {
        "who": "Claims officer with delegated authority B → anyone", "what": "sample → incidents",
        "when": "post-issue pre-action → post-incident", "authority": "override → audit"}
    assert (finding.excess, finding.stake, finding.degree) == (None, None, 1 + 2 + 2 + 2)
    assert finding.charter_line == "Charter v1, review: sample, post-issue pre-action, override"


@pytest.mark.parametrize("runs", [
    {"what": "sample", "when": "post-issue pre-action", "authority": "override", "sample_share": 0.05},
    {"what": "every output", "when": "pre-issue", "authority": "veto"}, {"who": "Senior claims officer"},
], ids=["as signed", "stronger", "another qualification"])
def test_a_review_that_is_no_weaker_is_none(runs: dict[str, Any]) -> None:
    assert found(**runs) == ()


def test_it_stands_as_the_exception_that_drift_opens_for_the_same_entry() -> None:
    entry = {**ENTRY, "review": {"when": "post-incident"}}
    (finding,) = found(when="post-incident")
    (drift,) = drifts(Standing("claims-triage", "live", entry, SIGNED), DEFAULT)
    assert finding.stands_as == STANDS_AS == drift.kind
    assert drift.subject == ""


@pytest.mark.parametrize(("changes", "missing"), [
    ({"charter": None}, "a signed Charter"), ({"entry": ENTRY}, "the review as it runs"),
    ({"entry": {**ENTRY, "review": "a person looks"}}, "the review as it runs"),
    ({"entry": {**ENTRY, "review": {"sample_share": 0.05}}}, "the review as it runs"),
], ids=["no Charter", "not declared", "in words", "no answer"])
def test_what_cannot_be_compared_is_said(changes: dict[str, Any], missing: str) -> None:
    verdict = look(telemetry(**{"charter": SIGNED, **changes}))
    assert isinstance(verdict, NotEnough)
    assert verdict.missing.startswith(missing)
