"""Tool calls that a conversation makes again, and which of them are waste (playbook section 8, the Ungoverned Tool).

Not every repetition is waste: a file is read again after it was changed, a test is run after each edit, a job is asked
for its state once a minute, what failed is tried again. So a tool call *only repeats* where it comes again soon, and
either nothing new was called since (the same one twice in a row, or a round of several that begins anew), or it is made
more than `MOST_TIMES` times. A call to the model that asks for nothing but such tool calls counts, and what it cost. A
conversation *repeats itself* where these are a twentieth of its day's calls that ask for tools, or ten: once in a long
session is an accident.

The last `REMEMBERED` different tool calls of a conversation are known, no more: the memory is bounded, and small enough
to be kept from one day to the next.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from zlib import crc32

from console.antipatterns.digest.row import Row

REMEMBERED = 16
MOST_TIMES = 3
"""So often one tool call may be made within a run, each soon after the other, while other things happen in between."""
LATER = 60_000_000
"""After so long a pause a call asks anew, and does not repeat: microseconds."""
POLLED = 20_000_000
"""From so long a pause on, evenly spaced repetitions are a poll: each pause within a tenth of the one before."""
LOOP_SHARE, STUCK = 0.05, 10
RETRIES = 2
"""So often what failed may be tried again."""
FAILED = "!"
"""Stands before a tool call's JSON where it is known to have failed."""
_TOOLS = itemgetter(7)


@dataclass(slots=True)
class Seen:
    """One tool call of a conversation."""

    times: int
    at: int
    """When it was made last, and by which call of the conversation that asked for tools."""
    call: int
    paused: int = 0
    """Microseconds between it and the call before."""
    failed: int = 0
    """1 where it is known to have failed the last time."""


@dataclass(slots=True)
class Repeats:
    """One conversation's tool calls. `take` may be given its calls in any number of parts."""

    calls: int = 0
    newest: int = 0
    """The call that asked for something new last."""
    seen: dict[int, Seen] = field(default_factory=dict)
    """By a checksum of its JSON; the last one last."""
    waiting: list[Row] = field(default_factory=list)
    """Of the last calls, those that asked for something new and are not in `seen` yet: most never need to be."""
    with_tools: int = 0
    """From here on: of this day."""
    tool_calls: int = 0
    repeated: int = 0
    only: int = 0
    low: int = 0
    likely: int = 0
    high: int = 0
    most: tuple[int, str] = (0, "")
    """How often the tool call was made that was repeated most, and its JSON."""

    def take(self, asking: Sequence[Row]) -> None:
        """Calls of the conversation that ask for tools, oldest first."""
        told = "\n".join([str(row[7]) for row in asking])
        if not self.calls and "],[" not in told and FAILED not in told and (
                len(set(map(_TOOLS, asking))) == len(asking)):
            self.calls = self.newest = self.with_tools = self.tool_calls = len(asking)
            self.waiting = list(asking[-REMEMBERED:])
            return
        self.settle()
        for row in asking:
            self._take(row)

    @property
    def is_loop(self) -> bool:
        """Whether it repeated itself that day."""
        return self.only > 0 and (self.only >= LOOP_SHARE * self.with_tools or self.only >= STUCK)

    def settle(self) -> None:
        """Nothing waits."""
        for number, row in enumerate(self.waiting, self.calls - len(self.waiting) + 1):
            self.seen[_checksum(str(row[7]))] = Seen(1, row[0], number)
        self.waiting = []

    def _take(self, row: Row) -> None:
        at, cost = row[0], row[11]
        paused = at - next(reversed(self.seen.values())).at if self.seen else 0
        self.calls += 1
        asked = single(str(row[7]))
        self.with_tools += 1
        self.tool_calls += len(asked)
        wasted = [self._again(key, at, paused) for key in asked]
        if all(each is not None for each in wasted):
            self.high += cost
            if all(wasted):
                self.only += 1
                self.likely += cost
                self.low += cost if self.calls - self.newest > 1 else 0

    def _again(self, tool_call: str, at: int, paused: int) -> bool | None:
        """Whether this tool call only repeats; None: it is new. It is remembered. `paused`: since the call before."""
        failed = tool_call.startswith(FAILED)
        tool_call = tool_call.removeprefix(FAILED)
        key = _checksum(tool_call)
        known = self.seen.pop(key, None)
        if known is None:
            self.seen[key] = Seen(1, at, self.calls, failed=int(failed))
            self.newest = self.calls
            if len(self.seen) > REMEMBERED:
                del self.seen[next(iter(self.seen))]
            return None
        idle = self.newest <= known.call and not _waits(
            paused, known.paused if known.call == self.calls - 1 else None)
        often = known.times >= MOST_TIMES and at - known.at < LATER and known.call < self.calls - 1
        retried = bool(known.failed) and known.times <= RETRIES
        self.seen[key] = Seen(known.times + 1, at, self.calls, paused, int(failed))
        self.repeated += 1
        self.most = max(self.most, (known.times + 1, tool_call))
        return (idle or often) and not retried


def single(tools: str) -> list[str]:
    """The tool calls of one call, each as the JSON of a list of one; one that failed has `FAILED` before it."""
    if "],[" not in tools:
        return [tools]
    bare = tools.removeprefix(FAILED)
    mark = tools[:len(tools) - len(bare)]
    return [mark + json.dumps([each], separators=(",", ":")) for each in json.loads(bare)]


def name(tool_call: str) -> str:
    """The tool of a tool call's JSON."""
    return str(json.loads(tool_call)[0][0]) if tool_call else ""


def _checksum(tool_call: str) -> int:
    return crc32(tool_call.encode())


def _waits(paused: int, before: int | None) -> bool:
    """Somebody waits for something: so long, or as long as `before` the last time. None: it was not the last call."""
    return paused >= LATER or (before is not None and paused >= POLLED and (
        not before or abs(paused - before) * 10 <= before))
