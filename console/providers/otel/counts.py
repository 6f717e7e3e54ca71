"""Token counts as they are told, to disjoint classes.

The conventions say that input includes what was read from and written to the cache; Claude Code and some older
instrumentations tell the provider's own figure, which does not. A sender that tells more cache tokens than input is of
the second kind: that is remembered of it, because its other calls do not show it.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable
from typing import Any

from console.providers.otel import names
from console.providers.otel.records import Attributes
from console.providers.source import Tokens

MOST_TOKENS = 100_000_000
"""Of a class in one call; more cannot be true."""
LONGEST_USAGE_TEXT = 8_192
_MOST_REMEMBERED = 1_000
_COUNT_IN_TEXT = re.compile(
    r"['\"]?\b(cache_read_input_tokens|cache_creation_input_tokens|cached_tokens|ephemeral_5m_input_tokens|"
    r"ephemeral_1h_input_tokens)\b['\"]?\s*[:=]\s*(\d{1,12})(?!\d)"
)


class Impossible(ValueError):
    """A count that cannot be true."""


class Conventions:
    """Which senders' input counts leave the cache out."""

    def __init__(self) -> None:
        self._exclusive: dict[tuple[str, str, str], None] = {}

    def tokens(self, attributes: Attributes, service: str, scope: str, version: str) -> tuple[Tokens | None, int]:
        """What a span tells, None where it tells nothing; and how much it knows of the cache: 0, 1, 2 (by lifetime).

        Raises Impossible.
        """
        given = first_count(attributes, names.INPUT)
        output = first_count(attributes, names.OUTPUT)
        read = first_count(attributes, names.CACHE_READ)
        written = first_count(attributes, names.CACHE_WRITE)
        brief = first_count(attributes, names.WRITE_5M)
        hour = first_count(attributes, names.WRITE_1H)
        if brief is None and hour is None and (detail := _in_structure(attributes)):
            read = read if read is not None else whole(detail.get("cache_read_input_tokens"))
            written = written if written is not None else whole(detail.get("cache_creation_input_tokens"))
            by_life = detail.get("cache_creation")
            if isinstance(by_life, dict):
                brief = whole(by_life.get("ephemeral_5m_input_tokens"))
                hour = whole(by_life.get("ephemeral_1h_input_tokens"))
            openai = detail.get("prompt_tokens_details")
            if read is None and isinstance(openai, dict):
                read = whole(openai.get("cached_tokens"))
        if given is None and output is None:
            return None, 0
        fresh, cached, put = given or 0, read or 0, written or 0
        put = max(put, (brief or 0) + (hour or 0))
        if not self._leaves_out(fresh, cached + put, service, scope, version):
            fresh -= cached + put
        searches = first_count(attributes, names.WEB_SEARCHES)
        known = 2 if brief is not None or hour is not None else 1 if read is not None or written is not None else 0
        return disjoint(fresh, cached, put, hour or 0, output or 0, searches or 0), known

    def _leaves_out(self, given: int, cache: int, service: str, scope: str, version: str) -> bool:
        who = service, scope, version
        if cache > given:
            if len(self._exclusive) >= _MOST_REMEMBERED:
                del self._exclusive[next(iter(self._exclusive))]
            self._exclusive[who] = None
            return True
        return who in self._exclusive


def disjoint(fresh: int, read: int, written: int, hour: int, output: int, searches: int = 0) -> Tokens:
    """Token classes; what was written to the cache for a time nobody told counts as five minutes, the usual one."""
    hour = min(hour, written)
    return Tokens(fresh, written - hour, hour, read, output, searches)


def first_count(attributes: Attributes, aliases: Iterable[str]) -> int | None:
    """The first of these that is there. Raises Impossible."""
    for name in aliases:
        value = attributes.get(name)
        if type(value) is int and 0 <= value <= MOST_TOKENS:  # as nearly every one is
            return value
        if value is not None:
            return whole(value)
    return None


def whole(value: Any) -> int | None:
    """A count told as a number, a float or digits; None for what is not a number. Raises Impossible."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        text = value.strip()
        if not text.lstrip("+-").isdecimal() or len(text) > 20:
            return None
        value = int(text)
    if isinstance(value, float):
        if not math.isfinite(value):
            raise Impossible
        value = int(value)
    if not isinstance(value, int):
        return None
    if not 0 <= value <= MOST_TOKENS:
        raise Impossible
    return value


def answer_of(attributes: Attributes) -> dict[str, Any]:
    """The provider's answer, where a span carries it as JSON: its identifier and its usage are read of it."""
    return json_object(attributes.get(names.ANSWER))


def _in_structure(attributes: Attributes) -> dict[str, Any]:
    """The provider's own usage, wherever a span carries it whole; what it says of input is not read."""
    raw = json_object(attributes.get(names.RAW_USAGE))
    if raw:
        return raw
    usage = answer_of(attributes).get("usage")
    if isinstance(usage, dict):
        return usage
    told = attributes.get(names.USAGE_TEXT)
    if not isinstance(told, str) or len(told) > LONGEST_USAGE_TEXT:
        return {}
    found = {name: int(count) for name, count in _COUNT_IN_TEXT.findall(told)}
    by_life = {name: count for name, count in found.items() if name.startswith("ephemeral")}
    details = {"cached_tokens": found["cached_tokens"]} if "cached_tokens" in found else None
    return {**found, "cache_creation": by_life or None, "prompt_tokens_details": details}


def json_object(value: Any) -> dict[str, Any]:
    """The object that a text of JSON is; empty where it is none."""
    if isinstance(value, dict):
        return value
    if not isinstance(value, str) or value[:1] != "{":
        return {}
    try:
        found = json.loads(value)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
