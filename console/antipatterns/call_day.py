"""What a workload's calls of one UTC day come to, for the detectors that read call records. Days add up.

It is made in `digest/`, from calls oldest first and from what was open at the end of the day before. A *conversation*
is a session and one of its callers on one model; each of its calls with tokens is a *turn*. A *tool call* is a tool's
name with the hash of its arguments. Money is whole micro-dollars, input tokens are of every class.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from heapq import nlargest
from typing import Any, NamedTuple, TypeVar

Count = TypeVar("Count", bound=tuple[int, ...])

FORM = 4
"""Of the document; it grows whenever what is counted changes, so that stored days are made again."""
MARKS = (1, 2, 5, 10, 20, 50, 100, 200)
"""The turns that are added up over all conversations."""
MOST_WORST = 10
"""Conversations, repeats or trees that are kept with their figures, the dearest first."""
MOST_MODEL_SETS = 40
_MIXED = ("…",)
"""Stands for the rarest model sets, where there are too many."""


class Totals(NamedTuple):
    """Sums. What nobody told is counted under `without_…`."""

    calls: int = 0
    cost: int = 0
    failed: int = 0
    without_session: int = 0
    without_caller: int = 0
    without_action: int = 0
    without_tokens: int = 0
    conversations: int = 0
    """Begun that day."""
    long_conversations: int = 0
    """That came to their tenth turn."""
    overgrown: int = 0
    """Conversations that began to cost what `digest/conversation.py` calls overgrown."""
    over_turns: int = 0
    over_cost: int = 0
    over_low: int = 0
    """Of `over_cost`, what a turn cap with a summary would have saved: at the least, likely, and at the most."""
    over_likely: int = 0
    over_high: int = 0
    tool_calls: int = 0
    with_tools: int = 0
    """Calls that asked for a tool whose arguments were told."""
    acting: int = 0
    """Conversations that asked for tools that day."""
    repeated: int = 0
    """Tool calls that their conversation had made before, among its last few different ones."""
    looping: int = 0
    """Of them, those that repeated themselves as `digest/repeats.py` has it."""
    loop_calls: int = 0
    """Their calls that only repeated."""
    loop_low: int = 0
    """What they cost: without first retries; all of them; and every call that asked for nothing new."""
    loop_likely: int = 0
    loop_high: int = 0
    actions: int = 0
    """User actions."""
    action_calls: int = 0
    action_tools: int = 0
    measured_actions: int = 0
    """Of them, those whose agents are known: what they cost, the tokens of them all and of one call that would do."""
    measured_cost: int = 0
    measured_tokens: int = 0
    single_tokens: int = 0
    cold: int = 0
    """Calls that wrote the cache and read nothing of it."""
    cold_cost: int = 0
    cold_again: int = 0
    """Of them, those that were not the first of their conversation."""
    cold_again_cost: int = 0
    warm: int = 0
    """Calls that read the cache."""


class TurnSum(NamedTuple):
    """Conversations that came to a turn, and what that turn came to."""

    conversations: int = 0
    tokens: int = 0
    cost: int = 0


class Level(NamedTuple):
    """Calls of agents that are so far below the first one."""

    calls: int = 0
    cost: int = 0


class Spread(NamedTuple):
    """Runs whose agents nest so deep; or one of whose agents started so many."""

    runs: int = 0
    calls: int = 0
    """Of those runs whole; so are the micro-dollars."""
    cost: int = 0
    beyond: int = 0
    """Of `cost`, what `digest/run.py` has beyond three tiers."""


class ModelSet(NamedTuple):
    """User actions by the models they used, in the order of first use."""

    models: tuple[str, ...]
    actions: int
    calls: tuple[int, ...]
    """By model, in the order of `models`; so are the micro-dollars."""
    costs: tuple[int, ...]
    tokens: int


class Grown(NamedTuple):
    """A conversation that grew, with its figures at the end of the day, and the day's cost and excess."""

    session: str
    caller: str
    turns: int
    first: int
    """Input tokens of the first turn, the tenth and the last."""
    tenth: int
    last: int
    cost: int
    excess: int


class Repeated(NamedTuple):
    """A conversation that repeated a tool call: the one it made most often."""

    session: str
    caller: str
    tool: str
    times: int
    calls: int
    """Calls that only repeated, of any tool, and what they cost."""
    cost: int


class Tree(NamedTuple):
    """A run with agents below the first one: a user action, or a session where user actions are not told."""

    run: str
    depth: int
    fan_out: int
    """Most agents that one agent started."""
    agents: int
    """Below the first one."""
    calls: int
    cost: int
    beyond: int


class Open(NamedTuple):
    """A conversation that may go on after midnight; see `digest/conversation.py` for its parts."""

    key: str
    turns: int
    first: int
    tenth: int
    early: tuple[int, ...]
    streak: int
    overgrown: int
    last_at: int
    calls: int
    newest: int
    seen: tuple[tuple[int, ...], ...]


_NO_CALLS, _NO_TURNS = Totals(), (TurnSum(),) * len(MARKS)


@dataclass(frozen=True, slots=True)
class CallDay:
    """Of one day, or of several that were added up. Lossless as a document of plain values."""

    totals: Totals = _NO_CALLS
    first_at: int = 0
    """Seconds since 1970 of the first and the last call; 0: there is none."""
    last_at: int = 0
    turns: tuple[TurnSum, ...] = _NO_TURNS
    """At each of `MARKS`."""
    depths: tuple[tuple[int, Level], ...] = ()
    """(depth, calls there), from 1 on."""
    by_depth: tuple[tuple[int, Spread], ...] = ()
    """(depth of the deepest agent, such runs)."""
    by_fan_out: tuple[tuple[int, Spread], ...] = ()
    """(most agents that one agent started, such runs)."""
    model_sets: tuple[ModelSet, ...] = ()
    grown: tuple[Grown, ...] = ()
    """The worst; so are the next two."""
    repeated: tuple[Repeated, ...] = ()
    trees: tuple[Tree, ...] = ()
    open: tuple[Open, ...] = ()
    """Of one day only: a sum has none."""

    @property
    def calls(self) -> int:
        """All calls."""
        return self.totals.calls

    @property
    def cost(self) -> int:
        """Micro-dollars of all calls."""
        return self.totals.cost

    @property
    def by_turn(self) -> tuple[tuple[int, TurnSum], ...]:
        """(turn, what it came to over all conversations)."""
        return tuple(zip(MARKS, self.turns, strict=True))

    def document(self) -> dict[str, Any]:
        """As it is stored: parts that are empty are left out."""
        parts: dict[str, Any] = {"totals": self.totals, "at": (self.first_at, self.last_at)}
        last = max((place for place, mark in enumerate(self.turns, 1) if mark.conversations), default=0)
        more: dict[str, Any] = {"turns": self.turns[:last], "depths": self.depths, "by_depth": self.by_depth,
                                "by_fan_out": self.by_fan_out, "model_sets": self.model_sets, "grown": self.grown,
                                "repeated": self.repeated, "trees": self.trees, "open": self.open}
        return parts | {name: part for name, part in more.items() if part}

    @classmethod
    def of(cls, document: dict[str, Any], *, with_open: bool = True) -> CallDay:
        """What was stored."""
        told, (first_at, last_at) = document.get, document["at"]
        turns = tuple(TurnSum(*mark) for mark in told("turns", ()))
        return cls(
            Totals(*document["totals"]), first_at, last_at, turns + _NO_TURNS[len(turns):],
            tuple((depth, Level(*each)) for depth, each in told("depths", ())), _spreads(told("by_depth", ())),
            _spreads(told("by_fan_out", ())),
            tuple(ModelSet(tuple(models), actions, tuple(calls), tuple(costs), tokens)
                  for models, actions, calls, costs, tokens in told("model_sets", ())),
            tuple(Grown(*each) for each in told("grown", ())), tuple(Repeated(*each) for each in told("repeated", ())),
            tuple(Tree(*each) for each in told("trees", ())), tuple(map(_open, told("open", ()))) if with_open else ())


def added(days: Iterable[CallDay]) -> CallDay:
    """The sum of days. What was open at the end of one of them is not part of it."""
    every = list(days)
    if not every:
        return CallDay()
    return CallDay(
        Totals(*map(sum, zip(*(day.totals for day in every), strict=True))),
        min((day.first_at for day in every if day.first_at), default=0), max(day.last_at for day in every),
        tuple(TurnSum(*map(sum, zip(*marks, strict=True)))
              for marks in zip(*(day.turns for day in every), strict=True)),
        summed(Level, (each for day in every for each in day.depths)),
        summed(Spread, (each for day in every for each in day.by_depth)),
        summed(Spread, (each for day in every for each in day.by_fan_out)),
        model_sets(each for day in every for each in day.model_sets),
        worst_grown(each for day in every for each in day.grown),
        worst_repeated(each for day in every for each in day.repeated),
        worst_trees(each for day in every for each in day.trees))


def model_sets(told: Iterable[ModelSet]) -> tuple[ModelSet, ...]:
    """Added up by their models, the dearest first; of too many, the rarest are one."""
    by_models: dict[tuple[str, ...], ModelSet] = {}
    for each in told:
        before = by_models.get(each.models)
        by_models[each.models] = each if before is None else _both(before, each)
    if len(by_models) > MOST_MODEL_SETS:
        ordered = sorted(by_models.values(), key=lambda each: (each.models == _MIXED, -each.actions, each.models))
        kept = {each.models: each for each in ordered[:MOST_MODEL_SETS]}
        rest = [ModelSet(_MIXED, each.actions, (sum(each.calls),), (sum(each.costs),), each.tokens)
                for each in ordered[MOST_MODEL_SETS:]]
        by_models = kept | {_MIXED: _all(rest)}
    return tuple(sorted(by_models.values(), key=lambda each: (-sum(each.costs), each.models)))


def worst_grown(told: Iterable[Grown]) -> tuple[Grown, ...]:
    """One for each conversation, whose days add up, the largest excess first."""
    by_conversation: dict[tuple[str, str], Grown] = {}
    for each in told:
        before = by_conversation.get(each[:2])
        by_conversation[each[:2]] = each if before is None else max(before, each, key=lambda one: one.turns)._replace(
            cost=before.cost + each.cost, excess=before.excess + each.excess)
    return tuple(nlargest(MOST_WORST, by_conversation.values(), key=lambda each: (each.excess, *each)))


def worst_repeated(told: Iterable[Repeated]) -> tuple[Repeated, ...]:
    """One for each conversation, whose days add up, the most calls first."""
    by_conversation: dict[tuple[str, str], Repeated] = {}
    for each in told:
        before = by_conversation.get(each[:2])
        by_conversation[each[:2]] = each if before is None else max(before, each, key=lambda one: one.times)._replace(
            calls=before.calls + each.calls, cost=before.cost + each.cost)
    return tuple(nlargest(MOST_WORST, by_conversation.values(), key=lambda each: (each.calls, *each)))


def worst_trees(told: Iterable[Tree]) -> tuple[Tree, ...]:
    """One for each run, whose days add up, the dearest first."""
    by_run: dict[str, Tree] = {}
    for each in told:
        before = by_run.get(each.run)
        by_run[each.run] = each if before is None else Tree(
            each.run, max(before.depth, each.depth), max(before.fan_out, each.fan_out),
            max(before.agents, each.agents), before.calls + each.calls, before.cost + each.cost,
            before.beyond + each.beyond)
    return tuple(nlargest(MOST_WORST, by_run.values(), key=lambda each: (each.beyond, each.cost, *each)))


def summed(kind: Callable[..., Count], told: Iterable[tuple[int, Count]]) -> tuple[tuple[int, Count], ...]:
    """Counts by number, those of one number added up."""
    whole: dict[int, Count] = {}
    for number, each in told:
        before = whole.get(number)
        whole[number] = each if before is None else kind(*map(sum, zip(before, each, strict=True)))
    return tuple(sorted(whole.items()))


def _both(one: ModelSet, other: ModelSet) -> ModelSet:
    return ModelSet(one.models, one.actions + other.actions,
                    tuple(map(sum, zip(one.calls, other.calls, strict=True))),
                    tuple(map(sum, zip(one.costs, other.costs, strict=True))), one.tokens + other.tokens)


def _all(told: list[ModelSet]) -> ModelSet:
    whole = told[0]
    for each in told[1:]:
        whole = _both(whole, each)
    return whole


def _spreads(told: Iterable[Any]) -> tuple[tuple[int, Spread], ...]:
    return tuple((number, Spread(*each)) for number, each in told)


def _open(told: Any) -> Open:
    each = Open(*told)
    return each._replace(early=tuple(each.early), seen=tuple(map(tuple, each.seen)))
