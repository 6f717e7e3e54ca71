"""Every recorded answer and usage object, over a socket: counted as it was, or refused by name; never a silent zero."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from console import providers
from console.clock import ManualClock
from console.config import SourceSettings
from console.kinds import SourceTools, frozen
from console.providers.source import Failure, PushedCall, Source, SourceError
from console.providers.vertex.source import VertexSource
from tests.console.providers.litellm_callback.test_callback import AT, Store, listening, post
from tests.support.http_server import Asked, Reply, serving
from tests.support.recorded_data import recorded

NOW = datetime(2026, 11, 23, 14, 30, tzinfo=UTC)
T0 = 1_795_442_400
OPTIONS: dict[str, dict[str, object]] = {
    "bedrock": {"regions": ("us-east-1",), "roles": (), "kill_roles": (), "profile": None, "cost_explorer": False},
}
SECRETS = {"bedrock": "AKIAIOSFODNN7EXAMPLE:secret"}
POLLED = ("anthropic", "bedrock", "litellm", "openai", "vertex")


class Token:
    """A credential that has a token without asking for one."""

    def token(self) -> str:
        return "ya29.test"

    def headers(self, token: str) -> dict[str, str]:
        return {"authorization": f"Bearer {token}"}

    def forget(self) -> None: ...

    account = None


def lines(name: str) -> Iterator[dict[str, Any]]:
    with gzip.open(recorded(name), "rt") as file:
        yield from map(json.loads, file)


def source(kind: str, url: str) -> Source:
    clock = ManualClock(NOW)
    if kind == "vertex":
        return VertexSource(kind, url, Token(), ("claims-prod",), clock=clock)  # type: ignore[arg-type]
    settings = SourceSettings(kind, kind, "env:KEY", base_url=url, options=frozen(OPTIONS.get(kind, {})))
    return providers.build(settings, SourceTools(lambda: SECRETS.get(kind, "sk-test"), clock, Path()))


@pytest.mark.parametrize("kind", POLLED)
async def test_an_answer_to_another_question_is_no_usage(kind: str) -> None:
    """What a model answered is served where a report is asked for: none of it is taken for one."""
    now: list[dict[str, Any]] = []

    def answer(_: Asked) -> Reply:
        return Reply(now[-1]["status"], now[-1]["body"].encode(), now[-1]["headers"])

    with serving(answer) as server:
        made = source(kind, server.url)
        for each in lines("provider_responses.jsonl.gz"):
            now.append(each)
            with pytest.raises(SourceError) as caught:
                await made.usage(T0, T0 + 600, 60)
            assert str(caught.value).startswith(kind)
            unread = each["status"] == 200 or kind == "bedrock"  # AWS's own errors are the only ones that it can read
            assert caught.value.failure is (Failure.MALFORMED if unread else Failure.FORBIDDEN)
        await made.close()
    assert len(now) == 8


async def test_every_recorded_usage_is_counted_as_one_who_published_it_counts_it(tmp_path: Path) -> None:
    """Read is taken out of the input that holds it, written too, and nothing is counted twice."""
    told = [each for each in lines("provider_usage_bodies.jsonl.gz") if isinstance(each["body"].get("usage"), dict)
            and "inputTokens" not in each["body"]["usage"]]  # Bedrock's own words a gateway translates
    records = [_record(number, each) for number, each in enumerate(told)]
    store = Store()
    async with listening(tmp_path, store) as (_, client):
        answer = await post(client, records)
        async with asyncio.timeout(10):
            await store.took.wait()
    assert answer.json() == {"taken": len(told), "refused": {}}
    assert len(told) > 200
    calls = {call.key.rsplit("/", 1)[-1]: call for call in store.calls}
    differ = [(_classes(calls[f"msg_{number}"]), each) for number, each in enumerate(told)
              if _classes(calls[f"msg_{number}"]) not in [_expected(found["usage"]) for found in each["extracted"]]]
    assert differ == []


def _record(number: int, each: dict[str, Any]) -> dict[str, Any]:
    """As a gateway tells of the call: all input together, and the provider's own object beside it."""
    found = each["extracted"][0]["usage"]
    return {"id": f"msg_{number}", "model": each["model"] or "some-model", "custom_llm_provider": "anthropic",
            "status": "success", "endTime": AT.timestamp() - 5, "prompt_tokens": found.get("input_tokens", 0),
            "completion_tokens": found.get("output_tokens", 0), "metadata": {"usage_object": each["body"]["usage"]}}


def _classes(call: PushedCall) -> tuple[int, int, int, int]:
    tokens = call.tokens
    assert tokens is not None
    return tokens.uncached_input, tokens.cache_write_5m + tokens.cache_write_1h, tokens.cache_read, tokens.output


def _expected(found: dict[str, int]) -> tuple[int, int, int, int]:
    read, written = found.get("cache_read_tokens", 0), found.get("cache_write_tokens", 0)
    return found.get("input_tokens", 0) - read - written, written, read, found.get("output_tokens", 0)
