"""Calls that are pushed, through a real receiver into a real store: how many a second, judged when, killed when."""

from __future__ import annotations

import contextlib
import http.client
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from console.providers.source import Capabilities
from console.watch.attribution import UsageRule
from store.sqlite import sqlite3
from tests.benchmarks.live_console import SECRET
from tests.support import otlp
from tests.support.database import fresh_database
from tests.support.key_server import Keys, key_server
from tests.support.kills import KEY
from tests.support.listening import free_port
from tests.support.measuring import median, own_seconds, report
from tests.support.pushing import NOON, POLLED, call, call_store

WORKLOADS, AT_ONCE = 200, 512
PER_SECOND, FOR_S, SENDERS = 5000, 12.0, 8
MOST_TIMES_BARE = 45.0
THEN = 0x1122334455667788
"""Stands for the time at which a span ended, until it is sent."""
JUDGED_S, KILLED_S = 1.0, 2.0


@pytest.mark.benchmark
def test_a_batch_of_calls_is_stored_beside_a_bare_insert(tmp_path: Path) -> None:
    rules = [*(UsageRule(f"w{number}", (("service", f"s{number}"), ("source", "otel"))) for number in range(WORKLOADS)),
             *(UsageRule(f"w{number}", (("api_key_id", f"k{number}"), ("source", "anthropic")))
               for number in range(WORKLOADS))]
    polled: dict[str, Capabilities] = {"anthropic": POLLED}
    store, bare, bare_s, stored_s = call_store(fresh_database(tmp_path), rules, **polled), _bare(tmp_path), [], []
    for number in range(20):
        batch = [call(service=f"s{each * 7 % WORKLOADS}", session=f"run {each % 60}", caller=f"agent {each % 90}",
                      parent="root", depth=1, action=f"action {each}", tools=(("grep", str(each % 40)),))
                 for each in range(AT_ONCE)]
        rows = [(number, each, one.key, *range(12), one.session, one.caller) for each, one in enumerate(batch)]
        bare_s.append(own_seconds(_insert, bare, rows))
        stored_s.append(own_seconds(store.store, [("otel", batch)], NOON + timedelta(seconds=number), None))
    taken, least = median(stored_s[5:]), median(bare_s[5:])
    report(f"{AT_ONCE} calls of {WORKLOADS} workloads attributed, priced, stored and heard", taken_s=taken,
           bare_insert_s=least, ratio=taken / least)
    assert taken < least * MOST_TIMES_BARE


@pytest.mark.benchmark
def test_five_thousand_spans_a_second_are_stored_and_judged_and_a_runaway_among_them_is_killed(tmp_path: Path) -> None:
    with key_server(**{KEY: "active"}) as keys, _console(tmp_path, keys) as (port, told):
        sender, killed, machine = _Sender(port), _Watch(keys), _Stretch()
        sender.send(FOR_S / 2)
        killed.begin()
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
            assert _post(connection, "application/json", _stuck()) == 200
        sender.send(FOR_S / 2)
        killed.end()
        stretch = machine.times()
    took, rate = sorted(told["took_s"]), sender.taken / FOR_S
    report("calls pushed over a socket", spans_a_second=rate, refused=sender.refused, median_judged_s=median(took),
           p99_judged_s=took[len(took) * 99 // 100], kill_on_the_wire_s=killed.after_s,
           processor_share=told["used_s"] / FOR_S,
           machine_stretch=stretch)
    assert sender.refused == 0
    assert rate >= PER_SECOND * 0.97
    assert took[len(took) * 99 // 100] < JUDGED_S * stretch
    assert killed.after_s < KILLED_S * stretch


class _Sender:
    """Several senders that send so many spans a second together, each when its last request was answered."""

    def __init__(self, port: int) -> None:
        self.taken = self.refused = 0
        self._port, self._lock = port, threading.Lock()
        template = _template()
        self._bodies = [_body(template, number) for number in range(round(FOR_S * PER_SECOND / AT_ONCE) + 2)]

    def send(self, seconds: float) -> None:
        begun, number = time.monotonic(), round(seconds * PER_SECOND / AT_ONCE)
        due = iter([begun + each * AT_ONCE / PER_SECOND for each in range(number)])
        senders = [threading.Thread(target=self._run, args=(due,)) for _ in range(SENDERS)]
        for each in senders:
            each.start()
        for each in senders:
            each.join()

    def _run(self, due: Iterator[float]) -> None:
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)) as connection:
            while True:
                with self._lock:
                    at = next(due, None)
                    body = self._bodies.pop() if at is not None else b""
                if at is None:
                    return
                time.sleep(max(0.0, at - time.monotonic()))
                ended = body.replace(THEN.to_bytes(8, "little"), time.time_ns().to_bytes(8, "little"))
                status = _post(connection, "application/x-protobuf", ended)
                with self._lock:
                    self.taken += AT_ONCE if status == 200 else 0
                    self.refused += status != 200


class _Stretch:
    """How many times as long work takes as it would on a machine that did nothing else: in a process of its own."""

    def __init__(self) -> None:
        self._process = subprocess.Popen([sys.executable, "-c", _SPIN], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                         text=True)

    def times(self) -> float:
        said, _ = self._process.communicate(timeout=30)
        return float(said)


_SPIN = """
import select, sys, time
wall = own = 0.0
while not select.select([sys.stdin], [], [], 0.1)[0]:
    began, used = time.perf_counter(), time.process_time()
    while time.process_time() - used < 0.02:
        pass
    wall, own = wall + time.perf_counter() - began, own + time.process_time() - used
print(wall / own)
"""


class _Watch:
    """When the kill request came in."""

    def __init__(self, keys: Keys) -> None:
        self.after_s = float("inf")
        self._keys, self._begun, self._ended = keys, 0.0, False
        self._thread = threading.Thread(target=self._run)

    def begin(self) -> None:
        self._begun = time.monotonic()
        self._thread.start()

    def end(self) -> None:
        self._ended = True
        self._thread.join()

    def _run(self) -> None:
        while not self._ended:
            if self._keys.writes:
                self.after_s = time.monotonic() - self._begun
                return
            time.sleep(0.005)


@contextlib.contextmanager
def _console(folder: Path, keys: Keys) -> Iterator[tuple[int, dict[str, Any]]]:
    """A console that listens, and, when the block has ended, what it measured."""
    port = free_port()
    told: dict[str, Any] = {}
    command = [sys.executable, "-m", "tests.benchmarks.live_console", str(folder), keys.url, str(port), str(WORKLOADS)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as console:
        assert console.stdout is not None
        assert console.stdout.readline() == "ready\n"
        yield port, told
        said, _ = console.communicate(timeout=60)
        told.update(json.loads(said))


def _template() -> ExportTraceServiceRequest:
    request = ExportTraceServiceRequest()
    resource = request.resource_spans.add()
    _set(resource.resource.attributes.add(), "service.name", "service-0")
    scope = resource.scope_spans.add()
    scope.scope.name = "com.anthropic.sdk.python"
    for each in range(AT_ONCE):
        span = scope.spans.add()
        span.trace_id, span.kind, span.name = (each // 8 + 1).to_bytes(16, "big"), 3, "anthropic.messages.create"
        told: dict[str, str | int] = {
            "gen_ai.response.id": "", "gen_ai.provider.name": "anthropic", "gen_ai.operation.name": "chat",
            "gen_ai.request.model": "claude-haiku-4-5", "gen_ai.usage.input_tokens": 50,
            "gen_ai.usage.output_tokens": 2, "gen_ai.usage.cache_read.input_tokens": 40,
        }
        for key, value in told.items():
            _set(span.attributes.add(), key, value)
    return request


def _body(template: ExportTraceServiceRequest, number: int) -> bytes:
    request = ExportTraceServiceRequest()
    request.CopyFrom(template)
    resource = request.resource_spans[0]
    resource.resource.attributes[0].value.string_value = f"service-{number % WORKLOADS}"
    for each, span in enumerate(resource.scope_spans[0].spans):
        span.span_id, span.end_time_unix_nano = (number * 1000 + each + 1).to_bytes(8, "big"), THEN
        span.attributes[0].value.string_value = f"msg_{number}_{each}"
    return bytes(request.SerializeToString())


def _set(attribute: Any, key: str, value: str | int) -> None:
    attribute.key = key
    if isinstance(value, int):
        attribute.value.int_value = value
    else:
        attribute.value.string_value = value


def _stuck() -> bytes:
    """Fifteen turns of an agent that asks for the same thing each time."""
    now = time.time_ns()
    asked = json.dumps([{"role": "assistant", "parts": [
        {"type": "tool_call", "id": "toolu", "name": "search", "arguments": {"query": "the same"}}]}])
    spans = [otlp.span(number, {
        "gen_ai.provider.name": "anthropic", "gen_ai.operation.name": "chat", "gen_ai.response.id": f"stuck_{number}",
        "gen_ai.request.model": "claude-opus-4-6", "gen_ai.usage.input_tokens": 400_000,
        "gen_ai.usage.output_tokens": 30_000, "gen_ai.output.messages": asked,
    }, trace=1) | {"startTimeUnixNano": str(now - 1_000_000), "endTimeUnixNano": str(now)} for number in range(1, 16)]
    return json.dumps(otlp.traces(spans, service="stuck")).encode()


def _post(connection: http.client.HTTPConnection, form: str, body: bytes) -> int:
    connection.request("POST", "/v1/traces", body, {"content-type": form, "authorization": f"Bearer {SECRET}"})
    reply = connection.getresponse()
    reply.read()
    return reply.status


def _bare(folder: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(folder / "bare.db")
    connection.execute("PRAGMA journal_mode = WAL")
    columns = ", ".join(f"c{number}" for number in range(15))
    connection.execute(f"CREATE TABLE call (batch, number, {columns}, PRIMARY KEY (batch, number)) WITHOUT ROWID")
    return connection


def _insert(connection: sqlite3.Connection, rows: list[tuple[Any, ...]]) -> None:
    with connection:
        connection.executemany(f"INSERT INTO call VALUES ({', '.join('?' * 17)})", rows)
