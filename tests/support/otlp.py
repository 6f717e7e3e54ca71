"""What senders of OpenTelemetry send, as protobuf and as JSON, and a receiver to send it to."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from console.clock import ManualClock
from console.listening import Place
from console.providers.otel import CAPABILITIES
from console.providers.otel.decoding import Decoder
from console.providers.otel.dimensions import CallDimensions
from console.providers.otel.normalising import Normaliser
from console.providers.otel.source import OtelSource
from console.providers.shared.arguments import ArgumentHash
from console.providers.source import PushedCall

NOW = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
NANOSECONDS = 1_000_000_000
AT = int(NOW.timestamp()) * NANOSECONDS


def normaliser(folder: Path) -> Normaliser:
    return Normaliser(CallDimensions(), ArgumentHash(folder / "arguments.key"))


def value(told: Any) -> dict[str, Any]:
    """An attribute's value as JSON has it."""
    if isinstance(told, bool):
        return {"boolValue": told}
    if isinstance(told, int):
        return {"intValue": str(told)}
    if isinstance(told, float):
        return {"doubleValue": told}
    if isinstance(told, list):
        return {"arrayValue": {"values": [value(each) for each in told]}}
    if isinstance(told, dict):
        return {"kvlistValue": {"values": attributes(told)}}
    return {"stringValue": told}


def attributes(told: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{"key": key, "value": value(each)} for key, each in told.items()]


def span(number: int, told: Mapping[str, Any] | None = None, *, trace: int = 1, parent: int = 0, name: str = "chat",
         seconds_ago: float = 10.0, lasted_s: float = 1.0, failed: bool = False) -> dict[str, Any]:
    """A span of JSON; identifiers as small numbers, times as seconds before NOW."""
    end = AT - int(seconds_ago * NANOSECONDS)
    return {
        "traceId": f"{trace:032x}", "spanId": f"{number:016x}", "parentSpanId": f"{parent:016x}" if parent else "",
        "name": name, "kind": 3, "startTimeUnixNano": str(end - int(lasted_s * NANOSECONDS)),
        "endTimeUnixNano": str(end), "attributes": attributes(told or {}), "status": {"code": 2} if failed else {},
    }


def traces(spans: Sequence[Mapping[str, Any]], *, scope: str = "test", version: str = "1", service: str = "triage",
           resource: Mapping[str, Any] | None = None) -> dict[str, Any]:
    return {"resourceSpans": [{
        "resource": {"attributes": attributes({"service.name": service, **(resource or {})})},
        "scopeSpans": [{"scope": {"name": scope, "version": version}, "spans": list(spans)}],
    }]}


def logs(records: Sequence[Mapping[str, Any]], *, service: str = "claude-code",
         scope: str = "com.anthropic.claude_code.events") -> dict[str, Any]:
    return {"resourceLogs": [{
        "resource": {"attributes": attributes({"service.name": service})},
        "scopeLogs": [{"scope": {"name": scope}, "logRecords": list(records)}],
    }]}


def event(name: str, told: Mapping[str, Any], *, seconds_ago: float = 10.0) -> dict[str, Any]:
    """A log record of Claude Code's."""
    return {
        "timeUnixNano": str(AT - int(seconds_ago * NANOSECONDS)), "body": {"stringValue": f"claude_code.{name}"},
        "attributes": attributes({"event.name": name, **told}),
    }


def points(metric: str, told: Sequence[Mapping[str, Any]], *, cumulative: bool, kind: str = "sum",
           service: str = "claude-code") -> dict[str, Any]:
    """A metric's data points; `told` are as `point` makes them."""
    data = {"aggregationTemporality": 2 if cumulative else 1, "isMonotonic": True, "dataPoints": list(told)}
    return {"resourceMetrics": [{
        "resource": {"attributes": attributes({"service.name": service})},
        "scopeMetrics": [{"scope": {"name": "com.anthropic.claude_code"}, "metrics": [{"name": metric, kind: data}]}],
    }]}


def point(amount: float, told: Mapping[str, Any], *, began_s: float = 600, seconds_ago: float = 10.0,
          field: str = "asDouble") -> dict[str, Any]:
    return {
        "startTimeUnixNano": str(AT - int(began_s * NANOSECONDS)),
        "timeUnixNano": str(AT - int(seconds_ago * NANOSECONDS)), field: amount, "attributes": attributes(told),
    }


def heard(normaliser: Normaliser, signal: str, told: Mapping[str, Any]) -> list[PushedCall]:
    """What an export in JSON makes known."""
    return normaliser.put(Decoder().json(signal, json.dumps(told).encode()), NOW)


class Ledger:
    """A store as a sink sees it: by key, the higher rank stays."""

    def __init__(self) -> None:
        self.calls: dict[str, PushedCall] = {}
        self.given = 0

    async def __call__(self, calls: Sequence[PushedCall]) -> None:
        self.take(calls)

    def take(self, calls: Sequence[PushedCall]) -> None:
        for call in calls:
            self.given += 1
            if call.withdrawn:
                self.calls.pop(call.key, None)
            elif call.key not in self.calls or call.rank >= self.calls[call.key].rank:
                self.calls[call.key] = call


@asynccontextmanager
async def receiving(folder: Path, sink: Any, *, now: datetime = NOW, **options: Any
                    ) -> AsyncIterator[tuple[OtelSource, httpx.AsyncClient]]:
    """A receiver on a free port, and a client that knows where it is."""
    source = OtelSource("otel", CAPABILITIES, Place("127.0.0.1", 0), folder, ManualClock(now), **options)
    serving = asyncio.create_task(source.serve(sink))
    while source.reception().address is None:
        await asyncio.sleep(0)
        if serving.done():
            serving.result()
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{source.port}", trust_env=False) as client:
            yield source, client
    finally:
        await source.close()
        await serving
