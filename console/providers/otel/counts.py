"""Token counts as they are told, to disjoint classes.

The conventions say that input includes what was read from and written to the cache; Claude Code and some other
instrumentations tell the provider's own figure, which does not. Some are known to (`LEAVE_OUT`). Of any other a call
that tells more cache tokens than input is the proof: it is remembered, because the sender's other calls do not show it.
"""

from __future__ import annotations

from typing import Any

from console.providers.otel import names
from console.providers.otel.records import Attributes
from console.providers.otel.usage_structures import Usage, usage_of
from console.providers.otel.whole import first_count
from console.providers.source import Tokens

LEAVE_OUT = frozenset({
    ("opentelemetry.instrumentation.botocore.bedrock-runtime", "bedrock"),
    ("opentelemetry.instrumentation.bedrock", "bedrock"),
    ("opentelemetry.instrumentation.genai.bedrock", "bedrock"),
    ("@traceloop/instrumentation-anthropic", "anthropic"),
    ("ai", "anthropic"),
})
"""Instrumentations, and providers of which they tell input without the cache. Newer versions of `ai` (the AI SDK) tell
what of it was not cached besides."""
_MOST_REMEMBERED = 1_000
Who = tuple[str, str, str, str]
"""A sender: its service, its instrumentation and that one's version, and the provider it tells of."""


class Conventions:
    """Which senders' input counts leave the cache out."""

    def __init__(self) -> None:
        self._exclusive: dict[Who, None] = {}

    def tokens(self, attributes: Attributes, answer: dict[str, Any], who: Who) -> tuple[Tokens | None, int]:
        """What a span tells, None where it tells nothing; and how much it knows of the cache: 0, 1, 2 (by lifetime).

        Raises Impossible.
        """
        brief = first_count(attributes, names.WRITE_5M)
        hour = first_count(attributes, names.WRITE_1H)
        usage = usage_of(attributes, answer) if brief is None and hour is None else Usage(brief=brief, hour=hour)
        given = _known(first_count(attributes, names.INPUT), usage.given)
        output = _known(first_count(attributes, names.OUTPUT), usage.output)
        read = _known(first_count(attributes, names.CACHE_READ), usage.read)
        written = _known(first_count(attributes, names.CACHE_WRITE), usage.written)
        if given is None and output is None and usage.fresh is None:
            return None, 0
        cached, put = read or 0, max(written or 0, (usage.brief or 0) + (usage.hour or 0))
        fresh = _told_fresh(attributes, usage, given, cached + put)
        if fresh is None:
            fresh = (given or 0) - (0 if self._leaves_out(given or 0, cached + put, who) else cached + put)
        if not (fresh or cached or put or output):
            return None, 0  # no answer costs nothing: that is how some say that they were not told
        known = 2 if usage.brief is not None or usage.hour is not None else 0 if read is None and written is None else 1
        searches = first_count(attributes, names.WEB_SEARCHES)
        return disjoint(fresh, cached, put, usage.hour or 0, output or 0, searches or 0), known

    def _leaves_out(self, given: int, cache: int, who: Who) -> bool:
        if cache > given:
            if len(self._exclusive) >= _MOST_REMEMBERED:
                del self._exclusive[next(iter(self._exclusive))]
            self._exclusive[who] = None
            return True
        return who in self._exclusive or (who[1], who[3]) in LEAVE_OUT


def disjoint(fresh: int, read: int, written: int, hour: int, output: int, searches: int = 0) -> Tokens:
    """Token classes; what was written to the cache for a time nobody told counts as five minutes, the usual one."""
    hour = min(hour, written)
    return Tokens(fresh, written - hour, hour, read, output, searches)


def _told_fresh(attributes: Attributes, usage: Usage, given: int | None, cache: int) -> int | None:
    """Input without the cache, where that is told by itself. What a structure says must fit what the span says."""
    told = first_count(attributes, names.FRESH)
    if told is not None:
        return told
    fits = usage.fresh is not None and given in (None, usage.fresh, usage.fresh + cache)
    return usage.fresh if fits else None


def _known(first: int | None, second: int | None) -> int | None:
    return second if first is None else first
