"""What is made of a pushed call: its workload, its price, and the very call that a recording of it would be."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from console.pricing import PriceBook
from console.providers.source import PushedCall, Tokens
from console.watch import pushing, recorded_calls
from console.watch.attribution import Attribution, UsageRule
from console.watch.pushing import Understanding, call_of
from tests.support.pushing import NOON, RULES, call

FIELDS = ("uncached_input_tokens", "cache_read_tokens", "cache_write_tokens", "output_tokens")


def understanding(*rules: UsageRule) -> Understanding:
    return Understanding("otel", Attribution(rules or RULES), PriceBook())


def recorded(told: PushedCall, folder: Path) -> object:
    """The same call as a line of a recording."""
    tokens = told.tokens
    counts = (None,) * 4 if tokens is None else (
        tokens.uncached_input, tokens.cache_read, tokens.cache_write_5m, tokens.output)
    line = {"ts": told.at.isoformat(), "workload": "claims", "model": told.model, "session": told.session or None,
            "caller": told.caller or None, "parent": told.parent, "depth": told.depth,
            "tools": [{"tool": name, "args": arguments} for name, arguments in told.tools],
            **dict(zip(FIELDS, counts, strict=True))}
    path = folder / "calls.jsonl"
    path.write_text(json.dumps(line) + "\n")
    return recorded_calls.read(path, PriceBook())["claims"][0]


@pytest.mark.parametrize("told", [
    call(tokens=Tokens(1000, 20_000, 0, 3000, 50), caller="child", parent="root", depth=1, tools=(("grep", "1"),)),
    call(session="", caller="child", tools=(("grep", "1"),)),
    call(tokens=Tokens(1000, 20_000, 0, 3000, 50), parent="root"),
    call(tokens=None),
])
def test_live_and_in_a_recording_the_signs_read_the_same_call(told: PushedCall, tmp_path: Path) -> None:
    assert call_of(understanding().of(told).row, told.model) == recorded(told, tmp_path)


def test_the_most_specific_rule_wins_and_its_keys_stay_with_the_series() -> None:
    rules = UsageRule("team", (("label.team", "red"),)), UsageRule("job", (("label.team", "red"), ("trace.job", "7")))
    dimensions = (("label.team", "red"), ("service", "batch"), ("trace.job", "7"), ("trace.request", "1234"))
    found = understanding(*rules).of(call(dimensions=dimensions))
    assert found.workload == "job"
    assert dict(found.dimensions) == {
        "context_window": "0-200k", "label.team": "red", "model": "claude-sonnet-4-6", "provider": "anthropic",
        "service": "batch", "trace.job": "7"}


def test_rules_that_tie_leave_a_call_to_nobody() -> None:
    rules = UsageRule("one", (("service", "claims"),)), UsageRule("two", (("label.a", "b"),))
    assert understanding(*rules).of(call(dimensions=(("label.a", "b"), ("service", "claims")))).workload is None


def test_a_rule_may_name_the_provider_and_the_model() -> None:
    rule = UsageRule("gpt", (("model", "gpt-5"), ("provider", "openai"), ("source", "otel")))
    assert understanding(rule).of(call(provider="openai", model="gpt-5")).workload == "gpt"
    assert understanding(rule).of(call(model="gpt-5")).workload is None


def test_a_long_prompt_has_its_own_price() -> None:
    short, long = (understanding().of(call(model="claude-sonnet-4-5", tokens=Tokens(count))).row.cost
                   for count in (200_000, 200_001))
    assert long > short * 3 // 2


def test_a_model_that_nobody_knows_is_marked_and_never_free() -> None:
    row = understanding().of(call(model="house-model")).row
    assert (row.estimated, row.cost > 0) == (2, True)


def test_names_without_end_begin_no_series_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pushing, "MOST_SERIES", 3)
    hearing = understanding()
    found = {hearing.of(call(service=f"unheard of {number}")).dimensions for number in range(20)}
    assert len(found) == 4
    assert hearing.of(call(service="claims")).workload == "claims", "what a rule claims is told apart all the same"


def test_a_call_ends_where_it_is_stored() -> None:
    row = understanding().of(call(61)).row
    assert pushing.minute_of(row) == int(NOON.timestamp()) - 120
