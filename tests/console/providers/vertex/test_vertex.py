"""Vertex AI is read from Cloud Monitoring, over a socket and with Google's own library for its tokens."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from console import kinds
from console.clock import SystemClock
from console.gcp.credential import READING, Credential
from console.pricing import PriceBook
from console.providers.source import Failure, SourceError, Tokens
from console.providers.vertex.series import INVOCATIONS, TOKENS, Reading
from console.providers.vertex.source import VertexSource
from console.settings import SourceSettings
from console.simulator.faults import Fault
from console.simulator.vertex.server import RunningCloud
from tests.support.google_cloud import CLAIMS, KILLER, READER, SEARCH, T0, cloud, reading, stranger

SERIES = f"/v3/projects/{CLAIMS}/timeSeries"


async def test_each_minute_of_each_model_comes_with_its_tokens_and_calls() -> None:
    found = cloud()
    found.call(CLAIMS, T0, "claude-sonnet-4-6", calls=3, input=900, output=30)
    found.call(CLAIMS, T0 + 59, "publishers/anthropic/models/claude-sonnet-4-6", input=100, output=5)
    found.call(CLAIMS, T0 + 60, "claude-sonnet-4-6", input=7, output=1)
    found.call(SEARCH, T0, "gemini-2.5-flash", publisher="google", location="us-east5", input=11, output=2)
    async with reading(found, CLAIMS, SEARCH) as (source, _):
        window = await source.usage(T0, T0 + 120, 60)
    rows = {(row.bucket, dict(row.dimensions)["project"], dict(row.dimensions)["model"]): row for row in window.rows}
    assert (window.start, window.end, len(rows)) == (T0, T0 + 120, 3)
    first = rows[T0, CLAIMS, "claude-sonnet-4-6"]
    assert (first.tokens, first.requests) == (Tokens(uncached_input=1000, output=35), 4)
    assert dict(rows[T0, SEARCH, "gemini-2.5-flash"].dimensions) == {
        "cached": "not told", "location": "us-east5", "model": "gemini-2.5-flash", "project": SEARCH,
        "publisher": "google", "request_type": "shared", "unclassified": None}


async def test_an_hour_is_the_sum_of_its_minutes() -> None:
    found = cloud()
    for minute in range(60):
        found.call(CLAIMS, T0 - 3600 + 60 * minute, "claude-sonnet-4-6", input=10, output=1)
    async with reading(found) as (source, _):
        window = await source.usage(T0 - 3600, T0, 3600)
    assert [(row.bucket, row.tokens.uncached_input, row.requests) for row in window.rows] == [(T0 - 3600, 600, 60)]


async def test_a_bucket_that_is_not_over_is_left_for_the_next_reading() -> None:
    async with reading(cloud()) as (source, _):
        window = await source.usage(T0 + 1200, T0 + 7200, 60)
        assert (window.end, window.more) == (T0 + 1800, False)
        with pytest.raises(SourceError, match="nothing of the time"):
            await source.usage(T0 + 3600, T0 + 7200, 60)


async def test_calls_that_were_refused_are_not_counted() -> None:
    found = cloud()
    found.call(CLAIMS, T0, "claude-sonnet-4-6", code="429", calls=50)
    found.call(CLAIMS, T0, "claude-sonnet-4-6", input=5)
    async with reading(found) as (source, _):
        window = await source.usage(T0, T0 + 60, 60)
    assert [row.requests for row in window.rows] == [1]


async def test_a_type_that_nobody_documents_is_shown_by_itself_and_has_no_price() -> None:
    found = cloud()
    found.call(CLAIMS, T0, "claude-sonnet-4-6", input=5, output=1, reasoning=40)
    async with reading(found) as (source, _):
        rows = (await source.usage(T0, T0 + 60, 60)).rows
    by_sort = {dict(row.dimensions)["unclassified"]: row for row in rows}
    odd, known = by_sort["reasoning"], by_sort[None]
    assert odd.tokens == Tokens(uncached_input=40)
    assert known.tokens == Tokens(uncached_input=5, output=1)
    prices = PriceBook()
    assert prices.price_dimensions("vertex", odd.dimensions, odd.tokens, T0).unpriced
    priced = prices.price_dimensions("vertex", known.dimensions, known.tokens, T0)
    assert (priced.cost_microusd, priced.estimated, priced.unpriced) == (30, True, False)


def page(metric: str, points: list[tuple[str, str]], **more: object) -> bytes:
    """Points as (end, count) of one series."""
    labels = {"type": "input"} if metric == TOKENS else {"response_code": "200"}
    return json.dumps({"timeSeries": [{
        "metric": {"type": metric, "labels": labels}, "resource": {"labels": {"model_user_id": "m"}},
        "points": [{"interval": {"endTime": end}, "value": {"int64Value": count}} for end, count in points]}],
        **more}).encode()


def test_a_page_that_ends_within_a_series_goes_on_in_the_next() -> None:
    read = Reading(T0, T0 + 120, 60)
    assert read.page(TOKENS, page(TOKENS, [("2026-11-23T14:02:00Z", "2")], nextPageToken="more")) == "more"
    assert read.page(TOKENS, page(TOKENS, [("2026-11-23T14:01:00Z", "1")])) is None
    assert read.page(INVOCATIONS, b"{}") is None
    assert [(row.bucket - T0, row.tokens.uncached_input) for row in read.rows("p")] == [(0, 1), (60, 2)]


@pytest.mark.parametrize("points", [
    [("2026-11-23T14:00:30Z", "1")], [("2026-11-23T15:00:00Z", "1")], [("2026-11-23T14:01:00Z", "-1")],
    [("2026-11-23T14:01:00Z", 1)], [("2026-11-23T14:01:00Z", "1e9")], [("soon", "1")],
    [("2026-11-23T14:01:00Z", "99999999999999999999")],
    [("2026-11-23T14:01:00Z", "1"), ("2026-11-23T14:01:00Z", "1")],
], ids=["off the minute", "outside", "negative", "not a text", "not whole", "no time", "absurd", "twice"])
def test_a_point_that_cannot_be_is_refused(points: list[tuple[str, str]]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        Reading(T0, T0 + 120, 60).page(TOKENS, page(TOKENS, points))


def test_what_google_left_out_is_no_whole_answer() -> None:
    with pytest.raises(ValueError, match="deadline"):
        Reading(T0, T0 + 120, 60).page(TOKENS, page(TOKENS, [], executionErrors=[{"message": "deadline exceeded"}]))


@pytest.mark.parametrize(("fault", "failure", "said"), [
    ("403", Failure.FORBIDDEN, "roles/monitoring.viewer"), ("429", Failure.RATE_LIMITED, "asked again later"),
    ("500", Failure.UNAVAILABLE, "asked again later"), ("529", Failure.UNAVAILABLE, "unavailable"),
    ("drop", Failure.UNAVAILABLE, "vertex"), ("huge", Failure.TOO_LARGE, "vertex"),
])
async def test_each_failure_says_which_project_and_what_to_do(fault: str, failure: Failure, said: str) -> None:
    async with reading(cloud()) as (source, running):
        running.faults.order(Fault(fault, 9, SERIES))
        with pytest.raises(SourceError, match=said) as caught:
            await source.usage(T0, T0 + 60, 60)
    assert caught.value.failure is failure
    assert caught.value.retry_after_s == (7.0 if fault == "429" else None)


@pytest.mark.parametrize("fault", ["malformed", "negative", "duplicate_buckets"])
async def test_garbage_is_asked_for_once_more_and_then_refused(fault: str) -> None:
    found = cloud()
    found.call(CLAIMS, T0, "claude-sonnet-4-6", input=900, output=30)
    async with reading(found) as (source, running):
        running.faults.order(Fault(fault, 1, SERIES))
        assert len((await source.usage(T0, T0 + 60, 60)).rows) == 1
        running.faults.order(Fault(fault, 9, SERIES))
        with pytest.raises(SourceError) as caught:
            await source.usage(T0, T0 + 60, 60)
    assert caught.value.failure is Failure.MALFORMED


async def test_one_project_that_fails_leaves_no_half_of_a_window() -> None:
    async with reading(cloud(), CLAIMS, "not-ours") as (source, _):
        with pytest.raises(SourceError, match="project not-ours"):
            await source.usage(T0, T0 + 60, 60)


async def test_a_token_that_ended_early_is_fetched_anew_once() -> None:
    async with reading(cloud()) as (source, running):
        await source.usage(T0, T0 + 60, 60)
        running.faults.order(Fault("401", 1, SERIES))
        await source.usage(T0, T0 + 60, 60)
        assert running.asked["POST /token"] == 2
        running.faults.order(Fault("401", 9, SERIES))
        with pytest.raises(SourceError) as caught:
            await source.usage(T0, T0 + 60, 60)
    assert caught.value.failure is Failure.UNAUTHORISED


async def test_a_disabled_reader_is_named_and_a_silent_token_service_is_no_doubt_about_it() -> None:
    found = cloud()
    async with reading(found) as (source, running):
        running.faults.order(Fault("drop", 9, "/token"))
        with pytest.raises(SourceError) as caught:
            await source.usage(T0, T0 + 60, 60)
        assert caught.value.failure is Failure.UNAVAILABLE
        running.faults.clear()
        found.accounts[READER].disabled = True
        with pytest.raises(SourceError, match=READER) as caught:
            await source.usage(T0, T0 + 60, 60)
        assert caught.value.failure is Failure.UNAUTHORISED


@pytest.mark.parametrize("secret", ["", "{}", "sk-ant-admin01-x", '{"type": "authorized_user"}',
                                    stranger().replace("http://127.0.0.1:9", "http://evil.example"),
                                    stranger().replace("BEGIN", "BEGIM")],
                         ids=["empty", "no fields", "another", "a person's", "in the clear", "no key"])
async def test_a_secret_that_is_none_is_refused_without_its_words(secret: str) -> None:
    source = VertexSource("vertex", None, Credential(lambda: secret, READING, SystemClock().now), (CLAIMS,))
    with pytest.raises(SourceError) as caught:
        await source.usage(T0, T0 + 60, 60)
    await source.close()
    assert caught.value.failure is Failure.UNAUTHORISED
    assert "PRIVATE" not in str(caught.value)


async def test_the_connection_test_asks_whether_the_metrics_are_there() -> None:
    async with reading(cloud()) as (source, running):
        assert (await source.check()).name == f"Vertex AI in {CLAIMS}"
        assert sum(count for path, count in running.asked.items() if "metricDescriptors" in path) == 2
        assert await source.billed(*(2 * [cloud().clock.now().date()])) == []
        assert [named.identifier for named in await source.names()] == [CLAIMS]


async def test_who_only_switches_is_asked_for_a_token_and_for_no_metric() -> None:
    found = cloud()
    with RunningCloud(found) as running:
        secret = running.credential(found.accounts[KILLER])
        settings = SourceSettings("vertex", "vertex", "env:READ", "env:KILL", running.base_url,
                                  options=kinds.frozen({"projects": (CLAIMS,)}))
        kind = kinds.source("vertex")
        source = kind.build(kind.as_killer(settings), kinds.SourceTools(lambda: secret, found.clock, Path()))
        assert (await source.check()).identifier == CLAIMS
        assert list(running.asked) == ["POST /token"]
        found.accounts[KILLER].disabled = True
        other = kind.build(kind.as_killer(settings), kinds.SourceTools(lambda: secret, found.clock, Path()))
        with pytest.raises(SourceError, match=KILLER):
            await other.check()
        await source.close()
        await other.close()


def test_it_declares_what_it_can_tell() -> None:
    kind = kinds.source("vertex")
    assert (kind.capabilities.reports_requests, kind.capabilities.reports_cost) == (True, False)
    assert kind.capabilities.covers == ("vertex",)
