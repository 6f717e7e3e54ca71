"""The simulated organisation: who calls which model in which project, and what limits them. Time is in seconds."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from console.clock import Clock, epoch, from_epoch, month_bounds

MINUTE = 60
PICO_PER_CENT = 10**10

Value = TypeVar("Value")
Amounts = tuple[int, ...]
"""Uncached input, read from the cache, written to it for 30 minutes, for 12 hours, output, requests."""
NOTHING: Amounts = (0, 0, 0, 0, 0, 0)
USUAL_PRICES = (2_000_000, 200_000, 2_500_000, 5_000_000, 10_000_000)
"""Pico-dollars per token of the classes in that order."""


@dataclass(frozen=True, slots=True)
class Policy:
    """The models that a project may use, or may not."""

    mode: str
    """allow_list, deny_list."""
    models: tuple[str, ...]

    def forbids(self, model: str) -> bool:
        return (model in self.models) == (self.mode == "deny_list")


class History(Generic[Value]):
    """What was set when; it takes hold some time after it was set."""

    def __init__(self, first: Value, delay_s: float) -> None:
        self._first, self.delay_s = first, delay_s
        self._changes: list[tuple[float, Value]] = []

    @property
    def newest(self) -> Value:
        return self._changes[-1][1] if self._changes else self._first

    def put(self, at: float, value: Value) -> None:
        self._changes.append((at, value))

    def in_force(self, at: float) -> Value:
        """What holds at an instant."""
        return next((value for since, value in reversed(self._changes) if since + self.delay_s <= at), self._first)


@dataclass(frozen=True, slots=True)
class Caller:
    """One key's use of one model."""

    key: str
    model: str
    minute: Amounts
    """What it uses in an ordinary minute."""
    rate: Callable[[int], float] = field(default=lambda minute: 1.0)
    """Times the ordinary minute, by the minute's start."""
    user: str | None = None
    batch: bool = False
    tier: str = "default"
    prices: tuple[int, int, int, int, int] = USUAL_PRICES
    report: str = "completions"
    """completions, embeddings."""

    def used(self, minute: int) -> Amounts:
        rate = self.rate(minute)
        return tuple(round(part * rate) for part in self.minute)


@dataclass(slots=True)
class Key:
    identifier: str
    name: str
    expires_at: int | None = None
    owner_access: str = "active"


@dataclass(slots=True)
class Project:
    """A project with what limits it. `spend_limit` is in whole cents a month."""

    identifier: str
    name: str
    keys: list[Key]
    callers: list[Caller]
    status: str = "active"
    delay_s: float = 120.0
    """How long a change of any limit takes to take hold."""
    spend_limit: History[int | None] = field(init=False)
    policy: History[Policy | None] = field(init=False)
    rates: dict[str, History[int]] = field(init=False)
    """Requests a minute, by model."""

    def __post_init__(self) -> None:
        self.spend_limit = History(None, self.delay_s)
        self.policy = History(None, self.delay_s)
        self.rates = {caller.model: History(500, self.delay_s) for caller in self.callers}


@dataclass(slots=True)
class _Ledger:
    """What a project's callers really used, minute after minute."""

    next: int
    month_ends: int = 0
    spent: int = 0
    """Pico-dollars since the month began."""
    enforced: bool = False
    minutes: dict[int, list[Amounts]] = field(default_factory=dict)


class Organisation:
    """Every public method is safe to call from several threads.

    since: when the callers began. lag_s: how long after its end a minute shows.
    """

    def __init__(self, projects: Iterable[Project], clock: Clock, *, since: datetime, lag_s: float = 120.0) -> None:
        self.projects = {project.identifier: project for project in projects}
        self.clock = clock
        self.lag_s = lag_s
        self.lock = threading.RLock()
        self._since = epoch(since) // MINUTE * MINUTE
        self._ledgers = {identifier: _Ledger(self._since) for identifier in self.projects}

    @property
    def now(self) -> float:
        return self.clock.now().timestamp()

    def used(self, project: Project, minute: int) -> list[Amounts]:
        """What each caller of the project used in a minute, in their order; nothing before they began."""
        with self.lock:
            ledger = self._ledgers[project.identifier]
            if minute + MINUTE > ledger.next:
                ledger = self._until(project, min(minute + MINUTE, self.now))
            return ledger.minutes.get(minute, [NOTHING] * len(project.callers))

    def enforcing(self, project: Project) -> bool:
        """Whether the spend limit keeps the project's calls from being answered now."""
        with self.lock:
            return self._until(project, self.now).enforced

    def spent_cents(self, project: Project) -> int:
        """What the project has cost in this month."""
        with self.lock:
            return self._until(project, self.now).spent // PICO_PER_CENT

    def _until(self, project: Project, end: float) -> _Ledger:
        ledger = self._ledgers[project.identifier]
        while ledger.next + MINUTE <= end:
            self._minute(project, ledger, ledger.next)
            ledger.next += MINUTE
        limit = project.spend_limit.in_force(end)
        ledger.enforced = limit is not None and ledger.spent >= limit * PICO_PER_CENT
        return ledger

    def _minute(self, project: Project, ledger: _Ledger, minute: int) -> None:
        if minute >= ledger.month_ends:
            ledger.month_ends, ledger.spent = epoch(month_bounds(from_epoch(minute))[1]), 0
        limit, policy = project.spend_limit.in_force(minute), project.policy.in_force(minute)
        stopped = project.status != "active" or (limit is not None and ledger.spent >= limit * PICO_PER_CENT)
        used = [NOTHING if stopped or (policy and policy.forbids(caller.model))
                else _capped(caller.used(minute), project.rates[caller.model].in_force(minute))
                for caller in project.callers]
        ledger.spent += sum(cost(caller, each) for caller, each in zip(project.callers, used, strict=True))
        ledger.minutes[minute] = used


def cost(caller: Caller, used: Amounts) -> int:
    """Pico-dollars."""
    full = sum(tokens * price for tokens, price in zip(used[:5], caller.prices, strict=True))
    return full // 2 if caller.batch else full


def small(clock: Clock) -> Organisation:
    """Two projects: one with two keys on three models, one small."""
    alpha = Project("proj_alpha", "Alpha", [Key("key_one", "Alpha production"), Key("key_two", "Alpha embeddings")], [
        Caller("key_one", "gpt-6-sol", (9_200, 38_000, 4_000, 0, 2_750, 17), user="user_anna"),
        Caller("key_one", "gpt-6-luna", (20_000, 0, 0, 0, 5_000, 40), batch=True),
        Caller("key_two", "text-embedding-3-small", (60_000, 0, 0, 0, 0, 12), report="embeddings",
               prices=(20_000, 0, 0, 0, 0)),
    ])
    beta = Project("proj_beta", "Beta", [Key("key_beta", "Beta")], [
        Caller("key_beta", "gpt-4o", (1_000, 500, 0, 0, 300, 2)),
    ])
    return Organisation([alpha, beta], clock, since=clock.now() - timedelta(hours=6))


def _capped(used: Amounts, most: int) -> Amounts:
    if used[5] <= most:
        return used
    return tuple(part * most // used[5] for part in used)
