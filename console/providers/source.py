"""What a source is: it declares what it can tell, and reads it. One file or folder here a kind (`console/kinds.py`)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, Protocol

from console.errors import ConsoleError, ProviderUnreachable

if TYPE_CHECKING:  # it is made of what is declared here
    from console.providers.rows import Rows

PROMPT_S = 5.0
"""An answer that took longer says too little of what time it is now: its `Date` is of when it was begun."""

ROWS_AT_ONCE = 10_000
"""About so many rows of usage a source holds at a time; a window with more is read a part after the other."""

Dimensions = tuple[tuple[str, str | None], ...]
"""The grouping fields of a row as sorted (name, value) pairs; null keeps its meaning (a default workspace, no key)."""


class Tokens(NamedTuple):
    """Disjoint token classes: total input is uncached + both writes + reads."""

    uncached_input: int = 0
    cache_write_5m: int = 0
    cache_write_1h: int = 0
    cache_read: int = 0
    output: int = 0
    web_searches: int = 0


class UsageRow(NamedTuple):
    """One series in one bucket."""

    bucket: int
    """Start of the bucket, seconds since 1970."""
    dimensions: Dimensions
    tokens: Tokens
    requests: int | None = None


@dataclass(frozen=True, slots=True)
class UsageWindow:
    """A whole answer for [start, end): every page arrived, or there would be an error instead.

    It may end before what was asked for: where the provider knows no more yet, or where `more` is true.
    """

    start: int
    end: int
    width: int
    rows: Rows
    requests: int
    """HTTP requests it took."""
    server_time: datetime | None = None
    """The provider's last `Date` header."""
    ahead_s: tuple[float, ...] = ()
    """How far the provider's clock was ahead of this machine's, by each answer that came promptly."""
    more: bool = False
    """There was more to read than is held at a time: whoever stored this part asks on from its `end`."""


@dataclass(frozen=True, slots=True)
class BilledRow:
    """One line of the provider's own daily cost."""

    day: date
    dimensions: Dimensions
    amount_microusd: int
    currency: str
    cost_type: str | None


@dataclass(frozen=True, slots=True)
class Named:
    """What the provider calls an identifier."""

    kind: str
    """api_key, workspace, organisation."""
    identifier: str
    name: str
    status: str | None = None
    workspace: str | None = None


class Cache(StrEnum):
    """What a source tells of input that was read from a cache or written to one, in words for people."""

    BY_LIFETIME = "what was read from a cache, and written to one for how long"
    AS_ONE = "what was read from a cache and written to one, and not for how long"
    NOT_TOLD = "nothing of a cache, so all input counts as uncached and its price is an estimate"
    AS_SENT = "of a cache what each sender tells"


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a source can tell, as its documentation says."""

    bucket_widths: tuple[int, ...]
    """Seconds, finest first."""
    buckets_per_request: dict[int, int] = field(default_factory=dict)
    documented_lag_s: int = 300
    restates_s: int = 900
    """For so long after it counts as complete a bucket is restated as a rule, and read anew at each poll."""
    reports_requests: bool = False
    reports_cost: bool = False
    dimensions: tuple[str, ...] = ()
    """What a usage rule of the MBOM may match on; `label.X` and `trace.X` may always be."""
    cache: Cache = Cache.NOT_TOLD
    push: bool = False
    """It is told of each call, and never asked."""
    covers: tuple[str, ...] = ()
    """The providers whose calls its figures include, by their normalised names; `*` for a gateway, which has any."""
    key: str = "api_key_id"
    """The dimension that stands for a key: what a workload calls with, or what tells it apart here."""
    route: tuple[str, ...] = ("workspace_id", "service_tier")
    """The dimensions that say by which way a key is billed."""
    looks_back_days: int = 35
    """How far back a second look may go: where the provider names only what was used lately, what is older would seem
    to have vanished."""


class Failure(StrEnum):
    """Why a read failed, as classes that are treated differently (operations PO-14)."""

    UNAUTHORISED = "unauthorised"  # stop using the credential
    FORBIDDEN = "forbidden"  # wrong kind of credential, missing scope, unknown endpoint: configuration
    RATE_LIMITED = "rate limited"  # wait, then again
    BILLING = "billing"  # a fact to record, no retry
    UNAVAILABLE = "unavailable"  # 5xx, network, deadline: again with back-off
    MALFORMED = "malformed"  # once more, then keep the old data and say so
    TOO_LARGE = "too large"  # ask for less


class SourceError(ProviderUnreachable):
    """A read that did not arrive whole. Nothing of it may be stored."""

    def __init__(self, failure: Failure, message: str, *, retry_after_s: float | None = None, requests: int = 0):
        super().__init__(message)
        self.failure = failure
        self.retry_after_s = retry_after_s
        self.requests = requests


class Source(Protocol):
    """A provider account that usage is read from."""

    name: str
    kind: str
    capabilities: Capabilities

    async def usage(self, start: int, end: int, width: int) -> UsageWindow:
        """Every row of [start, end) in buckets of `width` seconds, or of its first part. Raises SourceError."""

    async def billed(self, start: date, end: date) -> list[BilledRow]:
        """The provider's own cost by day, [start, end). Raises SourceError."""

    async def names(self) -> list[Named]:
        """Every key and workspace that the provider will name. Raises SourceError."""

    async def check(self) -> Named:
        """The organisation that the credential belongs to: the connection test. Raises SourceError."""

    async def close(self) -> None:
        """Let the connections go."""


@dataclass(frozen=True, slots=True)
class PushedCall:
    """One call to a model, as its caller or a gateway told of it: never a prompt, an answer, or arguments.

    The same call may be told again with more known (its agent, a better token split), by another instrumentation, or in
    a repeated request. So it is stored by `key`: a copy takes the place of the stored one unless its `rank` is lower.
    """

    at: datetime
    """The aware UTC time that it is counted at: when it ended, or failed; of a gateway when it began, since its own log
    counts it so, and a call over the edge of a minute would stand in two."""
    key: str
    """PROVIDER/RESPONSE_ID where the call has one, else span/TRACE/SPAN: the same in every source that saw the call."""
    rank: int
    """How much this way of telling knows. Of copies with one key the highest counts; of equals the later one."""
    provider: str
    """A normalised name (anthropic, openai, bedrock, vertex, ...), or the sender's own word, cleaned."""
    model: str
    """The one that answered, else the one that was asked for; empty where neither was told."""
    tokens: Tokens | None
    """None: not known (it failed, or nobody told), which is not zero."""
    dimensions: Dimensions = ()
    """What MBOM rules may name, sorted: `service`, `label.X`, `trace.X`, `agent`, `user`, `api_key_id`, ..., and the
    words that change a price, named as in polled usage: `service_tier`, `speed`, `inference_geo`. Not the model."""
    trace: str = ""
    """Lower-case hex, empty where there is none."""
    session: str = ""
    """The conversation or run it belongs to: the sender's own identifier, else the trace."""
    action: str = ""
    """The user action it belongs to: the sender's identifier of the prompt or request, else the trace."""
    caller: str = ""
    """The agent that called, unique among all sessions (so is the one that begins a session); empty: not known."""
    parent: str | None = None
    """The caller that started this one; None where nothing did, or where that is not known yet."""
    depth: int = 0
    """Callers above this one, as far as they are known."""
    tools: tuple[tuple[str, str], ...] = ()
    """What the answer asked for: name and keyed hash of the arguments; only where the arguments were told."""
    failed: bool = False
    total: bool = False
    """A sum of calls of `session` that was told as a metric: tokens only, no request. It counts only as long as no
    single call of that session is known, for those say the same once more."""
    ended: datetime | None = None
    """When it ended, where that is not `at`: it could not be told of before."""
    began: datetime | None = None
    """When it began, where it is known and that was a minute or more before its end."""
    withdrawn: bool = False
    """What was told by this key turned out to be a copy of another call: it is to be forgotten."""


class Busy(ConsoleError):
    """What was pushed cannot be stored now. Nothing of it was; the sender is asked to send it again."""

    def __init__(self, retry_after_s: float, message: str = "The store is busy."):
        super().__init__(message)
        self.retry_after_s = retry_after_s


Sink = Callable[[Sequence[PushedCall]], Awaitable[None]]
"""Stores calls and judges their workloads; returns when they are safe. Raises Busy: then none of them was stored."""


@dataclass(frozen=True, slots=True)
class Reception:
    """What a push source has taken in since it was started."""

    address: str | None = None
    """Where it listens; None while it does not."""
    requests: int = 0
    calls: int = 0
    """Copies and corrections of one call are counted once each."""
    newest: datetime | None = None
    """The latest time of a call."""
    refused: Mapping[str, int] = field(default_factory=dict)
    """Records that were not taken, by the reason in words."""
    let_go: Mapping[str, int] = field(default_factory=dict)
    """What memory had no room for, by what was lost with it, in words."""
    notices: tuple[str, ...] = ()
    """What a person should look at: two instrumentations in one service, a sender's clock that is wrong."""


class PushSource(Protocol):
    """A source that is told of calls as they happen."""

    name: str
    kind: str
    capabilities: Capabilities
    authenticated: bool
    """Whether senders must prove who they are. What anybody on this machine may claim is weaker evidence."""

    async def serve(self, sink: Sink) -> None:
        """Take in what is sent until `close`. Raises CannotListen where the address is not to be had."""

    def reception(self) -> Reception:
        """What came in so far; may be asked from any thread."""

    async def close(self) -> None:
        """Listen no more; `serve` has returned then. What was not answered yet its sender sends again."""


class CannotListen(ConsoleError):
    """The address of a push source cannot be had: it says which, why, and what to do."""

    exit_code = 69
