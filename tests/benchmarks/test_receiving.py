"""How many spans a second one core decodes and makes calls of, and how much memory a flood of them may take."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from console.memory import uncollected
from console.providers.otel.decoding import Decoder
from console.providers.source import PushedCall
from tests.support.measuring import in_turn, median, own_seconds, report
from tests.support.otlp import AT, NOW, normaliser, receiving

BATCH, BATCHES = 512, 40
MOST_TIMES_BARE = 9.0
"""Of parsing the same bodies and reading every attribute's name."""
MOST_GROWN_MIB = 200.0
ATTRIBUTES: dict[str, str | int] = {  # what the Anthropic SDK tells of a call
    "server.address": "api.anthropic.com", "server.port": 443, "gen_ai.provider.name": "anthropic",
    "gen_ai.operation.name": "chat", "gen_ai.request.model": "claude-sonnet-4-6", "gen_ai.request.max_tokens": 100,
    "http.request.method": "POST", "http.route": "/v1/messages", "url.scheme": "https", "url.path": "/v1/messages",
    "url.full": "https://api.anthropic.com/v1/messages", "gen_ai.usage.input_tokens": 5321,
    "http.response.status_code": 200, "anthropic.request.id": "req_01", "anthropic.organization.id": "org-1",
    "gen_ai.response.model": "claude-sonnet-4-6", "gen_ai.usage.cache_write.input_tokens": 300,
    "gen_ai.usage.cache_read.input_tokens": 5000, "gen_ai.usage.output_tokens": 17,
    "anthropic.usage.cache_creation.ephemeral_5m_input_tokens": 100,
    "anthropic.usage.cache_creation.ephemeral_1h_input_tokens": 200, "anthropic.response.service_tier": "standard",
    "anthropic.message.stop_reason": "end_turn",
}


def body(number: int) -> bytes:
    """512 calls in 128 traces, each below a span that never comes."""
    request = ExportTraceServiceRequest()
    group = request.resource_spans.add()
    for key, value in {"service.name": "triage", "team.id": "claims", "telemetry.sdk.name": "opentelemetry"}.items():
        _put(group.resource, key, value)
    scoped = group.scope_spans.add()
    scoped.scope.name, scoped.scope.version = "com.anthropic.sdk.python", "2.14.0"
    for place in range(BATCH):
        own = number * 100_000 + place + 1
        span = scoped.spans.add()
        span.trace_id, span.span_id = (own // 4 + 1).to_bytes(16, "big"), own.to_bytes(8, "big")
        span.parent_span_id = (own // 4 + 2**40).to_bytes(8, "big")
        span.name, span.kind = "anthropic.messages.create", 3
        span.start_time_unix_nano, span.end_time_unix_nano = AT - 10**10, AT - 10**9
        for key, told in ATTRIBUTES.items():
            _put(span, key, told)
        _put(span, "gen_ai.response.id", f"msg_{own}")
    return bytes(request.SerializeToString())


def _put(holder: Any, key: str, value: str | int) -> None:
    attribute = holder.attributes.add()
    attribute.key = key
    if isinstance(value, int):
        attribute.value.int_value = value
    else:
        attribute.value.string_value = value


def bare(raw: bytes) -> int:
    request = ExportTraceServiceRequest.FromString(raw)
    return sum(len(pair.key) for group in request.resource_spans for scoped in group.scope_spans
               for span in scoped.spans for pair in span.attributes)


@pytest.mark.benchmark
def test_a_core_decodes_far_more_spans_than_are_asked_of_it(tmp_path: Path) -> None:
    bodies, receiver, decoder = [body(number) for number in range(BATCHES)], normaliser(tmp_path), Decoder()
    bare(bodies[0])
    whole, parsed = [], []
    for raw in bodies:
        with uncollected():
            parsed.append(own_seconds(bare, raw))
            whole.append(own_seconds(lambda: receiver.put(decoder.protobuf("traces", raw), NOW)))  # noqa: B023
    once, baseline = median(whole), median(parsed)
    report(f"an export of {BATCH} spans", decoded_and_normalised_s=once, bare_parse_s=baseline, ratio=once / baseline,
           spans_a_second=BATCH / once)
    assert once < baseline * MOST_TIMES_BARE


@pytest.mark.benchmark
def test_a_flood_takes_no_more_memory_than_it_may(tmp_path: Path) -> None:
    receiver, decoder = normaliser(tmp_path), Decoder()
    receiver.put(decoder.protobuf("traces", body(0)), NOW)
    before = _resident_mib()
    for number in range(1, 400):
        with uncollected():
            receiver.put(decoder.protobuf("traces", body(number)), NOW)
    grown = _resident_mib() - before
    report("200,000 calls in a flood", grown_mib=grown)
    assert grown < MOST_GROWN_MIB


@pytest.mark.benchmark
async def test_the_socket_adds_little(tmp_path: Path) -> None:
    async def sink(calls: Sequence[PushedCall]) -> None:
        pass

    bodies = [body(number) for number in range(BATCHES)]
    headers = {"content-type": "application/x-protobuf"}
    async with receiving(tmp_path, sink, most_per_s=1_000_000) as (_, client):
        begun = time.perf_counter()
        answers = await asyncio.gather(*(client.post("/v1/traces", content=raw, headers=headers) for raw in bodies))
        took = time.perf_counter() - begun
    assert {answer.status_code for answer in answers} == {200}
    receiver, decoder = normaliser(tmp_path), Decoder()
    [straight] = in_turn(1, lambda: [receiver.put(decoder.protobuf("traces", raw), NOW) for raw in bodies])
    report(f"{BATCHES} exports over a socket", over_socket_s=took, straight_s=straight[0], ratio=took / straight[0],
           spans_a_second=BATCH * BATCHES / took)
    assert took < straight[0] * 3


def _resident_mib() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 2**20
