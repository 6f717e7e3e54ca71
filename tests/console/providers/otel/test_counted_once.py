"""One call that several instrumentations tell of is counted once, in whatever order and request they come."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from console.providers.source import Tokens
from tests.support.otlp import Ledger, heard, normaliser, span, traces

NATIVE = {
    "gen_ai.provider.name": "anthropic", "gen_ai.operation.name": "chat", "gen_ai.response.id": "msg_01A",
    "gen_ai.request.model": "claude-sonnet-4-6", "gen_ai.response.model": "claude-sonnet-4-6",
    "gen_ai.usage.input_tokens": 5321, "gen_ai.usage.output_tokens": 17, "gen_ai.usage.cache_read.input_tokens": 5000,
    "gen_ai.usage.cache_write.input_tokens": 300, "anthropic.usage.cache_creation.ephemeral_5m_input_tokens": 100,
    "anthropic.usage.cache_creation.ephemeral_1h_input_tokens": 200,
}
TRACELOOP = {
    "gen_ai.provider.name": "anthropic", "gen_ai.operation.name": "chat", "gen_ai.response.id": "msg_01A",
    "gen_ai.request.model": "claude-sonnet-4-6", "gen_ai.response.model": "claude-sonnet-4-6",
    "gen_ai.usage.input_tokens": 5321, "gen_ai.usage.output_tokens": 18, "gen_ai.usage.cache_read.input_tokens": 5000,
    "gen_ai.usage.cache_creation.input_tokens": 300,
}
OPENINFERENCE = {
    "openinference.span.kind": "LLM", "llm.provider": "anthropic", "llm.model_name": "claude-sonnet-4-6",
    "llm.token_count.prompt": 5321, "llm.token_count.completion": 17,
    "llm.token_count.prompt_details.cache_read": 5000, "llm.token_count.prompt_details.cache_write": 300,
}
ANSWER = {**OPENINFERENCE, "output.value": '{"id": "msg_01A", "type": "message", "content": []}'}
TRUE = Tokens(uncached_input=21, cache_read=5000, cache_write_5m=100, cache_write_1h=200, output=17)


def native(**place: Any) -> dict[str, Any]:
    return traces([span(1, NATIVE, name="anthropic.messages.create", **place)], scope="com.anthropic.sdk.python")


def traceloop(**place: Any) -> dict[str, Any]:
    return traces([span(2, TRACELOOP, name="anthropic.chat", **place)], scope="opentelemetry.instrumentation.anthropic")


def openinference(told: dict[str, Any], **place: Any) -> dict[str, Any]:
    return traces([span(3, told, **place)], scope="openinference.instrumentation.anthropic")


@pytest.mark.parametrize("exports", [
    *permutations([native(trace=1), traceloop(trace=2)]),
    *permutations([native(trace=1), openinference(ANSWER, trace=2)]),
    *permutations([native(trace=1, parent=3), openinference(OPENINFERENCE, trace=1)]),
    *permutations([native(trace=1), traceloop(trace=2), openinference(ANSWER, trace=3)]),
])
def test_a_call_told_by_several_instrumentations_is_counted_once(exports: tuple[dict[str, Any], ...],
                                                                 tmp_path: Path) -> None:
    receiver, ledger = normaliser(tmp_path), Ledger()
    for export in exports:
        ledger.take(heard(receiver, "traces", export))
    [call] = ledger.calls.values()
    assert call.tokens == TRUE
    assert call.key == "anthropic/msg_01A"
    assert not receiver.assembly.instrumentations.notices()


def test_an_export_that_holds_both_comes_to_one_call_in_either_order(tmp_path: Path) -> None:
    for spans in permutations([span(1, NATIVE, parent=3), span(3, OPENINFERENCE)]):
        [call] = heard(normaliser(tmp_path), "traces", traces(spans))
        assert call.tokens == TRUE


def test_traceloops_count_of_a_stream_is_shown_as_it_came_where_nothing_knows_better(tmp_path: Path) -> None:
    [call] = heard(normaliser(tmp_path), "traces", traceloop())
    assert call.tokens is not None
    assert call.tokens.output == 18


def test_a_whole_export_told_again_changes_nothing(tmp_path: Path) -> None:
    receiver = normaliser(tmp_path)
    export = traces([span(1, NATIVE, parent=9), span(3, OPENINFERENCE, trace=4), span(9, name="run")])
    assert len(heard(receiver, "traces", export)) == 2
    assert heard(receiver, "traces", export) == []


def test_a_restarted_receiver_gives_the_same_call_the_same_key(tmp_path: Path) -> None:
    ledger = Ledger()
    for _ in range(2):
        ledger.take(heard(normaliser(tmp_path), "traces", traces([span(1, NATIVE), span(3, OPENINFERENCE, trace=4)])))
    assert len(ledger.calls) == 2


def test_agents_workflows_and_tools_that_carry_sums_are_not_calls(tmp_path: Path) -> None:
    usage = {"gen_ai.usage.input_tokens": 900, "gen_ai.usage.output_tokens": 90, "gen_ai.request.model": "gpt-4o"}
    spans = [
        span(1, {**usage, "gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "planner"}),
        span(2, {**usage, "gen_ai.operation.name": "invoke_workflow"}, parent=1),
        span(3, {**usage, "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "search"}, parent=2),
        span(4, {**usage, "openinference.span.kind": "CHAIN"}, parent=3),
        span(5, {**usage, "traceloop.span.kind": "workflow"}, parent=4),
    ]
    assert heard(normaliser(tmp_path), "traces", traces(spans)) == []


def test_an_outer_span_without_an_answers_identifier_gives_way_to_the_one_below_it(tmp_path: Path) -> None:
    receiver, ledger = normaliser(tmp_path), Ledger()
    inner = {**OPENINFERENCE, "llm.token_count.prompt": 5300}
    ledger.take(heard(receiver, "traces", traces([span(3, OPENINFERENCE)])))
    assert len(ledger.calls) == 1
    ledger.take(heard(receiver, "traces", traces([span(5, inner, parent=4), span(4, parent=3)])))
    [call] = ledger.calls.values()
    assert call.key == f"span/{1:032x}/{5:016x}"


def test_two_instrumentations_that_nothing_links_are_counted_and_told_of(tmp_path: Path) -> None:
    receiver, ledger = normaliser(tmp_path), Ledger()
    ledger.take(heard(receiver, "traces", native(trace=1)))
    ledger.take(heard(receiver, "traces", openinference(OPENINFERENCE, trace=2, seconds_ago=5)))
    assert len(ledger.calls) == 2
    [notice] = receiver.assembly.instrumentations.notices()
    assert notice.startswith("triage: possible double instrumentation")
    assert "ANTHROPIC_OPEN_TELEMETRY=false" in notice


def test_a_gateways_name_for_the_provider_does_not_make_another_call_of_it(tmp_path: Path) -> None:
    receiver, ledger = normaliser(tmp_path), Ledger()
    ledger.take(heard(receiver, "traces", native()))
    by_gateway = {**TRACELOOP, "gen_ai.provider.name": "litellm_proxy", "gen_ai.operation.name": "anthropic_messages"}
    ledger.take(heard(receiver, "traces", traces([span(7, by_gateway, trace=9)], scope="litellm")))
    [call] = ledger.calls.values()
    assert (call.provider, call.tokens) == ("anthropic", TRUE)


def test_a_failed_attempt_does_not_take_the_tokens_of_the_call(tmp_path: Path) -> None:
    receiver, ledger = normaliser(tmp_path), Ledger()
    ledger.take(heard(receiver, "traces", native()))
    failed = {"gen_ai.provider.name": "anthropic", "gen_ai.operation.name": "chat", "gen_ai.response.id": "msg_01A"}
    ledger.take(heard(receiver, "traces", traces([span(8, failed, trace=3, failed=True)])))
    [call] = ledger.calls.values()
    assert call.tokens == TRUE
    assert not call.failed


def test_an_identifier_that_a_local_server_gives_again_later_is_another_call(tmp_path: Path) -> None:
    receiver, ledger = normaliser(tmp_path), Ledger()
    told = {**NATIVE, "gen_ai.response.id": "chatcmpl-117"}
    for number, ago in ((1, 4000), (2, 10)):
        ledger.take(heard(receiver, "traces", traces([span(number, told, trace=number, seconds_ago=ago)])))
    assert len(ledger.calls) == 2


def test_of_two_in_one_trace_the_one_that_knows_the_tokens_counts(tmp_path: Path) -> None:
    inner = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "claude-sonnet-4-6"}
    outer = openinference(OPENINFERENCE)
    for order in permutations([outer, traces([span(4, inner, parent=3)])]):
        receiver, ledger = normaliser(tmp_path), Ledger()
        for export in order:
            ledger.take(heard(receiver, "traces", export))
        [call] = ledger.calls.values()
        assert call.key == f"span/{1:032x}/{3:016x}"


def test_attempts_that_failed_below_a_call_are_calls_of_their_own_without_tokens(tmp_path: Path) -> None:
    ledger = Ledger()
    tried = {"gen_ai.operation.name": "chat", "gen_ai.provider.name": "anthropic", "error.type": "429"}
    ledger.take(heard(normaliser(tmp_path), "traces", traces([
        span(5, tried, parent=3), span(1, NATIVE, parent=3), span(3, OPENINFERENCE)])))
    told = sorted((call.failed, call.tokens is None) for call in ledger.calls.values())
    assert told == [(False, False), (True, True)]
