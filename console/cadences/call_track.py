"""One workload's calls of the last hour, where records of them are known: repeats, depth of agents, growth.

Names and arguments come from outside; they are compared and counted, never interpreted.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from console.clock import epoch
from console.money import MicroUsd

KEPT_S = 3600
TWICE_WITHIN_S = 600
FEWEST_JOBS = 20
"""Tool calls in the hour below which nothing is said of doubled jobs."""
FEWEST_TURNS = 10
COLD_TOKENS = 10_000
"""A call that writes so much to the cache and reads nothing is a cold one."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call to a model, as a trace or a log tells it. Tokens as billed; `tools`: name and hash of the arguments."""

    at: datetime
    session: str
    caller: str
    parent: str | None
    depth: int
    model: str
    uncached: int
    read: int
    written: int
    output: int
    tools: tuple[tuple[str, str], ...] = ()
    cost: MicroUsd = 0
    """What it cost, priced as usage is."""


@dataclass(frozen=True, slots=True)
class CallSigns:
    """What the last hour's calls come to."""

    most_repeats: int = 0
    repeated: str = ""
    """The tool that was called so often with the same arguments in one session."""
    looping: int = 0
    """Sessions with a call that stands at least half as often as the worst."""
    deepest: int = 0
    widest: int = 0
    """Most agents that one agent started."""
    growth: float = 0.0
    """Uncached input of a conversation now, over that of its first turn: the worst one."""
    growing: int = 0
    """Conversations that grew at least half as much as the worst."""
    doubled: float = 0.0
    """Share of the tool calls that another session made too, within minutes."""
    spent_3m: MicroUsd = 0
    spent_15m: MicroUsd = 0
    """What the calls of the last minutes cost: known at once, where the provider's usage report comes late."""
    most_cold: int = 0
    """Most calls in a row of one caller that wrote the cache and read nothing of it."""


@dataclass(slots=True)
class _Session:
    first_uncached: int
    turns: int = 0
    lately: deque[tuple[int, int]] = field(default_factory=lambda: deque(maxlen=3))
    """(uncached, whole input) of the last turns."""
    seen_at: int = 0


@dataclass(slots=True)
class CallTrack:
    """Calls may come late and unsorted; one older than an hour is not taken in."""

    _calls: deque[tuple[int, Call]] = field(default_factory=deque)
    _repeats: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    _jobs: dict[tuple[str, str], tuple[str, int]] = field(default_factory=dict)
    _twice: deque[tuple[int, bool]] = field(default_factory=deque)
    _sessions: dict[str, _Session] = field(default_factory=dict)
    _cold: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)
    """By session and caller: cold calls in a row, and when it was last seen."""
    _signs: CallSigns | None = None

    def put(self, calls: Iterable[Call], until: datetime) -> CallSigns:
        """Take in new calls and let go of those older than an hour before `until`."""
        now = epoch(until)
        new = sorted((call for call in calls if epoch(call.at) >= now - KEPT_S), key=lambda each: each.at)
        late = bool(new and self._calls) and epoch(new[0].at) < self._calls[-1][0]
        for call in new:
            self._take(call)
            self._signs = None
        if late:
            self._calls = deque(sorted(self._calls, key=lambda each: each[0]))
            self._twice = deque(sorted(self._twice))
        self._forget(now - KEPT_S)
        if self._signs is None or self._signs.spent_15m:
            self._signs = self._look(now)
        return self._signs

    def _take(self, call: Call) -> None:
        at = epoch(call.at)
        self._calls.append((at, call))
        for tool, arguments in call.tools:
            self._repeats[call.session, tool, arguments] += 1
            session, seen_at = self._jobs.get((tool, arguments), (call.session, at))
            self._twice.append((at, session != call.session and abs(at - seen_at) <= TWICE_WITHIN_S))
            if at >= seen_at:
                self._jobs[tool, arguments] = call.session, at
        who = call.session, call.caller
        cold, seen_at = self._cold.get(who, (0, at))
        self._cold[who] = cold + 1 if call.written >= COLD_TOKENS and not call.read else 0, max(at, seen_at)
        conversation = self._sessions.setdefault(call.session, _Session(max(1, call.uncached)))
        conversation.turns += 1
        conversation.lately.append((call.uncached, call.uncached + call.read + call.written))
        conversation.seen_at = max(at, conversation.seen_at)

    def _forget(self, before: int) -> None:
        while self._calls and self._calls[0][0] < before:
            _, call = self._calls.popleft()
            self._signs = None
            for tool, arguments in call.tools:
                self._repeats[call.session, tool, arguments] -= 1
                if not self._repeats[call.session, tool, arguments]:
                    del self._repeats[call.session, tool, arguments]
        while self._twice and self._twice[0][0] < before:
            self._twice.popleft()
        if self._signs is None:
            self._sessions = {name: one for name, one in self._sessions.items() if one.seen_at >= before}
            self._jobs = {job: seen for job, seen in self._jobs.items() if seen[1] >= before}
            self._cold = {who: seen for who, seen in self._cold.items() if seen[1] >= before}

    def _spent(self, since: int) -> MicroUsd:
        spent = 0
        for at, call in reversed(self._calls):
            if at < since:
                break
            spent += call.cost
        return spent

    def _look(self, now: int) -> CallSigns:
        (_, tool, _), repeats = max(self._repeats.items(), key=lambda each: each[1], default=(("", "", ""), 0))
        grown = [growth for session in self._sessions.values() if (growth := _growth(session))]
        parents: dict[str, set[str]] = {}
        for _, call in self._calls:
            if call.parent is not None:
                parents.setdefault(call.parent, set()).add(call.caller)
        return CallSigns(
            most_repeats=repeats,
            repeated=tool,
            looping=len({session for (session, *_), count in self._repeats.items() if count * 2 >= repeats}),
            deepest=max((call.depth for _, call in self._calls), default=0),
            widest=max(map(len, parents.values()), default=0),
            growth=max(grown, default=0.0),
            growing=sum(growth * 2 >= max(grown) for growth in grown),
            doubled=sum(twice for _, twice in self._twice) / len(self._twice) if len(self._twice) >= FEWEST_JOBS else 0,
            most_cold=max((cold for cold, _ in self._cold.values()), default=0),
            spent_3m=self._spent(now - 180), spent_15m=self._spent(now - 900),
        )


def _growth(session: _Session) -> float:
    """How many times its first turn a conversation's uncached input is; 0 for a short one or one that is cached."""
    uncached = sum(fresh for fresh, _ in session.lately)
    whole = sum(each for _, each in session.lately)
    if session.turns < FEWEST_TURNS or uncached * 2 < whole:
        return 0.0
    return uncached / len(session.lately) / max(1000, session.first_uncached)
