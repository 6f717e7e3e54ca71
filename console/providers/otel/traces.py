"""The places of spans in their traces, for an hour at least and in bounded memory: who is above a call, and how deep.

A span is told when it has ended, so children come before their parents. What waits for a span that has not come is told
when it comes.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from console.providers.otel.told import Role, ToldSpan, ToldTool

MOST_PLACES = 150_000
"""Spans that are remembered; beyond, the trace that was quiet the longest is let go."""
KEPT_S = 2 * 3600
HIGHEST = 128
"""Spans above a call that are looked at."""
MOST_WAITING_TOOLS = 64
MOST_RECENT = 64
"""Calls of a trace that a tool's run may belong to."""


@dataclass(slots=True)
class Place:
    parent: bytes
    role: Role
    name: str = ""
    key: str = ""
    """Of the call that it tells."""


@dataclass(slots=True)
class Above:
    """What is known of what a call was made by."""

    caller: str = ""
    """The nearest agent's span, hexadecimal; empty where no agent is known."""
    name: str = ""
    parent: str | None = None
    """The run of the agent above that one."""
    depth: int = 0
    calls: tuple[str, ...] = ()
    """Keys of the calls above it that no agent and no tool is below of: they tell the same as this one, if nothing says
    that they are others."""
    unseen: bytes = b""
    """The span that has not come yet, where the way up ended at one."""


@dataclass(slots=True)
class Trace:
    places: dict[bytes, Place] = field(default_factory=dict)
    waiting: dict[bytes, list[str]] | None = None
    """Keys of calls by the unseen span above them; there are many traces, and few in which any waits for long."""
    recent: tuple[tuple[int, str], ...] = ()
    """(end, key) of its latest calls."""
    tools: tuple[ToldTool, ...] = ()
    """Tools' runs that no call is known for yet."""
    touched: float = 0.0


class Traces:
    def __init__(self, most_places: int = MOST_PLACES) -> None:
        self._traces: dict[bytes, Trace] = {}
        self._most = most_places
        self._places = 0
        self.let_go = 0
        """Traces that memory had no room for."""

    def put(self, span: ToldSpan, now: float) -> tuple[Trace, bool]:
        """The trace of a span, and whether the span is new there."""
        trace = self.touch(span.trace, now)
        if span.span in trace.places:
            return trace, False
        trace.places[span.span] = Place(span.parent, span.role, span.name)
        self._places += 1
        return trace, True

    def touch(self, identifier: bytes, now: float) -> Trace:
        """The trace of this identifier, marked as in use."""
        trace = self._traces.pop(identifier, None) or Trace()
        trace.touched = now
        self._traces[identifier] = trace  # the order of the dictionary is the order of use
        return trace

    def of(self, identifier: bytes) -> Trace:
        """The trace of this identifier; an empty one where it was let go."""
        return self._traces.get(identifier) or Trace()

    def forget(self, now: float) -> None:
        """Let go of traces that were quiet for long, and of the quietest ones where there are too many."""
        for identifier, trace in list(_first(self._traces, 10_000)):
            full = self._places > self._most or len(self._traces) > self._most
            if not full and trace.touched >= now - KEPT_S:
                break
            self.let_go += full and trace.touched >= now - KEPT_S
            self._places -= len(trace.places)
            del self._traces[identifier]

    @staticmethod
    def above(trace: Trace, parent: bytes) -> Above:
        """What is above a span with this parent, as far as it is known."""
        found = Above()
        agents: list[tuple[bytes, str]] = []
        calls: list[str] = []
        below_tool = False
        for _ in range(HIGHEST):
            if not parent:
                break
            place = trace.places.get(parent)
            if place is None:
                found.unseen = parent
                if below_tool:
                    agents.append((parent, ""))  # tools are run by agents
                break
            if place.role is Role.CALL and place.key and not agents and not below_tool:
                calls.append(place.key)
            if place.role in (Role.AGENT, Role.SPAWN):
                if agents and place.name and place.name == agents[-1][1] and not below_tool:
                    agents[-1] = parent, place.name  # one agent, told by two spans
                else:
                    agents.append((parent, place.name))
            below_tool = place.role in (Role.TOOL, Role.SPAWN) or (below_tool and place.role is Role.LINK)
            parent = place.parent
        found.calls = tuple(calls)
        if agents:
            found.caller, found.name = agents[0][0].hex(), agents[0][1]
            found.depth = len(agents) - 1
            found.parent = agents[1][0].hex() if found.depth else None
        return found


def _first(traces: dict[bytes, Trace], most: int) -> list[tuple[bytes, Trace]]:
    return [item for item, _ in zip(traces.items(), range(most), strict=False)]
