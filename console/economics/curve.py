"""What a topic's chart shows, as data: one input is swept, lines are drawn over it, and somewhere they break even."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

Figure = Callable[[Mapping[str, Fraction]], Fraction | None]
"""One figure from a topic's inputs by name. None: there is none."""


@dataclass(frozen=True, slots=True)
class Line:
    """One result of the topic, as a line. It is worked out alone: all of a topic at every point would take too long."""

    label: str
    """For the legend: a word or two."""
    result: str
    """The name of the result that it draws."""
    value: Figure


@dataclass(frozen=True, slots=True)
class Curve:
    """A topic's chart."""

    sweeps: str
    """The name of the input along the bottom."""
    lines: tuple[Line, ...]
    """All of one kind, so that they share an axis."""
    even: Figure | None = None
    """The value of that input at which it breaks even, solved; None where the topic has no such point."""
    logarithmic: bool = False
    """Each step along the bottom is so many times as much, where what matters lies far below what is usual."""
