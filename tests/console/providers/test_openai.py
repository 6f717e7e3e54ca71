"""OpenAI as a source: its token convention, and reading it over HTTP, well and badly."""

from __future__ import annotations

import gzip
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from console.clock import ManualClock, epoch
from console.pricing import PriceBook
from console.providers.openai.reports import CostReading, UsageReading
from console.providers.openai.source import OpenAiSource
from console.providers.shared.failures import StatusError
from console.providers.shared.fields import UnusableError
from console.providers.source import Failure, SourceError, Tokens, UsageRow
from console.simulator.faults import Fault
from console.simulator.openai.organisation import Key, small
from console.simulator.openai.server import READ, READ_USAGE, AdminKey, RunningOpenAi
from tests.support.http_server import Asked, Reply, json_reply, serving
from tests.support.recorded_data import recorded

NOW = datetime(2026, 11, 23, 14, 5, 30, tzinfo=UTC)
T0 = epoch(NOW) // 3600 * 3600 - 3600
MINUTE = T0 + 600
ROW = {"object": "organization.usage.completions.result", "input_tokens": 51_200, "output_tokens": 2_750,
       "num_model_requests": 17, "project_id": "proj_alpha", "user_id": None, "api_key_id": "key_one",
       "model": "gpt-6-sol", "batch": None, "service_tier": None}
DETAIL = {"input_uncached_tokens": 9_200, "input_cached_tokens": 38_000, "input_cache_write_tokens": 4_000}


def page(*rows: dict[str, Any], start: int = MINUTE, width: int = 60, **more: Any) -> bytes:
    bucket = {"object": "bucket", "start_time": start, "end_time": start + width, "results": list(rows)}
    return json.dumps({"object": "page", "data": [bucket], "has_more": False, "next_page": None, **more}).encode()


def read(*rows: dict[str, Any]) -> list[UsageRow]:
    reading = UsageReading()
    reading.page(page(*rows), MINUTE, MINUTE + 60, 60)
    return list(reading.rows)


@asynccontextmanager
async def running(*faults: Fault) -> AsyncIterator[tuple[OpenAiSource, RunningOpenAi, ManualClock]]:
    clock = ManualClock(NOW)
    with RunningOpenAi(small(clock), faults=faults) as simulated:
        source = OpenAiSource("openai", simulated.base_url, lambda: simulated.key("read"), clock=clock)
        try:
            yield source, simulated, clock
        finally:
            await source.close()


class TestTheConvention:
    def test_what_was_cached_is_taken_out_of_the_input_and_never_added(self) -> None:
        (row,) = read({**ROW, **DETAIL})
        assert row.tokens == Tokens(uncached_input=9_200, cache_write_5m=4_000, cache_read=38_000, output=2_750)
        assert row.requests == 17

    def test_without_the_breakdown_the_rest_of_the_input_is_uncached(self) -> None:
        (row,) = read({**ROW, "input_cached_tokens": 38_000})
        assert row.tokens == Tokens(uncached_input=13_200, cache_read=38_000, output=2_750)
        (row,) = read(ROW)
        assert row.tokens == Tokens(uncached_input=51_200, output=2_750)

    def test_writes_kept_for_twelve_hours_are_the_longer_class(self) -> None:
        (row,) = read({**ROW, **DETAIL, "input_cache_write_30m_tokens": 1_000, "input_cache_write_12h_tokens": 3_000})
        assert (row.tokens.cache_write_5m, row.tokens.cache_write_1h) == (1_000, 3_000)

    @pytest.mark.parametrize("change", [
        {"input_cached_tokens": 38_001}, {"input_uncached_tokens": 0}, {"input_cache_write_12h_tokens": 4_001},
        {"input_tokens": -1}, {"output_tokens": 10**14}, {"input_tokens": "51200"}, {"input_tokens": True},
        {"num_model_requests": -1}, {"model": 7}, {"batch": ["true"]},
    ])
    def test_parts_that_do_not_make_the_whole_and_absurd_numbers_are_refused(self, change: dict[str, Any]) -> None:
        with pytest.raises(UnusableError):
            read({**ROW, **DETAIL, **change})

    def test_more_cached_than_there_was_is_refused_without_a_breakdown_too(self) -> None:
        with pytest.raises(UnusableError, match="51200"):
            read({**ROW, "input_cached_tokens": 51_201})

    def test_a_batch_is_told_by_a_word_and_sound_by_a_modality(self) -> None:
        (row,) = read({**ROW, "batch": True, "input_audio_tokens": 4, "service_tier": "flex"})
        assert dict(row.dimensions) == {
            "api_key_id": "key_one", "batch": "true", "modality": "audio", "model": "gpt-6-sol",
            "project_id": "proj_alpha", "service_tier": "flex", "user_id": None}

    def test_the_same_series_twice_is_refused_and_parts_of_one_are_added_up(self) -> None:
        with pytest.raises(UnusableError, match="twice"):
            read(ROW, ROW)
        (row,) = read({**ROW, "api_source": "agents_api"}, {**ROW, "api_source": "unlabeled", "input_tokens": 800})
        assert (row.tokens.uncached_input, row.requests) == (52_000, 34)

    def test_each_recorded_body_gives_disjoint_classes_or_a_refusal(self) -> None:
        seen = 0
        with gzip.open(recorded("provider_usage_bodies.jsonl.gz"), "rt") as lines:
            for line in lines:
                used = (json.loads(line).get("body") or {}).get("usage") or {}
                cached = (used.get("prompt_tokens_details") or {}).get("cached_tokens")
                if "prompt_tokens" not in used or not isinstance(cached, int) or cached > used["prompt_tokens"]:
                    continue
                (row,) = read({**ROW, "input_tokens": used["prompt_tokens"], "input_cached_tokens": cached,
                               "output_tokens": used.get("completion_tokens", 0)})
                assert row.tokens.uncached_input + row.tokens.cache_read == used["prompt_tokens"]
                seen += 1
        assert seen > 10


class TestARealAnswer:
    """30 days of an organisation: the first and the last bucket cut, five empty days, nothing grouped, sound in it."""

    @pytest.fixture
    def answer(self) -> dict[str, Any]:
        found = json.loads(recorded("openai_usage_completions_30d.json").read_text())
        assert isinstance(found, dict)
        return found

    def test_it_is_read_whole_and_no_cached_token_counts_twice(self, answer: dict[str, Any]) -> None:
        first, last = answer["data"][0]["start_time"], answer["data"][-1]["end_time"]
        reading = UsageReading()
        read_ = reading.page(json.dumps({**answer, "has_more": False, "next_page": None}).encode(), first, last, 86_400)
        rows = [row for bucket in answer["data"] for row in bucket["results"]]
        assert read_.covered == last
        assert len(reading.rows) == len(rows)
        assert sum(row.tokens.uncached_input + row.tokens.cache_read for row in reading.rows) == sum(
            row["input_tokens"] for row in rows)
        assert sum(row.tokens.cache_read for row in reading.rows) == sum(row["input_cached_tokens"] for row in rows)
        assert {dict(row.dimensions)["modality"] for row in reading.rows} == {None, "audio"}

    def test_usage_without_a_model_is_unpriced_and_never_free(self, answer: dict[str, Any]) -> None:
        row = read(answer["data"][2]["results"][0])[0]
        priced = PriceBook().price_dimensions("openai", row.dimensions, row.tokens, row.bucket)
        assert priced.unpriced
        assert priced.cost_microusd > 0


class TestAPage:
    def test_a_gap_a_repetition_and_another_width_are_refused(self) -> None:
        for body in (page(ROW, start=MINUTE + 60), page(ROW, width=3600), page(ROW, start=MINUTE - 60)):
            with pytest.raises(UnusableError):
                UsageReading().page(body, MINUTE, MINUTE + 600, 60)

    def test_there_is_more_only_with_a_cursor(self) -> None:
        with pytest.raises(UnusableError, match="names no next page"):
            UsageReading().page(page(ROW, has_more=True), MINUTE, MINUTE + 600, 60)

    def test_costs_are_dollars_with_odd_fractions_and_alike_lines_are_one(self) -> None:
        day = T0 // 86_400 * 86_400
        row = {"amount": {"value": 12.4075, "currency": "usd"}, "line_item": "gpt-6-sol, output_tokens",
               "project_id": "proj_alpha", "api_key_id": "key_one"}
        other = {**row, "amount": {"value": "0.1000001", "currency": "USD"}}
        reading = CostReading()
        reading.page(page(row, other, start=day, width=86_400), day, day + 86_400, 86_400)
        (line,) = reading.lines.values()
        assert line.amount_microusd == 12_507_500
        assert dict(line.dimensions)["api_key_id"] == "key_one"

    @pytest.mark.parametrize("amount", [{"value": 1, "currency": "eur"}, {"value": None, "currency": "usd"},
                                        {"value": "much", "currency": "usd"}, 3])
    def test_costs_that_are_not_dollars_are_refused(self, amount: object) -> None:
        day = T0 // 86_400 * 86_400
        with pytest.raises(UnusableError):
            CostReading().page(page({"amount": amount}, start=day, width=86_400), day, day + 86_400, 86_400)


class TestOverHttp:
    async def test_completions_and_embeddings_come_as_one_window(self) -> None:
        async with running() as (source, _, __):
            window = await source.usage(T0, T0 + 3600, 60)
            assert (window.start, window.end, window.width) == (T0, T0 + 3600, 60)
            assert len(window.rows) == 4 * 60
            one = next(row for row in window.rows if dict(row.dimensions)["model"] == "gpt-6-sol")
            assert one.tokens == Tokens(9_200, 4_000, 0, 38_000, 2_750)
            embedded = next(row for row in window.rows if dict(row.dimensions)["model"] == "text-embedding-3-small")
            assert embedded.tokens == Tokens(uncached_input=60_000)
            assert window.ahead_s

    async def test_the_minute_that_is_being_filled_is_left_for_the_next_reading(self) -> None:
        async with running() as (source, _, __):
            end = epoch(NOW) // 60 * 60
            window = await source.usage(T0, end + 60, 60)
            assert window.end == end

    async def test_where_this_clock_is_ahead_it_is_asked_again_up_to_theirs(self) -> None:
        async with running() as (source, simulated, _):
            theirs = ManualClock(NOW - timedelta(minutes=10))
            simulated.simulator.organisation.clock = theirs
            window = await source.usage(T0, epoch(NOW) // 60 * 60, 60)
            assert window.end == epoch(theirs.now()) // 60 * 60
            assert window.ahead_s[0] < -500

    async def test_pages_are_read_to_the_last_and_shrink_while_they_are_too_large(self) -> None:
        async with running() as (source, simulated, _):
            simulated.simulator.faults.order(Fault("huge", count=1))
            window = await source.usage(T0, T0 + 3600, 60)
            assert len(window.rows) == 4 * 60
            assert window.requests > 4

    async def test_old_rows_without_the_breakdown_are_read_too(self) -> None:
        async with running() as (source, simulated, _):
            simulated.simulator.old_rows = True
            window = await source.usage(T0, T0 + 60, 60)
            one = next(row for row in window.rows if dict(row.dimensions)["model"] == "gpt-6-sol")
            assert one.tokens == Tokens(13_200, 0, 0, 38_000, 2_750)

    async def test_costs_are_told_by_key_and_project(self) -> None:
        async with running() as (source, _, __):
            rows = await source.billed(date(2026, 11, 22), date(2026, 11, 24))
            assert {dict(row.dimensions)["api_key_id"] for row in rows} == {"key_one", "key_two", "key_beta"}
            assert all(row.amount_microusd > 0 and row.day == date(2026, 11, 23) for row in rows)
            assert await source.billed(date(2026, 11, 24), date(2026, 11, 25)) == []

    async def test_projects_and_keys_have_names_those_of_people_who_left_too(self) -> None:
        async with running() as (source, simulated, _):
            organisation = simulated.simulator.organisation
            organisation.projects["proj_beta"].keys += [
                Key("key_left", "Left", owner_access="inactive"), Key("key_over", "", expires_at=epoch(NOW) - 1),
                *(Key(f"key_{number}", f"More {number}") for number in range(150))]
            named = {each.identifier: each for each in await source.names()}
            assert (named["proj_alpha"].kind, named["proj_alpha"].name) == ("workspace", "Alpha")
            assert (named["key_one"].name, named["key_one"].workspace) == ("Alpha production", "proj_alpha")
            assert (named["key_left"].status, named["key_over"].status) == ("inactive", "expired")
            assert (named["key_over"].name, named["key_149"].name) == ("key_over", "More 149")
            assert named["key_admin_read"].kind == "admin_key"

    async def test_an_archived_project_keeps_its_name_and_lists_no_keys(self) -> None:
        async with running() as (source, simulated, _):
            simulated.simulator.organisation.projects["proj_beta"].status = "archived"
            named = {each.identifier: each for each in await source.names()}
            assert named["proj_beta"].status == "archived"
            assert "key_beta" not in named


class TestBadDays:
    @pytest.mark.parametrize(("fault", "failure", "words"), [
        ("401", Failure.UNAUTHORISED, "put a valid admin key"),
        ("403", Failure.FORBIDDEN, "permission api.usage.read is missing"),
        ("429", Failure.RATE_LIMITED, "in 7 s at the earliest"),
        ("429_no_retry", Failure.BILLING, "billing state"),
        ("529", Failure.UNAVAILABLE, "asked again later"),
        ("truncated_pages", Failure.MALFORMED, "stopped at"),
        ("duplicate_buckets", Failure.MALFORMED, "came where"),
        ("malformed", Failure.MALFORMED, "JSON"),
        ("drop", Failure.UNAVAILABLE, ""),
    ])
    async def test_each_is_told_apart_and_nothing_comes_back_in_part(
        self, fault: str, failure: Failure, words: str
    ) -> None:
        async with running(Fault(fault, count=9)) as (source, _, __):
            with pytest.raises(SourceError) as caught:
                await source.usage(T0, T0 + 3600, 60)
            assert caught.value.failure is failure
            assert words in str(caught.value)
            assert str(caught.value).startswith("openai: ")

    async def test_a_half_page_once_is_asked_for_again(self) -> None:
        async with running(Fault("malformed")) as (source, _, __):
            assert len((await source.usage(T0, T0 + 3600, 60)).rows) == 240

    async def test_the_second_report_failing_fails_the_window(self) -> None:
        async with running(Fault("500", path="/v1/organization/usage/embeddings")) as (source, _, __):
            with pytest.raises(SourceError, match="usage/embeddings"):
                await source.usage(T0, T0 + 3600, 60)

    async def test_a_key_that_may_not_read_usage_is_told_how_to_get_the_least(self) -> None:
        async with running() as (source, simulated, _):
            simulated.simulator.admin_keys["read"] = AdminKey(simulated.key("read"), frozenset({READ}))
            with pytest.raises(StatusError) as caught:
                await source.usage(T0, T0 + 60, 60)
            said = str(caught.value)
            assert "may not read organization/usage/completions" in said
            assert "restricted to “Usage: Read”" in said
            assert simulated.key("read") not in said

    async def test_a_key_that_may_read_only_usage_is_told_what_the_names_need(self) -> None:
        async with running() as (source, simulated, _):
            simulated.simulator.admin_keys["read"] = AdminKey(simulated.key("read"), frozenset({READ_USAGE}))
            assert (await source.usage(T0, T0 + 60, 60)).rows
            with pytest.raises(StatusError, match=r"api\.management\.read is missing.*Projects: Read"):
                await source.names()

    @pytest.mark.parametrize("status", [401, 403])
    async def test_a_key_that_may_not_see_admin_keys_names_the_rest(self, status: int) -> None:
        def least(asked: Asked) -> Reply:
            if asked.path.endswith("/admin_api_keys"):
                return json_reply({"error": {"message": "You have insufficient permissions for this operation. Missing "
                                             "scopes: api.management.read.", "type": "invalid_request_error",
                                             "param": None, "code": None}}, status)
            name = "key_one" if asked.path.endswith("/api_keys") else "proj_one"
            return json_reply({"object": "list", "data": [{"id": name, "name": name}], "has_more": False})

        with serving(least) as server:
            source = OpenAiSource("openai", server.url, lambda: "sk-admin-x", clock=ManualClock(NOW))
            assert [each.identifier for each in await source.names()] == ["proj_one", "key_one"]
            await source.close()

    async def test_a_projects_key_is_no_admin_key_and_is_never_repeated(self) -> None:
        async with running() as (_, simulated, clock):
            source = OpenAiSource("openai", simulated.base_url, lambda: "sk-proj-SECRETSECRET", clock=clock)
            with pytest.raises(StatusError, match="never has it") as caught:
                await source.check()
            assert "SECRETSECRET" not in str(caught.value)
            await source.close()

    async def test_keys_that_cannot_be_listed_are_one_error_that_says_why(self) -> None:
        async with running(Fault("529", path="/v1/organization/projects/")) as (source, _, __):
            with pytest.raises(SourceError, match="overloaded"):
                await source.names()

    async def test_both_shapes_of_an_error_body_are_understood(self) -> None:
        def bare(asked: Asked) -> Reply:
            return json_reply({"code": 404, "message": "The project was not found"}, 404)

        with serving(bare) as server:
            source = OpenAiSource("openai", server.url, lambda: "sk-admin-x", clock=ManualClock(NOW))
            with pytest.raises(StatusError, match=r"The project was not found.*Check base_url"):
                await source.check()
            await source.close()

    async def test_retry_after_in_milliseconds_comes_first(self) -> None:
        with serving(lambda asked: json_reply({}, 429, retry_after_ms="2500", retry_after="60")) as server:
            source = OpenAiSource("openai", server.url, lambda: "sk-admin-x", clock=ManualClock(NOW))
            with pytest.raises(StatusError) as caught:
                await source.check()
            assert caught.value.retry_after_s == 2.5
            await source.close()

    async def test_pages_that_never_end_are_refused(self) -> None:
        endless = {"data": [{"id": "proj_1", "name": "x"}], "has_more": True, "last_id": "proj_1"}
        with serving(lambda asked: json_reply(endless)) as server:
            source = OpenAiSource("openai", server.url, lambda: "sk-admin-x", clock=ManualClock(NOW))
            with pytest.raises(SourceError, match="does not end"):
                await source.names()
            await source.close()
