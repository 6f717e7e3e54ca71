"""The provider's own usage, wherever a span carries it whole: as JSON, inside the answer, or as Python wrote it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from console.providers.otel import names
from console.providers.otel.records import Attributes
from console.providers.otel.whole import whole

LONGEST_USAGE_TEXT = 8_192
_COUNT_IN_TEXT = re.compile(
    r"['\"]?\b(cache_read_input_tokens|cache_creation_input_tokens|cached_tokens|ephemeral_5m_input_tokens|"
    r"ephemeral_1h_input_tokens)\b['\"]?\s*[:=]\s*(\d{1,12})(?!\d)"
)
_INSIDE = ("cache_creation", "prompt_tokens_details", "input_tokens_details", "input_token_details")
"""Objects within a usage that tell more of its input."""
_READ = (
    "cache_read_input_tokens", "cacheReadInputTokens", "cached_tokens", "cachedPromptTokens", "cache_read",
    "input_cache_read", "input_cached_tokens", "cachedContentTokenCount", "cached_content_token_count",
)
_WRITTEN = (
    "cache_creation_input_tokens", "cacheCreationInputTokens", "cacheWriteInputTokens", "cache_creation",
    "input_cache_creation",
)
_BRIEF = ("ephemeral_5m_input_tokens", "input_ephemeral_5m_input_tokens")
_HOUR = ("ephemeral_1h_input_tokens", "input_ephemeral_1h_input_tokens")
_ANTHROPICS = ("cache_read_input_tokens", "cache_creation_input_tokens")


@dataclass(frozen=True, slots=True)
class Usage:
    """What a structure says; None: nothing."""

    given: int | None = None
    """Input with what was cached."""
    fresh: int | None = None
    """Input without it."""
    output: int | None = None
    read: int | None = None
    written: int | None = None
    brief: int | None = None
    hour: int | None = None


def usage_of(attributes: Attributes, answer: dict[str, Any]) -> Usage:
    """What the span's structures say of its usage; `answer` is the one it carries. Raises Impossible."""
    if names.STRUCTURES.isdisjoint(attributes):
        return Usage()
    return next((_read(usage) for usage in _structures(attributes, answer) if usage), Usage())


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


def _structures(attributes: Attributes, answer: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for name in names.RAW_USAGE:
        yield json_object(attributes.get(name))
    for metadata in json_object(attributes.get(names.PROVIDER_METADATA)).values():
        if isinstance(metadata, dict):
            inner = metadata.get("usage")
            yield inner if isinstance(inner, dict) else metadata
    usage = answer.get("usage")
    yield usage if isinstance(usage, dict) else {}
    told = attributes.get(names.USAGE_TEXT)
    if isinstance(told, str) and len(told) <= LONGEST_USAGE_TEXT:
        yield {name: int(count) for name, count in _COUNT_IN_TEXT.findall(told)}


def _read(usage: dict[str, Any]) -> Usage:
    flat = {name: value for name, value in usage.items() if not isinstance(value, dict)}
    for name in _INSIDE:
        if isinstance(inner := usage.get(name), dict):
            flat |= inner
    given = _first(flat, ("prompt_tokens", "input_tokens"))
    fresh = None
    if given is None and "input" in flat:  # Langfuse: classes that add up
        fresh = _sum(flat, "input", but=("cache", "ephemeral"))
    elif "prompt_tokens" not in usage and not usage.keys().isdisjoint(_ANTHROPICS):
        given, fresh = None, given
    return Usage(
        given, fresh, _first(flat, ("completion_tokens", "output_tokens")) or _sum(flat, "output", but=("_tokens",)),
        _first(flat, _READ), _first(flat, _WRITTEN), _first(flat, _BRIEF), _first(flat, _HOUR),
    )


def _first(flat: dict[str, Any], aliases: tuple[str, ...]) -> int | None:
    return next((count for name in aliases if (count := whole(flat.get(name))) is not None), None)


def _sum(flat: dict[str, Any], beginning: str, but: tuple[str, ...]) -> int | None:
    counts = [
        count for name, value in flat.items()
        if name.startswith(beginning) and not any(each in name for each in but) and (count := whole(value)) is not None
    ]
    return sum(counts) if counts else None
