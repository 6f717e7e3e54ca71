"""From what was told of a call to what is stored of it: whose it is, what it cost, and what the signs read of it.

What comes from outside is cut to size here. Of a call's dimensions a series keeps what a rule of the MBOM matched on,
its service, and what its price depends on: senders give every call labels of its own, and each would begin a series.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from hashlib import blake2b

from console.cadences.call_track import Call
from console.clock import from_epoch
from console.pricing import PriceBook
from console.providers.source import Dimensions, PushedCall, Tokens
from console.watch.attribution import Attribution
from console.watch.intake import canonical
from store.calls import CallRow, identity
from store.tables.types import microseconds

MINUTE = 60
BASE = frozenset({"service", "service_tier", "speed", "inference_geo"})
MOST_REMEMBERED = 50_000
MOST_SERIES = 2000
"""Series of one source that no rule claims; what begins later is told apart by provider and model alone."""
LONG_PROMPT = 200_000
NAME_CHARS, VALUE_CHARS = 64, 200
MOST_TOKENS = 10**9
MOST_TOOLS = 64
_NOTHING = Tokens()


@dataclass(frozen=True, slots=True)
class Understood:
    """One call, as it is stored but for the number of its series."""

    workload: str | None
    dimensions: Dimensions
    row: CallRow
    ended: datetime
    """When it could be told of at the earliest."""
    began: datetime | None
    """As in `PushedCall`."""


@dataclass(slots=True)
class Understanding:
    """Of one push source, by the MBOM as it stands."""

    source: str
    rules: Attribution
    prices: PriceBook
    _wanted: frozenset[str] = field(init=False)
    _known: dict[tuple[object, ...], tuple[str | None, Dimensions]] = field(default_factory=dict)
    _unclaimed: set[Dimensions] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._wanted = self.rules.keys | BASE

    def of(self, call: PushedCall) -> Understood:
        """Attribute and price one call."""
        tokens = None if call.tokens is None else _bounded(call.tokens)
        counts = _NOTHING if tokens is None else tokens
        long = counts.uncached_input + counts.cache_write_5m + counts.cache_write_1h + counts.cache_read > LONG_PROMPT
        workload, dimensions = self._series(call, long)
        at = microseconds(call.at)
        priced = self.prices.price_dimensions(call.provider, dimensions, counts, at // 1_000_000)
        estimated = 2 if priced.unpriced else int(priced.estimated)
        fresh, short_lived, long_lived, read, output, searches = (
            (None,) * 6 if tokens is None else (
                tokens.uncached_input, tokens.cache_write_5m, tokens.cache_write_1h, tokens.cache_read, tokens.output,
                tokens.web_searches))
        return Understood(workload, dimensions, CallRow(
            0, at, identity(call.key), max(-1000, min(1000, call.rank)), fresh, short_lived, long_lived, read, output,
            searches, priced.cost_microusd, 0 if tokens is None else estimated, short(call.session), short(call.action),
            short(call.caller), None if call.parent is None else short(call.parent), max(0, min(10_000, call.depth)),
            int(call.failed), int(call.total), _tools(call.tools)), call.ended or call.at, call.began)

    def _series(self, call: PushedCall, long: bool) -> tuple[str | None, Dimensions]:
        wanted = self._wanted
        said = tuple(pair for pair in call.dimensions if pair[0] in wanted)
        key = call.provider, call.model, said, long
        known = self._known.get(key)
        if known is None:
            if len(self._known) >= MOST_REMEMBERED:
                self._known.clear()
            known = self._known[key] = self._claimed(call, dict(said), long)
        return known

    def _claimed(self, call: PushedCall, said: dict[str, str | None], long: bool) -> tuple[str | None, Dimensions]:
        fixed = {"provider": _text(call.provider), "model": _text(call.model),
                 "context_window": "200k-1M" if long else "0-200k"}
        whole = {**{name: value if value is None else _text(value) for name, value in said.items()}, **fixed}
        workloads, named = self.rules.claim(self.source, whole)
        kept = named | BASE | fixed.keys()
        dimensions = tuple(sorted((name, value) for name, value in whole.items() if name in kept))
        if workloads:
            return workloads[0] if len(workloads) == 1 else None, dimensions
        if dimensions not in self._unclaimed and len(self._unclaimed) >= MOST_SERIES:
            return None, tuple(sorted(fixed.items()))
        self._unclaimed.add(dimensions)
        return None, dimensions


def key_of(dimensions: Dimensions) -> str:
    """The canonical text of a series' dimensions."""
    return canonical(dimensions)


def call_of(row: CallRow, model: str) -> Call:
    """What the signs read of a stored call.

    One that lacks a part says nothing of what needs it: no two unknown sessions or callers are one.
    """
    fresh, read, output = row.uncached_input or 0, row.cache_read or 0, row.output or 0
    written = (row.cache_write_5m or 0) + (row.cache_write_1h or 0)
    mix = bool(row.session) and row.uncached_input is not None and not row.total
    return Call(
        at=from_epoch(row.at // 1_000_000), session=row.session, caller=row.caller,
        parent=row.parent if row.parent and row.caller else None, depth=row.depth, model=model,
        uncached=fresh if mix else 0, read=read if mix else 0, written=written if mix and row.caller else 0,
        output=output, tools=tools_of(row.tools) if row.tools and row.session else (), cost=row.cost)


@lru_cache(maxsize=4096)
def tools_of(text: str) -> tuple[tuple[str, str], ...]:
    """The tools that an answer asked for, as they are stored: name and hash of the arguments."""
    return tuple((name, arguments) for name, arguments in json.loads(text))


def minute_of(row: CallRow) -> int:
    """Start of the minute that a call belongs to, in seconds since 1970."""
    return row.at // (MINUTE * 1_000_000) * MINUTE


def sums_of(rows: Iterable[tuple[CallRow, int]]) -> Mapping[tuple[int, int], list[int]]:
    """What calls come to by (series, minute), in the order of `store.pushed.Sums`: (call, 1), or -1 to take it away."""
    minutes: dict[tuple[int, int], list[int]] = {}
    for row, sign in rows:
        sums = minutes.setdefault((row.series, minute_of(row)), [0] * 8)
        for place, count in enumerate(row[4:10]):
            sums[place] += sign * (count or 0)
        sums[6] += sign * (not row.total)
        sums[7] += sign * row.cost
    return minutes


def short(text: str) -> str:
    """A name from outside, of at most 64 characters: a longer one by its hash."""
    if len(text) <= NAME_CHARS and text.isascii():
        return text.replace("\0", "")
    clean = text.encode("utf-8", "replace").decode().replace("\0", "")
    return clean if len(clean) <= NAME_CHARS else blake2b(clean.encode(), digest_size=16).hexdigest()


def _text(value: str) -> str:
    return value[:VALUE_CHARS].encode("utf-8", "replace").decode().replace("\0", "")


def _bounded(tokens: Tokens) -> Tokens:
    """Counts that a database and a sum can hold."""
    counts = (tokens.uncached_input, tokens.cache_write_5m, tokens.cache_write_1h, tokens.cache_read, tokens.output,
              tokens.web_searches)
    if min(counts) >= 0 and max(counts) <= MOST_TOKENS:
        return tokens
    return Tokens(*(max(0, min(MOST_TOKENS, each)) for each in counts))


@lru_cache(maxsize=4096)
def _tools(tools: tuple[tuple[str, str], ...]) -> str | None:
    if not tools:
        return None
    return json.dumps([(short(name), short(arguments)) for name, arguments in tools[:MOST_TOOLS]],
                      separators=(",", ":"))
