"""Calls made by hand, as a digest reads them."""

from __future__ import annotations

from collections.abc import Iterable

from console.antipatterns.digest.row import MOSTLY_READ, NO_CACHE, Row

DAY = 1_795_046_400
"""2026-11-19, seconds since 1970."""
SECOND = 1_000_000
PRICES = (3.0, 0.3, 3.75, 15.0)
"""Micro-dollars a token: uncached, read, written, output."""


def row(at: float = 0, session: str = "s", **other: object) -> Row:
    """A quiet call so many seconds after midnight."""
    usual: dict[str, object] = {"caller": "main", "action": "", "parent": None, "depth": 0, "failed": 0, "tools": None,
                                "input": 1000, "output": 100, "cache": NO_CACHE, "cost": 4500, "model": "sonnet"}
    return Row(round((DAY + at) * SECOND), session, **(usual | other))  # type: ignore[arg-type]


def asking(tools: str, *, every: float = 2, start: float = 0, session: str = "s", **other: object) -> list[Row]:
    """One call for each letter, which stands for the arguments of a tool."""
    return [row(start + number * every, session, tools=tool(letter), **other) for number, letter in enumerate(tools)]


def tool(*arguments: str) -> str:
    """What a call asked for, as it is stored."""
    return "[" + ",".join(f'["shell","{each}"]' for each in arguments) + "]"


def turns(tokens: Iterable[int], *, cached: bool = False, every: float = 30, session: str = "s",
          output: int = 200) -> list[Row]:
    """A conversation whose turns carry so many input tokens. `cached`: each writes what is new and reads the rest."""
    rows, before = [], 0
    for number, size in enumerate(tokens):
        fresh, read, written, out = PRICES
        cost = (before * read + max(0, size - before) * written if cached else size * fresh) + output * out
        rows.append(row(number * every, session, input=size, output=output, cost=round(cost),
                        cache=MOSTLY_READ if cached and before else NO_CACHE))
        before = size if cached else 0
    return rows
