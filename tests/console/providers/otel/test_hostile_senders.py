"""Whoever reaches the receiver can send anything: it stays up, in bounded memory, and what it gives on is harmless."""

from __future__ import annotations

import asyncio
import json
import random
import struct
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console.providers.otel import names
from console.providers.otel.bounds import MOST_ATTRIBUTES, MOST_RECORDS
from console.providers.otel.decoding import Decoder
from console.providers.otel.records import Undecodable
from tests.console.providers.otel.test_counted_once import NATIVE
from tests.support.otlp import AT, NOW, Ledger, heard, normaliser, receiving, span, traces

USAGE = {"gen_ai.operation.name": "chat", "gen_ai.usage.input_tokens": 10, "gen_ai.usage.output_tokens": 1}


def refused(told: dict[str, Any], folder: Path) -> dict[str, int]:
    export = Decoder().json("traces", json.dumps(traces([span(1, {**USAGE, **told})])).encode())
    normaliser(folder).put(export, NOW)
    return export.refused


@pytest.mark.parametrize("amount", [-1, "-1", 10**12, "9" * 19, 1e300, float("inf"), -0.5e9])
def test_a_count_that_cannot_be_true_is_refused(amount: Any, tmp_path: Path) -> None:
    for name in ("gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens", "gen_ai.usage.cache_read.input_tokens"):
        assert refused({name: amount}, tmp_path) == {"token counts that cannot be true": 1}


@pytest.mark.parametrize(("amount", "counted"), [("12", 12), (12.0, 12), (" 7 ", 7), ("many", 0), (True, 0), ([1], 0)])
def test_a_count_is_read_leniently(amount: Any, counted: int, tmp_path: Path) -> None:
    told = {"gen_ai.operation.name": "chat", "gen_ai.usage.output_tokens": 1, "gen_ai.usage.input_tokens": amount}
    [call] = heard(normaliser(tmp_path), "traces", traces([span(1, told)]))
    assert call.tokens is not None
    assert call.tokens.uncached_input == counted


def test_a_sender_whose_cache_is_more_than_its_input_leaves_the_cache_out_of_it(tmp_path: Path) -> None:
    receiver = normaliser(tmp_path)
    proof = {**USAGE, "gen_ai.usage.cache_read.input_tokens": 500}
    later = {**USAGE, "gen_ai.usage.input_tokens": 800, "gen_ai.usage.cache_read.input_tokens": 500}
    counted = [heard(receiver, "traces", traces([span(number, told)]))[0].tokens
               for number, told in ((1, later), (2, proof), (3, later))]
    assert [tokens.uncached_input for tokens in counted if tokens] == [300, 10, 800]
    [other] = heard(receiver, "traces", traces([span(4, later)], service="another"))
    assert other.tokens is not None
    assert other.tokens.uncached_input == 300


def test_names_are_harmless_and_short(tmp_path: Path) -> None:
    evil = "\x1b]0;owned\x07\u202egnp.exe\ud800" + "x" * 5000
    told = {
        **USAGE, "gen_ai.response.model": evil, "gen_ai.provider.name": evil, "gen_ai.agent.name": evil,
        "gen_ai.conversation.id": evil, "gen_ai.response.id": evil, "gen_ai.workflow.name": evil,
        "gen_ai.output.messages": json.dumps([{"parts": [{"type": "tool_call", "name": evil, "arguments": {}}]}]),
    }
    export = traces([span(1, told)], service=evil, resource={evil: evil, "team": evil})
    [call] = heard(normaliser(tmp_path), "traces", export)
    words = [call.model, call.provider, call.session, call.key, call.caller, call.tools[0][0],
             *(part for pair in call.dimensions for part in pair if part)]
    for word in words:
        assert word.isprintable(), ascii(word[:80])
        assert len(word) <= 300
        word.encode()


def test_too_many_attributes_or_records_are_refused_and_the_rest_is_taken(tmp_path: Path) -> None:
    many = {f"attribute.{number}": "x" for number in range(MOST_ATTRIBUTES + 1)}
    assert refused(many, tmp_path) == {f"more than {MOST_ATTRIBUTES:,} attributes": 1}
    body = b'{"resourceLogs": [{"scopeLogs": [{"logRecords": [' + b",".join([b"{}"] * (MOST_RECORDS + 5)) + b"]}]}]}"
    export = Decoder().json("logs", body)
    assert export.refused == {f"more than {MOST_RECORDS:,} records in one request": 5}


def test_values_nested_deeper_than_anybody_means_are_passed_over(tmp_path: Path) -> None:
    deep: Any = "end"
    for _ in range(90):
        deep = {"arrayValue": {"values": [deep if isinstance(deep, dict) else {"stringValue": deep}]}}
    export = traces([span(1, USAGE)])
    told = export["resourceSpans"][0]["scopeSpans"][0]["spans"][0]["attributes"]
    told += [{"key": key, "value": deep} for key in ("gen_ai.output.messages", "gen_ai.response.model", "workload")]
    assert len(heard(normaliser(tmp_path), "traces", export)) == 1


@pytest.mark.parametrize("body", [
    b"", b"null", b"[]", b"5", b'{"resourceSpans": {}}', b'{"resourceSpans": [5]}', b"[" * 100_000,
    b'{"resourceSpans": [{"scopeSpans": [{"spans": [{"traceId": "zz"}]}]}]}',
    b'{"resourceSpans": [{"scopeSpans": [{"spans": [{"traceId": "' + b"0" * 32 + b'", "spanId": "' + b"1" * 16
    + b'", "endTimeUnixNano": "soon"}]}]}]}',
    b'{"resourceSpans": [{"scopeSpans": [{"spans": [{"attributes": [{"value": {}}]}]}]}]}',
])
def test_json_that_is_no_export_is_refused_as_such(body: bytes) -> None:
    try:
        export = Decoder().json("traces", body)
    except Undecodable:
        return
    assert not export.spans


@given(st.binary(max_size=400))
@settings(max_examples=100, deadline=None)
def test_no_bytes_break_the_decoder(body: bytes) -> None:
    for form in (Decoder().protobuf, Decoder().json):
        for signal in ("traces", "metrics", "logs"):
            try:
                form(signal, body)
            except Undecodable:
                continue


SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20), st.sampled_from([
    "{", "[{}]", '{"id": 5, "usage": 7, "content": [1], "choices": [{"message": 1}]}', '[{"parts": 3, "message": 4}]',
    '{"cache_creation": 1, "prompt_tokens_details": []}', "chat", "LLM", "execute_tool", "invoke_agent", "msg_1"]))
ANYTHING = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
    st.sampled_from(["stringValue", "intValue", "arrayValue", "kvlistValue", "values", "key", "value", "x"]), inner,
    max_size=3), max_leaves=6)
PAIRS = st.lists(st.fixed_dictionaries({
    "key": st.sampled_from([*sorted(names.WANTED), "gen_ai.completion.0.tool_calls.0.name", "service.name"]) | ANYTHING,
    "value": st.dictionaries(st.sampled_from(["stringValue", "intValue", "doubleValue", "boolValue", "arrayValue",
                                              "kvlistValue"]), ANYTHING, max_size=1),
}), max_size=8)
RECORD = st.fixed_dictionaries({
    "traceId": st.sampled_from(["1" * 32, "2" * 32]), "spanId": st.sampled_from(["1" * 16, "2" * 16, "3" * 16]),
    "parentSpanId": st.sampled_from(["", "1" * 16, "2" * 16, "4" * 16]), "attributes": PAIRS,
    "name": st.sampled_from(["chat", "claude_code.llm_request", "claude_code.tool", "claude_code.token.usage",
                             "gen_ai.client.token.usage"]) | ANYTHING,
    "endTimeUnixNano": st.sampled_from([str(AT), AT - 5, "-1", "9" * 30]) | ANYTHING,
    "eventName": st.sampled_from(["claude_code.api_request", "claude_code.tool_result"]) | ANYTHING,
    "timeUnixNano": st.sampled_from([str(AT), AT]) | ANYTHING,
    "sum": st.fixed_dictionaries({"aggregationTemporality": ANYTHING, "dataPoints": st.lists(st.fixed_dictionaries({
        "attributes": PAIRS, "timeUnixNano": st.sampled_from([str(AT), AT, "-3"]), "startTimeUnixNano": ANYTHING,
        "asInt": ANYTHING}), max_size=3)}),
})


@given(st.data())
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture,
                                                                   HealthCheck.too_slow])
def test_no_json_breaks_what_makes_calls_of_it(tmp_path: Path, data: st.DataObject) -> None:
    receiver = normaliser(tmp_path)
    for signal, groups, scopes, records in (
            ("traces", "resourceSpans", "scopeSpans", "spans"), ("logs", "resourceLogs", "scopeLogs", "logRecords"),
            ("metrics", "resourceMetrics", "scopeMetrics", "metrics")):
        told = {groups: [{"resource": {"attributes": data.draw(PAIRS)}, scopes: [
            {"scope": {"name": "claude_code"}, records: data.draw(st.lists(RECORD, max_size=3))}]}]}
        try:
            export = Decoder().json(signal, json.dumps(told).encode())
        except Undecodable:
            continue
        for call in receiver.put(export, NOW):
            assert call.at <= NOW + timedelta(minutes=10)
            assert call.model.isprintable()


def test_an_export_with_any_bits_turned_is_taken_or_refused_never_worse(tmp_path: Path) -> None:
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

    request = ExportTraceServiceRequest()
    found = request.resource_spans.add().scope_spans.add().spans.add()
    found.trace_id, found.span_id, found.end_time_unix_nano = b"t" * 16, b"s" * 8, int(NOW.timestamp()) * 10**9
    for key, value in NATIVE.items():
        attribute = found.attributes.add()
        attribute.key = key
        if isinstance(value, int):
            attribute.value.int_value = value
        else:
            attribute.value.string_value = value
    whole, chance = request.SerializeToString(), random.Random(5)
    receiver = normaliser(tmp_path)
    for _ in range(400):
        body = bytearray(whole)
        for _ in range(chance.randint(1, 4)):
            body[chance.randrange(len(body))] ^= 1 << chance.randrange(8)
        try:
            receiver.put(Decoder().protobuf("traces", bytes(body)), NOW)
        except Undecodable:
            continue


async def test_a_cut_body_a_slow_sender_and_no_http_at_all_leave_the_receiver_up(tmp_path: Path) -> None:
    async with receiving(tmp_path, Ledger()) as (source, client):
        async def raw(*pieces: bytes) -> bytes:
            reader, writer = await asyncio.open_connection("127.0.0.1", source.port)
            for piece in pieces:
                writer.write(piece)
            writer.write_eof()
            got = await reader.read()
            writer.close()
            return got

        head = b"POST /v1/traces HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n"
        assert b" 200 " not in await raw(head, b'{"resourceSpans"')
        told = await raw(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        assert b"not over gRPC" in told
        assert b" 400 " in (await raw(struct.pack(">I", 7) * 50)).partition(b"\r\n")[0]
        assert b" 431 " in (await raw(b"POST / HTTP/1.1\r\nx: " + b"y" * 100_000)).partition(b"\r\n")[0]
        assert (await client.post("/v1/traces", json={})).status_code == 200


async def test_many_connections_are_bounded_and_each_is_told(tmp_path: Path) -> None:
    async with receiving(tmp_path, Ledger()) as (source, client):
        held = [await asyncio.open_connection("127.0.0.1", source.port) for _ in range(256)]
        answer = await client.post("/v1/traces", json={})
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
        for _, writer in held:
            writer.close()
        for _, writer in held:
            await writer.wait_closed()
    assert source.reception().address is None
