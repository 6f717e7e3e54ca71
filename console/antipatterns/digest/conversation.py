"""One conversation, turn by turn, and when it is overgrown (playbook section 8, the Eternal Conversation).

A turn from the tenth on is *overgrown* where it and the two before it carry at least five times the input tokens of
the first one, and cost at least two and a half times what a turn of its first five did. The second is what the first
comes to in dollars where a conversation grows evenly up to its tenth turn and nothing is cached. A healthy cached
session reads its history at a tenth of the price and never comes near it, and one dear turn after a pause, which fills
the cache anew, is not three.

What a turn cap with a summary would have saved is measured on the conversation itself: had it begun anew every T turns,
each turn would have cost what one of its own first T did on average, and each T turns one more turn for the summary, as
dear as turn T. The playbook's discipline is T = 7 (a summary at turn seven); 5 (its eviction) and 10 give the range.
Prices, caching and output are in these costs as they were.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from console.antipatterns.call_day import MARKS, Grown, Open, Repeated
from console.antipatterns.digest.repeats import Repeats, Seen, name
from console.antipatterns.digest.row import COLD, Row

TENTH = 10
GROWTH = 5
LEAST_FIRST = 1000
"""A first turn counts as so many tokens at least: what grows from a greeting to a page has not grown."""
DEARER = 2.5
IN_A_ROW = 3
CAPS = (5, 7, 10)


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
    repeats: Repeats = field(default_factory=Repeats)
    last: int = 0
    """From here on: of this day."""
    begun: int = 0
    came_to_ten: int = 0
    began: int = 0
    over_turns: int = 0
    over_cost: int = 0
    saved: list[int] = field(default_factory=lambda: [0, 0, 0])
    """Of `over_cost`: at the least, likely, at the most."""
    cold_again: int = 0
    cold_again_cost: int = 0

    def take(self, rows: Sequence[Row], marks: list[list[int]]) -> None:
        """Calls of the conversation, oldest first. `marks` are the day's sums at `MARKS`, which grow."""
        self.last_at = rows[-1][0]
        self.repeats.take(rows)
        told = [row for row in rows if row[8] is not None]
        if not told:
            return
        tokens: list[int] = [row[8] for row in told if row[8] is not None]
        costs = [row[11] for row in told]
        before, self.turns, self.last = self.turns, self.turns + len(told), tokens[-1]
        if not before:
            self.first, self.begun = tokens[0], 1
        if before < TENTH:
            self.early += costs[:TENTH - before]
        for mark, turn in zip(marks, MARKS, strict=True):
            if before < turn <= self.turns:
                mark[0] += 1
                mark[1] += tokens[turn - before - 1]
                mark[2] += costs[turn - before - 1]
        self._see_cold(told, before)
        if self.turns >= TENTH:
            if before < TENTH:
                self.tenth, self.came_to_ten = tokens[TENTH - before - 1], 1
            self._see_growth(tokens, costs, before)

    def _see_cold(self, rows: Sequence[Row], before: int) -> None:
        for row in rows if before else rows[1:]:
            if row[10] == COLD:
                self.cold_again += 1
                self.cold_again_cost += row[11]

    def _see_growth(self, tokens: Sequence[int], costs: Sequence[int], before: int) -> None:
        large = GROWTH * max(self.first, LEAST_FIRST)
        if max(tokens) < large:
            self.streak = 0
            return
        dear = DEARER * sum(self.early[:5]) / 5
        capped = sorted((sum(self.early[:cap]) + self.early[cap - 1]) // cap for cap in CAPS)
        start = max(0, TENTH - 1 - before)
        for size, cost in zip(tokens[start:], costs[start:], strict=True):
            self.streak = self.streak + 1 if size >= large and cost >= dear else 0
            if self.streak >= IN_A_ROW:
                self.over_turns += 1
                self.over_cost += cost
                for place, each in enumerate(reversed(capped)):
                    self.saved[place] += max(0, cost - each)
        if self.over_turns and not self.overgrown:
            self.overgrown = self.began = 1

    def grown(self) -> Grown | None:
        """Its figures, where turns of this day were overgrown."""
        if not self.over_turns:
            return None
        return Grown(self.session, self.caller, self.turns, self.first, self.tenth, self.last, self.over_cost,
                     self.saved[1])

    def repeated(self) -> Repeated | None:
        """Its figures, where calls of this day only repeated."""
        seen = self.repeats
        if not seen.only:
            return None
        return Repeated(self.session, self.caller, name(seen.most[1]), seen.most[0], seen.only, seen.likely)

    def open(self, key: str) -> Open:
        """What is needed of it on the next day."""
        seen = tuple((checksum, each.times, each.at, each.call, each.waited, each.failed)
                     for checksum, each in self.repeats.seen.items())
        return Open(key, self.turns, self.first, self.tenth, tuple(self.early), self.streak, self.overgrown,
                    self.last_at, self.repeats.calls, self.repeats.newest, self.repeats.looping, seen)


def again(session: str, caller: str, told: Open) -> Conversation:
    """A conversation that goes on from the day before."""
    seen = {checksum: Seen(*rest) for checksum, *rest in told.seen}
    return Conversation(session, caller, told.turns, told.first, told.tenth, list(told.early), told.streak,
                        told.overgrown, told.last_at, Repeats(told.calls, told.newest, told.looping, seen))
