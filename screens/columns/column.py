"""What a table shows, as data: a column is a title, a width, and a pure function from a read model's line to a cell."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

Line = TypeVar("Line")
Tone = Literal["", "alarm", "warn", "good", "dim", "strong", "bar"]
"""How a cell is dressed. The words in the cell say the same: a tone is never the only sign."""

GAP, MOST_GAP = 1, 3
DISPENSABLE = 8
"""From this priority on a column leaves rather than that another one is cut."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: text from inside or outside (the table cleans it), its tone, and what it sorts by."""

    text: str
    tone: Tone = ""
    sort: Any = None
    """Compared within its column only; None sorts last either way."""
    shorter: tuple[str, ...] = ()
    """What it says instead where its text finds no room, the longest first: of a figure no digit may be cut away."""

    def within(self, width: int) -> str:
        """What it says in so many cells; where nothing fits, its text, to be cut."""
        return next((said for said in (self.text, *self.shorter) if len(said) <= width), self.text)


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
    """The width it may grow to where its cells need it; 0 does not grow."""
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


def place(
    columns: Sequence[Column[Line]], width: int, widest: Mapping[str, int] | None = None, margin: int = 2
) -> list[Placed[Line]]:
    """The columns that fit into `width` cells after a margin, in their order. `widest` is how wide the cells of those
    that may grow are, by title; one that is not named there may take all that it may grow to.

    The least important leave first: a dispensable one already where another would be cut. Then those that may grow
    share what is left, and the gaps widen by what nobody needs.
    """
    least = {column.title: column.width for column in columns}
    whole = {
        column.title: max(column.width, min(column.most, (widest or {}).get(column.title, column.most)))
        for column in columns
    }
    kept = list(columns)
    while len(kept) > 1 and _needed(kept, least, margin) > width:
        kept.remove(_last(kept))
    while _last(kept).priority >= DISPENSABLE and _needed(kept, whole, margin) > width:
        kept.remove(_last(kept))
    spare = max(0, width - _needed(kept, least, margin))
    unused = spare - sum(whole[column.title] - column.width for column in kept)
    gap = GAP + max(0, min(MOST_GAP - GAP, unused // max(1, len(kept) - 1)))
    placed: list[Placed[Line]] = []
    left = margin
    for column in kept:
        grown = min(spare, whole[column.title] - column.width)
        spare -= grown
        granted = max(1, min(column.width + grown, width - left))
        placed.append(Placed(column, left, granted))
        left += granted + gap
    return placed


def _last(columns: Sequence[Column[Line]]) -> Column[Line]:
    """The least important one."""
    return columns[max(range(len(columns)), key=lambda index: (columns[index].priority, index))]


def _needed(columns: Sequence[Column[Line]], widths: Mapping[str, int], margin: int) -> int:
    return margin + sum(widths[column.title] + GAP for column in columns) - GAP
