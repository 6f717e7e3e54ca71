"""What instrumentations tell, put together to calls, each counted once.

Two ways of telling one call meet by the answer's identifier, in any order and in any request. A call without one that
has another below it in its trace is a copy of that, and so is a twin in another trace. Of a session whose calls
are told as events, as spans and as metrics, the best ledger counts. What is known of a call grows while its agents and
tools come in; each time the whole call is given on again, by the same key.
"""

from __future__ import annotations

from console.providers.otel.known import Known, add, by_event, complete, joined, pushed
from console.providers.otel.ledgers import Ledgers
from console.providers.otel.notices import Instrumentations
from console.providers.otel.told import ToldCall, ToldSpan, ToldTool
from console.providers.otel.tool_runs import ToolRuns
from console.providers.otel.traces import MOST_RECENT, Trace, Traces
from console.providers.otel.twins import Twins, is_unnamed
from console.providers.source import PushedCall

MOST_CALLS = 50_000
"""Calls that are remembered; what comes later of one that was let go is given on by itself, and the store decides."""
MOST_TOOLS = 64
SAME_ANSWER_S = 600
"""Calls whose answers have one identifier and that ended further apart are two: some local servers repeat theirs."""
SECOND = 1_000_000_000


class Assembly:
    """Not for several threads at once."""

    def __init__(self, traces: Traces | None = None, most_calls: int = MOST_CALLS) -> None:
        self.traces = traces or Traces()
        self.instrumentations = Instrumentations()
        self.ledgers = Ledgers()
        self._runs = ToolRuns()
        self._twins = Twins()
        self._calls: dict[str, Known] = {}
        self._most_calls = most_calls
        self._changed: dict[str, Known] = {}
        self.let_go = 0
        """Calls that memory had no room for, with the chance to complete them."""

    def put_spans(self, spans: list[ToldSpan], now: float) -> None:
        """Take in the spans of one request: all of them first, for a call may come before what is above it."""
        placed = []
        for span in spans:
            trace, new = self.traces.put(span, now)
            if new:
                placed.append((span, trace))
        merged = [
            (span, trace, known) for span, trace in placed
            if span.call is not None and (known := self._put_call(span, span.call, trace)) is not None
        ]
        for span, trace, known in merged:
            self._put_in_place(span, known, trace)
        for span, _, known in merged:
            if span.call is not None:
                self._count_once(self._twins.of(known.key, span.call))
        for span, trace in placed:
            if trace.waiting and (waiting := trace.waiting.pop(span.span, None)):
                for key in waiting:
                    if (known := self._calls.get(key)) is not None and known.trace == span.trace:
                        self._look_above(known, trace)
            if span.tool is not None:
                self._put_tool(span.tool, trace)

    def put_event(self, call: ToldCall, unnamed: str, now: float) -> None:
        """Take in a call that a log event tells; `unnamed` is its key where the answer has no identifier."""
        key = call.key or unnamed
        known = self._merge(key, call, certain=True)
        if known is not None:
            known.caller, known.parent, known.depth = by_event(known, call)
            self._of_trace(known, self.traces.touch(_place_of(call.session), now))

    def put_span_of_event(self, span: ToldSpan, call: ToldCall) -> None:
        """Take in a call's span that an event tells: its place is not known until it comes itself."""
        unnamed = "" if span.trace else f"event/{call.service}/{call.model}/{call.at}"
        known = self._merge(call.key or unnamed or self._key(span, call), call, certain=bool(call.key))
        if known is not None and not known.trace:
            known.trace = span.trace

    def put_event_tool(self, tool: ToldTool, session: str, now: float) -> None:
        """A tool's run that a log event tells: it belongs to a call of the session."""
        trace = self.traces.touch(_place_of(session), now)
        self._put_tool(tool, trace)

    def put_total(self, key: str, call: ToldCall) -> None:
        """Take in a sum that a metric tells: it counts as long as no call of its session is known."""
        known = self._merge(key, call, certain=False)
        if known is not None:
            known.total = True

    def take(self) -> list[PushedCall]:
        """What is new or changed since it was last asked for."""
        given = []
        for known in self._changed.values():
            if known.copy and not known.sent:
                continue
            unnamed = is_unnamed(known.key) and known.tokens is not None and not (known.copy or known.twin)
            if unnamed != known.unnamed:  # it begins to count, or counts no more
                self.instrumentations.saw(known.service, known.provider, known.scope, blind=1 if unnamed else -1)
            known.sent, known.unnamed = not known.copy, unnamed
            given.append(pushed(known))
        self._changed.clear()
        return given

    def forget(self, now: float) -> None:
        """Hold memory in bounds."""
        self.traces.forget(now)
        while len(self._calls) > self._most_calls:
            del self._calls[next(iter(self._calls))]
            self.let_go += 1

    def _put_call(self, span: ToldSpan, call: ToldCall, trace: Trace) -> Known | None:
        key = self._key(span, call)
        trace.places[span.span].key = key
        known = self._merge(key, call, certain=bool(call.key))
        if known is not None and call.key:
            self.instrumentations.saw(call.service, call.provider, call.scope, blind=0)
        return known

    def _put_in_place(self, span: ToldSpan, known: Known, trace: Trace) -> None:
        if not known.trace or (span.parent and not known.depth):
            known.trace, known.above = span.trace, span.parent
            self._look_above(known, trace)
        else:
            self._copies_above(known, self.traces.above(trace, span.parent).calls)
        self._of_trace(known, trace)

    def _key(self, span: ToldSpan, call: ToldCall) -> str:
        if not call.key:
            return f"span/{span.trace.hex()}/{span.span.hex()}"
        known = self._calls.get(call.key)
        if known is not None and abs(known.at - call.at) > SAME_ANSWER_S * SECOND:
            return f"{call.key}@{call.at // SECOND}"
        return call.key

    def _merge(self, key: str, call: ToldCall, *, certain: bool) -> Known | None:
        """The call of this key with what this way of telling adds; None where another ledger tells the same."""
        counts, superseded = self.ledgers.put(key, call, certain=certain)
        for each in superseded:
            self._is_copy(each)
        if not counts:
            return None
        known = self._calls.get(key)
        if known is None:
            known = self._calls[key] = Known(
                key, call.rank, call.provider, call.model, call.tokens, call.at, call.dimensions,
                call.service, call.scope, call.session, call.action, call.agent, call.failed, call.subagent,
                began=call.began, asked=call.tools, own_tools=bool(call.tools),
            )
            for tool in self._runs.waited(key):
                self._ask(known, tool)
        else:
            add(known, call)
        self._changed[key] = known
        return known

    def _look_above(self, known: Known, trace: Trace) -> None:
        above = self.traces.above(trace, known.above)
        if above.unseen:
            trace.waiting = trace.waiting if trace.waiting is not None else {}
            trace.waiting.setdefault(above.unseen, []).append(known.key)
        found = above.caller, above.parent, above.depth
        if above.caller and above.depth >= known.depth and found != (known.caller, known.parent, known.depth):
            known.caller, known.parent, known.depth = above.caller, above.parent, above.depth
            if above.name and not known.agent:
                known.agent = above.name
                known.dimensions = joined(known.dimensions, (("agent", above.name),))
            self._changed[known.key] = known
        self._copies_above(known, above.calls)

    def _copies_above(self, known: Known, calls: tuple[str, ...]) -> None:
        for key in calls:
            outer = self._calls.get(key)
            if outer is None or outer is known:
                continue
            if not is_unnamed(key):
                if is_unnamed(known.key) and known.tokens is None and not known.failed:
                    self._is_copy(known.key)
            elif known.tokens is not None or outer.tokens is None:  # else only the outer one knows what it took
                self._is_copy(key)
                if outer.asked and not known.own_tools:
                    known.asked, known.own_tools = outer.asked, True
                    self._changed[known.key] = known
            elif not known.failed and is_unnamed(known.key):
                self._is_copy(known.key)

    def _count_once(self, keys: list[str]) -> None:
        """Of calls that are one the best known counts, and has the place of another where its own says nothing."""
        counting = [known for key in keys if (known := self._calls.get(key)) is not None and not known.copy]
        if len(counting) < 2:
            return
        kept = max(counting, key=lambda each: (not is_unnamed(each.key), each.rank, each.key))
        kept.twin = True
        for known in counting:
            if known is kept:
                continue
            self._is_copy(known.key)
            complete(kept, known)
            self._changed[kept.key] = kept
            if (known.above and not kept.above) or (known.caller and not kept.caller):
                kept.trace, kept.above = known.trace, known.above
                trace = self.traces.of(known.trace)
                self._look_above(kept, trace)
                self._of_trace(kept, trace)

    def _is_copy(self, key: str) -> None:
        known = self._calls.get(key)
        if known is not None and not known.copy:
            known.copy = True
            self._changed[key] = known

    def _of_trace(self, known: Known, trace: Trace) -> None:
        """Tools' runs that waited belong to it; later ones may."""
        trace.recent = (*trace.recent[-MOST_RECENT + 1:], (known.at, known.key))
        waiting, trace.tools = trace.tools, ()
        for tool in waiting:
            self._put_tool(tool, trace)

    def _put_tool(self, tool: ToldTool, trace: Trace) -> None:
        if tool.call:
            self._tie(tool)
        elif (known := self._calls.get(self._runs.by_time(tool, trace) or "")) is not None:
            self._ask(known, tool)

    def _tie(self, tool: ToldTool) -> None:
        """Its sender says which call asked for it."""
        seemed = self._calls.get(self._runs.tie(tool))
        if seemed is not None and not seemed.own_tools and tool.identifier in seemed.asked:
            del seemed.asked[tool.identifier]
            self._changed[seemed.key] = seemed
        known = self._calls.get(tool.call)
        if known is None:
            self._runs.wait(tool)
        else:
            self._ask(known, tool)

    def _ask(self, known: Known, tool: ToldTool) -> None:
        identifier = tool.identifier or f"at {tool.at}"
        if known.own_tools or len(known.asked) >= MOST_TOOLS or identifier in known.asked:
            return
        known.asked[identifier] = tool.asked
        self._changed[known.key] = known


def _place_of(session: str) -> bytes:
    return b"session/" + session.encode(errors="replace")
