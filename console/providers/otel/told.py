"""One span, log event or data point as what it tells of: a call to a model, an agent's run, a tool's run, or a link."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

from console.providers.otel.asked_tools import Tools
from console.providers.source import Dimensions, Tokens

_SAID_AT_ALL = 10
_KNOWS_CACHE = (0, 20, 40)


class Role(IntEnum):
    LINK = 0
    """It only joins what is below it to what is above."""
    CALL = 1
    AGENT = 2
    TOOL = 3
    SPAWN = 4
    """A tool whose run may be an agent's, of which there is no span of its own (Claude Code)."""


class Ledger(IntEnum):
    """Ways of telling the same calls; of a session the highest one counts."""

    TOTALS = 1
    SPANS = 2
    EVENTS = 3


@dataclass(slots=True)
class ToldCall:
    """A call as one instrumentation tells it."""

    key: str
    """Empty where nothing but the span itself says which call it is."""
    rank: int
    ledger: Ledger
    provider: str
    model: str
    tokens: Tokens | None
    at: int
    """Nanoseconds since 1970."""
    dimensions: Dimensions
    service: str
    scope: str
    """The instrumentation's own name."""
    session: str
    action: str
    agent: str
    failed: bool
    tools: Tools = field(default_factory=dict)
    began: int = 0
    """Likewise; of spans alone."""
    subagent: str = ""
    """The agent below the session's own that made it, by the sender's name for its run; empty where it says of none."""


def rank_of(tokens: Tokens | None, knows: int) -> int:
    """How much a way of telling knows: `knows` of the cache 0 (nothing), 1, or 2 (what was written for how long)."""
    return 0 if tokens is None else _SAID_AT_ALL + _KNOWS_CACHE[knows]


@dataclass(slots=True)
class ToldTool:
    identifier: str
    at: int
    """When it began, nanoseconds since 1970."""
    asked: tuple[str, str]
    """Name and keyed hash of the arguments."""
    call: str = ""
    """Key of the call whose answer asked for it, where the sender says so."""


@dataclass(slots=True)
class ToldSpan:
    """A span as a place in its trace, with what it tells."""

    trace: bytes
    span: bytes
    parent: bytes
    role: Role
    name: str
    """Of an agent."""
    call: ToldCall | None = None
    tool: ToldTool | None = None
