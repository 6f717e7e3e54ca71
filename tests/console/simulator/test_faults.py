"""Faults on order, each hitting as many requests as it should and then no more."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator

import pytest

from console.simulator.faults import Fault
from tests.support.simulator import Provider, provider

DAYS = ("usage_report/messages", ("starting_at", "2026-11-12T00:00:00Z"), ("limit", "6"))


@pytest.fixture
def quiet() -> Iterator[Provider]:
    with provider() as running:
        yield running


def order(quiet: Provider, **fault: object) -> None:
    assert quiet.post("/simulator/faults", fault).status == 200


@pytest.mark.parametrize(("kind", "status", "error"), [
    ("401", 401, "authentication_error"), ("403", 403, "permission_error"), ("429", 429, "rate_limit_error"),
    ("429_no_retry", 429, "rate_limit_error"), ("500", 500, "api_error"), ("529", 529, "overloaded_error")])
def test_an_error_hits_as_often_as_ordered(quiet: Provider, kind: str, status: int, error: str) -> None:
    order(quiet, kind=kind, count=2)
    replies = [quiet.get("me") for _ in range(3)]
    assert [reply.status for reply in replies] == [status, status, 200]
    assert replies[0].body["error"]["type"] == error
    assert ("retry-after" in replies[0].headers) == (kind == "429")
    assert ("details" in replies[0].body["error"]) == (kind == "429_no_retry")


def test_a_fault_keeps_to_its_path_and_method(quiet: Provider) -> None:
    order(quiet, kind="500", count=1, path="/v1/organizations/api_keys", method="POST")
    assert quiet.get("me").status == 200
    assert quiet.get("api_keys").status == 200
    assert quiet.post("api_keys/apikey_01None", {}).status == 500


def test_truncated_pages_lose_buckets_and_say_nothing(quiet: Provider) -> None:
    order(quiet, kind="truncated_pages")
    reply = quiet.get(*DAYS)
    assert (reply.status, len(reply.body["data"]), reply.body["has_more"]) == (200, 3, False)
    assert len(quiet.get(*DAYS).body["data"]) == 6


def test_a_bucket_can_come_twice(quiet: Provider) -> None:
    order(quiet, kind="duplicate_buckets")
    data = quiet.get(*DAYS).body["data"]
    assert data[-1] == data[-2]


def test_a_malformed_answer_is_no_json(quiet: Provider) -> None:
    order(quiet, kind="malformed")
    with pytest.raises(json.JSONDecodeError):
        quiet.get("me")


def test_a_dropped_connection_has_no_answer(quiet: Provider) -> None:
    order(quiet, kind="drop")
    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        quiet.get("me")


def test_a_huge_answer_is_larger_than_any_client_should_take(quiet: Provider) -> None:
    order(quiet, kind="huge")
    connection = http.client.HTTPConnection("127.0.0.1", quiet.running.port, timeout=10)
    connection.request("GET", "/v1/organizations/me")
    assert int(connection.getresponse().headers["content-length"]) > 50_000_000
    connection.close()


def test_a_slow_answer_comes_in_the_end() -> None:
    with provider(faults=(Fault("slow", seconds=0.2),)) as quiet:
        assert quiet.get("me").status == 200


def test_an_unknown_fault_is_refused_and_orders_can_be_taken_back(quiet: Provider) -> None:
    assert quiet.post("/simulator/faults", {"kind": "earthquake"}).status == 400
    order(quiet, kind="500", count=1000)
    quiet.send("DELETE", "/simulator/faults")
    assert quiet.get("me").status == 200
