"""One call of known token classes, told over a socket in each source's own words: the same classes come out of it.

How each source counts is written down in docs/sources.md, and what it tells of a cache in its `Capabilities`. This
table holds both to what is really read.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from console import kinds
from console.clock import ManualClock
from console.kinds import SourceTools
from console.pricing import PriceBook
from console.providers.anthropic.source import AnthropicSource
from console.providers.openai.source import OpenAiSource
from console.providers.source import Cache, PushedCall, Tokens
from tests.console.providers.litellm_callback.test_callback import Store, listening
from tests.support import aws as aws_support
from tests.support.anthropic_reports import Reports, usage_result
from tests.support.aws_answers import aws, json_answer
from tests.support.google_cloud import CLAIMS, cloud
from tests.support.google_cloud import reading as reading_google
from tests.support.http_server import json_reply, serving
from tests.support.litellm_gateway import call, gateway
from tests.support.litellm_gateway import reading as reading_gateway
from tests.support.otlp import Ledger, receiving, span, traces

T0 = 1_795_442_400
NOW = datetime(2026, 11, 23, 14, 30, tzinfo=UTC)
MODEL = "claude-sonnet-4-5-20250929"
UNCACHED, READ, SHORT, LONG, OUTPUT = 21, 5_000, 100, 200, 17
ALL = UNCACHED + READ + SHORT + LONG
TOLD = {
    Cache.BY_LIFETIME: Tokens(UNCACHED, SHORT, LONG, READ, OUTPUT),
    Cache.AS_ONE: Tokens(UNCACHED, SHORT + LONG, 0, READ, OUTPUT),
    Cache.NOT_TOLD: Tokens(ALL, output=OUTPUT),
}
"""What the call comes to, by how much is told of it. Less is dearer or as dear, but for writes of an hour."""


async def anthropic(_: Path) -> Tokens:
    """Input without the cache."""
    row = usage_result(uncached_input_tokens=UNCACHED, cache_read_input_tokens=READ, output_tokens=OUTPUT,
                       cache_creation={"ephemeral_5m_input_tokens": SHORT, "ephemeral_1h_input_tokens": LONG})
    with serving(Reports({T0: [row]})) as server:
        source = AnthropicSource("a", server.url, lambda: "sk-ant-admin01-x")
        return await read(source)


def openai(**told: int) -> Callable[[Path], Awaitable[Tokens]]:
    """All input, with what of it was cached."""
    row = {"input_tokens": ALL, "input_cached_tokens": READ, "output_tokens": OUTPUT, "num_model_requests": 1,
           "model": "gpt-6-sol", "project_id": "p", "api_key_id": "k", **told}
    page = {"data": [{"start_time": T0, "end_time": T0 + 60, "results": [row]}], "has_more": False, "next_page": None}
    nothing = {"data": [{"start_time": T0, "end_time": T0 + 60, "results": []}], "has_more": False, "next_page": None}

    async def asked(_: Path) -> Tokens:
        with serving(lambda asked: json_reply(page if "completions" in asked.path else nothing)) as server:
            return await read(OpenAiSource("o", server.url, lambda: "sk-admin-x", clock=ManualClock(NOW)))

    return asked


def bedrock(namespace: str, **told: int) -> Callable[[Path], Awaitable[Tokens]]:
    """One metric for each class; what the input counts differs between the two endpoints."""
    names = [{"Name": "ModelId", "Value": f"global.anthropic.{MODEL}-v1:0"}] if namespace == "AWS/Bedrock" else \
        [{"Name": "Model", "Value": f"anthropic.{MODEL}"}, {"Name": "Project", "Value": "claims"}]

    def listed(asked: dict[str, Any]) -> Any:
        there = asked["Namespace"] == namespace
        return json_answer({"Metrics": [{"Namespace": namespace, "MetricName": name, "Dimensions": names}
                                        for name in told if there]})

    def points(asked: dict[str, Any]) -> Any:
        return json_answer({"MetricDataResults": [
            {"Id": query["Id"], "StatusCode": "Complete", "Timestamps": [float(T0)],
             "Values": [float(told[query["MetricStat"]["Metric"]["MetricName"]])]}
            for query in asked["MetricDataQueries"]]})

    async def asked(_: Path) -> Tokens:
        with aws() as served:
            served.answers |= {"ListMetrics": listed, "GetMetricData": points}
            tools = SourceTools(lambda: aws_support.SECRET, ManualClock(NOW), Path())
            return await read(kinds.source("bedrock").build(aws_support.settings(served.url), tools))

    return asked


def vertex(**told: Any) -> Callable[[Path], Awaitable[Tokens]]:
    """A count for each type of tokens; only input and output are documented."""
    async def asked(_: Path) -> Tokens:
        found = cloud()
        found.call(CLAIMS, T0, MODEL, **told)
        async with reading_google(found) as (source, _running):
            return await read(source, close=False)

    return asked


async def litellm(_: Path) -> Tokens:
    """All input, as LiteLLM 1.106.2 logs a call to Anthropic."""
    found = gateway()
    found.log(call(1, T0 + 3))
    async with reading_gateway(found) as (source, _running, _clock):
        return await read(source, close=False)


async def litellm_callback(folder: Path) -> Tokens:
    """The same call, as the gateway pushes it."""
    usage = {"prompt_tokens": ALL, "completion_tokens": OUTPUT, "prompt_tokens_details": {
        "cached_tokens": READ, "cache_creation_tokens": SHORT + LONG,
        "cache_creation_token_details": {"ephemeral_5m_input_tokens": SHORT, "ephemeral_1h_input_tokens": LONG}}}
    payload = {"id": "msg_1", "model": MODEL, "custom_llm_provider": "anthropic", "status": "success",
               "endTime": T0 + 3, "prompt_tokens": ALL, "completion_tokens": OUTPUT,
               "metadata": {"usage_object": usage}}
    store = Store()
    async with listening(folder, store) as (_source, client):
        await client.post("/litellm", json=payload)
    return told_of(store.calls)


def otel(**told: int) -> Callable[[Path], Awaitable[Tokens]]:
    """GenAI spans: some tell all input, some what was not cached."""
    async def asked(folder: Path) -> Tokens:
        ledger = Ledger()
        names = {"given": "input_tokens", "read": "cache_read.input_tokens", "written": "cache_creation.input_tokens",
                 "brief": "details.ephemeral_5m_input_tokens", "hour": "details.ephemeral_1h_input_tokens",
                 "output": "output_tokens"}
        counts = {f"gen_ai.usage.{names[name]}": count for name, count in {**told, "output": OUTPUT}.items()}
        body = json.dumps(traces([span(1, {"gen_ai.operation.name": "chat", "gen_ai.provider.name": "anthropic",
                                           "gen_ai.request.model": MODEL, "gen_ai.response.id": "msg_1", **counts})]))
        async with receiving(folder, ledger) as (_source, client):
            await client.post("/v1/traces", content=body, headers={"content-type": "application/json"})
        return told_of(list(ledger.calls.values()))

    return asked


async def read(source: Any, *, close: bool = True) -> Tokens:
    """The only row of one minute."""
    try:
        window = await source.usage(T0, T0 + 60, 60)
    finally:
        if close:
            await source.close()
    (row,) = window.rows
    return Tokens(*row.tokens)


def told_of(calls: list[PushedCall]) -> Tokens:
    (one,) = calls
    assert one.tokens is not None
    return one.tokens


RUNTIME = {"InputTokenCount": UNCACHED, "CacheReadInputTokens": READ, "CacheWriteInputTokens": SHORT + LONG,
           "OutputTokenCount": OUTPUT, "Invocations": 1}
MANTLE = {"TotalInputTokens": ALL, "TotalOutputTokens": OUTPUT, "Inferences": 1}
CACHED = {"CacheReadInputTokens": READ, "CacheWriteInputTokens": SHORT + LONG}
TABLE: dict[str, tuple[str, Callable[[Path], Awaitable[Tokens]], Cache]] = {
    "anthropic": ("anthropic", anthropic, Cache.BY_LIFETIME),
    "openai": ("openai", openai(input_uncached_tokens=UNCACHED, input_cache_write_30m_tokens=SHORT,
                                input_cache_write_12h_tokens=LONG), Cache.BY_LIFETIME),
    "openai, writes as one": ("openai", openai(input_cache_write_tokens=SHORT + LONG), Cache.AS_ONE),
    "bedrock-runtime": ("bedrock", bedrock("AWS/Bedrock", **RUNTIME), Cache.AS_ONE),
    "bedrock-mantle": ("bedrock", bedrock("AWS/BedrockMantle", **MANTLE, **CACHED), Cache.AS_ONE),
    "bedrock-mantle without a cache": ("bedrock", bedrock("AWS/BedrockMantle", **MANTLE), Cache.NOT_TOLD),
    "vertex": ("vertex", vertex(input=ALL, output=OUTPUT), Cache.NOT_TOLD),
    "vertex, should it tell": ("vertex", vertex(input=UNCACHED, cache_read=READ, cache_write=SHORT + LONG,
                                                output=OUTPUT), Cache.AS_ONE),
    "litellm": ("litellm", litellm, Cache.BY_LIFETIME),
    "litellm-callback": ("litellm-callback", litellm_callback, Cache.BY_LIFETIME),
    "otel, all input": ("otel", otel(given=ALL, read=READ, written=SHORT + LONG), Cache.AS_ONE),
    "otel, without the cache": ("otel", otel(given=UNCACHED, read=READ, written=SHORT + LONG), Cache.AS_ONE),
    "otel, by lifetime": ("otel", otel(given=ALL, read=READ, written=SHORT + LONG, brief=SHORT, hour=LONG),
                          Cache.BY_LIFETIME),
    "otel, nothing of a cache": ("otel", otel(given=ALL), Cache.NOT_TOLD),
}


@pytest.mark.parametrize("case", TABLE)
async def test_one_call_comes_to_the_same_disjoint_classes_whoever_tells_of_it(case: str, tmp_path: Path) -> None:
    _, told, detail = TABLE[case]
    assert await told(tmp_path) == TOLD[detail]


@pytest.mark.parametrize("kind", sorted({kind for kind, *_ in TABLE.values()}))
def test_each_source_declares_what_it_tells_of_a_cache(kind: str) -> None:
    first = next(detail for of, _, detail in TABLE.values() if of == kind)
    assert kinds.source(kind).capabilities.cache in (first, Cache.AS_SENT)
    assert (kinds.source(kind).capabilities.cache is Cache.AS_SENT) == (kind == "otel")


def test_every_kind_of_source_is_in_the_table() -> None:
    assert {kind for kind, *_ in TABLE.values()} == set(kinds.source_names())


def test_the_same_call_costs_the_same_wherever_its_split_is_told() -> None:
    prices, split = PriceBook(), TOLD[Cache.BY_LIFETIME]
    rows = {"anthropic": (("model", MODEL),), "litellm": (("model", MODEL), ("provider", "anthropic"))}
    cost = {kind: prices.price_dimensions(kind, row, split, T0).cost_microusd for kind, row in rows.items()}
    assert cost == {"anthropic": 3393, "litellm": 3393}
    assert prices.price("anthropic", MODEL, TOLD[Cache.AS_ONE], T0).cost_microusd < 3393
    assert prices.price("anthropic", MODEL, TOLD[Cache.NOT_TOLD], T0).cost_microusd > 3393
