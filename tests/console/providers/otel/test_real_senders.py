"""The real SDK, instrumentations and exporter as senders, over sockets."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from opentelemetry._logs import LogRecord
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExportResult

from console.providers.source import Busy, PushedCall, Tokens
from tests.support.otlp import Ledger, receiving
from tests.support.otlp_senders import OPENAI, SCENARIOS

TRUE = Tokens(uncached_input=21, cache_read=5000, cache_write_5m=100, cache_write_1h=200, output=17)
USAGE: dict[str, str | int] = {
    "gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.response.id": "chatcmpl-9",
    "gen_ai.response.model": "gpt-4o", "gen_ai.usage.input_tokens": 40, "gen_ai.usage.output_tokens": 2,
}


async def test_the_sdk_and_every_instrumentation_on_it_come_to_one_call_an_answer(tmp_path: Path) -> None:
    ledger = Ledger()
    async with receiving(tmp_path, ledger, now=datetime.now(UTC)) as (source, _):
        program = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.support.otlp_senders", str(source.port), stderr=asyncio.subprocess.PIPE)
        _, said = await program.communicate()
        assert program.returncode == 0, said.decode()
        assert not source.reception().refused
    found = {call.key.partition("/")[2]: call for call in ledger.calls.values()}
    assert found.keys() == SCENARIOS.keys() | OPENAI.keys()
    for answer in OPENAI:
        call = found[answer]
        assert (call.provider, call.model) == ("openai", "gpt-4o-mini")
        assert call.tokens == Tokens(uncached_input=36, cache_read=64, output=9), answer
        assert [name for name, _ in call.tools] == ["look_up"], answer
    for answer in SCENARIOS:
        call = found[answer]
        assert call.tokens == TRUE, answer
        assert (call.provider, call.model, call.failed) == ("anthropic", "claude-sonnet-4-6", False)
        assert ("label.team.id", "people") in call.dimensions
        if len(SCENARIOS[answer][0]) > 1:  # whoever tells the answer too tells its tools
            assert [name for name, _ in call.tools] == ["look_up"], answer
    assert "Doe" not in repr(ledger.calls)


async def test_the_exporter_sends_again_what_a_busy_store_did_not_take(tmp_path: Path) -> None:
    ledger, busy = Ledger(), [True]

    async def sink(calls: Sequence[PushedCall]) -> None:
        if busy:
            busy.pop()
            raise Busy(0.1)
        await ledger(calls)

    async with receiving(tmp_path, sink, now=datetime.now(UTC)) as (source, _):
        provider = TracerProvider()
        exporter = OTLPSpanExporter(f"http://127.0.0.1:{source.port}/v1/traces")
        with provider.get_tracer("test").start_as_current_span("chat gpt-4o", attributes=USAGE) as span:
            pass
        result = await asyncio.to_thread(exporter.export, [span])  # type: ignore[list-item]
    assert result is SpanExportResult.SUCCESS
    assert list(ledger.calls) == ["openai/chatcmpl-9"]


async def test_agents_and_tools_of_a_real_tracer_are_placed(tmp_path: Path) -> None:
    ledger = Ledger()
    async with receiving(tmp_path, ledger, now=datetime.now(UTC)) as (source, _):
        def run() -> None:
            provider = TracerProvider(resource=Resource.create({"service.name": "agents"}))
            provider.add_span_processor(
                SimpleSpanProcessor(OTLPSpanExporter(f"http://127.0.0.1:{source.port}/v1/traces")))
            tracer = provider.get_tracer("framework")
            agent = {"gen_ai.operation.name": "invoke_agent"}
            with tracer.start_as_current_span("invoke_agent boss", attributes={**agent, "gen_ai.agent.name": "boss"}):
                tool = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "ask"}
                with (tracer.start_as_current_span("execute_tool ask", attributes=tool),
                      tracer.start_as_current_span("invoke_agent help", attributes=agent),
                      tracer.start_as_current_span("chat gpt-4o", attributes=USAGE)):
                    pass
            provider.shutdown()

        await asyncio.to_thread(run)
    [call] = ledger.calls.values()
    assert call.depth == 1
    assert call.parent is not None


@pytest.mark.parametrize("temporality", ["delta", "cumulative"])
async def test_a_real_meter_is_counted_in_either_temporality(temporality: str, tmp_path: Path,
                                                              monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", temporality)
    ledger = Ledger()
    async with receiving(tmp_path, ledger, now=datetime.now(UTC)) as (source, _):
        def run() -> None:
            exporter = OTLPMetricExporter(f"http://127.0.0.1:{source.port}/v1/metrics")
            reader = PeriodicExportingMetricReader(exporter, export_interval_millis=3_600_000)
            provider = MeterProvider([reader], resource=Resource.create({"service.name": "claude-code"}))
            counter = provider.get_meter("com.anthropic.claude_code").create_counter("claude_code.token.usage")
            for amount in (100, 50):
                counter.add(amount, {"session.id": "s", "model": "claude-opus-4-6", "type": "output"})
                provider.force_flush()
            provider.shutdown()

        await asyncio.to_thread(run)
    assert sum(call.tokens.output for call in ledger.calls.values() if call.tokens) == 150
    assert all(call.total for call in ledger.calls.values())


async def test_a_real_logger_sends_claude_codes_events(tmp_path: Path) -> None:
    ledger = Ledger()
    async with receiving(tmp_path, ledger, now=datetime.now(UTC)) as (source, _):
        def run() -> None:
            provider = LoggerProvider(resource=Resource.create({"service.name": "claude-code"}))
            exporter = OTLPLogExporter(f"http://127.0.0.1:{source.port}/v1/logs")
            provider.add_log_record_processor(BatchLogRecordProcessor(exporter))
            logger = provider.get_logger("com.anthropic.claude_code.events")
            told: dict[str, str | int] = {
                "event.name": "api_request", "session.id": "s", "model": "claude-opus-4-6", "input_tokens": 3,
                "output_tokens": 4, "cache_read_tokens": 5, "cache_creation_tokens": 6, "request_id": "req_5",
            }
            logger.emit(LogRecord(timestamp=time.time_ns(), body="claude_code.api_request", attributes=told))
            logger.emit(LogRecord(timestamp=time.time_ns(), event_name="claude_code.api_request",
                                  attributes={**told, "request_id": "req_6"}))
            provider.shutdown()

        await asyncio.to_thread(run)
    assert ledger.calls.keys() == {"anthropic/req_5", "anthropic/req_6"}
    assert {call.tokens for call in ledger.calls.values()} == {
        Tokens(uncached_input=3, output=4, cache_read=5, cache_write_5m=6)}
