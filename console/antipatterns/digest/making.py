"""Makes a `CallDay` of calls, read once, oldest first, in parts of any size. What it holds meanwhile is bounded.

A call takes a few microseconds at most: rows are grouped first, and most of what is asked of a group is asked at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from heapq import nlargest
from itertools import islice
from operator import itemgetter

from console.antipatterns.call_day import (
    MARKS,
    CallDay,
    Grown,
    Level,
    ModelSet,
    Open,
    Repeated,
    Spread,
    Totals,
    Tree,
    TurnSum,
    model_sets,
    summed,
    worst_grown,
    worst_repeated,
    worst_trees,
)
from console.antipatterns.digest.conversation import Conversation, again
from console.antipatterns.digest.row import COLD, WARM, Row
from console.antipatterns.digest.run import Run

AT_ONCE = 5000
"""Rows that are grouped together."""
MOST_OPEN = 5000
"""Conversations, and runs, that are kept at a time: of twice as many, those seen last."""
MOST_CARRIED = 32
"""Conversations that go on after midnight: those of the last hours, the latest ones."""
CARRIED = 7_200_000_000
"""Microseconds before midnight within which one must have been heard of."""
_SESSION = "\0"
_COST = itemgetter(11)


def made(rows: Iterable[Row], before: CallDay | None = None) -> CallDay:
    """The calls of one workload on one day, oldest first. `before`: the day before, where that is known."""
    making = Making(before)
    told = iter(rows)
    while some := list(islice(told, AT_ONCE)):
        making.take(some)
    return making.close()


@dataclass(slots=True)
class Making:
    """A day that is being made."""

    before: CallDay | None = None
    _sums: dict[str, int] = field(default_factory=dict)
    _first_at: int = 0
    _last_at: int = 0
    _marks: list[list[int]] = field(default_factory=lambda: [[0, 0, 0] for _ in MARKS])
    _conversations: dict[tuple[str, str, str], Conversation] = field(default_factory=dict)
    _runs: dict[str, Run] = field(default_factory=dict)
    """By user action, or by session with `_SESSION` before it."""
    _depths: tuple[tuple[int, Level], ...] = ()
    _by_depth: tuple[tuple[int, Spread], ...] = ()
    _by_fan_out: tuple[tuple[int, Spread], ...] = ()
    _trees: tuple[Tree, ...] = ()
    _sets: tuple[ModelSet, ...] = ()
    _grown: tuple[Grown, ...] = ()
    _repeated: tuple[Repeated, ...] = ()
    _carried: dict[str, Open] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.before is not None:
            self._carried = {each.key: each for each in self.before.open}

    def take(self, rows: Sequence[Row]) -> None:
        """Some calls, all of them after those that were taken before."""
        if not rows:
            return
        self._first_at = self._first_at or rows[0][0] // 1_000_000
        self._last_at = rows[-1][0] // 1_000_000
        conversations: dict[tuple[str, str, str], list[Row]] = {}
        runs: dict[str, list[Row]] = {}
        for row in rows:
            if row[1]:
                key = row[1], row[2], row[12]
                if key in conversations:
                    conversations[key].append(row)
                else:
                    conversations[key] = [row]
            run = row[3] or _SESSION + row[1]
            if run in runs:
                runs[run].append(row)
            else:
                runs[run] = [row]
        self._count(rows)
        for key, told in conversations.items():
            self._conversation(key).take(told, self._marks)
        runs.pop(_SESSION, None)
        for name, told in runs.items():
            known = self._runs.pop(name, None) or Run()
            known.take(told)
            self._runs[name] = known
        self._let_go()

    def close(self) -> CallDay:
        """The day, when all of its calls are taken."""
        since = self._last_at // 86_400 * 86_400_000_000 + 86_400_000_000 - CARRIED
        late = [(key, each) for key, each in self._conversations.items() if each.last_at >= since]
        late = nlargest(MOST_CARRIED, late, key=lambda each: (each[1].last_at, each[0]))
        carried = tuple(each.open(_short(key)) for key, each in late)
        self._close_conversations(len(self._conversations))
        self._close_runs(len(self._runs))
        return CallDay(
            Totals(**self._sums), self._first_at, self._last_at, tuple(TurnSum(*mark) for mark in self._marks),
            self._depths, self._by_depth, self._by_fan_out, self._sets, self._grown, self._repeated, self._trees,
            carried)

    def _count(self, rows: Sequence[Row]) -> None:
        cold = [row for row in rows if row[10] == COLD]
        self._add(
            calls=len(rows), cost=sum(map(_COST, rows)), failed=sum(map(itemgetter(6), rows)),
            without_session=len(rows) - sum(1 for row in rows if row[1]),
            without_caller=len(rows) - sum(1 for row in rows if row[2]),
            without_action=len(rows) - sum(1 for row in rows if row[3]),
            without_tokens=sum(1 for row in rows if row[8] is None),
            cold=len(cold), cold_cost=sum(map(_COST, cold)), warm=sum(1 for row in rows if row[10] == WARM))
        deep = [(row[5], Level(1, row[11])) for row in rows if row[5]]
        if deep:
            self._depths = summed(Level, (*self._depths, *deep))

    def _conversation(self, key: tuple[str, str, str]) -> Conversation:
        known = self._conversations.pop(key, None)
        if known is None:
            told = self._carried.pop(_short(key), None) if self._carried else None
            known = Conversation(key[0], key[1]) if told is None else again(key[0], key[1], told)
        self._conversations[key] = known
        return known

    def _let_go(self) -> None:
        if len(self._conversations) > 2 * MOST_OPEN:
            self._close_conversations(len(self._conversations) - MOST_OPEN)
        if len(self._runs) > 2 * MOST_OPEN:
            self._close_runs(len(self._runs) - MOST_OPEN)

    def _close_conversations(self, some: int) -> None:
        """Add up those that were heard of first."""
        closed = [self._conversations.pop(key) for key in list(islice(self._conversations, some))]
        repeats = [each.repeats for each in closed if each.repeats.with_tools]
        self._add(
            conversations=sum(each.begun for each in closed),
            long_conversations=sum(each.came_to_ten for each in closed),
            cold_again=sum(each.cold_again for each in closed),
            cold_again_cost=sum(each.cold_again_cost for each in closed),
            with_tools=sum(each.with_tools for each in repeats), tool_calls=sum(each.tool_calls for each in repeats),
            acting=sum(each.calls == each.with_tools for each in repeats),
            repeated=sum(each.repeated for each in repeats))
        over = [each for each in closed if each.over_turns]
        if over:
            low, likely, high = (sum(each) for each in zip(*(one.saved for one in over), strict=True))
            self._add(overgrown=sum(each.began for each in over), over_turns=sum(each.over_turns for each in over),
                      over_cost=sum(each.over_cost for each in over), over_low=low, over_likely=likely, over_high=high)
            self._grown = worst_grown((*self._grown, *(grown for one in over if (grown := one.grown()))))
        again_ = [each for each in repeats if each.high]
        if again_:
            self._add(looping=sum(each.began for each in again_), loop_calls=sum(each.only for each in again_),
                      loop_low=sum(each.low for each in again_), loop_likely=sum(each.likely for each in again_),
                      loop_high=sum(each.high for each in again_))
            self._repeated = worst_repeated((*self._repeated, *(told for one in closed if (told := one.repeated()))))

    def _close_runs(self, some: int) -> None:
        """Add up those that were heard of first."""
        closed = [(name, self._runs.pop(name)) for name in list(islice(self._runs, some))]
        actions = [run for name, run in closed if name[0] != _SESSION]
        measured = [run for run in actions if run.is_measured]
        self._add(
            actions=len(actions), action_calls=sum(run.calls for run in actions),
            action_tools=sum(run.tools for run in actions), measured_actions=len(measured),
            measured_tokens=sum(run.tokens for run in measured), single_tokens=sum(run.largest for run in measured))
        self._sets = model_sets((*self._sets, *(run.model_set() for run in actions)))
        trees = [(name, run) for name, run in closed if run.deepest or run.children]
        if trees:
            self._by_depth = summed(Spread, (*self._by_depth, *((run.deepest, run.spread()) for _, run in trees)))
            self._by_fan_out = summed(Spread, (*self._by_fan_out, *((run.widest, run.spread()) for _, run in trees)))
            self._trees = worst_trees((*self._trees, *(run.tree(name.removeprefix(_SESSION)) for name, run in trees)))

    def _add(self, **more: int) -> None:
        for name, count in more.items():
            self._sums[name] = self._sums.get(name, 0) + count


def _short(key: tuple[str, str, str]) -> str:
    """What a conversation is known by from one day to the next."""
    return blake2b("\0".join(key).encode("utf-8", "replace"), digest_size=8).hexdigest()
