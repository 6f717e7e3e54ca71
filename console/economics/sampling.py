"""The points of a topic's chart: its swept input over a range that holds where one is and where it breaks even."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from console.economics.curve import Curve
from console.economics.rounding import rounded_down, rounded_up
from console.economics.topic import Input, Topic, Values, Worked

BEYOND = 20
"""A break-even more than so many times what one has is told, and not shown: all else would lie in one column."""
_MARGIN = Fraction(5, 4)
_BELOW = 4


@dataclass(frozen=True, slots=True)
class Sampled:
    """A chart, worked out. Each line has as many values as `at`; None where it has none."""

    swept: Input
    at: tuple[Fraction, ...]
    """Values of the swept input, rising."""
    lines: tuple[tuple[str, tuple[Fraction | None, ...]], ...]
    """Label and values."""
    kind: str
    """Of the lines; so is the next."""
    unit: str
    here: Fraction
    """What the swept input is now."""
    even: Fraction | None
    """Where it breaks even; it may lie outside the range, but not outside what the input takes."""
    logarithmic: bool


def sampled(topic: Topic, given: Values, worked: Worked, count: int) -> Sampled | None:
    """The chart of a topic at these inputs, in at most `count` points, two at least. None: the topic has no chart.
    `worked` is what the topic comes to at them."""
    curve = topic.curve
    if curve is None:
        return None
    swept, here = topic.input(curve.sweeps), given[curve.sweeps]
    even = break_even(curve, swept, given)
    low, high = _range(swept, here, even, logarithmic=curve.logarithmic)
    at = _points(low, high, max(2, count), logarithmic=curve.logarithmic)
    if swept.whole:
        at = tuple(sorted({Fraction(round(point)) for point in at}))
    moved = [{**given, swept.name: point} for point in at]
    drawn = next(each for each in worked.results if each.name == curve.lines[0].result)
    return Sampled(swept, at, tuple((line.label, tuple(map(line.value, moved))) for line in curve.lines), drawn.kind,
                   drawn.unit, here, even, curve.logarithmic)


def break_even(curve: Curve, swept: Input, given: Values) -> Fraction | None:
    """Where it breaks even, where the input can be that."""
    even = None if curve.even is None else curve.even(given)
    least, most = swept.bounds
    return even if even is not None and least <= even <= most else None


def _range(swept: Input, here: Fraction, even: Fraction | None, *, logarithmic: bool) -> tuple[Fraction, Fraction]:
    """It ends at a round number, so that it stays where it is while an input is moved a little."""
    shown = [point for point in (here, even) if point is not None and point > 0]
    if even is not None and here and even > BEYOND * here and not logarithmic:
        shown.remove(even)
    shown = shown or [Fraction(swept.default) or Fraction(1)]
    least, most = swept.bounds
    high = min(most, rounded_up(max(shown) * _MARGIN))
    low = rounded_down(min(shown) / _BELOW) if logarithmic else least
    return (low, high) if low < high else (least, max(high, least + 1))


def _points(low: Fraction, high: Fraction, count: int, *, logarithmic: bool) -> tuple[Fraction, ...]:
    last = count - 1
    if not logarithmic:
        return tuple(low + (high - low) * part / last for part in range(count))
    step = float(high / low) ** (1 / last)
    between = (Fraction(f"{float(low) * step**part:.9g}") for part in range(1, last))
    return (low, *between, high)
