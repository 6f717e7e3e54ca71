"""LiteLLM's standard logging payload as calls. What it says of prompts and answers is read for tool calls and dropped.

As LiteLLM 1.106.2 really sent them: one object, an array, or one object a line, as its `log_format` says.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from console.clock import from_epoch
from console.http import HttpFailure, parse_json
from console.providers.litellm.counting import tokens_of, used
from console.providers.litellm.identities import key_of_row, model_and_provider, text_or_none
from console.providers.shared.arguments import ArgumentHash
from console.providers.shared.fields import UnusableError
from console.providers.shared.identity import key_of
from console.providers.source import Dimensions, PushedCall
from console.text import clean

MOST_RECORDS = 20_000
MOST_LABELS = 32
LONGEST = 200
AHEAD = timedelta(minutes=5)
"""How far a gateway's clock may be ahead of this machine's."""
KNOWS_ALL, KNOWS_SUMS = 52, 12
"""Ranks: above instrumentations that retell an answer, below the provider's own; so low where no usage is told."""

_OF_THE_KEY = {"user_api_key_alias": "api_key_alias", "user_api_key_team_id": "team_id",
               "user_api_key_team_alias": "team", "user_api_key_user_id": "user",
               "user_api_key_end_user_id": "end_user"}
_PRICED_AS_TOLD = ("inference_geo", "service_tier", "speed")


class Undecodable(ValueError):
    """The body is no payload. `str(error)` is for the sender."""


def calls_of(body: bytes, now: datetime, hashing: ArgumentHash) -> tuple[list[PushedCall], Counter[str]]:
    """The calls of one request, and what was not taken, by the reason in words. Raises Undecodable."""
    calls: list[PushedCall] = []
    refused: Counter[str] = Counter()
    for number, record in enumerate(_records(body)):
        if number >= MOST_RECORDS:
            raise Undecodable(f"more than {MOST_RECORDS} calls; send fewer at a time")
        if not isinstance(record, dict) or not text_or_none(record.get("id")):
            refused["no identity"] += 1
            continue
        if record.get("cache_hit") is True:  # answered by the gateway's own cache, under the first answer's identity
            continue
        try:
            calls.append(_call(record, now, hashing))
        except UnusableError:
            refused["a count that is none"] += 1
        except ValueError:
            refused["a time that cannot be"] += 1
    return calls, refused


def _records(body: bytes) -> Iterator[Any]:
    try:
        if body[:1] == b"{" and b"\n" in body.strip():
            yield from (parse_json(line) for line in body.splitlines() if line.strip())
            return
        said = parse_json(body)
    except HttpFailure as error:
        raise Undecodable(str(error)) from error
    if not isinstance(said, dict | list):
        raise Undecodable("send a standard logging payload, or a list of them")
    yield from said if isinstance(said, list) else [said]


def _call(record: Mapping[str, Any], now: datetime, hashing: ArgumentHash) -> PushedCall:
    metadata = _mapping(record.get("metadata"))
    usage = _mapping(metadata.get("usage_object"))
    model, provider = model_and_provider(record.get("model"), record.get("custom_llm_provider"))
    failed = record.get("status") == "failure"
    began, ended = _times(record, now)
    told = tokens_of(record.get("prompt_tokens"), record.get("completion_tokens"), usage)
    tokens = None if failed and not used(told, usage, record.get("response_cost")) else told
    return PushedCall(
        at=began,
        ended=ended,
        key=key_of(provider, str(record["id"])),
        rank=0 if tokens is None else KNOWS_ALL if usage else KNOWS_SUMS,
        provider=provider,
        model=model or "",
        tokens=tokens,
        dimensions=_dimensions(record, metadata, usage),
        session=clean(text_or_none(record.get("session_id")) or "", LONGEST),
        tools=tuple(_tools(record.get("response"), hashing)),
        failed=failed,
    )


def _times(record: Mapping[str, Any], now: datetime) -> tuple[datetime, datetime]:
    """When the call began, by which the gateway's own log counts it, and when it ended. A beginning that is missing, or
    after the end, is the end. Raises ValueError for what is no time, or not yet."""
    ended = _instant(record.get("endTime"))
    if ended is None:
        raise ValueError("no time")
    if ended > now + AHEAD:
        raise ValueError("not yet")
    return min(_instant(record.get("startTime")) or ended, ended), ended


def _instant(value: object) -> datetime | None:
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or not 10**9 <= value <= 10**10:
        return None
    return from_epoch(float(value))


def _dimensions(record: Mapping[str, Any], metadata: Mapping[str, Any], usage: Mapping[str, Any]) -> Dimensions:
    found: dict[str, str | None] = {"api_key_id": key_of_row(metadata.get("user_api_key_hash")),
                                    "model_group": text_or_none(record.get("model_group"))}
    found |= {name: text_or_none(metadata.get(told)) for told, name in _OF_THE_KEY.items()}
    found |= {name: text_or_none(usage.get(name)) for name in _PRICED_AS_TOLD}
    labels = dict(list(_labels(record.get("request_tags"), metadata.get("requester_metadata")))[:MOST_LABELS])
    return tuple(sorted((name, clean(value, LONGEST)) for name, value in (found | labels).items() if value))


def _labels(tags: object, told: object) -> Iterator[tuple[str, str]]:
    """Tags as `label.NAME`: `environment:production` with its value, a plain one with "true"; and the caller's own."""
    for tag in tags if isinstance(tags, list) else ():
        if isinstance(tag, str) and tag and not tag.startswith("User-Agent"):
            name, _, value = tag.partition(":")
            yield f"label.{clean(name.strip(), 100)}", value.strip() or "true"
    for name, value in _mapping(told).items():
        if isinstance(value, str) and value:
            yield f"label.{clean(name, 100)}", value


def _tools(response: object, hashing: ArgumentHash) -> Iterator[tuple[str, str]]:
    for choice in _listing(_mapping(response).get("choices")):
        for asked in _listing(_mapping(_mapping(choice).get("message")).get("tool_calls")):
            function = _mapping(_mapping(asked).get("function"))
            name, arguments = text_or_none(function.get("name")), function.get("arguments")
            if name and isinstance(arguments, str | dict):
                yield clean(name, 100), hashing.of(arguments)


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _listing(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
