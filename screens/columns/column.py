"""What a table shows, as data: a column is a title, a width, and a pure function from a read model's line to a cell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

Line = TypeVar("Line")
Tone = Literal["", "alarm", "warn", "good", "dim", "strong", "bar"]
"""How a cell is dressed. The words in the cell say the same: a tone is never the only sign."""

GAP = 1


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: text from inside or outside (the table cleans it), its tone, and what it sorts by."""

    text: str
    tone: Tone = ""
    sort: Any = None
    """Compared within its column only; None sorts last either way."""


@dataclass(frozen=True)
class Column(Generic[Line]):
    """A column of a table of `Line`s."""

    title: str
    """With the unit, so that cells need none."""
    width: int
    value: Callable[[Line], Cell]
    priority: int = 1
    """1 stays to the end; the highest leaves first where the table is narrow."""
    right: bool = False
    most: int = 0
    """The width it may grow to where there is room; 0 does not grow."""
    descending: bool = False
    """Whether the first sort by it puts the largest on top."""
    about: str = ""
    """One sentence for `?`."""


@dataclass(frozen=True)
class Placed(Generic[Line]):
    """A column with the cells it got: from `left`, `width` wide."""

    column: Column[Line]
    left: int
    width: int


def place(columns: Sequence[Column[Line]], width: int, margin: int = 2) -> list[Placed[Line]]:
    """The columns that fit into `width` cells after a margin, in their order.

    The least important leave first. Then those that may grow share what is left, and the gaps widen where all can.
    """
    kept = list(columns)
    while len(kept) > 1 and _needed(kept, margin) > width:
        last = max(range(len(kept)), key=lambda index: (kept[index].priority, index))
        del kept[last]
    spare = max(0, width - _needed(kept, margin))
    growth = [max(0, column.most - column.width) for column in kept]
    gap = GAP + 1 if spare >= sum(growth) + len(kept) - 1 else GAP
    placed: list[Placed[Line]] = []
    left = margin
    for column, most in zip(kept, growth, strict=True):
        grown = min(spare, most)
        spare -= grown
        granted = max(1, min(column.width + grown, width - left))
        placed.append(Placed(column, left, granted))
        left += granted + gap
    return placed


def _needed(columns: Sequence[Column[Line]], margin: int) -> int:
    return margin + sum(column.width + GAP for column in columns) - GAP
