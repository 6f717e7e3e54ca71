"""Token metrics as sums a minute, for senders that tell nothing else: deltas as they come, cumulative counts as what
they grew by. A count that begins anew, or falls, counts from zero.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import replace
from typing import Any

from console.providers.otel import claude_code
from console.providers.otel.counts import disjoint
from console.providers.otel.dimensions import CallDimensions
from console.providers.otel.records import Export, Point
from console.providers.otel.spans import plain_call
from console.providers.otel.told import Ledger, ToldCall
from console.providers.otel.whole import Impossible

CLAUDE_CODE_METRIC = "claude_code.token.usage"
HISTOGRAM = "gen_ai.client.token.usage"
COUNTERS = {
    "gen_ai.client.inference.usage.input_tokens": "input",
    "gen_ai.client.inference.usage.output_tokens": "output",
    "gen_ai.client.inference.usage.cache_read.input_tokens": "cacheRead",
    "gen_ai.client.inference.usage.cache_write.input_tokens": "cacheCreation",
}
MOST_SERIES = 20_000
MOST_TOKENS = 10_000_000_000
"""Of a class in one series; more cannot be true."""
IMPOSSIBLE = "token counts that cannot be true"
_CLASS_NAMES = frozenset({"type", "gen_ai.token.type"})
_CLASSES = ("input", "output", "cacheRead", "cacheCreation")
Counted = dict[str, tuple[int, int, int]]
"""By cumulative series: when it began, when it was last told (nanoseconds), and how many tokens it had counted."""


class Totals:
    """Keeps how far each cumulative count was, so that each token counts once."""

    def __init__(self, named: CallDimensions, counted: Counted | None = None) -> None:
        self._named = named
        self.counted: Counted = counted if counted is not None else {}

    def of(self, export: Export) -> list[tuple[str, ToldCall]]:
        """The sums of a request by series and moment, each with its key. What cannot be true is refused."""
        found: dict[str, tuple[ToldCall, dict[str, int]]] = {}
        for point in export.points:
            told = _class(point)
            if told is None:
                continue
            try:
                amount = _amount(point.value)
            except Impossible:
                export.refuse(IMPOSSIBLE)
                continue
            call = self._call(point)
            series = _digest(call, point)
            if grown := self._grown(f"{series}/{told}", point, amount):
                kept = found.setdefault(f"total/{series}/{point.end}", (call, {}))[1]
                kept[told] = kept.get(told, 0) + grown
        return [(key, _summed(call, classes)) for key, (call, classes) in found.items()]

    def _call(self, point: Point) -> ToldCall:
        if point.metric == CLAUDE_CODE_METRIC:
            call = claude_code.call_of(point.attributes, point.sender.resource, self._named)
        else:
            call = plain_call(point.attributes, point.sender, self._named)
        call.ledger, call.key, call.at = Ledger.TOTALS, "", point.end
        call.session = call.session or f"service/{call.service}"
        return call

    def _grown(self, name: str, point: Point, amount: int) -> int:
        if not point.cumulative:
            return amount
        start, last, before = self.counted.pop(name, (point.start, 0, 0))
        if point.end <= last and start == point.start:
            self.counted[name] = start, last, before  # told again, or overtaken by a later one
            return 0
        if start != point.start or amount < before:
            before = 0
        self.counted[name] = point.start, point.end, amount
        if len(self.counted) > MOST_SERIES:
            del self.counted[next(iter(self.counted))]
        return amount - before


def _class(point: Point) -> str | None:
    if point.metric == CLAUDE_CODE_METRIC:
        told = point.attributes.get("type")
    elif point.metric == HISTOGRAM:
        told = point.attributes.get("gen_ai.token.type")
        told = {"prompt": "input", "completion": "output"}.get(told, told) if isinstance(told, str) else None
    else:
        told = COUNTERS.get(point.metric)
    return told if told in _CLASSES else None


def _amount(value: Any) -> int:
    number = float(value) if isinstance(value, int | float) and not isinstance(value, bool) else math.nan
    if isinstance(value, str):
        try:
            number = float(value)
        except ValueError:
            number = math.nan
    if not 0 <= number <= MOST_TOKENS:  # also not a number
        raise Impossible
    return int(number)


def _summed(call: ToldCall, classes: dict[str, int]) -> ToldCall:
    given, output, read, written = (classes.get(each, 0) for each in _CLASSES)
    if call.scope != claude_code.SCOPE:  # the conventions' input includes the cache
        given = max(0, given - read - written)
    return replace(call, tokens=disjoint(given, read, written, 0, output), rank=5)


def _digest(call: ToldCall, point: Point) -> str:
    """Names a series in few letters: the process, the session, the model, and whatever MBOM rules may name."""
    resource = point.sender.resource
    process = (resource.get("service.instance.id"), resource.get("process.pid"), resource.get("host.name"))
    rest = sorted((key, str(value)) for key, value in point.attributes.items() if key not in _CLASS_NAMES)
    told = repr((process, call.session, call.model, call.provider, call.dimensions, rest))
    return hashlib.blake2b(told.encode(errors="replace"), digest_size=12).hexdigest()
