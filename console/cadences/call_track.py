"""One workload's calls of the last hour, where records of them are known: repeats, depth of agents, growth.

Names and arguments come from outside; they are compared and counted, never interpreted.
"""

from __future__ import annotations

import heapq
from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeVar

from console.cadences.jobs import Jobs
from console.clock import epoch
from console.money import MicroUsd

Key = TypeVar("Key")

KEPT_S = 3600
FEWEST_JOBS = 20
"""Tool calls in the hour below which nothing is said of doubled jobs."""
FEWEST_TURNS = 10
COLD_TOKENS = 10_000
"""A call that writes so much to the cache and reads nothing is a cold one."""
SWEEP_S = 60
"""So often names that nobody used for an hour are let go."""
MOST_KEPT = 50_000
"""Different tool calls, conversations or callers of one workload; beyond it the oldest are let go before their hour."""


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
    action: str = ""
    """The user's action that it serves; empty: not known."""
    tools_failed: bool = False
    """Every tool that it asked for is known to have failed."""


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
class _Second:
    """What is taken back when this second is an hour old."""

    cost: MicroUsd = 0
    tools: list[tuple[str, str, str]] = field(default_factory=list)
    agents: list[tuple[int, str | None, str]] = field(default_factory=list)
    """(depth, parent, caller) of calls that an agent below the first one made."""


@dataclass(slots=True)
class CallTrack:
    """Calls may come late and unsorted; one older than an hour is not taken in.

    What is asked at each batch of calls is kept as it changes: nothing of it is looked for among all calls.
    """

    _seconds: dict[int, _Second] = field(default_factory=dict)
    _order: list[int] = field(default_factory=list)
    """The seconds, as a heap."""
    _repeats: dict[tuple[str, str, str], int] = field(default_factory=dict)
    _tally: Counter[int] = field(default_factory=Counter)
    """How many tool calls were repeated so often."""
    _most: int = 0
    _jobs: Jobs = field(default_factory=Jobs)
    _sessions: dict[str, _Session] = field(default_factory=dict)
    _grown: dict[str, float] = field(default_factory=dict)
    """Conversations that grow, by how much."""
    _cold: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)
    """By session and caller: cold calls in a row, and when the last one was."""
    _depths: Counter[int] = field(default_factory=Counter)
    _parents: dict[str, Counter[str]] = field(default_factory=dict)
    _swept_at: int = 0

    def put(self, calls: Iterable[Call], until: datetime) -> CallSigns:
        """Take in new calls and let go of those older than an hour before `until`."""
        self.take(calls, until)
        return self.signs(until)

    def take(self, calls: Iterable[Call], until: datetime) -> None:
        """The same, and nothing is said."""
        before = epoch(until) - KEPT_S
        for at, call in sorted(((epoch(call.at), call) for call in calls), key=lambda each: each[0]):
            if at >= before:
                self._take(at, call)
        self._forget(before)

    def amend(self, before: Call, after: Call) -> None:
        """A call that was taken in is told anew: its agent is known now, or the tools that it asked for."""
        second = self._seconds.get(epoch(before.at))
        if second is None:
            return
        second.cost += after.cost - before.cost
        more = list(after.tools)
        for tool in before.tools:
            if before.session == after.session and tool in more:
                more.remove(tool)
            elif (key := (before.session, *tool)) in second.tools:
                second.tools.remove(key)
                self._jobs.take_back(tool, epoch(before.at), before.session)
                self._count(key, -1)
        self._take_tools(epoch(before.at), second, after.session, more)
        self._move(second, before, after)
        if (before.session, before.caller) != (after.session, after.caller):
            self._see_cold(epoch(before.at), after)
        if before.session != after.session:
            self._see_turn(epoch(before.at), after)

    def withdraw(self, call: Call) -> None:
        """A call that was taken in is none: it was a copy of another one, which must not count twice."""
        if epoch(call.at) not in self._seconds:
            return
        self.amend(call, replace(call, tools=(), cost=0, depth=0, parent=None))
        self._unsee_turn(call)
        cold, seen_at = self._cold.get((call.session, call.caller), (0, 0))
        if cold and _is_cold(call):
            self._cold[call.session, call.caller] = cold - 1, seen_at

    def worst(self, until: datetime) -> CallSigns:
        """`signs` without how many sessions are concerned: quick, for whoever asks whether anything is near."""
        now = epoch(until)
        self._forget(now - KEPT_S)
        spent_3m, spent_15m = self._spent(now)
        return CallSigns(
            most_repeats=self._most,
            deepest=max(self._depths, default=0),
            widest=max(map(len, self._parents.values()), default=0),
            growth=max(self._grown.values(), default=0.0),
            doubled=self._jobs.twice / self._jobs.called if self._jobs.called >= FEWEST_JOBS else 0,
            most_cold=max((cold for cold, _ in self._cold.values()), default=0),
            spent_3m=spent_3m, spent_15m=spent_15m,
        )

    def signs(self, until: datetime) -> CallSigns:
        """What the hour before `until` comes to."""
        worst, most = self.worst(until), self._most
        stuck = [key for key, count in self._repeats.items() if count * 2 >= most]
        return replace(
            worst, repeated=next((key[1] for key in stuck if self._repeats[key] == most), ""),
            looping=len({session for session, *_ in stuck}),
            growing=sum(growth * 2 >= worst.growth for growth in self._grown.values()))

    def _take(self, at: int, call: Call) -> None:
        second = self._seconds.get(at)
        if second is None:
            second = self._seconds[at] = _Second()
            heapq.heappush(self._order, at)
        second.cost += call.cost
        self._take_tools(at, second, call.session, call.tools)
        self._move(second, None, call)
        self._see_cold(at, call)
        self._see_turn(at, call)

    def _take_tools(self, at: int, second: _Second, session: str, tools: Iterable[tuple[str, str]]) -> None:
        for tool, arguments in tools:
            self._count((session, tool, arguments), 1)
            second.tools.append((session, tool, arguments))
            self._jobs.put((tool, arguments), at, session)

    def _move(self, second: _Second, before: Call | None, after: Call) -> None:
        """Put a call where it belongs among the agents."""
        was, now = before and _place(before), _place(after)
        if was == now:
            return
        if was is not None and was in second.agents:
            second.agents.remove(was)
            self._leave(was)
        if now is not None:
            second.agents.append(now)
            self._depths[after.depth] += 1
            if after.parent is not None:
                children = self._parents.get(after.parent)
                if children is None:
                    children = self._parents[after.parent] = Counter()
                children[after.caller] += 1

    def _leave(self, place: tuple[int, str | None, str]) -> None:
        depth, parent, caller = place
        _less(self._depths, depth)
        if parent is not None:
            children = self._parents[parent]
            _less(children, caller)
            if not children:
                del self._parents[parent]

    def _see_cold(self, at: int, call: Call) -> None:
        who = call.session, call.caller
        if _is_cold(call):
            cold, seen_at = self._cold.get(who, (0, at))
            self._cold[who] = cold + 1, max(at, seen_at)
        else:
            self._cold.pop(who, None)

    def _see_turn(self, at: int, call: Call) -> None:
        conversation = self._sessions.get(call.session)
        if conversation is None:
            conversation = self._sessions[call.session] = _Session(max(1, call.uncached))
        conversation.turns += 1
        conversation.lately.append((call.uncached, call.uncached + call.read + call.written))
        conversation.seen_at = max(at, conversation.seen_at)
        self._keep_growth(call.session, conversation)

    def _unsee_turn(self, call: Call) -> None:
        conversation = self._sessions.get(call.session)
        if conversation is None:
            return
        conversation.turns -= 1
        turn = call.uncached, call.uncached + call.read + call.written
        if turn in conversation.lately:
            conversation.lately.remove(turn)
        self._keep_growth(call.session, conversation)

    def _keep_growth(self, session: str, conversation: _Session) -> None:
        growth = _growth(conversation)
        if growth:
            self._grown[session] = growth
        else:
            self._grown.pop(session, None)

    def _count(self, key: tuple[str, str, str], more: int) -> None:
        was = self._repeats.get(key, 0)
        self._tally[was] -= 1
        self._repeats[key] = was + more
        self._tally[was + more] += 1
        if was + more == 0:
            del self._repeats[key]
        self._most = max(self._most, was + more)
        while self._most and not self._tally[self._most]:
            del self._tally[self._most]
            self._most -= 1

    def _forget(self, before: int) -> None:
        while self._order and (self._order[0] < before or len(self._repeats) > MOST_KEPT):
            at = heapq.heappop(self._order)
            self._take_back(at, self._seconds.pop(at))
        if before + KEPT_S - self._swept_at >= SWEEP_S or len(self._sessions) > 2 * MOST_KEPT:
            self._sweep(before)
            self._swept_at = before + KEPT_S

    def _take_back(self, at: int, second: _Second) -> None:
        for key in second.tools:
            session, *job = key
            self._jobs.take_back((job[0], job[1]), at, session)
            self._count(key, -1)
        for place in second.agents:
            self._leave(place)

    def _sweep(self, before: int) -> None:
        """Let go of names that nobody used of late."""
        sessions = _newest({name: one.seen_at for name, one in self._sessions.items() if one.seen_at >= before})
        self._sessions = {name: one for name, one in self._sessions.items() if name in sessions}
        self._grown = {name: growth for name, growth in self._grown.items() if name in sessions}
        self._cold = {who: seen for who, seen in self._cold.items() if seen[1] >= before}

    def _spent(self, now: int) -> tuple[MicroUsd, MicroUsd]:
        """Micro-dollars of the last three and fifteen minutes."""
        three = fifteen = 0
        for at in self._order if len(self._order) < 900 else range(now - 900, max(self._order) + 1):
            second = self._seconds.get(at)
            if second is not None and at >= now - 900:
                fifteen += second.cost
                three += second.cost if at >= now - 180 else 0
        return three, fifteen


def _is_cold(call: Call) -> bool:
    return call.written >= COLD_TOKENS and not call.read


def _place(call: Call) -> tuple[int, str | None, str] | None:
    """Where a call stands among agents; None for one of the first, which nobody started."""
    return (call.depth, call.parent, call.caller) if call.depth or call.parent is not None else None


def _less(counter: Counter[Any], key: object) -> None:
    counter[key] -= 1
    if not counter[key]:
        del counter[key]


def _newest(seen: dict[Key, int]) -> dict[Key, int]:
    """Those seen last, where there are too many."""
    if len(seen) <= MOST_KEPT:
        return seen
    return dict(sorted(seen.items(), key=lambda each: each[1])[-MOST_KEPT:])


def _growth(session: _Session) -> float:
    """How many times its first turn a conversation's uncached input is; 0 for a short one or one that is cached."""
    if session.turns < FEWEST_TURNS or not session.lately:
        return 0.0
    uncached = sum(fresh for fresh, _ in session.lately)
    if uncached * 2 < sum(whole for _, whole in session.lately):
        return 0.0
    return uncached / len(session.lately) / max(1000, session.first_uncached)
