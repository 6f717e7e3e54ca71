"""Makes a `CallDay` of calls, read once, oldest first, in parts of any size. What it holds meanwhile is bounded.

A call takes a few microseconds at most: rows are grouped first, and most of what is asked of a group is asked at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from heapq import nlargest
from itertools import islice
from operator import itemgetter
from typing import TypeVar

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
from console.antipatterns.digest.row import COLD, MOSTLY_READ, WARM, Row
from console.antipatterns.digest.run import Run

AT_ONCE = 5000
"""Rows that are grouped together."""
MOST_OPEN = 5000
"""Conversations, and runs, that are kept at a time: of twice as many, those seen last."""
MOST_CARRIED = 16
"""Conversations that go on after midnight: those of the last hours, the latest ones."""
CARRIED = 7_200_000_000
"""Microseconds before midnight within which one must have been heard of."""
_NO_ACTION = "\0"
_SESSION, _ACTION, _FAILED, _INPUT, _CACHE, _COST = map(itemgetter, (1, 3, 6, 8, 10, 11))
_CONVERSATION = itemgetter(1, 2, 12)
Key = TypeVar("Key")


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
    """By user action, or by session with `_NO_ACTION` before it."""
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
        self._count(rows)
        for key, told in _grouped(rows, _CONVERSATION):
            if key[0]:
                self._conversation(key).take(told, self._marks)
            else:
                self._add(without_session=len(told))
            if not key[1]:
                self._add(without_caller=len(told))
        for action, told in _grouped(rows, _ACTION):
            if action:
                self._take_run(action, told)
            else:
                self._add(without_action=len(told))
                for session, some in _grouped(told, _SESSION):
                    if session:
                        self._take_run(_NO_ACTION + session, some)
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
        cache = list(map(_CACHE, rows))
        self._add(
            calls=len(rows), cost=sum(map(_COST, rows)), failed=sum(map(_FAILED, rows)),
            without_tokens=list(map(_INPUT, rows)).count(None), cold=cache.count(COLD),
            warm=cache.count(WARM) + cache.count(MOSTLY_READ))
        if COLD in cache:
            self._add(cold_cost=sum(row[11] for row in rows if row[10] == COLD))
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

    def _take_run(self, name: str, rows: Sequence[Row]) -> None:
        known = self._runs.pop(name, None) or Run()
        known.take(rows)
        self._runs[name] = known

    def _let_go(self) -> None:
        if len(self._conversations) > 2 * MOST_OPEN:
            self._close_conversations(len(self._conversations) - MOST_OPEN)
        if len(self._runs) > 2 * MOST_OPEN:
            self._close_runs(len(self._runs) - MOST_OPEN)

    def _close_conversations(self, some: int) -> None:
        """Add up those that were heard of first."""
        closed = [self._conversations.pop(key) for key in list(islice(self._conversations, some))]
        repeats = [each.repeats for each in closed if each.repeats is not None and each.repeats.with_tools]
        self._add(
            conversations=sum(each.begun for each in closed),
            long_conversations=sum(each.came_to_ten for each in closed),
            cold_again=sum(each.cold_again for each in closed),
            cold_again_cost=sum(each.cold_again_cost for each in closed),
            with_tools=sum(each.with_tools for each in repeats), tool_calls=sum(each.tool_calls for each in repeats),
            acting=len(repeats), repeated=sum(each.repeated for each in repeats))
        over = [each.over for each in closed if each.over is not None]
        if over:
            self._add(overgrown=sum(each.began for each in over), over_turns=sum(each.turns for each in over),
                      over_cost=sum(each.cost for each in over), over_low=sum(each.low for each in over),
                      over_likely=sum(each.likely for each in over), over_high=sum(each.high for each in over))
            self._grown = worst_grown((*self._grown, *(grown for one in closed if (grown := one.grown()))))
        loops = [each for each in repeats if each.is_loop]
        if loops:
            self._add(looping=len(loops), loop_calls=sum(each.only for each in loops),
                      loop_low=sum(each.low for each in loops), loop_likely=sum(each.likely for each in loops),
                      loop_high=sum(each.high for each in loops))
            self._repeated = worst_repeated((*self._repeated, *(told for one in closed if (told := one.repeated()))))

    def _close_runs(self, some: int) -> None:
        """Add up those that were heard of first."""
        closed = [(name, self._runs.pop(name)) for name in list(islice(self._runs, some))]
        actions = [run for name, run in closed if name[0] != _NO_ACTION]
        measured = [run for run in actions if run.is_measured]
        self._add(
            actions=len(actions), action_calls=sum(run.calls for run in actions),
            action_tools=sum(run.tools for run in actions), measured_actions=len(measured),
            measured_tokens=sum(run.tokens for run in measured), single_tokens=sum(run.single for run in measured),
            measured_cost=sum(run.cost for run in measured))
        self._sets = model_sets((*self._sets, *_by_models(actions)))
        trees = [(name, run) for name, run in closed if run.deepest or run.children]
        if trees:
            self._by_depth = summed(Spread, (*self._by_depth, *((run.deepest, run.spread()) for _, run in trees)))
            self._by_fan_out = summed(Spread, (*self._by_fan_out, *((run.widest, run.spread()) for _, run in trees)))
            self._trees = worst_trees((*self._trees, *(run.tree(name.removeprefix(_NO_ACTION)) for name, run in trees)))

    def _add(self, **more: int) -> None:
        for name, count in more.items():
            self._sums[name] = self._sums.get(name, 0) + count


def _grouped(rows: Sequence[Row], by: Callable[[Row], Key]) -> Iterable[tuple[Key, list[Row]]]:
    groups: dict[Key, list[Row]] = defaultdict(list)
    for key, row in zip(map(by, rows), rows, strict=True):
        groups[key].append(row)
    return groups.items()


def _by_models(actions: Iterable[Run]) -> list[ModelSet]:
    """User actions by the models that they used, in the order of first use."""
    groups: dict[tuple[str, ...], list[Run]] = defaultdict(list)
    for action in actions:
        groups[tuple(action.by_model)].append(action)
    return [ModelSet(models, len(some), tuple(sum(each.by_model[model][0] for each in some) for model in models),
                     tuple(sum(each.by_model[model][1] for each in some) for model in models),
                     sum(each.tokens for each in some)) for models, some in groups.items()]


def _short(key: tuple[str, str, str]) -> str:
    """What a conversation is known by from one day to the next."""
    return blake2b("\0".join(key).encode("utf-8", "replace"), digest_size=8).hexdigest()
