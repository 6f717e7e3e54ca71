"""Agents below the first one: how deep they nest, and how many of them one agent starts within one user action."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from console.antipatterns.call_day import Nesting, Tree, worst_trees
from console.antipatterns.digest.row import Row

MOST_PARENTS = 5000
"""Agents with children that are kept at a time; of more, the oldest are added up and let go."""
MOST_CHILDREN = 5000


@dataclass(slots=True)
class _Parent:
    session: str
    depth: int = 0
    """Of its deepest child."""
    children: set[str] = field(default_factory=set)
    calls: int = 0
    cost: int = 0


@dataclass(slots=True)
class Agents:
    """Of one day."""

    _depths: dict[int, Nesting] = field(default_factory=dict)
    _fans: dict[int, Nesting] = field(default_factory=dict)
    _parents: dict[tuple[str, str | None], _Parent] = field(default_factory=dict)
    """By user action (session, where it is not known) and parent; None: the parent is not known."""
    _trees: tuple[Tree, ...] = ()

    def take(self, rows: Iterable[Row]) -> None:
        """Calls of agents that another one started. Where neither user action nor session is known, only depth is."""
        for row in rows:
            depth, parent, cost = row[5], row[4], row[11]
            if depth:
                before = self._depths.get(depth, Nesting())
                self._depths[depth] = Nesting(0, before.calls + 1, before.cost + cost)
            where = row[3] or row[1]
            if not where:
                continue
            told = self._parents.get((where, parent))
            if told is None:
                told = self._parents[where, parent] = _Parent(where)
            told.depth = max(told.depth, depth)
            if row[2] and parent is not None and len(told.children) < MOST_CHILDREN:
                told.children.add(row[2])
            told.calls += 1
            told.cost += cost
        if len(self._parents) > 2 * MOST_PARENTS:
            self._close(len(self._parents) - MOST_PARENTS)

    def close(self) -> tuple[tuple[tuple[int, Nesting], ...], tuple[tuple[int, Nesting], ...], tuple[Tree, ...]]:
        """The day's calls by depth, its agents by how many they started, and its worst trees."""
        self._close(len(self._parents))
        return tuple(sorted(self._depths.items())), tuple(sorted(self._fans.items())), self._trees

    def _close(self, some: int) -> None:
        trees = []
        for where in list(self._parents)[:some]:
            told = self._parents.pop(where)
            trees.append(Tree(told.session, told.depth, len(told.children), told.calls, told.cost))
            if told.children:
                before = self._fans.get(len(told.children), Nesting())
                self._fans[len(told.children)] = Nesting(before.agents + 1, before.calls + told.calls,
                                                         before.cost + told.cost)
        self._trees = worst_trees((*self._trees, *trees))
