"""Each kind of drift, from a workload that is exactly as its Charter has it, by changing one thing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from console.charters.parsing import parse
from console.charters.tram import DEFAULT, Matrix, matrix_of
from console.watch.drift import Observed, Standing, Used, drifts
from console.watch.exceptions import Seen
from tests.support.charters import edited

CHARTER = parse(edited(), "claims-triage")
ENTRY: Mapping[str, Any] = {
    "slug": "claims-triage", "business_owner": "A. Owner", "tier": "workhorse", "models": ["claude-sonnet-4-6"],
    "models_observed": ["claude-sonnet-4-6"], "depth_cap": 2, "fan_out_cap": 4, "thinking": False,
    "review": {"who": "Claims officer", "what": "sample", "when": "post-issue pre-action", "authority": "override",
               "sample_share": 0.05},
    "tram": {"cost_variance": "low", "output_variance": "medium"}, "prompt_literacy": {"required": 4, "had": 1},
}
USED = Observed({"claude-sonnet-4-6": None})


def standing(observed: Observed = USED, **changes: Any) -> Standing:
    return Standing("claims-triage", "live", {**ENTRY, **changes}, CHARTER, observed)


def found(case: Standing, matrix: Matrix = DEFAULT) -> list[Seen]:
    return list(drifts(case, matrix))


def only(case: Standing, matrix: Matrix = DEFAULT) -> Seen:
    (seen,) = found(case, matrix)
    return seen


def test_what_is_as_signed_has_no_drift_and_low_literacy_is_none() -> None:
    assert found(standing()) == []


def test_an_entry_that_declares_nothing_has_none_either() -> None:
    bare = {"slug": "claims-triage", "business_owner": "A. Owner"}
    assert found(Standing("claims-triage", "live", bare, CHARTER)) == []


def test_a_model_in_use_that_the_charter_does_not_name_tells_its_dollars() -> None:
    usage = Observed({"claude-sonnet-4-6": None, "claude-opus-4-6": Used(1_234_560_000, 700_000_000)})
    seen = only(standing(usage))
    assert (seen.kind, seen.subject, seen.stake, seen.degree) == ("drift: model", "claude-opus-4-6", 1_234_560_000, 7)
    assert seen.summary == ("claude-opus-4-6 is used, 1,234.56 USD this month; Charter v1 commits to "
                            "claude-sonnet-4-6")
    assert seen.charter_line == "Charter v1, tram.models: claude-sonnet-4-6"
    assert seen.evidence["cell permits it"] == "no"
    assert (seen.evidence["from"], seen.evidence["to"]) == ("claude-sonnet-4-6", "claude-opus-4-6")


@pytest.mark.parametrize("name", ["eu.anthropic.claude-sonnet-4-6", "global.anthropic.claude-sonnet-4-6-v1:0",
                                  "vertex_ai/claude-sonnet-4-6@default", "claude-sonnet-4-6-20260217"])
def test_a_signed_model_on_another_route_is_no_drift(name: str) -> None:
    assert found(standing(Observed({name: Used(1_000_000, 1_000_000)}), models=[name])) == []


def test_one_model_on_several_routes_is_one_drift_with_all_its_dollars() -> None:
    usage = Observed({"eu.anthropic.claude-opus-4-6-v1:0": Used(100_000_000, 70_000_000),
                      "us.anthropic.claude-opus-4-6-v1:0": Used(200_000_000, 50_000_000)})
    seen = only(standing(usage, models=["claude-sonnet-4-6", "claude-opus-4-6"]))
    assert (seen.subject, seen.stake, seen.degree) == ("claude-opus-4-6", 300_000_000, 1)
    assert seen.summary.startswith("claude-opus-4-6 (also eu.anthropic.claude-opus-4-6-v1:0, us.anthropic.claude-opus-"
                                   "4-6-v1:0) is used and declared, 300.00 USD this month")


@pytest.mark.parametrize(("changes", "where"), [
    ({"models": ["claude-sonnet-4-6", "claude-haiku-4-5"]}, "declared"),
    ({"models_observed": ["claude-haiku-4-5"]}, "declared as observed"),
    ({"cascade": {"models": ["claude-haiku-4-5", "claude-sonnet-4-6"]}}, "a step of the cascade"),
])
def test_a_model_that_is_only_declared_is_drift_without_known_dollars(changes: dict[str, Any], where: str) -> None:
    seen = only(standing(**changes))
    assert (seen.subject, seen.stake, seen.evidence["where"]) == ("claude-haiku-4-5", None, where)
    assert seen.evidence["cell permits it"] == "yes"


def test_a_model_that_the_charter_names_and_the_matrix_no_longer_permits_is_drift() -> None:
    strict = matrix_of({"low": {"medium": {"models": ["distilled"]}}})
    seen = only(standing(), strict)
    assert seen.summary.endswith("the cell low x medium does not permit its tier, workhorse")


def test_another_tier_than_that_of_the_signed_models_is_drift() -> None:
    seen = only(standing(tier="frontier"))
    assert (seen.kind, seen.evidence["from"], seen.evidence["to"]) == ("drift: tier", "workhorse", "frontier")


def test_thinking_is_drift_where_the_charter_or_the_cell_forbids_it() -> None:
    assert only(standing(thinking=True)).summary == "extended thinking is on; the Charter does not permit it"
    signed = replace(CHARTER, tram=replace(CHARTER.tram, thinking=True))
    assert only(replace(standing(thinking=True), charter=signed)).summary == (
        "extended thinking is on; the cell low x medium forbids it")


@pytest.mark.parametrize(("changes", "observed", "kind", "said"), [
    ({"depth_cap": 3}, USED, "drift: depth", "depth 3, declared in the MBOM; the Charter permits 2"),
    ({}, replace(USED, deepest=5), "drift: depth", "depth 5, seen in its calls; the Charter permits 2"),
    ({"fan_out_cap": 9}, USED, "drift: fan-out", "fan-out 9, declared in the MBOM; the Charter permits 4"),
    ({}, replace(USED, widest=40), "drift: fan-out", "fan-out 40, seen in its calls; the Charter permits 4"),
])
def test_deeper_or_wider_than_signed_is_drift(changes: dict[str, Any], observed: Observed, kind: str,
                                              said: str) -> None:
    seen = only(standing(observed, **changes))
    assert (seen.kind, seen.summary) == (kind, said)


def test_less_deep_than_signed_is_none() -> None:
    assert found(standing(depth_cap=1, fan_out_cap=0)) == []


def test_a_weaker_review_is_one_silent_downgrade_that_names_every_answer() -> None:
    review = {"what": "incidents", "when": "post-incident", "authority": "advisory"}
    seen = only(standing(review=review))
    assert (seen.kind, seen.degree) == ("drift: review topology", 2 + 2 + 1)
    assert seen.evidence["what"] == "sample → incidents"
    assert seen.charter_line == "Charter v1, review: sample, post-issue pre-action, override"


def test_a_reviewer_who_can_be_anybody_is_weaker_than_a_qualification() -> None:
    seen = only(standing(review={"who": "Anyone in claims", "what": "sample"}))
    assert seen.evidence["who"] == "Claims officer with delegated authority B → Anyone in claims"


def test_a_smaller_sample_is_weaker_too() -> None:
    assert only(standing(review={"what": "sample", "sample_share": 0.02})).evidence["sample share"] == "5.0% → 2.0%"
    assert found(standing(review={"what": "sample", "sample_share": 0.08})) == []


@pytest.mark.parametrize(("owner", "said"), [
    (None, "the MBOM names no business owner"), ("  ", "the MBOM names no business owner"),
    ("the team", "the business owner 'the team' names nobody"), ("TBD", "the business owner 'TBD' names nobody"),
])
def test_an_owner_who_is_missing_or_anybody_is_drift(owner: str | None, said: str) -> None:
    seen = only(standing(business_owner=owner))
    assert (seen.kind, seen.summary) == ("drift: owner", said)


def test_an_owner_who_signed_and_left_is_drift() -> None:
    seen = only(replace(standing(), owner_left="anna"))
    assert seen.summary == "anna signed as business owner and no longer holds that role"


def test_another_cell_than_the_signed_one_is_drift() -> None:
    seen = only(standing(tram={"output_variance": "high"}))
    assert (seen.kind, seen.evidence["from"], seen.evidence["to"]) == ("drift: TRAM cell", "low x medium", "low x high")


def test_a_live_workload_without_a_charter_is_drift_with_its_spend_as_stake() -> None:
    usage = Observed({"a": Used(40_000_000, 30_000_000), "b": Used(5_000_000, 0)})
    seen = only(replace(standing(usage), charter=None))
    assert (seen.kind, seen.stake, seen.charter_line) == ("drift: no Charter", 45_000_000, None)
    assert seen.summary == "live without a Charter in force, and spent 45.00 USD this month"


@pytest.mark.parametrize(("status", "observed", "kinds"), [
    ("live", Observed(), ["drift: no Charter"]), ("planned", Observed(), []),
    ("planned", Observed({"a": Used(1, 1)}), ["drift: no Charter"]), ("paused", Observed(), []),
    ("paused", Observed({"a": Used(1, 1)}), ["drift: no Charter"]),
])
def test_without_a_charter_it_depends_on_whether_it_runs(status: str, observed: Observed, kinds: list[str]) -> None:
    assert [seen.kind for seen in found(replace(standing(observed), status=status, charter=None))] == kinds


def test_a_model_that_is_named_to_mean_harm_is_a_name() -> None:
    hostile = "[/]\x1b]0;x\x07'; DROP TABLE charter_exception; --"
    assert only(standing(models=["claude-sonnet-4-6", hostile])).subject == hostile
