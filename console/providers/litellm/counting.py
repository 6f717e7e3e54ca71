"""LiteLLM's counts as disjoint token classes. The one place that knows its convention.

LiteLLM counts as OpenAI does: `prompt_tokens` holds everything that went in, what was read from the cache and what was
written to it too; `completion_tokens` holds everything that came out, thinking too. Run against LiteLLM 1.106.2: a call
that Anthropic counts as 21 uncached + 5000 read + 300 written is logged with 5321 prompt tokens. So

    uncached input = prompt_tokens - cache read - cache written

What was read and written stands in the usage object, under names that changed over the versions. The split of the
writes by lifetime is told for Anthropic models; where it is not, they count as written for five minutes, the cheaper
and usual one. A row whose parts exceed its prompt counted the prompt without them: then nothing is taken off.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from console.providers.shared.fields import UnusableError, shown
from console.providers.source import Tokens

_MOST = 10**10
"""Tokens of one call: a thousand times any context window."""
_SHORT_PROMPT = 200_000


def tokens_of(prompt: object, completion: object, usage: Mapping[str, Any]) -> Tokens:
    """The classes of one call. Raises UnusableError for a count that is negative, absurd or none at all."""
    details = _inside(usage, "prompt_tokens_details")
    total = _count(prompt, "prompt_tokens")
    read = _first(usage, "cache_read_input_tokens") or _first(details, "cached_tokens")
    written = (_first(usage, "cache_creation_input_tokens")
               or _first(details, "cache_creation_tokens", "cache_write_tokens"))
    lifetimes = _inside(details, "cache_creation_token_details")
    hour = min(written, _first(lifetimes, "ephemeral_1h_input_tokens"))
    return Tokens(
        uncached_input=total - read - written if total >= read + written else total,
        cache_write_5m=written - hour,
        cache_write_1h=hour,
        cache_read=read,
        output=_count(completion, "completion_tokens"),
        web_searches=_first(_inside(usage, "server_tool_use"), "web_search_requests"),
    )


def used(tokens: Tokens, usage: Mapping[str, Any], cost: object) -> bool:
    """Whether a call that failed used anything. Of one that no model answered, LiteLLM 1.108 logs the prompt's length
    as it reckons it itself: without a usage, an output or a cost, nobody was charged for it."""
    return bool(usage or tokens.output or cost) and tokens != Tokens()


def context_of(tokens: Tokens) -> str:
    """The class of prompt lengths, as prices know it."""
    prompt = tokens.uncached_input + tokens.cache_write_5m + tokens.cache_write_1h + tokens.cache_read
    return "0-200k" if prompt <= _SHORT_PROMPT else "200k-1M"


def _inside(holder: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = holder.get(name)
    return value if isinstance(value, dict) else {}


def _first(holder: Mapping[str, Any], *names: str) -> int:
    """The first of these counts that is told; 0 where none is."""
    return next((_count(holder[name], name) for name in names if holder.get(name) is not None), 0)


def _count(value: object, name: str) -> int:
    if type(value) is not int or not 0 <= value <= _MOST:  # a bool is an int, and no count
        raise UnusableError(f"{name} is {shown(value)} instead of a count")
    return value
