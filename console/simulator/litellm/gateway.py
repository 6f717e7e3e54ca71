"""What the gateway knows: keys, teams, who may ask, and the calls that it logged."""

from __future__ import annotations

import bisect
import hashlib
import threading
from dataclasses import dataclass, field
from decimal import Decimal

ADMIN, VIEWER, USER = "proxy_admin", "proxy_admin_viewer", "internal_user"


def hash_of(secret: str) -> str:
    """What the gateway knows a key by."""
    return hashlib.sha256(secret.encode()).hexdigest()


@dataclass(slots=True)
class Key:
    token: str
    alias: str
    team: str | None = None
    blocked: bool = False
    over: str | None = None
    """deleted or expired: it works no more, whether or not it is blocked."""


@dataclass(slots=True)
class Team:
    identifier: str
    alias: str
    blocked: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """One row of the spend log. `prompt` holds what was read from the cache and written to it, as LiteLLM counts."""

    request_id: str
    at: float
    """When it began, seconds since 1970."""
    key: str
    model: str = "anthropic/claude-sonnet-4-5-20250929"
    provider: str = "anthropic"
    group: str = "sonnet"
    team: str | None = None
    prompt: int = 0
    completion: int = 0
    cache_read: int = 0
    cache_write_5m: int = 0
    cache_write_1h: int = 0
    spend: Decimal = Decimal(0)
    status: str = "success"
    cache_hit: bool = False
    took_s: float = 1.5


@dataclass(slots=True)
class Gateway:
    """Safe to use from several threads under `lock`. `users`: a secret's role; only ADMIN may change anything."""

    users: dict[str, str]
    keys: dict[str, Key] = field(default_factory=dict)
    teams: dict[str, Team] = field(default_factory=dict)
    has_database: bool = True
    lock: threading.Lock = field(default_factory=threading.Lock)
    _calls: list[Call] = field(default_factory=list)

    def log(self, *calls: Call) -> None:
        """Write rows into the spend log."""
        with self.lock:
            for call in calls:
                bisect.insort(self._calls, call, key=lambda each: each.at)

    def between(self, start: float, end: float) -> list[Call]:
        """The calls that began in [start, end], both ends within, oldest first."""
        first = bisect.bisect_left(self._calls, start, key=lambda each: each.at)
        after = bisect.bisect_right(self._calls, end, key=lambda each: each.at)
        return self._calls[first:after]
