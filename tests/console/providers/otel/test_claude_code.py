"""Claude Code tells the same requests as events, as spans and as metrics; of each session the best ledger counts."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from console.providers.source import Tokens
from tests.support.otlp import Ledger, event, heard, logs, normaliser, point, points, span, traces

SESSION = {"session.id": "0c1f", "user.email": "dev@example.com", "prompt.id": "p-1"}
REQUEST = {
    **SESSION, "model": "claude-opus-4-6", "input_tokens": "12", "output_tokens": 345, "cache_read_tokens": 20_000,
    "cache_creation_tokens": 900, "request_id": "req_01", "query_source": "main", "cost_usd": 0.02,
    "event.timestamp": "2026-11-26T11:59:50Z", "speed": "normal",
}
TRUE = Tokens(uncached_input=12, cache_read=20_000, cache_write_5m=900, output=345)
METRIC = "claude_code.token.usage"


def events(*told: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    return "logs", logs([event("api_request", each) for each in told])


def spans(told: dict[str, Any], **place: Any) -> tuple[str, dict[str, Any]]:
    return "traces", traces([span(1, told, name="claude_code.llm_request", **place)], service="claude-code")


def metrics(**place: Any) -> tuple[str, dict[str, Any]]:
    told = {"input": 12, "output": 345, "cacheRead": 20_000, "cacheCreation": 900}
    return "metrics", points(METRIC, [
        point(count, {"session.id": "0c1f", "model": "claude-opus-4-6", "type": kind}, **place)
        for kind, count in told.items()
    ], cumulative=False)


def test_an_event_is_a_call_with_the_providers_own_counts(tmp_path: Path) -> None:
    [call] = heard(normaliser(tmp_path), *events(REQUEST))
    assert (call.key, call.provider, call.model) == ("anthropic/req_01", "anthropic", "claude-opus-4-6")
    assert call.tokens == TRUE
    assert (call.session, call.action, call.caller, call.depth) == ("0c1f", "p-1", "0c1f/main", 0)
    assert dict(call.dimensions) == {"service": "claude-code", "user": "dev@example.com"}
    assert call.at.isoformat() == "2026-11-26T11:59:50+00:00"


@pytest.mark.parametrize("exports", permutations([events(REQUEST), spans(REQUEST), metrics()]))
def test_one_ledger_of_a_session_counts_in_whatever_order_they_come(exports: Any, tmp_path: Path) -> None:
    receiver, ledger = normaliser(tmp_path), Ledger()
    for signal, export in exports:
        ledger.take(heard(receiver, signal, export))
    [call] = ledger.calls.values()
    assert (call.tokens, call.total) == (TRUE, False)


def test_spans_without_a_request_identifier_give_way_to_events_and_count_without_them(tmp_path: Path) -> None:
    blind = {key: value for key, value in REQUEST.items() if key != "request_id"}
    for order in permutations([spans(blind), events(REQUEST)]):
        receiver, ledger = normaliser(tmp_path), Ledger()
        for signal, export in order:
            ledger.take(heard(receiver, signal, export))
        assert list(ledger.calls) == ["anthropic/req_01"]
    [call] = heard(normaliser(tmp_path), *spans(blind))
    assert call.tokens == TRUE


def test_another_sessions_events_leave_a_session_of_spans_alone(tmp_path: Path) -> None:
    receiver = normaliser(tmp_path)
    heard(receiver, *events(REQUEST | {"session.id": "other", "request_id": "req_77"}))
    blind = {key: value for key, value in REQUEST.items() if key != "request_id"}
    assert len(heard(receiver, *spans(blind))) == 1


def test_metrics_alone_are_sums_that_count_no_request(tmp_path: Path) -> None:
    [total] = heard(normaliser(tmp_path), *metrics())
    assert (total.tokens, total.total, total.session) == (TRUE, True, "0c1f")
    assert (total.caller, total.tools, total.model) == ("", (), "claude-opus-4-6")


@pytest.mark.parametrize(("lasted_ms", "began"), [
    (90_000, "2026-11-26T11:58:20+00:00"), ("90000", "2026-11-26T11:58:20+00:00"), (59_000, None), (-5, None),
    ("long", None), (None, None),
])
def test_of_a_long_request_it_is_known_when_it_began(tmp_path: Path, lasted_ms: object, began: str | None) -> None:
    [call] = heard(normaliser(tmp_path), *events({**REQUEST, "duration_ms": lasted_ms}))
    assert (call.began and call.began.isoformat()) == began


def test_failed_and_refused_requests_are_calls_without_tokens(tmp_path: Path) -> None:
    told = [event("api_error", {**SESSION, "model": "claude-opus-4-6", "status_code": "529", "event.sequence": 3}),
            event("api_refusal", {**SESSION, "model": "claude-opus-4-6", "event.sequence": 4}),
            event("api_retries_exhausted", {**SESSION, "model": "claude-opus-4-6", "event.sequence": 5})]
    found = heard(normaliser(tmp_path), "logs", logs(told))
    assert [(call.tokens, call.failed) for call in found] == [(None, True), (None, True)]


def test_a_subagent_is_below_its_prompt(tmp_path: Path) -> None:
    [call] = heard(normaliser(tmp_path), *events(REQUEST | {"query_source": "subagent", "agent.name": "Explore"}))
    assert (call.depth, call.caller, call.parent) == (1, "0c1f/Explore", "0c1f/p-1")


def test_spans_show_which_tools_run_a_subagent_began_in(tmp_path: Path) -> None:
    receiver, ledger = normaliser(tmp_path), Ledger()
    told = [
        span(10, SESSION, name="claude_code.interaction"),
        span(11, SESSION, parent=10, name="claude_code.tool"),
        span(12, {**REQUEST, "request_id": "req_sub"}, parent=11, name="claude_code.llm_request"),
        span(13, {**REQUEST, "request_id": "req_main"}, parent=10, name="claude_code.llm_request"),
    ]
    ledger.take(heard(receiver, "traces", traces(told, service="claude-code")))
    below, main = ledger.calls["anthropic/req_sub"], ledger.calls["anthropic/req_main"]
    assert (below.depth, below.parent) == (1, f"{10:016x}")
    assert (main.depth, main.parent, main.caller) == (0, None, "0c1f/main")


def test_tools_count_where_their_arguments_are_told_and_only_as_hashes(tmp_path: Path) -> None:
    receiver, ledger = normaliser(tmp_path), Ledger()
    ledger.take(heard(receiver, *events(REQUEST)))
    results = [
        event("tool_result", {**SESSION, "tool_name": "Bash", "tool_use_id": f"t{number}",
                              "tool_parameters": '{"full_command": "rm -rf secret-folder"}'}, seconds_ago=5)
        for number in range(3)
    ]
    blind = event("tool_result", {**SESSION, "tool_name": "Read", "tool_use_id": "t9"}, seconds_ago=5)
    ledger.take(heard(receiver, "logs", logs([*results, blind])))
    [call] = ledger.calls.values()
    assert [name for name, _ in call.tools] == ["Bash"] * 3
    assert len(set(call.tools)) == 1
    assert "secret-folder" not in repr(call)


def test_events_of_others_and_prompts_are_passed_over(tmp_path: Path) -> None:
    told = [event("user_prompt", {**SESSION, "prompt": "SECRET"}), event("tool_decision", SESSION)]
    foreign = logs([event("api_request", REQUEST)], service="shop", scope="shop")
    foreign["resourceLogs"][0]["scopeLogs"][0]["logRecords"][0]["body"] = {"stringValue": "a request of ours"}
    assert heard(normaliser(tmp_path), "logs", logs(told)) == []
    assert heard(normaliser(tmp_path), "logs", foreign) == []


def test_a_call_through_bedrock_is_bedrocks(tmp_path: Path) -> None:
    [call] = heard(normaliser(tmp_path), *events(REQUEST | {"model": "us.anthropic.claude-opus-4-6-v1:0"}))
    assert call.provider == "bedrock"


def test_what_was_written_to_the_cache_for_an_hour_is_told_apart(tmp_path: Path) -> None:
    told = REQUEST | {"cache_creation_5m_tokens": "600", "cache_creation_1h_tokens": "300"}
    receiver, ledger = normaliser(tmp_path), Ledger()
    for signal, export in (events(told), spans(REQUEST)):
        ledger.take(heard(receiver, signal, export))
    [call] = ledger.calls.values()
    assert call.tokens == Tokens(12, cache_read=20_000, cache_write_5m=600, cache_write_1h=300, output=345)


def test_runs_of_one_kind_of_subagent_are_callers_of_their_own(tmp_path: Path) -> None:
    told = [REQUEST | {"query_source": "agent:builtin:Explore", "agent.name": "Explore", "agent_id": f"a{number}",
                       "request_id": f"req_{number}"} for number in (1, 2)]
    calls = heard(normaliser(tmp_path), *events(*told))
    assert {(call.depth, call.caller, call.parent) for call in calls} == {
        (1, "0c1f/a1", "0c1f/p-1"), (1, "0c1f/a2", "0c1f/p-1")}
    assert all(("agent", "Explore") in call.dimensions for call in calls)


def test_a_subagents_spans_belong_to_the_session_and_have_its_name(tmp_path: Path) -> None:
    below = {**REQUEST, "gen_ai.conversation.id": "a1", "query_source_safe": "agent.builtin.Explore"}
    [call] = heard(normaliser(tmp_path), *spans(below))
    assert call.session == "0c1f"
    assert ("agent", "Explore") in call.dimensions


def test_a_subagent_has_the_kind_that_the_tool_it_runs_in_was_asked_for(tmp_path: Path) -> None:
    told = [span(11, {**SESSION, "subagent_type": "Explore"}, name="claude_code.tool"),
            span(12, REQUEST, parent=11, name="claude_code.llm_request")]
    [call] = heard(normaliser(tmp_path), "traces", traces(told, service="claude-code"))
    assert ("agent", "Explore") in call.dimensions


def test_a_tools_run_is_the_calls_that_asked_for_it_and_is_told_once(tmp_path: Path) -> None:
    by_event = logs([event("tool_result", {**SESSION, "tool_name": "Bash", "tool_use_id": "t1", "tool_input": "{}",
                                           "request_id": "req_01"}, seconds_ago=5)])
    by_span = traces([
        span(1, REQUEST | {"request_id": "req_02"}, name="claude_code.llm_request", seconds_ago=8),
        span(2, {**SESSION, "tool_name": "Bash", "gen_ai.tool.call.id": "t1", "full_command": "ls"},
             name="claude_code.tool", seconds_ago=5),
    ], service="claude-code")
    for order in permutations([("logs", by_event), ("traces", by_span), events(REQUEST)]):
        receiver, ledger = normaliser(tmp_path), Ledger()
        for signal, export in order:
            ledger.take(heard(receiver, signal, export))
        assert {key: len(call.tools) for key, call in ledger.calls.items()} == {
            "anthropic/req_01": 1, "anthropic/req_02": 0}


def test_a_call_goes_where_claude_code_says_it_goes(tmp_path: Path) -> None:
    [call] = heard(normaliser(tmp_path), *events(REQUEST | {"anthropic.provider": "vertex"}))
    assert call.provider == "vertex"
