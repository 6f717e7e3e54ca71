"""LiteLLM's callback over a real socket, with payloads that a real gateway (1.106.2) sent."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from console.clock import ManualClock, epoch
from console.config import load_text
from console.errors import BadConfiguration
from console.listening import Place
from console.pricing import PriceBook
from console.providers.litellm_callback import CAPABILITIES
from console.providers.litellm_callback.source import LitellmCallback
from console.providers.shared.identity import key_of, provider_of
from console.providers.source import Busy, CannotListen, PushedCall, Tokens
from tests.support.litellm_gateway import T0, call, gateway, reading

RECORDED: list[list[dict[str, Any]]] = json.loads((Path(__file__).parent / "recorded.json").read_text())
CHAT, (MESSAGE, STREAMED_CHAT, STREAMED_MESSAGE, FAILED) = RECORDED[0][0], RECORDED[1]
AT = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)
CALL = Tokens(uncached_input=21, cache_write_5m=100, cache_write_1h=200, cache_read=5000, output=17)


@dataclass
class Store:
    """A sink that remembers; `busy` counts how often it is not to be had."""

    calls: list[PushedCall] = field(default_factory=list)
    busy: int = 0
    took: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, calls: Sequence[PushedCall]) -> None:
        if self.busy:
            self.busy -= 1
            raise Busy(0.01)
        self.calls += calls
        self.took.set()


@asynccontextmanager
async def listening(folder: Path, store: Store, *, secret: str | None = None, largest: int = 2**20,
                    ) -> AsyncIterator[tuple[LitellmCallback, httpx.AsyncClient]]:
    source = LitellmCallback("gateway-calls", CAPABILITIES, Place("127.0.0.1", 0), folder, ManualClock(AT),
                             key=None if secret is None else lambda: secret, largest=largest)
    serving = asyncio.create_task(source.serve(store))
    for _ in range(5000):
        if source.reception().address is not None:
            break
        await asyncio.sleep(0.001)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{source.port}", trust_env=False) as client:
        yield source, client
    await source.close()
    await serving


async def post(client: httpx.AsyncClient, body: object, **headers: str) -> httpx.Response:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return await client.post("/litellm", content=content, headers={"content-type": "application/json", **headers})


async def told(folder: Path, *payloads: object) -> list[PushedCall]:
    """The calls that these payloads, sent together, come to."""
    store = Store()
    async with listening(folder, store) as (_, client):
        assert (await post(client, list(payloads))).status_code == 200
    return store.calls


def changed(payload: dict[str, Any], **changes: object) -> dict[str, Any]:
    found = deepcopy(payload)
    for name, value in changes.items():
        (found["metadata"] if name in found["metadata"] else found)[name] = value
    return found


async def test_every_route_and_stream_of_a_real_gateway_is_one_call_with_disjoint_tokens(tmp_path: Path) -> None:
    calls = await told(tmp_path, CHAT, MESSAGE, STREAMED_CHAT, STREAMED_MESSAGE)
    assert [call.tokens for call in calls] == [CALL] * 4
    assert {(call.provider, call.model) for call in calls} == {("anthropic", "claude-sonnet-4-5-20250929")}
    assert [call.key for call in calls] == [
        f"openai/{CHAT['id']}", "anthropic/msg_01fake", f"openai/{STREAMED_CHAT['id']}", "anthropic/msg_01stream"]
    assert (calls[0].at, calls[0].ended) == tuple(datetime.fromtimestamp(CHAT[name], UTC)
                                                  for name in ("startTime", "endTime"))


async def test_a_call_over_the_edge_of_a_minute_stands_in_the_minute_in_which_the_gateways_log_has_it(
        tmp_path: Path) -> None:
    logged = gateway()
    logged.log(call(1, T0 + 59.8))
    async with reading(logged) as (source, _, _):
        (row,) = (await source.usage(T0, T0 + 120, 60)).rows
    (pushed,) = await told(tmp_path, changed(CHAT, startTime=T0 + 59.8, endTime=T0 + 63.5))
    assert epoch(pushed.at) // 60 * 60 == row.bucket


@pytest.mark.parametrize("began", [None, "then", CHAT["endTime"] + 5, -1])
async def test_a_call_whose_beginning_cannot_be_is_counted_when_it_ended(tmp_path: Path, began: object) -> None:
    (call,) = await told(tmp_path, changed(CHAT, startTime=began))
    assert call.at == datetime.fromtimestamp(CHAT["endTime"], UTC)


async def test_a_call_bears_the_identity_that_its_client_tells_too(tmp_path: Path) -> None:
    (message, chat) = await told(tmp_path, MESSAGE, CHAT)
    assert message.key == key_of(provider_of("anthropic"), "msg_01fake")
    assert chat.key == key_of(provider_of("openai"), CHAT["id"])  # the client spoke to the gateway as to OpenAI


async def test_an_identifier_that_is_too_long_to_be_kept_shows_who_answered_all_the_same(tmp_path: Path) -> None:
    sealed = f"resp_{'CjuDI6vi' * 40}"  # as a gateway seals what the Responses API answered
    (call,) = await told(tmp_path, changed(CHAT, id=sealed, custom_llm_provider="openai"))
    assert call.key == key_of("anthropic", sealed)  # the client spoke Anthropic's protocol to the gateway


async def test_what_rules_may_name_is_told_and_no_text_of_prompts_or_answers(tmp_path: Path) -> None:
    payload = changed(CHAT, user_api_key_hash="ab" * 32, user_api_key_alias="claims", user_api_key_team_id="team-1",
                      user_api_key_team_alias="Claims", request_tags=["env:production", "nightly", "User-Agent: x"],
                      requester_metadata={"workload": "claims-triage", "headers": {"host": "x"}}, session_id="s-1")
    (call,) = await told(tmp_path, payload)
    assert dict(call.dimensions) == {
        "api_key_id": "ab" * 32, "api_key_alias": "claims", "team_id": "team-1", "team": "Claims",
        "model_group": "sonnet", "user": "default_user_id", "end_user": "customer-7", "service_tier": "standard",
        "label.env": "production", "label.nightly": "true", "label.workload": "claims-triage"}
    assert list(call.dimensions) == sorted(call.dimensions)
    assert call.session == "s-1"
    for text in ("secret prompt text", "hi there"):
        assert text in json.dumps(CHAT)
        assert text not in repr(call)


async def test_our_price_is_what_the_gateway_reckons(tmp_path: Path) -> None:
    (call,) = await told(tmp_path, CHAT)
    assert call.tokens is not None
    dimensions = (("context_window", "0-200k"), ("model", call.model), ("provider", call.provider))
    priced = PriceBook().price_dimensions(call.provider, dimensions, call.tokens, int(call.at.timestamp()))
    assert priced.cost_microusd == round(CHAT["response_cost"] * 1_000_000)


async def test_a_failed_call_has_no_tokens_rather_than_none_used(tmp_path: Path) -> None:
    (call,) = await told(tmp_path, FAILED)
    assert (call.failed, call.tokens, call.rank, call.model) == (True, None, 0, "claude-bad")


async def test_a_failed_call_is_not_charged_for_the_gateways_own_reckoning_of_its_prompt(tmp_path: Path) -> None:
    failed = changed(CHAT, status="failure", prompt_tokens=9, completion_tokens=0, usage_object={}, response_cost=0.0)
    (unanswered, charged) = await told(tmp_path, failed, changed(failed, id="chatcmpl-2", response_cost=0.0001))
    assert unanswered.tokens is None
    assert charged.tokens == Tokens(uncached_input=9)


async def test_what_the_gateways_own_cache_answered_is_no_call(tmp_path: Path) -> None:
    assert await told(tmp_path, changed(CHAT, cache_hit=True)) == []


async def test_tools_are_told_by_name_and_keyed_hash_of_their_arguments(tmp_path: Path) -> None:
    asked = [{"id": "t", "type": "function", "function": {"name": "search", "arguments": text}}
             for text in ('{"q": "who", "n": 1}', '{"n":1,"q":"who"}', '{"q": "other"}')]
    (call,) = await told(tmp_path, changed(CHAT, response={"choices": [{"message": {"tool_calls": asked}}]}))
    names, hashes = zip(*call.tools, strict=True)
    assert names == ("search",) * 3
    assert hashes[0] == hashes[1] != hashes[2]
    assert "who" not in repr(call)


@pytest.mark.parametrize("form", ["array", "single", "lines"])
async def test_every_form_that_the_gateway_can_send_is_taken(tmp_path: Path, form: str) -> None:
    lines = b"\n".join(json.dumps(each).encode() for each in (CHAT, MESSAGE))
    bodies: dict[str, list[object]] = {"array": [[CHAT, MESSAGE]], "single": [CHAT, MESSAGE], "lines": [lines]}
    store = Store()
    async with listening(tmp_path, store) as (source, client):
        for body in bodies[form]:
            assert (await post(client, body)).status_code == 200
        assert source.reception().calls == 2
        assert source.reception().newest == max(call.ended or call.at for call in store.calls)
    assert len(store.calls) == 2


async def test_a_record_that_cannot_be_is_left_out_and_counted_and_the_others_are_taken(tmp_path: Path) -> None:
    store = Store()
    async with listening(tmp_path, store) as (source, client):
        answer = await post(client, [
            CHAT, "text", changed(CHAT, id=""), changed(CHAT, id="a", prompt_tokens=-5),
            changed(CHAT, id="b", completion_tokens=10**15), changed(CHAT, id="c", endTime="yesterday"),
            changed(CHAT, id="d", endTime=AT.timestamp() + 3600)])
        assert answer.json() == {"taken": 1, "refused": {
            "no identity": 2, "a count that is none": 2, "a time that cannot be": 2}}
        assert source.reception().refused["records with a count that is none"] == 2
    assert [call.key for call in store.calls] == [f"openai/{CHAT['id']}"]


@pytest.mark.parametrize("body", [b"", b"not json", b'"text"', b"12", b"[" * 100_000, b'{"a":1}\n{"b":', b"\xff\xfe"])
async def test_garbage_is_refused_and_nothing_of_it_stored(tmp_path: Path, body: bytes) -> None:
    store = Store()
    async with listening(tmp_path, store) as (_, client):
        assert (await post(client, body)).status_code == 400
        assert (await post(client, [CHAT])).status_code == 200
    assert len(store.calls) == 1


async def test_a_request_that_is_too_large_or_to_another_place_is_refused(tmp_path: Path) -> None:
    async with listening(tmp_path, Store(), largest=1000) as (source, client):
        assert (await post(client, [CHAT])).status_code == 413
        assert (await client.post("/", content=b"[]")).status_code == 404
        assert (await client.get("/litellm")).status_code == 405
        assert (await post(client, [], origin="https://evil.example")).status_code == 403
        assert source.reception().refused["requests from a web page"] == 1


async def test_where_there_is_a_secret_nothing_is_read_without_it(tmp_path: Path) -> None:
    store = Store()
    async with listening(tmp_path, store, secret="s3cret") as (source, client):
        assert source.authenticated
        assert (await post(client, [CHAT])).status_code == 401
        assert (await post(client, [CHAT], authorization="Bearer other")).status_code == 401
        assert store.calls == []
        assert (await post(client, [CHAT], authorization="Bearer s3cret")).status_code == 200
    assert len(store.calls) == 1


async def test_a_busy_store_is_said_and_what_was_sent_reaches_it_later_all_the_same(tmp_path: Path) -> None:
    store = Store(busy=1)
    async with listening(tmp_path, store) as (_, client):
        answer = await post(client, [CHAT])
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
        async with asyncio.timeout(5):
            await store.took.wait()
    assert [call.key for call in store.calls] == [f"openai/{CHAT['id']}"]


async def test_a_place_that_is_taken_is_said_with_what_to_do(tmp_path: Path) -> None:
    async with listening(tmp_path, Store()) as (source, _):
        second = LitellmCallback("second", CAPABILITIES, Place("127.0.0.1", source.port), tmp_path, ManualClock(AT))
        with pytest.raises(CannotListen, match="write another place as listen"):
            await second.serve(Store())


def test_a_place_that_others_reach_needs_a_secret(tmp_path: Path) -> None:
    text = '[[sources]]\nname = "gateway-calls"\nkind = "litellm-callback"\nlisten = "0.0.0.0:4319"\n'
    with pytest.raises(BadConfiguration, match="write a secret"):
        load_text(text, tmp_path / "token-console.toml")
    assert load_text(text + 'secret = "env:LITELLM_PUSH"\n', tmp_path / "token-console.toml").sources
