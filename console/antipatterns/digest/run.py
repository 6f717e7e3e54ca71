"""One run, which is a user action, or a session where user actions are not told: what it takes, and its agents.

The *Orchestration Multiplier* (playbook section 7) is all tokens of an action over those of one well-prompted call with
native tool use that does the same. Nobody made that call, so it is taken from the action itself: what the agent with
the most tokens used. So an action of one agent, whatever tools it calls, has 1, as the source has it by definition; of
agents that do the same work side by side each adds 1. Where a caller is not told, agents cannot be told apart, and the
action is not measured.

What a run costs *beyond three tiers* is held against one call in the narrow sense, the largest of its first agent: what
the answer needed is in its context by then, each thing once. Ten of those is the most that the playbook has for its
deepest architecture.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import itemgetter

from console.antipatterns.call_day import Spread, Tree
from console.antipatterns.digest.row import Row

THREE_TIERS = 10
"""What the deepest architecture that the playbook knows takes at most, in single calls."""
MOST_CHILDREN = 5000
"""Agents of one run that are told apart."""
_AGENT, _COST = itemgetter(2, 4, 5, 12), itemgetter(11)


@dataclass(slots=True)
class Run:
    """Its calls so far. `take` may be given them in any number of parts, oldest first."""

    calls: int = 0
    cost: int = 0
    tokens: int = 0
    """Input of every class, and output."""
    tools: int = 0
    depth: int = 0
    """Of the first agent: the least there is; and who it is."""
    first_agent: str = ""
    largest: int = 0
    """Tokens of the first agent's largest call, and what that cost."""
    largest_cost: int = 0
    agents: dict[str, int] = field(default_factory=dict)
    """Tokens of each; one that nobody named is the empty text."""
    deepest: int = 0
    by_model: dict[str, list[int]] = field(default_factory=dict)
    """Calls and micro-dollars."""
    children: dict[str, set[str]] = field(default_factory=dict)
    """The agents that an agent started."""
    levels: dict[str, int] = field(default_factory=dict)
    """How deep an agent is, counted by who started whom: not every sender tells the depth."""

    def take(self, rows: Sequence[Row]) -> None:
        """Some of its calls, oldest first."""
        if not self.calls:
            self.depth, self.first_agent = rows[0][5], rows[0][2]
        self.calls += len(rows)
        self.tools += sum([row[7].count("],[") + 1 for row in rows if row[7]])
        agents = set(map(_AGENT, rows))
        if len(agents) == 1 and (self.first_agent, None, self.depth, rows[0][12]) in agents and not self.depth:
            self._take_of_first(rows)
            return
        for row in rows:
            tokens, cost = (row[8] or 0) + row[9], row[11]
            self.tokens += tokens
            self.cost += cost
            if row[5] or row[4] is not None:
                self._see_agent(row)
            if row[5] < self.depth:
                self.depth, self.first_agent, self.largest = row[5], row[2], 0
            if tokens > self.largest and row[5] == self.depth and row[2] == self.first_agent:
                self.largest, self.largest_cost = tokens, cost
            self._use(row[2], tokens, row[12], 1, cost)

    def _take_of_first(self, rows: Sequence[Row]) -> None:
        """The same for calls of the first agent on one model, quickly."""
        tokens = [(row[8] or 0) + row[9] for row in rows]
        cost, largest, whole = sum(map(_COST, rows)), max(tokens), sum(tokens)
        self.tokens += whole
        self.cost += cost
        if largest > self.largest:
            self.largest, self.largest_cost = largest, rows[tokens.index(largest)][11]
        self._use(self.first_agent, whole, rows[0][12], len(rows), cost)

    def _use(self, agent: str, tokens: int, model: str, calls: int, cost: int) -> None:
        if agent in self.agents or len(self.agents) < MOST_CHILDREN:
            self.agents[agent] = self.agents.get(agent, 0) + tokens
        used = self.by_model.get(model)
        if used is None:
            self.by_model[model] = [calls, cost]
        else:
            used[0] += calls
            used[1] += cost

    def _see_agent(self, row: Row) -> None:
        caller, parent, depth = row[2], row[4], row[5]
        if parent is not None and caller and len(self.levels) < MOST_CHILDREN:
            self.children.setdefault(parent, set()).add(caller)
            depth = self.levels[caller] = max(depth, self.levels.get(parent, 0) + 1)
        self.deepest = max(self.deepest, depth)

    @property
    def is_measured(self) -> bool:
        """Whether its multiplier can be told."""
        return "" not in self.agents and self.single > 0

    @property
    def single(self) -> int:
        """Tokens of the agent that used the most."""
        return max(self.agents.values(), default=0)

    @property
    def widest(self) -> int:
        """Most agents that one agent started."""
        return max(map(len, self.children.values()), default=0)

    @property
    def beyond(self) -> int:
        """Micro-dollars beyond what three tiers take at most."""
        return max(0, self.cost - THREE_TIERS * self.largest_cost)

    def spread(self) -> Spread:
        """As one of the runs that nest so deep, or spread so wide."""
        return Spread(1, self.calls, self.cost, self.beyond)

    def tree(self, name: str) -> Tree:
        """Its figures."""
        agents = sum(map(len, self.children.values()))
        return Tree(name, self.deepest, self.widest, agents, self.calls, self.cost, self.beyond)
