"""What a source is: it declares what it can tell, and reads it. One file in this folder a provider."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from console.errors import ProviderUnreachable

Dimensions = tuple[tuple[str, str | None], ...]
"""The grouping fields of a row as sorted (name, value) pairs; null keeps its meaning (a default workspace, no key)."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """Disjoint token classes: total input is uncached + both writes + reads."""

    uncached_input: int = 0
    cache_write_5m: int = 0
    cache_write_1h: int = 0
    cache_read: int = 0
    output: int = 0
    web_searches: int = 0


@dataclass(frozen=True, slots=True)
class UsageRow:
    """One series in one bucket."""

    bucket: int
    """Start of the bucket, seconds since 1970."""
    dimensions: Dimensions
    tokens: Tokens
    requests: int | None = None


@dataclass(frozen=True, slots=True)
class UsageWindow:
    """A whole answer for [start, end): every page arrived, or there would be an error instead."""

    start: int
    end: int
    width: int
    rows: list[UsageRow]
    """Whoever stores them takes them out, one by one."""
    requests: int
    """HTTP requests it took."""
    server_time: datetime | None = None
    """The provider's last `Date` header."""
    ahead_s: tuple[float, ...] = ()
    """How far the provider's clock was ahead of this machine's, by each answer that came promptly."""


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


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a source can tell, as its documentation says."""

    bucket_widths: tuple[int, ...]
    """Seconds, finest first."""
    buckets_per_request: dict[int, int] = field(default_factory=dict)
    documented_lag_s: int = 300
    reports_requests: bool = False
    reports_cost: bool = False
    dimensions: tuple[str, ...] = ()


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
        """Every row of [start, end) in buckets of `width` seconds. Raises SourceError."""

    async def billed(self, start: date, end: date) -> list[BilledRow]:
        """The provider's own cost by day, [start, end). Raises SourceError."""

    async def names(self) -> list[Named]:
        """Every key and workspace that the provider will name. Raises SourceError."""

    async def check(self) -> Named:
        """The organisation that the credential belongs to: the connection test. Raises SourceError."""

    async def close(self) -> None:
        """Let the connections go."""
