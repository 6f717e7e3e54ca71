"""Whether a cascade pays as its MBOM entry states it, against hand-computed cases."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from console.economics.stated_cascade import StatedCascade

HAIKU, SONNET, OPUS = Fraction("0.0028"), Fraction("0.01"), Fraction("0.016667")


def stated(escalated: str, misrouted: str, top: str | None = None, rework: str | None = None) -> StatedCascade:
    found = StatedCascade.of({
        "models": ["haiku", "sonnet"] if top is None else ["haiku", "sonnet", "opus"], "escalation_share": escalated,
        "misroute_share": misrouted, "top_escalation_share": top, "rework_usd": rework})
    assert found is not None
    return found


def test_three_steps_cost_the_sum_of_what_is_handed_on() -> None:
    cascade = stated("0.3", "0.04", "0.1", "0.0005").at((HAIKU, SONNET, OPUS))
    assert cascade is not None
    assert cascade.cost == HAIKU + Fraction("0.003") + Fraction("0.03") * OPUS + Fraction("0.00002")


def test_rework_that_nobody_states_is_the_same_call_on_the_workhorse() -> None:
    cascade = stated("0.3", "0.04", "0.05").at((HAIKU, SONNET, OPUS))
    assert cascade is not None
    assert cascade.saving is not None
    assert Fraction("0.34") < cascade.saving < Fraction("0.37"), "about what the playbook's example saves"


@pytest.mark.parametrize(("escalated", "misrouted", "pays"), [
    ("0.3", "0.04", True), ("0.71", "0", True), ("0.72", "0", False), ("0.6", "0.12", False), ("0", "0", True),
])
def test_it_pays_while_it_is_cheaper_than_the_workhorse_alone(escalated: str, misrouted: str, pays: bool) -> None:
    cascade = stated(escalated, misrouted).at((HAIKU, SONNET))
    assert cascade is not None
    assert (cascade.cost < cascade.workhorse) is pays


def test_a_third_step_of_unknown_share_cannot_be_told() -> None:
    found = StatedCascade.of({"models": ["a", "b", "c"], "escalation_share": 0.3, "misroute_share": 0.04})
    assert found is not None
    assert found.at((HAIKU, SONNET, OPUS)) is None


@pytest.mark.parametrize("cascade", [None, "haiku, then sonnet", {}, {"models": "haiku"}, {"models": ["haiku"]}],
                         ids=["none", "words", "empty", "no list", "one step"])
def test_what_is_no_cascade_of_steps_is_none(cascade: Any) -> None:
    assert StatedCascade.of(cascade) is None


def test_a_share_that_is_no_number_is_not_stated() -> None:
    found = StatedCascade.of({"models": ["a", "b"], "escalation_share": "a third", "misroute_share": "0.04"})
    assert found is not None
    assert found.escalate is None
    assert found.at((HAIKU, SONNET)) is None
