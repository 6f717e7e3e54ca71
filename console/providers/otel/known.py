"""One call, as all who told of it know it, and how what a further one tells is added."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from console.providers.otel.told import ToldCall
from console.providers.source import Dimensions, PushedCall, Tokens

LONG_NS = 60_000_000_000
"""A call that lasted at least so long may have begun well before what happened when it ended."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Known:
    key: str
    rank: int
    provider: str
    model: str
    tokens: Tokens | None
    at: int
    dimensions: Dimensions
    service: str
    scope: str
    session: str
    action: str
    agent: str
    failed: bool
    subagent: str
    trace: bytes = b""
    above: bytes = b""
    """The span that its own is below of."""
    caller: str = ""
    parent: str | None = None
    depth: int = 0
    began: int = 0
    """Nanoseconds since 1970, as its longest span tells; 0: not known."""
    asked: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Tools by the identifier of the tool call."""
    own_tools: bool = False
    """Its own answer told them: the runs of the tools tell nothing more."""
    copy: bool = False
    """It turned out to tell another call once more."""
    twin: bool = False
    """Another instrumentation was seen to tell it too."""
    sent: bool = False
    unnamed: bool = False
    """It was told of as one that counts without the identifier of its answer."""
    total: bool = False


def add(known: Known, call: ToldCall) -> None:
    """What a further way of telling knows of a call: the better counts, and whatever was not known."""
    if call.rank >= known.rank:
        known.rank, known.tokens, known.at = call.rank, call.tokens, call.at
        known.provider, known.model = call.provider, call.model or known.model
        known.failed = call.failed
        known.service = call.service
        known.dimensions = joined(call.dimensions, known.dimensions)
    else:
        known.dimensions = joined(known.dimensions, call.dimensions)
    known.began = min(filter(None, (known.began, call.began)), default=0)
    known.session, known.action = known.session or call.session, known.action or call.action
    known.agent = known.agent or call.agent
    known.subagent = known.subagent or call.subagent
    if len(call.tools) > (len(known.asked) if known.own_tools else 0):
        known.asked, known.own_tools = call.tools, True


def complete(kept: Known, copy: Known) -> None:
    """What only the copy knows."""
    if copy.rank > kept.rank:
        kept.rank, kept.tokens = copy.rank, copy.tokens
    kept.model = kept.model or copy.model
    kept.began = min(filter(None, (kept.began, copy.began)), default=0)
    kept.session, kept.action = kept.session or copy.session, kept.action or copy.action
    kept.agent = kept.agent or copy.agent
    kept.dimensions = joined(kept.dimensions, copy.dimensions)
    if copy.own_tools and not kept.own_tools:
        kept.asked, kept.own_tools = copy.asked, True


def joined(first: Dimensions, more: Dimensions) -> Dimensions:
    """Both; where both tell, the first."""
    if first == more:
        return first
    return tuple(sorted((dict(more) | dict(first)).items()))


def by_event(known: Known, call: ToldCall) -> tuple[str, str | None, int]:
    """Who called, where spans have not told: events name the kind of agent, and whether it is below the session's."""
    if known.caller or not call.subagent:
        return known.caller, known.parent, known.depth
    return f"{call.session}/{call.subagent}", f"{call.session}/{call.action or 'main'}", 1


def pushed(known: Known) -> PushedCall:
    """The call as it is given on."""
    trace = known.trace.hex()
    session = known.session or trace
    caller = known.caller if known.depth else f"{session}/{known.agent or 'main'}" if session else ""
    return PushedCall(
        at=_EPOCH + timedelta(microseconds=known.at // 1_000), key=known.key, rank=known.rank,
        provider=known.provider, model=known.model, tokens=known.tokens, dimensions=known.dimensions, trace=trace,
        session=session, action=known.action or trace, caller="" if known.total else caller, parent=known.parent,
        depth=known.depth, tools=tuple(known.asked.values()), failed=known.failed, total=known.total,
        began=_EPOCH + timedelta(microseconds=known.began // 1_000)
        if known.began and known.at - known.began >= LONG_NS else None,
        withdrawn=known.copy,
    )
