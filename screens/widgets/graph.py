"""Lines over a number, drawn by plotext, for the lab. What they share with charts over time is in `chart.py`.

A graph is readable without colour: each line has a mark of its own, named in the legend, and so have the place where
one is and the break-even, which stand upright.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import groupby
from math import log

from rich.text import Text

from console.economics.rounding import rounded_up
from console.text import clean
from screens.widgets.chart import ONE_AT_A_TIME, Look, Mark, coloured, legend, without_tail

LINES = (Mark("•", "primary"), Mark("─", "warning"), Mark("×", "error"), Mark("▲", "secondary"))
HERE, EVEN = Mark("│", "secondary"), Mark("┊", "success")
_LEAST_WIDTH, _LEAST_HEIGHT = 24, 4
_TICK_CELLS = 12
"""Cells along the bottom that a number takes at least, with room around it."""

Says = Callable[[Fraction], str]


@dataclass(frozen=True, slots=True)
class Graph:
    """Lines over one number. Every line has a value, or None, for each of `at`."""

    title: str
    at: tuple[Fraction, ...]
    """Rising."""
    lines: tuple[tuple[str, tuple[Fraction | None, ...]], ...]
    """Name and values; four at most."""
    uprights: tuple[tuple[str, Mark, Fraction | None], ...]
    """Words for the legend, and the place along the bottom; None where it is not on the picture."""
    across: Says
    """Says a number along the bottom. Always the same function for the same words, so that pictures are kept."""
    up: Says
    logarithmic: bool = False


@lru_cache(maxsize=64)
def draw(graph: Graph, width: int, height: int, look: Look) -> tuple[Text, ...]:
    """The graph as exactly `height` lines of at most `width` cells: title, legend, then the plot.

    It takes some milliseconds, so call it off the loop. The same graph again costs nothing.
    """
    names = [(mark, name) for mark, (name, _) in zip(LINES, graph.lines, strict=False)]
    names += [(mark, name) for name, mark, _ in graph.uprights]
    lines = _headed(Text(clean(graph.title, width), "bold"), legend(names, width, look), width)
    rows = height - len(lines)
    if width < _LEAST_WIDTH or rows < _LEAST_HEIGHT:
        lines.append(Text(clean("(no room)", width)))
    elif not any(value is not None for _, values in graph.lines for value in values):
        lines.append(Text(clean("There is nothing to draw at these inputs.", width)))
    else:
        with ONE_AT_A_TIME:
            built = _build(graph, width, rows, look)
        lines.extend(without_tail(line) for line in Text.from_ansi(built).split("\n"))
    lines.extend(Text("") for _ in range(height - len(lines)))
    return tuple(lines[:height])


def _headed(title: Text, legend_lines: list[Text], width: int) -> list[Text]:
    """The title, and the legend behind it where both have room, else beneath it."""
    first = legend_lines[0].copy()
    first.rstrip()
    if len(legend_lines) == 1 and title.cell_len + 2 + first.cell_len <= width:
        return [Text.assemble(title, "  ", first)]
    return [title, *legend_lines]


def _build(graph: Graph, width: int, height: int, look: Look) -> str:
    import plotext

    low, high = _reach(graph)
    ticks = list(_ticks(low, high, max(3, height // 4)))
    says = [graph.up(tick) for tick in ticks]
    columns, rows = width - max(map(len, says)) - 1, height - 2
    place = _placer(graph, columns)
    plotext.clear_figure()
    plotext.limit_size(False, False)  # after it: clearing limits the size to the terminal's again
    plotext.theme("clear")
    plotext.plotsize(width, height)
    plotext.frame(True)
    plotext.xaxes(True, False)
    plotext.yaxes(True, False)
    plotext.xlim(0, columns - 1)
    plotext.ylim(float(low), float(high))
    plotext.yticks([float(tick) for tick in ticks], says)
    plotext.xticks(*_along(graph, place, columns))
    for _, mark, at in graph.uprights:
        if at is not None:
            step = float(high - low) / max(1, rows - 1)
            heights = [float(low) + step * row for row in range(rows)]
            plotext.scatter([place(at)] * rows, heights, marker=mark.glyph, **coloured(look, mark))
    for mark, (_, values) in reversed(list(zip(LINES, graph.lines, strict=False))):
        for known, run in groupby(zip(graph.at, values, strict=True), lambda point: point[1] is not None):
            if known:
                points = [(place(at), float(value)) for at, value in run if value is not None]
                plotext.plot(*zip(*points, strict=True), marker=mark.glyph, **coloured(look, mark))
    built: str = plotext.build()
    return built


def _reach(graph: Graph) -> tuple[Fraction, Fraction]:
    """From the lowest value to the highest, with zero among them."""
    values = [value for _, line in graph.lines for value in line if value is not None]
    low, high = min(*values, Fraction(0)), max(*values, Fraction(0))
    return (low, high) if low < high else (low, low + 1)


def _ticks(low: Fraction, high: Fraction, count: int) -> Iterator[Fraction]:
    """Round numbers from `low` to `high`, about `count` of them."""
    step = rounded_up((high - low) / count)
    first = (low / step).__ceil__()
    return (step * part for part in range(first, (high / step).__floor__() + 1))


def _placer(graph: Graph, columns: int) -> Callable[[Fraction], float]:
    """The column, from 0, of a number along the bottom."""
    low, high = graph.at[0], graph.at[-1]
    if graph.logarithmic:
        width = log(high / low)
        return lambda at: log(at / low) / width * (columns - 1)
    return lambda at: float((at - low) / (high - low)) * (columns - 1)


def _along(graph: Graph, place: Callable[[Fraction], float], columns: int) -> tuple[list[float], list[str]]:
    """Where the numbers along the bottom stand, and what they say."""
    low, high, room = graph.at[0], graph.at[-1], max(2, columns // _TICK_CELLS)
    ticks: Sequence[Fraction] = list(_ticks(low, high, room))
    if graph.logarithmic:
        powers = [Fraction(10) ** power for power in range(-9, 12)]
        tens = [at for at in powers if low <= at <= high]
        ticks = [at for power in powers for at in (power, 2 * power, 5 * power) if low <= at <= high]
        ticks = tens if len(tens) > 2 else ticks
        ticks = ticks[:: -(-len(ticks) // room)]
    return [place(at) for at in ticks], [graph.across(at) for at in ticks]
