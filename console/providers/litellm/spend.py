"""The pages of LiteLLM's spend log, one row a call, added up into series and buckets as they arrive.

Rows come by the time that they began, oldest first. A full page says only that there are more: the next request begins
at the second of its last row, and what lies in that second is left to it. So no page is asked for by its number, which
would miss and repeat rows while new ones are written; but for a second with more calls than a page holds.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from console.clock import from_epoch, rfc3339
from console.http import HttpFailure, parse_json
from console.memory import uncollected
from console.providers.litellm.counting import context_of, tokens_of, used
from console.providers.litellm.identities import key_of_row, model_and_provider, moment_or_none, text_or_none
from console.providers.rows import Rows
from console.providers.shared.fields import UnusableError, count_of, listing, mapping, required, shown
from console.providers.source import Dimensions, Tokens

PRICED_AS_TOLD = ("inference_geo", "service_tier", "speed")


@dataclass(frozen=True, slots=True)
class Place:
    """Where to read on: from this second, and which page of what begins there."""

    second: int
    page: int = 1


@dataclass(frozen=True, slots=True)
class _Call:
    at: float
    identity: str
    dimensions: Dimensions
    tokens: Tokens
    counts: bool = True
    """A call that reached a model, or cost something."""


@dataclass(slots=True)
class SpendReading:
    """Collects the calls of [start, end) in buckets of `width` seconds."""

    end: int
    width: int
    size: int
    """Rows a page."""
    sums: dict[tuple[int, Dimensions], array[int]] = field(default_factory=dict)
    """Tokens by class, then calls."""
    _second: int = -1
    _seen: set[str] = field(default_factory=set)
    """The calls of that second that were taken already."""
    _known: dict[Dimensions, Dimensions] = field(default_factory=dict)

    @uncollected()
    def page(self, body: bytes, place: Place) -> Place | None:
        """Take a page in; gives where to read on, None at the end. Nothing is kept of one that raises UnusableError."""
        answer = mapping(parse_json(body), "the answer", None)
        rows = listing(answer, "data", None)
        count = len(rows)
        due = min(self.size, count_of(answer, "total", place.second) - (place.page - 1) * self.size)
        if not due <= count <= self.size:
            raise UnusableError(f"a page from {_at(place.second)} on holds {count} calls where {due} are due")
        rows.reverse()
        calls = []
        while rows:  # taken out one by one, and so given back one by one: a page freed at once stops every thread
            calls.append(_call(mapping(rows.pop(), "a call", place.second)))
        return self._take(calls, place, full=count == self.size)

    def rows(self, end: int) -> Rows:
        """What was collected of buckets that start before `end`, by bucket."""
        rows = Rows()
        for bucket, dimensions in sorted(self.sums, key=lambda series: series[0]):
            if bucket < end:
                *tokens, calls = self.sums[bucket, dimensions]
                rows.append(bucket, dimensions, Tokens(*tokens), calls)
        return rows

    def _take(self, calls: list[_Call], place: Place, *, full: bool) -> Place | None:
        seen = set(self._seen) if place.second == self._second else set()
        last = float(place.second)
        for call in calls:
            if call.at < last:
                raise UnusableError(f"the call {shown(call.identity)} came out of order")
            if call.identity in seen:
                raise UnusableError(f"the call {shown(call.identity)} came twice")
            seen.add(call.identity)
            last = call.at
        until, then = self._until(int(last), place) if full else (self.end, None)
        for call in calls:
            if call.at < until and call.counts:
                self._add(call)
        self._second, self._seen = (place.second, seen) if then and then.page > 1 else (-1, set())
        return then

    def _until(self, last: int, place: Place) -> tuple[int, Place | None]:
        """Up to where a full page is whole, and where to read on."""
        if last >= self.end:
            return self.end, None
        if last > place.second:
            return last, Place(last)
        return last + 1, Place(last, place.page + 1)

    def _add(self, call: _Call) -> None:
        dimensions = self._known.setdefault(call.dimensions, call.dimensions)
        bucket = int(call.at) // self.width * self.width
        told = (*call.tokens, 1)
        sums = self.sums.get((bucket, dimensions))
        if sums is None:
            self.sums[bucket, dimensions] = array("q", told)
            return
        for place, amount in enumerate(told):
            sums[place] += amount


def _call(row: Mapping[str, Any]) -> _Call:
    identity = required(dict(row), "request_id")
    at = _instant(row.get("startTime"), identity)
    if str(row.get("cache_hit")).lower() == "true":  # answered by the gateway's own cache: no model was called
        return _Call(at, identity, (), Tokens(), counts=False)
    usage = usage_of(row.get("metadata"))
    try:
        tokens = tokens_of(row.get("prompt_tokens"), row.get("completion_tokens"), usage)
    except UnusableError as error:
        raise UnusableError(f"of the call {shown(identity)}, {error}") from error
    model, provider = model_and_provider(row.get("model"), row.get("custom_llm_provider"))
    said = {name: text_or_none(usage.get(name)) for name in PRICED_AS_TOLD}
    dimensions = said | {
        "api_key_id": key_of_row(row.get("api_key")), "context_window": context_of(tokens), "model": model,
        "model_group": text_or_none(row.get("model_group")), "provider": provider,
        "team_id": text_or_none(row.get("team_id")),
    }
    counts = row.get("status") != "failure" or used(tokens, usage, row.get("spend"))
    return _Call(at, identity, tuple(sorted(dimensions.items())), tokens, counts)


def usage_of(metadata: object) -> Mapping[str, Any]:
    """The usage object that stands in a row's metadata, which some versions write as text; empty where none does."""
    if isinstance(metadata, str):
        try:
            metadata = parse_json(metadata.encode())
        except HttpFailure as error:
            raise UnusableError("the metadata of a call is no JSON") from error
    found = metadata.get("usage_object") if isinstance(metadata, dict) else None
    return found if isinstance(found, dict) else {}


def _instant(value: object, identity: str) -> float:
    """Seconds since 1970."""
    moment = moment_or_none(value)
    if moment is None:
        raise UnusableError(f"the call {shown(identity)} began at {shown(value)}, which is no time")
    return moment.timestamp()


def _at(second: int) -> str:
    return rfc3339(from_epoch(second))
