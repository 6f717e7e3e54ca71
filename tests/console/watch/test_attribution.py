"""Whose usage is it."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from console.watch.attribution import Attribution, UsageRule, conflicts, notice, rules_of, ties

KEY = {"slug": "by-key", "usage": [{"source": "anthropic", "api_key_id": "k1"}]}
KEY_AND_MODEL = {"slug": "by-model", "usage": [{"source": "anthropic", "api_key_id": "k1", "model": "opus"}]}
WHOLE_SOURCE = {"slug": "rest", "usage": [{"source": "anthropic"}]}
WORKSPACE = {"slug": "workspace", "status": "retired", "usage": [{"source": "anthropic", "workspace_id": "default"}]}


def of(*entries: Mapping[str, object]) -> Attribution:
    return Attribution(rules_of(entries))


def test_the_most_specific_rule_wins() -> None:
    rules = of(WHOLE_SOURCE, KEY_AND_MODEL, KEY)
    assert rules.workload_of("anthropic", {"api_key_id": "k1", "model": "opus"}) == "by-model"
    assert rules.workload_of("anthropic", {"api_key_id": "k1", "model": "sonnet"}) == "by-key"
    assert rules.workload_of("anthropic", {"api_key_id": "k2", "model": "sonnet"}) == "rest"


def test_another_source_with_the_same_key_is_not_the_same_key() -> None:
    assert of(KEY).workload_of("other", {"api_key_id": "k1"}) is None


def test_what_no_rule_names_stays_unattributed() -> None:
    assert of().workload_of("anthropic", {"api_key_id": "k1"}) is None
    assert of(KEY).workload_of("anthropic", {"api_key_id": None}) is None
    assert of({"slug": "nothing", "usage": [{}]}).workload_of("anthropic", {"api_key_id": "k1"}) is None


def test_the_default_workspace_is_named_default() -> None:
    assert of(WORKSPACE).workload_of("anthropic", {"workspace_id": None, "model": "x"}) == "workspace"
    assert of(WORKSPACE).workload_of("anthropic", {"workspace_id": "wrkspc_1"}) is None
    assert of(WORKSPACE).workload_of("anthropic", {"model": "x"}) is None


def test_a_retired_workload_still_claims_its_usage() -> None:
    assert WORKSPACE["status"] == "retired"
    assert of(WORKSPACE).claims("anthropic", {"workspace_id": None}) == ("workspace",)


def test_labels_and_accounts_are_dimensions_like_any_other() -> None:
    rules = of({"slug": "a", "usage": [{"label.team": "claims"}]}, {"slug": "b", "usage": [{"service_account": "sa"}]})
    assert rules.workload_of("vertex", {"label.team": "claims", "model": "m"}) == "a"
    assert rules.workload_of("vertex", {"service_account": "sa"}) == "b"


def test_rules_that_tie_leave_the_series_to_nobody_and_say_so() -> None:
    rules = of({"slug": "a", "usage": [{"api_key_id": "k1"}]}, {"slug": "b", "usage": [{"model": "opus"}]})
    row = {"api_key_id": "k1", "model": "opus"}
    assert rules.workload_of("anthropic", row) is None
    found = ties(rules, [("anthropic", row), ("anthropic", {"api_key_id": "k1"})])
    assert [tie.workloads for tie in found] == [("a", "b")]
    assert "a and b" in (notice(found) or "")
    assert notice([]) is None


def test_two_rules_of_one_workload_never_tie() -> None:
    rules = of({"slug": "a", "usage": [{"api_key_id": "k1"}, {"model": "opus"}]})
    assert rules.workload_of("anthropic", {"api_key_id": "k1", "model": "opus"}) == "a"


def test_the_same_rule_for_two_workloads_is_a_conflict() -> None:
    found = conflicts(rules_of([KEY, {"slug": "thief", "usage": [{"api_key_id": "k1", "source": "anthropic"}]}]))
    assert [(before.workload, after.workload) for before, after in found] == [("by-key", "thief")]
    assert conflicts(rules_of([KEY, KEY_AND_MODEL, WHOLE_SOURCE])) == []


def test_ten_thousand_rules_are_looked_up_not_walked() -> None:
    rules = Attribution(UsageRule(f"w{n}", (("api_key_id", f"k{n}"), ("source", "anthropic"))) for n in range(10_000))
    looked = [rules.workload_of("anthropic", {"api_key_id": f"k{n}", "model": "m"}) for n in range(3_000)]
    assert looked == [f"w{n}" for n in range(3_000)]
    assert len(rules._of_shape) == 1, "one shape of row and one set of keys: one look-up a row"


values = st.sampled_from(["a", "b", "c"])
rows = st.dictionaries(st.sampled_from(["api_key_id", "model", "workspace_id"]), st.one_of(st.none(), values))
matches = st.dictionaries(st.sampled_from(["api_key_id", "model", "workspace_id", "source"]),
                          st.sampled_from(["a", "b", "c", "default"]), min_size=1)


@given(st.lists(st.tuples(st.sampled_from(["x", "y", "z"]), matches), max_size=12), values, rows)
def test_the_index_agrees_with_trying_every_rule(
    given_rules: list[tuple[str, dict[str, str]]], source: str, row: dict[str, str | None]
) -> None:
    rules = [UsageRule(slug, tuple(sorted(match.items()))) for slug, match in given_rules]
    seen = {key: "default" if value is None and key == "workspace_id" else value for key, value in row.items()}
    seen["source"] = source
    matching = [rule for rule in rules if all(seen.get(key) == value for key, value in rule.match)]
    best = max((len(rule.match) for rule in matching), default=0)
    wanted = {rule.workload for rule in matching if len(rule.match) == best}
    assert set(Attribution(rules).claims(source, row)) == wanted
