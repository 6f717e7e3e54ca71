"""The receiver on a socket: what it answers to what is sent, and that nothing is lost or counted twice on the way."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import Sequence
from pathlib import Path

import httpx
import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

from console.clock import ManualClock
from console.listening import Place
from console.providers.otel import CAPABILITIES
from console.providers.otel.source import OtelSource
from console.providers.source import Busy, CannotListen, PushedCall
from tests.console.providers.otel.test_counted_once import NATIVE
from tests.support.otlp import NOW, Ledger, receiving, span, traces

PROTOBUF, JSON = "application/x-protobuf", "application/json"
EXPORT = json.dumps(traces([span(0xABCDEF, NATIVE | {"gen_ai.response.id": ""}, trace=0x123456789)])).encode()


def in_protobuf() -> bytes:
    request = ExportTraceServiceRequest()
    found = request.resource_spans.add().scope_spans.add().spans.add()
    found.trace_id, found.span_id = bytes.fromhex(f"{0x123456789:032x}"), bytes.fromhex(f"{0xABCDEF:016x}")
    told = json.loads(EXPORT)["resourceSpans"][0]["scopeSpans"][0]["spans"][0]
    found.name, found.end_time_unix_nano = "chat", int(told["endTimeUnixNano"])
    for key, value in NATIVE.items():
        if key != "gen_ai.response.id":
            attribute = found.attributes.add()
            attribute.key = key
            if isinstance(value, int):
                attribute.value.int_value = value
            else:
                attribute.value.string_value = value
    return bytes(request.SerializeToString())


@pytest.mark.parametrize("zipped", [False, True])
@pytest.mark.parametrize("form", [PROTOBUF, JSON])
async def test_every_signal_is_taken_in_both_forms_and_answered_in_the_same(form: str, zipped: bool,
                                                                            tmp_path: Path) -> None:
    ledger = Ledger()
    bodies = {
        "traces": in_protobuf() if form == PROTOBUF else EXPORT,
        "metrics": ExportMetricsServiceRequest().SerializeToString() if form == PROTOBUF else b"{}",
        "logs": ExportLogsServiceRequest().SerializeToString() if form == PROTOBUF else b"{}",
    }
    async with receiving(tmp_path, ledger) as (_, client):
        for signal, body in bodies.items():
            headers = {"content-type": form, **({"content-encoding": "gzip"} if zipped else {})}
            answer = await client.post(f"/v1/{signal}", content=gzip.compress(body) if zipped else body,
                                       headers=headers)
            assert answer.status_code == 200
            assert answer.headers["content-type"] == form
            assert answer.content == (b"" if form == PROTOBUF else b"{}")
    assert list(ledger.calls) == [f"span/{0x123456789:032x}/{0xABCDEF:016x}"]


async def test_what_is_refused_is_told_as_a_partial_success(tmp_path: Path) -> None:
    ledger = Ledger()
    bad = {**NATIVE, "gen_ai.usage.input_tokens": -5}
    export = traces([span(1, NATIVE), span(2, bad), span(3, NATIVE | {"gen_ai.response.id": "b"}, seconds_ago=-7200),
                     span(4, NATIVE | {"gen_ai.response.id": "c"}, seconds_ago=90 * 86_400)])
    async with receiving(tmp_path, ledger) as (source, client):
        answer = await client.post("/v1/traces", json=export)
        assert answer.status_code == 200
        partial = answer.json()["partialSuccess"]
        assert partial["rejectedSpans"] == "3"
        assert "cannot be true" in partial["errorMessage"]
        assert "in the future" in partial["errorMessage"]
        assert "31 days ago" in partial["errorMessage"]
        assert sum(source.reception().refused.values()) == 3
        assert source.reception().notices == (
            "triage: its calls are refused, because its clock seems to be 129,600 minutes behind.",)
        request = ExportTraceServiceRequest()
        request.resource_spans.add().scope_spans.add().spans.add().name = "no identifiers"
        answer = await client.post("/v1/traces", content=request.SerializeToString(),
                                   headers={"content-type": PROTOBUF})
        told = ExportTraceServiceResponse.FromString(answer.content).partial_success
        assert told.rejected_spans == 1
        assert "no trace or span identifier" in told.error_message
    assert len(ledger.calls) == 1


async def test_refusals_say_why_in_the_form_of_the_request(tmp_path: Path) -> None:
    async with receiving(tmp_path, Ledger(), largest=20_000) as (source, client):
        async def sent(path: str = "/v1/traces", body: bytes = b"{}", form: str = JSON,
                       encoding: str = "identity") -> httpx.Response:
            headers = {"content-type": form, "content-encoding": encoding}
            return await client.post(path, content=body, headers=headers)

        garbage = await sent(body=b"\xff\xfe garbage", form=PROTOBUF)
        assert (garbage.status_code, garbage.headers["content-type"]) == (400, PROTOBUF)
        assert garbage.content.startswith(b"\x08\x03\x12")  # google.rpc.Status: code 3, message
        assert b"not a protobuf export of traces" in garbage.content
        broken = await sent(body=b'{"resourceSpans": [')
        assert (broken.status_code, broken.json()["code"]) == (400, 3)
        assert (await sent(body=b'{"resourceSpans": 5}')).status_code == 400
        assert (await sent(body=b"[" * 15_000)).status_code == 400
        assert (await sent(body=b"x" * 20_001)).status_code == 413
        bomb = await sent(body=gzip.compress(b"0" * 5_000_000), encoding="gzip")
        assert (bomb.status_code, bomb.json()["code"]) == (413, 8)
        cut = await sent(body=gzip.compress(EXPORT)[:-4], encoding="gzip")
        assert cut.status_code == 400
        assert (await sent(form="text/plain")).status_code == 415
        assert (await sent(encoding="br")).status_code == 415
        assert (await sent("/v1/profiles")).status_code == 404
        assert (await client.get("/v1/traces")).status_code == 405
        page = await client.post("/v1/traces", json={}, headers={"origin": "https://example.com"})
        assert page.status_code == 403
        assert source.reception().refused["requests: too large"] == 2


async def test_a_busy_store_is_told_and_the_second_attempt_lands_though_everything_was_seen_before(
        tmp_path: Path) -> None:
    ledger, busy = Ledger(), [True]

    async def sink(calls: Sequence[PushedCall]) -> None:
        if busy:
            busy.pop()
            raise Busy(3)
        await ledger(calls)

    async with receiving(tmp_path, sink) as (_, client):
        first = await client.post("/v1/traces", content=EXPORT, headers={"content-type": JSON})
        assert (first.status_code, first.headers["retry-after"], first.json()["code"]) == (503, "3", 14)
        assert not ledger.calls
        second = await client.post("/v1/traces", content=EXPORT, headers={"content-type": JSON})
        assert second.status_code == 200
        assert len(ledger.calls) == 1


async def test_a_store_that_fails_is_a_busy_one_to_senders(tmp_path: Path) -> None:
    async def sink(calls: Sequence[PushedCall]) -> None:
        raise RuntimeError("broken")

    async with receiving(tmp_path, sink) as (_, client):
        answer = await client.post("/v1/traces", content=EXPORT, headers={"content-type": JSON})
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")


async def test_what_comes_while_the_store_works_is_given_to_it_at_once(tmp_path: Path) -> None:
    rounds: list[int] = []
    working, go_on = asyncio.Event(), asyncio.Event()

    async def sink(calls: Sequence[PushedCall]) -> None:
        rounds.append(len(calls))
        working.set()
        await go_on.wait()

    async with receiving(tmp_path, sink) as (source, client):
        async def send(number: int) -> httpx.Response:
            export = traces([span(number, NATIVE | {"gen_ai.response.id": f"msg_{number}"}, trace=number)])
            return await client.post("/v1/traces", json=export)

        first = asyncio.create_task(send(1))
        await working.wait()
        others = [asyncio.create_task(send(number)) for number in range(2, 7)]
        while len(source._delivery._waiting) < 5:  # type: ignore[union-attr]  # noqa: ASYNC110
            await asyncio.sleep(0.001)
        go_on.set()
        assert {(await each).status_code for each in [first, *others]} == {200}
    assert rounds == [1, 5]


async def test_whoever_sends_too_much_is_asked_to_wait(tmp_path: Path) -> None:
    export = traces([span(number, name="link") for number in range(1, 101)])
    async with receiving(tmp_path, Ledger(), most_per_s=20) as (_, client):
        answers = [await client.post("/v1/traces", json=export) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 429, 429]
        assert int(answers[1].headers["retry-after"]) >= 1


async def test_with_a_secret_only_who_bears_it_is_heard(tmp_path: Path) -> None:
    async with receiving(tmp_path, Ledger(), key=lambda: "s3cret") as (source, client):
        assert source.authenticated
        for headers in ({}, {"authorization": "Bearer other"}):
            answer = await client.post("/v1/traces", json={}, headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (401, 16)
        assert (await client.post("/v1/traces", json={}, headers={"authorization": "Bearer s3cret"})).status_code == 200


async def test_a_taken_place_is_said_with_what_to_do(tmp_path: Path) -> None:
    async with receiving(tmp_path, Ledger()) as (source, _):
        second = OtelSource("second", CAPABILITIES, Place("127.0.0.1", source.port), tmp_path, ManualClock(NOW))
        with pytest.raises(CannotListen, match="write another place as listen"):
            await second.serve(Ledger())


async def test_localhost_is_heard_in_both_of_its_addresses(tmp_path: Path) -> None:
    async with receiving(tmp_path, Ledger()) as (source, client):
        if len(source._listeners) < 2:
            pytest.skip("this machine has no ::1")
        answer = await client.post(f"http://[::1]:{source.port}/v1/traces", json={})
        assert answer.status_code == 200


async def test_the_reception_tells_what_came(tmp_path: Path) -> None:
    async with receiving(tmp_path, Ledger()) as (source, client):
        await client.post("/v1/traces", content=EXPORT, headers={"content-type": JSON})
        told = source.reception()
        assert told.address == f"127.0.0.1:{source.port}"
        assert (told.requests, told.calls) == (1, 1)
        assert told.newest is not None
        assert told.newest.isoformat() == "2026-11-26T11:59:50+00:00"
    assert source.reception().address is None
