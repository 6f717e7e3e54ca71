"""Exports to calls: the whole way from records to what the store is given, without a socket and without a clock."""

from __future__ import annotations

from datetime import datetime

from console.clock import epoch
from console.providers.otel.assembly import Assembly
from console.providers.otel.dimensions import CallDimensions
from console.providers.otel.events import call_of, tool_of
from console.providers.otel.inference_events import span_of
from console.providers.otel.records import Export, Span
from console.providers.otel.spans import SpanReader
from console.providers.otel.told import ToldCall
from console.providers.otel.totals import IMPOSSIBLE, Counted, Totals
from console.providers.otel.whole import Impossible
from console.providers.shared.arguments import ArgumentHash
from console.providers.source import PushedCall

OLDEST_S = 31 * 86_400
AHEAD_S = 600
SECOND = 1_000_000_000
TOO_OLD = "calls of more than 31 days ago: the sender's clock may be wrong"
TOO_NEW = "calls more than ten minutes in the future: the sender's clock is wrong"
MOST_NAMED = 100
NO_TIME = "calls without a time"

TRACES_LET_GO = "agents and fan-out of the quietest traces"
CALLS_LET_GO = "completing the oldest calls"


class Normaliser:
    """Not for several threads at once."""

    def __init__(self, named: CallDimensions, hashing: ArgumentHash, counted: Counted | None = None) -> None:
        self.spans = SpanReader(named, hashing)
        self.assembly = Assembly()
        self.totals = Totals(named, counted)
        self._named = named
        self._hashing = hashing
        self._wrong_clocks: dict[str, int] = {}
        """By service: how many seconds the clock of one that is refused for it is ahead."""

    def put(self, export: Export, at: datetime) -> list[PushedCall]:
        """The calls that this request makes known, or more of. What is refused of it is told to the export."""
        now = epoch(at)
        self._put_spans(export, now)
        self._put_events(export, now)
        for key, total in self.totals.of(export):
            if self._in_time(total, export, now):
                self.assembly.put_total(key, total)
        calls = self.assembly.take()
        self.assembly.forget(now)
        for records in (export.spans, export.events, export.points):
            records.clear()  # here, where no garbage is looked for, and not while many live
        return calls

    def let_go(self) -> dict[str, int]:
        """What memory had no room for, by what was lost, in words."""
        found = {TRACES_LET_GO: self.assembly.traces.let_go, CALLS_LET_GO: self.assembly.let_go}
        return {what: count for what, count in found.items() if count}

    def notices(self) -> tuple[str, ...]:
        """What a person should look at."""
        clocks = (
            f"{service}: its calls are refused, because its clock seems to be {abs(ahead) // 60:,} minutes "
            f"{'ahead' if ahead > 0 else 'behind'}." for service, ahead in tuple(self._wrong_clocks.items())
        )
        return (*self.assembly.instrumentations.notices(), *clocks)

    def _put_spans(self, export: Export, now: int) -> None:
        told = []
        for span in export.spans:
            try:
                each = self.spans.read(span)
            except Impossible:
                export.refuse(IMPOSSIBLE)
                continue
            if each is not None and (each.call is None or self._in_time(each.call, export, now)):
                told.append(each)
        self.assembly.put_spans(told, now)

    def _put_events(self, export: Export, now: int) -> None:
        for event in export.events:
            try:
                found = call_of(event, self._named)
            except Impossible:
                export.refuse(IMPOSSIBLE)
                continue
            if found is not None:
                if self._in_time(found[0], export, now):
                    self.assembly.put_event(*found, now)
            elif tool := tool_of(event, self._hashing):
                self.assembly.put_event_tool(*tool, now)
            elif span := span_of(event):
                self._put_span_of_event(span, export, now)

    def _put_span_of_event(self, span: Span, export: Export, now: int) -> None:
        try:
            told = self.spans.read(span)
        except Impossible:
            export.refuse(IMPOSSIBLE)
            return
        if told is not None and told.call is not None and self._in_time(told.call, export, now):
            self.assembly.put_span_of_event(told, told.call)

    def _in_time(self, call: ToldCall, export: Export, now: int) -> bool:
        at = call.at // SECOND
        if now - OLDEST_S <= at <= now + AHEAD_S:
            if self._wrong_clocks:
                self._wrong_clocks.pop(call.service, None)
            return True
        export.refuse(NO_TIME if at <= 0 else TOO_OLD if at < now else TOO_NEW)
        if at > 0 and len(self._wrong_clocks) < MOST_NAMED:
            self._wrong_clocks[call.service] = at - now
        return False
