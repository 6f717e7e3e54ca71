"""What the LiteLLM source reads from a gateway over real sockets: usage, cost, names."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from console.providers.litellm import KIND
from console.providers.litellm import source as source_module
from console.providers.source import Failure, Named, SourceError, Tokens
from console.simulator.faults import Fault
from console.simulator.litellm.gateway import Key, hash_of
from tests.support.litellm_gateway import (
    ADMIN_SECRET,
    CLAIMS,
    MASTER_SECRET,
    SEARCH,
    T0,
    USER_SECRET,
    VIEWER_SECRET,
    call,
    gateway,
    reading,
)

ONE = Tokens(uncached_input=21, cache_write_5m=100, cache_write_1h=200, cache_read=5000, output=17)


def times(tokens: Tokens, count: int) -> Tokens:
    return Tokens(*(count * each for each in tokens))


async def test_calls_are_added_up_by_minute_and_series_with_their_number() -> None:
    found = gateway()
    found.log(call(1, T0 + 3), call(2, T0 + 59.9), call(3, T0 + 60), call(4, T0 + 61, SEARCH))
    async with reading(found) as (source, running, _):
        window = await source.usage(T0, T0 + 120, 60)
    assert (window.start, window.end, window.width, window.requests) == (T0, T0 + 120, 60, 1)
    assert [(row.bucket, dict(row.dimensions)["api_key_id"], row.requests) for row in window.rows] == [
        (T0, CLAIMS, 2), (T0 + 60, CLAIMS, 1), (T0 + 60, SEARCH, 1)]
    assert window.rows[0].tokens == times(ONE, 2)
    assert dict(window.rows[0].dimensions) == {
        "api_key_id": CLAIMS, "context_window": "0-200k", "inference_geo": None,
        "model": "claude-sonnet-4-5-20250929", "model_group": "sonnet", "provider": "anthropic",
        "service_tier": "standard", "speed": None, "team_id": "team-1"}
    assert tuple(dict(window.rows[0].dimensions)) == KIND.capabilities.dimensions
    assert running.asked == {"/spend/logs/v2": 1}


async def test_the_end_of_a_window_belongs_to_the_next_one() -> None:
    found = gateway()
    found.log(call(1, T0), call(2, T0 + 60))
    async with reading(found) as (source, _, _):
        first = await source.usage(T0, T0 + 60, 60)
        second = await source.usage(T0 + 60, T0 + 120, 60)
    assert [[row.requests for row in window.rows] for window in (first, second)] == [[1], [1]]


@pytest.mark.parametrize("rows_a_page", [1, 2, 3, 7, 25])
async def test_every_call_is_counted_once_whatever_a_page_holds(rows_a_page: int) -> None:
    found = gateway()
    ats = [T0 + second for second in (0, 1, 1.2, 1.9, 2, 30, 30, 30, 30.5, 59, 59.999)]
    found.log(*(call(number, at) for number, at in enumerate(ats)))
    async with reading(found, rows_a_page=rows_a_page) as (source, _, _):
        (row,) = (await source.usage(T0, T0 + 60, 60)).rows
    assert (row.requests, row.tokens) == (len(ats), times(ONE, len(ats)))


async def test_more_than_is_held_at_a_time_is_read_in_parts_that_end_with_a_minute(
        monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source_module, "ROWS_AT_ONCE", 2)
    found = gateway()
    found.log(*(call(number, T0 + 25 * number) for number in range(12)))
    parts = []
    async with reading(found, rows_a_page=3) as (source, _, _):
        start, more = T0, True
        while more:
            part = await source.usage(start, T0 + 360, 60)
            parts.append(part)
            start, more = part.end, part.more
    assert len(parts) > 2
    assert parts[-1].end == T0 + 360
    assert all(part.start <= row.bucket < part.end for part in parts for row in part.rows)
    assert sum(row.requests or 0 for part in parts for row in part.rows) == 12


async def test_rows_written_while_it_reads_are_neither_missed_nor_repeated() -> None:
    found = gateway()
    found.log(*(call(number, T0 + number) for number in range(50)))
    async with reading(found, rows_a_page=10) as (source, running, _):
        reply, late = running.reply, iter(range(100, 140))

        def writing(*asked: object) -> object:
            answer = reply(*asked)  # type: ignore[arg-type]
            found.log(call(next(late), T0 + 0.5), call(next(late), T0 + 49.5))
            return answer

        running.reply = writing  # type: ignore[assignment,method-assign]
        (row,) = (await source.usage(T0, T0 + 60, 60)).rows
    assert row.requests is not None
    assert 50 <= row.requests <= 50 + running.asked.total()


async def test_what_the_gateways_own_cache_answered_and_what_failed_cost_nothing() -> None:
    found = gateway()
    found.log(call(1, T0 + 1, cache_hit=True), call(2, T0 + 2, status="failure", prompt=0, completion=0, cache_read=0,
                                                    cache_write_5m=0, cache_write_1h=0), call(3, T0 + 3))
    async with reading(found) as (source, _, _):
        (row,) = (await source.usage(T0, T0 + 60, 60)).rows
    assert (row.requests, row.tokens) == (1, ONE)


@pytest.mark.parametrize(("told", "counted"), [
    ({}, 0), ({"completion": 3}, 1), ({"spend": Decimal("0.0001")}, 1)])
async def test_a_failed_call_counts_by_what_it_used_and_not_by_the_gateways_own_reckoning_of_its_prompt(
        told: dict[str, Any], counted: int) -> None:
    found = gateway()
    reckoned: dict[str, Any] = {"status": "failure", "prompt": 9, "completion": 0, "spend": Decimal(0)}
    found.log(call(1, T0 + 1, **reckoned | told))
    async with reading(found) as (source, _, _):
        assert len((await source.usage(T0, T0 + 60, 60)).rows) == counted


async def test_a_key_that_an_old_version_logged_in_the_clear_does_not_stay_so() -> None:
    found = gateway()
    found.log(call(1, T0 + 1, "sk-claims"))
    async with reading(found) as (source, _, _):
        (row,) = (await source.usage(T0, T0 + 60, 60)).rows
    assert dict(row.dimensions)["api_key_id"] == CLAIMS


@pytest.mark.parametrize(("model", "provider", "expected"), [
    ("bedrock/converse/us.anthropic.claude-sonnet-4-5-v1:0", "bedrock_converse",
     ("us.anthropic.claude-sonnet-4-5-v1:0", "bedrock")),
    ("vertex_ai/claude-sonnet-4-5@20250929", "vertex_ai", ("claude-sonnet-4-5@20250929", "vertex")),
    ("azure/gpt-4o", "azure", ("gpt-4o", "azure")),
    ("gpt-4o", "openai", ("gpt-4o", "openai")),
    ("openrouter/anthropic/claude-3", "openrouter", ("anthropic/claude-3", "openrouter")),
    ("", "", (None, "unknown")),
])
async def test_models_bear_their_providers_names(model: str, provider: str, expected: tuple[str | None, str]) -> None:
    found = gateway()
    found.log(call(1, T0 + 1, model=model, provider=provider))
    async with reading(found) as (source, _, _):
        (row,) = (await source.usage(T0, T0 + 60, 60)).rows
    dimensions = dict(row.dimensions)
    assert (dimensions["model"], dimensions["provider"]) == expected


async def test_the_days_cost_is_what_the_gateway_reckons_by_model_and_key() -> None:
    found = gateway()
    found.log(*(call(number, T0 + number, SEARCH if number % 2 else CLAIMS) for number in range(7)),
              call(90, T0 + 86_400, spend=Decimal("1.5")))
    async with reading(found) as (source, _, _):
        lines = await source.billed(date(2026, 11, 23), date(2026, 11, 24))
    assert {(str(line.day), dict(line.dimensions)["api_key_id"], line.amount_microusd) for line in lines} == {
        ("2026-11-23", CLAIMS, 4 * 3393), ("2026-11-23", SEARCH, 3 * 3393)}
    assert {(dict(line.dimensions)["model"], dict(line.dimensions)["provider"]) for line in lines} == {
        ("claude-sonnet-4-5-20250929", "anthropic")}


async def test_a_day_that_spans_pages_is_added_up() -> None:
    found = gateway()
    found.log(*(call(number, T0 + number / 100) for number in range(2500)))
    async with reading(found) as (source, running, _):
        (line,) = await source.billed(date(2026, 11, 23), date(2026, 11, 24))
    assert line.amount_microusd == 2500 * 3393
    assert running.asked["/user/daily/activity"] == 3


async def test_keys_and_teams_have_names_and_states() -> None:
    found = gateway()
    found.keys[SEARCH].blocked = True
    found.keys["0" * 64] = Key("0" * 64, "of last year", over="expired")
    async with reading(found) as (source, _, _):
        names = await source.names()
    assert Named("api_key", CLAIMS, "claims-triage", "active", "team-1") in names
    assert Named("api_key", SEARCH, "search", "blocked") in names
    assert Named("api_key", "0" * 64, "of last year", "expired") in names
    assert Named("team", "team-1", "Claims", "active") in names


async def test_a_thousand_keys_are_named_page_by_page() -> None:
    found = gateway()
    for number in range(1000):
        key = f"{number:064x}"
        found.keys[key] = type(found.keys[CLAIMS])(key, f"key {number}")
    async with reading(found) as (source, running, _):
        assert len(await source.names()) == 1005
    assert running.asked["/key/list"] == 11


async def test_the_master_key_an_admins_and_a_viewers_pass_the_check() -> None:
    for secret in (MASTER_SECRET, ADMIN_SECRET, VIEWER_SECRET):
        async with reading(gateway(), secret=secret) as (source, running, _):
            assert (await source.check()).name == f"the LiteLLM gateway at {running.base_url.removeprefix('http://')}"


async def test_where_nobody_can_tell_whether_it_is_the_master_key_the_check_says_why() -> None:
    async with reading(gateway(), secret=MASTER_SECRET) as (source, running, _):
        running.faults.order(Fault("500", path="/key/info", count=9))
        with pytest.raises(SourceError, match="key/info answered 500") as raised:
            await source.check()
    assert raised.value.failure is Failure.UNAVAILABLE


async def test_somebody_without_a_key_who_is_not_the_master_keys_user_sees_only_a_part() -> None:
    found = gateway()
    del found.keys[hash_of(USER_SECRET)]  # as where somebody signs in by a token
    async with reading(found, secret=USER_SECRET) as (source, _, _):
        with pytest.raises(SourceError, match="own spend only"):
            await source.check()


async def test_a_key_that_sees_its_own_spend_only_is_refused_because_the_gateway_would_not_say_so() -> None:
    async with reading(gateway(), secret=USER_SECRET) as (source, _, _):
        with pytest.raises(SourceError, match=r"role internal_user.*proxy_admin_viewer") as raised:
            await source.check()
    assert raised.value.failure is Failure.FORBIDDEN
