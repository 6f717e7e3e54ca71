"""What one user action takes: calls, tokens, tools, models, and its Orchestration Multiplier (playbook section 7).

The multiplier is all tokens of the action over those of one well-prompted call that does the same. Nobody made that
call, so it is taken from the action itself: the largest call of its first agent. What the answer needed is in its
context by then, each thing once, and the answer is what it gave. So an action of one call has 1; agents that read the
same context add to it, and so does each turn that reads it again. An action whose first agent told nothing is not
measured.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from console.antipatterns.call_day import ModelSet
from console.antipatterns.digest.row import Row


@dataclass(slots=True)
class UserAction:
    """Its calls so far. `take` may be given them in any number of parts, oldest first."""

    calls: int = 0
    tokens: int = 0
    """Input of every class, and output."""
    tools: int = 0
    depth: int = 0
    """Of the first agent: the least there is; and who it is."""
    first_agent: str = ""
    largest: int = 0
    """Tokens of the first agent's largest call."""
    by_model: dict[str, list[int]] = field(default_factory=dict)
    """Calls and micro-dollars."""

    def take(self, rows: Sequence[Row]) -> None:
        """Some of its calls, oldest first."""
        if not self.calls:
            self.depth, self.first_agent = rows[0][5], rows[0][2]
        self.calls += len(rows)
        for row in rows:
            tokens = (row[8] or 0) + row[9]
            self.tokens += tokens
            if row[5] < self.depth:
                self.depth, self.first_agent, self.largest = row[5], row[2], 0
            if tokens > self.largest and row[5] == self.depth and row[2] == self.first_agent:
                self.largest = tokens
            if row[7]:
                self.tools += row[7].count("],[") + 1
            used = self.by_model.get(row[12])
            if used is None:
                self.by_model[row[12]] = [1, row[11]]
            else:
                used[0] += 1
                used[1] += row[11]

    @property
    def is_measured(self) -> bool:
        """Whether its multiplier can be told."""
        return not self.depth and self.largest > 0

    def model_set(self) -> ModelSet:
        """The models it used, in the order of first use."""
        return ModelSet(tuple(self.by_model), 1, tuple(calls for calls, _ in self.by_model.values()),
                        tuple(cost for _, cost in self.by_model.values()), self.tokens)
