"""One call told in the convention of every source comes to the same disjoint classes, and to the same dollars."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from console.pricing import PriceBook
from console.providers.anthropic.reports import UsageReading as AnthropicReading
from console.providers.bedrock.metrics import MANTLE, RUNTIME
from console.providers.bedrock.metrics import tokens_of as of_cloudwatch
from console.providers.litellm.counting import tokens_of as of_litellm
from console.providers.openai.reports import UsageReading as OpenAiReading
from console.providers.otel.counts import Conventions
from console.providers.source import Tokens
from console.providers.vertex.series import TOKENS, Reading
from tests.support.anthropic_reports import bucket, page, usage_result

T0 = 1_795_442_400
UNCACHED, READ, SHORT, LONG, OUTPUT = 21, 5_000, 100, 200, 17
ALL = UNCACHED + READ + SHORT + LONG
SPLIT = Tokens(UNCACHED, SHORT, LONG, READ, OUTPUT)
WRITTEN = Tokens(UNCACHED, SHORT + LONG, 0, READ, OUTPUT)
"""Where nobody tells for how long the cache was written."""
UNTOLD = Tokens(ALL, output=OUTPUT)
"""Where nobody tells of a cache: too dear, and never too cheap."""


def anthropic() -> Tokens:
    told = usage_result(uncached_input_tokens=UNCACHED, cache_read_input_tokens=READ, output_tokens=OUTPUT,
                        cache_creation={"ephemeral_5m_input_tokens": SHORT, "ephemeral_1h_input_tokens": LONG})
    reading = AnthropicReading()
    reading.page(json.dumps(page([bucket(T0, 60, [told])])).encode(), T0, T0 + 60, 60)
    return reading.rows[0].tokens


def openai(**more: int) -> Tokens:
    row = {"input_tokens": ALL, "input_cached_tokens": READ, "output_tokens": OUTPUT, "num_model_requests": 1, **more}
    told = {"data": [{"start_time": T0, "end_time": T0 + 60, "results": [row]}], "has_more": False, "next_page": None}
    reading = OpenAiReading()
    reading.page(json.dumps(told).encode(), T0, T0 + 60, 60)
    return reading.rows[0].tokens


def vertex(**types: int) -> Tokens:
    reading = Reading(T0, T0 + 60, 60)
    reading.page(TOKENS, json.dumps({"timeSeries": [{
        "metric": {"labels": {"type": type_}}, "resource": {"labels": {"model_user_id": "claude-sonnet-4-5"}},
        "points": [{"interval": {"endTime": "2026-11-23T14:01:00Z"}, "value": {"int64Value": str(count)}}],
    } for type_, count in types.items()]}).encode())
    (row,) = reading.rows("claims-prod")
    return row.tokens


def otel(given: int, **more: int) -> Tokens | None:
    told = {"gen_ai.usage.input_tokens": given, "gen_ai.usage.output_tokens": OUTPUT}
    cache = {"gen_ai.usage.cache_read.input_tokens": READ, "gen_ai.usage.cache_creation.input_tokens": SHORT + LONG}
    return Conventions().tokens({**told, **cache, **more}, {}, ("claims", "scope", "1", "anthropic"))[0]


RAW = json.dumps({"cache_creation": {"ephemeral_5m_input_tokens": SHORT, "ephemeral_1h_input_tokens": LONG},
                  "cache_read_input_tokens": READ, "cache_creation_input_tokens": SHORT + LONG})
DETAILS = {"cached_tokens": READ, "cache_creation_tokens": SHORT + LONG,
           "cache_creation_token_details": {"ephemeral_1h_input_tokens": LONG}}


@pytest.mark.parametrize(("told", "classes"), [
    (anthropic, SPLIT),
    (lambda: openai(input_cache_write_30m_tokens=SHORT, input_cache_write_12h_tokens=LONG), SPLIT),
    (lambda: openai(input_cache_write_tokens=SHORT + LONG, input_uncached_tokens=UNCACHED), WRITTEN),
    (lambda: of_litellm(ALL, OUTPUT, {"prompt_tokens_details": DETAILS}), SPLIT),
    (lambda: of_cloudwatch(RUNTIME, [UNCACHED, OUTPUT, READ, SHORT + LONG, 1]), WRITTEN),
    (lambda: of_cloudwatch(MANTLE, [ALL, OUTPUT, READ, SHORT + LONG, 1]), WRITTEN),
    (lambda: vertex(input=UNCACHED, cache_read=READ, cache_write=SHORT + LONG, output=OUTPUT), WRITTEN),
    (lambda: vertex(input=ALL, output=OUTPUT), UNTOLD),
    (lambda: otel(ALL), WRITTEN),
    (lambda: otel(UNCACHED), WRITTEN),
], ids=["anthropic", "openai by lifetime", "openai sum", "litellm", "bedrock runtime", "bedrock mantle",
        "vertex with a cache", "vertex", "otel inclusive", "otel exclusive"])
def test_every_convention_comes_to_the_same_disjoint_classes(told: Callable[[], Tokens], classes: Tokens) -> None:
    assert told() == classes


def test_the_same_call_costs_the_same_wherever_its_split_is_told() -> None:
    prices, model = PriceBook(), "claude-sonnet-4-5-20250929"
    rows = {"anthropic": (("model", model),), "litellm": (("model", model), ("provider", "anthropic"))}
    cost = {kind: prices.price_dimensions(kind, row, SPLIT, T0).cost_microusd for kind, row in rows.items()}
    assert cost == {"anthropic": 3393, "litellm": 3393}
    assert prices.price("anthropic", model, WRITTEN, T0).cost_microusd < 3393
    assert prices.price("anthropic", model, UNTOLD, T0).cost_microusd > 3393
