"""The conventions' event of a whole call: told beside the call's span, or instead of it."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path
from typing import Any

from console.providers.source import Tokens
from tests.console.providers.otel.test_counted_once import NATIVE, TRUE
from tests.support.otlp import AT, Ledger, attributes, heard, logs, normaliser, span, traces

UNNAMED = {key: value for key, value in NATIVE.items() if key != "gen_ai.response.id"}
ASKED = [{"role": "assistant", "parts": [{"type": "tool_call", "id": "t1", "name": "look_up", "arguments": "xyzzy"}]}]


def details(told: dict[str, Any], *, trace: int = 1, number: int = 1) -> dict[str, Any]:
    place = {"traceId": f"{trace:032x}", "spanId": f"{number:016x}"} if trace else {}
    return logs([{"eventName": "gen_ai.client.inference.operation.details", "timeUnixNano": str(AT - 10_000_000_000),
                  "attributes": attributes(told), **place}], service="triage", scope="genai")


def test_an_event_alone_is_a_call_with_its_tools(tmp_path: Path) -> None:
    [call] = heard(normaliser(tmp_path), "logs", details({**NATIVE, "gen_ai.output.messages": ASKED}))
    assert (call.key, call.tokens, call.trace) == ("anthropic/msg_01A", TRUE, f"{1:032x}")
    assert [name for name, _ in call.tools] == ["look_up"]
    assert "xyzzy" not in repr(call)


def test_an_event_and_its_span_are_one_call_with_or_without_the_answers_name(tmp_path: Path) -> None:
    agent = span(9, {"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "reader"})
    for told in (NATIVE, UNNAMED):
        both = [("logs", details(told)), ("traces", traces([span(1, told, parent=9), agent]))]
        for order in permutations(both):
            receiver, ledger = normaliser(tmp_path), Ledger()
            for signal, export in order:
                ledger.take(heard(receiver, signal, export))
            [call] = ledger.calls.values()
            assert call.tokens == TRUE
            assert ("agent", "reader") in call.dimensions


def test_an_event_that_belongs_to_no_span_is_a_call_once(tmp_path: Path) -> None:
    receiver, ledger = normaliser(tmp_path), Ledger()
    for _ in range(2):
        ledger.take(heard(receiver, "logs", details(UNNAMED, trace=0)))
    assert [call.tokens for call in ledger.calls.values()] == [TRUE]


def test_an_events_impossible_count_is_refused_and_others_are_passed_over(tmp_path: Path) -> None:
    assert heard(normaliser(tmp_path), "logs", details({**NATIVE, "gen_ai.usage.input_tokens": -1})) == []
    choice = logs([{"eventName": "gen_ai.choice", "attributes": attributes(NATIVE)}], service="triage", scope="genai")
    assert heard(normaliser(tmp_path), "logs", choice) == []


def test_an_embedding_costs_though_it_has_no_output(tmp_path: Path) -> None:
    told = {"gen_ai.operation.name": "embeddings", "gen_ai.provider.name": "openai", "gen_ai.usage.input_tokens": 8}
    [call] = heard(normaliser(tmp_path), "logs", details(told))
    assert call.tokens == Tokens(uncached_input=8)
