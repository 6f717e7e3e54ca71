"""What the Anthropic source reads from the usage and cost reports, over real sockets."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime

import pytest

from console.providers.anthropic.source import AnthropicSource
from console.providers.source import Failure, SourceError, Tokens, UsageRow
from tests.support.anthropic_reports import Reports, cost_result, error_reply, usage_result
from tests.support.http_server import Asked, Reply, Server, serving

KEY = "sk-ant-admin01-test"
T0 = 1_795_442_400  # 2026-11-23T14:00:00Z
DAY = 86_400
DIMENSIONS = [
    "account_id",
    "api_key_id",
    "context_window",
    "inference_geo",
    "model",
    "service_account_id",
    "service_tier",
    "speed",
    "workspace_id",
]


@asynccontextmanager
async def reading(reports: Reports) -> AsyncIterator[tuple[AnthropicSource, Server]]:
    with serving(reports) as server:
        source = AnthropicSource("anthropic", server.url, lambda: KEY)
        try:
            yield source, server
        finally:
            await source.close()


async def test_a_usage_request_is_as_documented() -> None:
    async with reading(Reports()) as (source, server):
        await source.usage(T0, T0 + 1800, 60)
    (asked,) = server.asked
    assert asked.path == "/v1/organizations/usage_report/messages"
    assert asked.headers["x-api-key"] == KEY
    assert asked.headers["anthropic-version"] == "2023-06-01"
    assert asked.headers["anthropic-beta"] == "fast-mode-2026-02-01"
    assert asked.one("starting_at") == "2026-11-23T14:00:00Z"
    assert asked.one("ending_at") == "2026-11-23T14:30:00Z"
    assert asked.one("bucket_width") == "1m"
    assert asked.all("group_by[]") == DIMENSIONS


@pytest.mark.parametrize(("width", "most"), [(60, "1440"), (3600, "168"), (DAY, "31")])
async def test_a_page_holds_the_documented_maximum_of_buckets(width: int, most: str) -> None:
    start = T0 - T0 % DAY
    async with reading(Reports()) as (source, server):
        await source.usage(start, start + width, width)
    assert server.asked[0].one("limit") == most


async def test_every_field_of_a_row_arrives() -> None:
    row = usage_result(
        uncached_input_tokens=4210,
        cache_creation={"ephemeral_5m_input_tokens": 12000, "ephemeral_1h_input_tokens": 7, "later": 1},
        cache_read_input_tokens=98000,
        output_tokens=3105,
        server_tool_use={"web_search_requests": 2, "code_runs": 5},
        account_id="user_1",
        api_key_id="apikey_01",
        service_account_id="svac_1",
        workspace_id="wrkspc_1",
        model="claude-opus-5-5",
        service_tier="batch",
        context_window="200k-1M",
        inference_geo="us",
        speed="fast",
        something_new={"a": 1},
    )
    async with reading(Reports({T0 + 300: [row]})) as (source, _):
        window = await source.usage(T0, T0 + 600, 60)
    assert (window.start, window.end, window.width, window.requests) == (T0, T0 + 600, 60, 1)
    (got,) = window.rows
    assert got == UsageRow(T0 + 300, got.dimensions, Tokens(4210, 12000, 7, 98000, 3105, 2), None)
    assert dict(got.dimensions) == {
        "account_id": "user_1",
        "api_key_id": "apikey_01",
        "context_window": "200k-1M",
        "inference_geo": "us",
        "model": "claude-opus-5-5",
        "service_account_id": "svac_1",
        "service_tier": "batch",
        "speed": "fast",
        "workspace_id": "wrkspc_1",
    }
    assert list(got.dimensions) == sorted(got.dimensions)


async def test_nulls_stay_null_and_unknown_values_stay_themselves() -> None:
    row = usage_result(model="claude-next", service_tier="flex_discount", context_window="1M-10M", inference_geo="moon")
    async with reading(Reports({T0: [row]})) as (source, _):
        window = await source.usage(T0, T0 + 60, 60)
    dimensions = dict(window.rows[0].dimensions)
    assert dimensions["api_key_id"] is None
    assert dimensions["workspace_id"] is None
    assert dimensions["speed"] is None
    assert (dimensions["service_tier"], dimensions["context_window"]) == ("flex_discount", "1M-10M")
    assert (dimensions["model"], dimensions["inference_geo"]) == ("claude-next", "moon")


async def test_standard_speed_has_one_identity_whether_or_not_the_provider_tells_it() -> None:
    told = {T0: [usage_result(model="m", speed="standard", output_tokens=1), usage_result(model="m", output_tokens=2)]}
    untold = {T0: [usage_result(model="m", output_tokens=3)]}
    windows = []
    for reports in (Reports(told), Reports(untold, knows_speed=False)):
        async with reading(reports) as (source, _):
            windows.append(await source.usage(T0, T0 + 60, 60))
    assert list(windows[0].rows) == list(windows[1].rows)
    assert windows[0].rows[0].tokens.output == 3


async def test_empty_buckets_are_an_answer() -> None:
    async with reading(Reports()) as (source, _):
        window = await source.usage(T0, T0 + 1800, 60)
    assert list(window.rows) == []
    assert window.end == T0 + 1800


async def test_pages_are_read_to_the_end_with_the_same_parameters() -> None:
    start = T0 - T0 % DAY
    rows = {start + n * 60: [usage_result(model="m", output_tokens=n)] for n in range(0, 3000, 7)}
    async with reading(Reports(rows)) as (source, server):
        window = await source.usage(start, start + 3000 * 60, 60)
    assert [row.tokens.output for row in window.rows] == list(range(0, 3000, 7))
    assert window.requests == len(server.asked) == 3
    without_page = [[pair for pair in asked.query if pair[0] != "page"] for asked in server.asked]
    assert without_page[0] == without_page[1] == without_page[2]
    assert [asked.one("page") is None for asked in server.asked] == [True, False, False]
    assert len({asked.headers["anthropic-beta"] for asked in server.asked}) == 1


async def test_speed_is_left_out_where_the_provider_refuses_it_and_not_asked_again() -> None:
    async with reading(Reports({T0: [usage_result(output_tokens=5)]}, knows_speed=False)) as (source, server):
        first = await source.usage(T0, T0 + 600, 60)
        second = await source.usage(T0, T0 + 600, 60)
    assert list(first.rows) == list(second.rows)
    assert (first.requests, second.requests) == (2, 1)
    assert ["speed" in asked.all("group_by[]") for asked in server.asked] == [True, False, False]
    assert "anthropic-beta" not in server.asked[1].headers


async def test_a_refusal_that_has_nothing_to_do_with_speed_is_reported_and_speed_kept() -> None:
    bad = error_reply(400, "invalid_request_error", "starting_at is too old")
    async with reading(Reports(fault=lambda asked: bad)) as (source, server):
        for _ in range(2):
            with pytest.raises(SourceError, match="starting_at is too old") as caught:
                await source.usage(T0, T0 + 600, 60)
            assert caught.value.failure is Failure.FORBIDDEN
    assert "speed" in server.asked[2].all("group_by[]")


async def test_the_bucket_being_filled_may_be_missing_and_the_window_says_so() -> None:
    now = int(datetime.now(UTC).timestamp())
    end = now - now % 60 + 60
    async with reading(Reports(until=now)) as (source, server):
        window = await source.usage(end - 1800, end, 60)
    assert window.end == end - 60
    assert len(server.asked) == 1


async def test_ends_before_taken_to_the_letter_loses_no_bucket() -> None:
    rows = {T0 - DAY + 1740: [usage_result(output_tokens=9)], T0 - DAY + 1800: [usage_result(output_tokens=1000)]}
    async with reading(Reports(rows, to_the_letter=True)) as (source, server):
        window = await source.usage(T0 - DAY, T0 - DAY + 1800, 60)
    assert window.end == T0 - DAY + 1800
    assert [row.tokens.output for row in window.rows] == [9]
    assert len(server.asked) == 2


async def test_server_time_is_told() -> None:
    async with reading(Reports()) as (source, _):
        window = await source.usage(T0, T0 + 60, 60)
    assert window.server_time is not None
    assert abs((window.server_time - datetime.now(UTC)).total_seconds()) < 60


@pytest.mark.parametrize(
    ("start", "end", "width"), [(T0 + 1, T0 + 61, 60), (T0, T0, 60), (T0, T0 + 90, 60), (T0, T0 + 30, 30)]
)
async def test_a_window_that_is_not_of_whole_buckets_is_a_mistake_of_the_caller(
    start: int, end: int, width: int
) -> None:
    async with reading(Reports()) as (source, _):
        with pytest.raises(ValueError, match="whole buckets"):
            await source.usage(start, end, width)


async def test_pages_that_are_too_large_are_asked_for_in_smaller_ones_and_remembered() -> None:
    def fault(asked: Asked) -> Reply | None:
        return Reply(200, b"x" * (17 * 1024 * 1024)) if int(asked.one("limit") or 0) > 10 else None

    rows = {T0 + n * 60: [usage_result(output_tokens=n + 1)] for n in range(30)}
    async with reading(Reports(rows, fault=fault)) as (source, server):
        first = await source.usage(T0, T0 + 1800, 60)
        again = len(server.asked)
        second = await source.usage(T0, T0 + 1800, 60)
    assert sum(row.tokens.output for row in first.rows) == sum(range(31))
    assert list(first.rows) == list(second.rows)
    assert [int(asked.one("limit") or 0) for asked in server.asked[:2]] == [1440, 7]
    assert int(server.asked[again].one("limit") or 0) <= 14


async def test_one_bucket_that_is_too_large_is_said_to_be() -> None:
    huge = Reply(200, b"x" * (17 * 1024 * 1024))
    async with reading(Reports(fault=lambda asked: huge)) as (source, _):
        with pytest.raises(SourceError) as caught:
            await source.usage(T0, T0 + 180, 60)
    assert caught.value.failure is Failure.TOO_LARGE


async def test_cost_is_read_in_cents_to_the_micro_dollar() -> None:
    day = T0 - T0 % DAY - DAY
    lines = [
        cost_result("4187.20440", workspace_id="wrkspc_1"),
        cost_result("150", description="Web Search Usage", cost_type="web_search", token_type=None, model=None),
        cost_result("-0.00015", description="Credit"),
        cost_result(12.5, description="A number"),
    ]
    async with reading(Reports({day: lines})) as (source, server):
        billed = await source.billed(date(2026, 11, 22), date(2026, 11, 23))
    asked = server.asked[0]
    assert asked.path == "/v1/organizations/cost_report"
    assert asked.all("group_by[]") == ["description", "workspace_id"]
    assert (asked.one("bucket_width"), asked.one("limit")) == ("1d", "31")
    assert [line.amount_microusd for line in billed] == [41_872_044, 1_500_000, -2, 125_000]
    assert {line.day for line in billed} == {date(2026, 11, 22)}
    assert {line.currency for line in billed} == {"USD"}
    assert [line.cost_type for line in billed] == ["tokens", "web_search", "tokens", "tokens"]
    assert dict(billed[0].dimensions)["workspace_id"] == "wrkspc_1"
    assert dict(billed[1].dimensions)["workspace_id"] is None


async def test_cost_of_more_than_a_month_takes_a_page_for_31_days() -> None:
    start = date(2026, 8, 1)
    first = int(datetime(2026, 8, 1, tzinfo=UTC).timestamp())
    rows = {first + n * DAY: [cost_result("100")] for n in range(92)}
    async with reading(Reports(rows)) as (source, server):
        billed = await source.billed(start, date(2026, 11, 1))
    assert len(billed) == 92
    assert len(server.asked) == 3


async def test_lines_that_differ_only_in_their_amount_add_up() -> None:
    day = T0 - T0 % DAY - DAY
    async with reading(Reports({day: [cost_result("1"), cost_result("2")]})) as (source, _):
        billed = await source.billed(date(2026, 11, 22), date(2026, 11, 23))
    assert [line.amount_microusd for line in billed] == [30_000]


@pytest.mark.parametrize(
    "line",
    [
        cost_result("1", currency="EUR"),
        cost_result("1", currency=None),
        cost_result("NaN"),
        cost_result("1e40"),
        cost_result("12,50"),
        cost_result(None),
        cost_result(True),
        cost_result(["1"]),
    ],
)
async def test_a_cost_that_is_not_dollars_in_cents_is_malformed(line: object) -> None:
    day = T0 - T0 % DAY - DAY
    async with reading(Reports({day: [line]})) as (source, _):
        with pytest.raises(SourceError, match="2026-11-22") as caught:
            await source.billed(date(2026, 11, 22), date(2026, 11, 23))
    assert caught.value.failure is Failure.MALFORMED
