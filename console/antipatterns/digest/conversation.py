"""One conversation, turn by turn, and when it is overgrown (playbook section 8, the Eternal Conversation).

A turn from the tenth on is *overgrown* where it and the four before it carry at least five times the input tokens of
the first one, and cost at least two and a half times what a turn of its first five did. The second is what the first
comes to in dollars where a conversation grows evenly up to its tenth turn and nothing is cached. A turn that reads half
of its input or more from the cache never is: a healthy cached session carries its history at a tenth of the price, and
to begin it anew would write the cache anew. A few dear turns after pauses, which do so, are not five in a row.

What a turn cap with a summary would have saved is measured on the conversation itself: had it begun anew every T turns,
each turn would have cost what one of its own first T did on average, and each T turns one more turn for the summary, as
dear as turn T. The playbook's discipline is T = 7 (a summary at turn seven); 5 (its eviction) and 10 give the range.
Prices, caching and output are in these costs as they were.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import itemgetter

from console.antipatterns.call_day import MARKS, Grown, Open, Repeated
from console.antipatterns.digest.repeats import Repeats, Seen, name
from console.antipatterns.digest.row import COLD, MOSTLY_READ, Row

TENTH = 10
GROWTH = 5
LEAST_FIRST = 1000
"""A first turn counts as so many tokens at least: what grows from a greeting to a page has not grown."""
DEARER = 2.5
IN_A_ROW = 5
CAPS = (5, 7, 10)
_CACHE, _COST = itemgetter(10), itemgetter(11)


@dataclass(slots=True)
class Overgrown:
    """The overgrown turns of one day."""

    began: int = 0
    """1 where the conversation had none before."""
    turns: int = 0
    cost: int = 0
    low: int = 0
    """Of `cost`, what a turn cap would have saved: at the least, likely, at the most."""
    likely: int = 0
    high: int = 0


@dataclass(slots=True)
class Conversation:
    """Its turns so far. `take` may be given them in any number of parts."""

    session: str
    caller: str
    turns: int = 0
    first: int = 0
    """Input tokens of turn one, and of turn ten."""
    tenth: int = 0
    early: list[int] = field(default_factory=list)
    """What its first ten turns cost."""
    streak: int = 0
    """Turns in a row up to the last one that are as large and as dear as an overgrown one."""
    overgrown: int = 0
    """1 once a turn was overgrown."""
    last_at: int = 0
    """Of its last call, microseconds since 1970."""
    repeats: Repeats | None = None
    """None: it asked for no tool."""
    last: int = 0
    """From here on: of this day."""
    begun: int = 0
    came_to_ten: int = 0
    over: Overgrown | None = None
    cold_again: int = 0
    cold_again_cost: int = 0

    def take(self, rows: Sequence[Row], marks: list[list[int]]) -> None:
        """Calls of the conversation, oldest first. `marks` are the day's sums at `MARKS`, which grow."""
        self.last_at = rows[-1][0]
        if asking := [row for row in rows if row[7]]:
            self.repeats = self.repeats or Repeats()
            self.repeats.take(asking)
        tokens = [row[8] for row in rows if row[8] is not None]
        if not tokens:
            return
        told = rows if len(tokens) == len(rows) else [row for row in rows if row[8] is not None]
        costs = list(map(_COST, told))
        before, self.turns, self.last = self.turns, self.turns + len(told), tokens[-1]
        if not before:
            self.first, self.begun = tokens[0], 1
        if before < TENTH:
            self.early += costs[:TENTH - before]
        for place in range(bisect(MARKS, before), bisect(MARKS, self.turns)):
            mark, turn = marks[place], MARKS[place] - before - 1
            mark[0] += 1
            mark[1] += tokens[turn]
            mark[2] += costs[turn]
        if COLD in map(_CACHE, told):
            refilled = [row[11] for row in (told if before else told[1:]) if row[10] == COLD]
            self.cold_again += len(refilled)
            self.cold_again_cost += sum(refilled)
        if self.turns >= TENTH:
            if before < TENTH:
                self.tenth, self.came_to_ten = tokens[TENTH - before - 1], 1
            self._see_growth(tokens, costs, [row[10] != MOSTLY_READ for row in told], before)

    def _see_growth(self, tokens: Sequence[int], costs: Sequence[int], paid: Sequence[bool], before: int) -> None:
        """`paid`: whether most of a turn's input was not read from the cache."""
        large = GROWTH * max(self.first, LEAST_FIRST)
        if max(tokens) < large:
            self.streak = 0
            return
        dear = DEARER * sum(self.early[:5]) / 5
        capped = sorted((sum(self.early[:cap]) + self.early[cap - 1]) // cap for cap in CAPS)
        start = max(0, TENTH - 1 - before)
        for size, cost, whole in zip(tokens[start:], costs[start:], paid[start:], strict=True):
            self.streak = self.streak + 1 if size >= large and cost >= dear and whole else 0
            if self.streak >= IN_A_ROW:
                self._outgrow(cost, capped)

    def _outgrow(self, cost: int, capped: Sequence[int]) -> None:
        over = self.over = self.over or Overgrown(began=1 - self.overgrown)
        self.overgrown = 1
        over.turns += 1
        over.cost += cost
        over.high += max(0, cost - capped[0])
        over.likely += max(0, cost - capped[1])
        over.low += max(0, cost - capped[2])

    def grown(self) -> Grown | None:
        """Its figures, where turns of this day were overgrown."""
        if self.over is None:
            return None
        return Grown(self.session, self.caller, self.turns, self.first, self.tenth, self.last, self.over.cost,
                     self.over.likely)

    def repeated(self) -> Repeated | None:
        """Its figures, where calls of this day only repeated."""
        seen = self.repeats
        if seen is None or not seen.is_loop:
            return None
        return Repeated(self.session, self.caller, name(seen.most[1]), seen.most[0], seen.only, seen.likely)

    def open(self, key: str) -> Open:
        """What is needed of it on the next day."""
        repeats = self.repeats or Repeats()
        repeats.settle()
        seen = tuple((checksum, each.times, each.at, each.call, each.paused, each.failed)
                     for checksum, each in repeats.seen.items())
        return Open(key, self.turns, self.first, self.tenth, tuple(self.early), self.streak, self.overgrown,
                    self.last_at, repeats.calls, repeats.newest, seen)


def again(session: str, caller: str, told: Open) -> Conversation:
    """A conversation that goes on from the day before."""
    seen = {checksum: Seen(*rest) for checksum, *rest in told.seen}
    return Conversation(session, caller, told.turns, told.first, told.tenth, list(told.early), told.streak,
                        told.overgrown, told.last_at, Repeats(told.calls, told.newest, seen))
