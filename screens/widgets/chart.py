"""Charts over time, drawn by plotext: a picture goes in, lines of text come out. Behind this module and `graph.py`,
which has lines over a number, nobody knows plotext.

A picture is readable without colour: every series has a mark of its own, named in the legend above it. plotext keeps
its state in its module, so pictures are built one at a time; finished ones are kept by what they show and how large.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import accumulate, groupby
from math import log2

from rich.text import Text
from textual.app import App
from textual.color import Color

from console.text import clean, display_width
from screens.themes import is_mono

ONE_AT_A_TIME = threading.Lock()
_SIXTEEN = tuple(
    f"{bright}{name}"
    for bright in ("", "bright_")
    for name in ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
)
_LEAST_WIDTH, _LEAST_HEIGHT = 24, 4
_ONE_CENT = 10_000
TURN = 6
"""Cells that a level has of a row before the next one that lies in it."""
MOST_LEGEND = 3
"""Lines that a legend may take, of which the picture gives up what goes beyond the first."""


@dataclass(frozen=True, slots=True)
class Mark:
    """How one series or level looks: a character and a theme colour."""

    glyph: str
    colour: str
    """The theme variable that colours it, such as `primary`."""


@dataclass(frozen=True, slots=True)
class Series:
    name: str
    values: tuple[int | None, ...]
    """None where it is not known: nothing is drawn there."""
    mark: Mark


@dataclass(frozen=True, slots=True)
class Level:
    """A straight line across the picture."""

    name: str
    value: int
    mark: Mark


@dataclass(frozen=True, slots=True)
class Picture:
    """What a chart shows. All series have as many values; they are stacked in their order, the first at the bottom."""

    title: str
    series: tuple[Series, ...]
    levels: tuple[Level, ...]
    labels: tuple[tuple[float, str], ...]
    """Words under the time axis: position among the values, text."""
    unit: Callable[[int], str]
    """Says a value in a few characters, for the axis."""
    curves: tuple[Series, ...] = ()
    """Lines before the series, not stacked."""
    logarithmic: bool = False
    """Each step up is as many times as much: so what is usual and a runaway can be seen in one picture."""


Colour = tuple[int, int, int] | int
"""Red, green and blue, or one of the terminal's own sixteen."""


@dataclass(frozen=True, slots=True)
class Look:
    """How pictures are drawn in this terminal: the theme's colours (none in mono)."""

    colours: tuple[tuple[str, Colour], ...] = ()

    def colour(self, mark: Mark) -> Colour | None:
        """The mark's colour; None without colours."""
        return dict(self.colours).get(mark.colour)


def look_of(app: App[int]) -> Look:
    """How to draw in the app's present theme and terminal."""
    colours = (
        ()
        if is_mono(app)
        else tuple(
            (name, colour)
            for name in ("primary", "secondary", "warning", "error", "success")
            if (colour := _colour(getattr(app.current_theme, name))) is not None
        )
    )
    return Look(colours)


def _colour(said: str | None) -> Colour | None:
    if said is None or said == "ansi_default":
        return None
    if said.startswith("ansi_"):
        return _SIXTEEN.index(said.removeprefix("ansi_"))
    return Color.parse(said).rgb


def load() -> None:
    """Import plotext (40 ms) before somebody waits for a chart. Called beside the loop."""
    import plotext  # noqa: F401


@lru_cache(maxsize=64)
def draw(picture: Picture, width: int, height: int, look: Look) -> tuple[Text, ...]:
    """The picture as exactly `height` lines of at most `width` cells: title, legend, then the plot.

    Loads plotext at the first call (40 ms), so call it off the loop. The same picture again costs nothing.
    """
    picture = _logarithmic(picture) if picture.logarithmic else picture
    lines = [_title(picture, width), *legend(_named(picture), width, look)]
    rows = height - len(lines)
    if width < _LEAST_WIDTH or rows < _LEAST_HEIGHT:
        lines.append(Text(clean("(no room)", width)))
    elif not any(any(series.values) for series in picture.series):
        lines.append(Text(clean("Nothing was spent in this time.", width)))
    else:
        with ONE_AT_A_TIME:
            built = _build(picture, width, rows, look)
        lines.extend(without_tail(line) for line in Text.from_ansi(built).split("\n"))
    lines.extend(Text("") for _ in range(height - len(lines)))
    return tuple(lines[:height])


def pending(picture: Picture, width: int, height: int) -> tuple[Text, ...]:
    """What stands in the place of a picture while it is drawn."""
    lines = (_title(picture, width), Text("drawing…"), *(Text("") for _ in range(height)))
    return lines[:height]


def _logarithmic(picture: Picture) -> Picture:
    """The same with logarithms for values. It begins well below the lowest line, so that little spend is seen too."""
    beside = [level.value for level in picture.levels]
    beside += [min(known) for curve in picture.curves if (known := _known(curve))]
    floor = max(1, min((value for value in beside if value > 0), default=_ONE_CENT) // 4)

    def high(value: int) -> int:
        return round(1000 * log2(max(value, floor) / floor))

    def higher(one: Series) -> Series:
        return replace(one, values=tuple(None if value is None else high(value) for value in one.values))

    return replace(
        picture,
        series=tuple(map(higher, picture.series)),
        curves=tuple(map(higher, picture.curves)),
        levels=tuple(replace(one, value=high(one.value)) for one in picture.levels),
        unit=lambda value: picture.unit(round(floor * 2 ** (value / 1000))),
    )


def _build(picture: Picture, width: int, height: int, look: Look) -> str:
    import plotext

    top = _top(picture)
    ticks = [round(top * part / 4) for part in range(5)] if height >= 9 else [0, top // 2, top]
    says = [picture.unit(tick) for tick in ticks]
    columns, rows = width - max(map(len, says)) - 1, height - 2
    count = len(picture.series[0].values)
    plotext.clear_figure()
    plotext.limit_size(False, False)  # after it: clearing limits the size to the terminal's again
    plotext.theme("clear")
    plotext.plotsize(width, height)
    plotext.frame(True)
    plotext.xaxes(True, False)
    plotext.yaxes(True, False)
    plotext.xlim(0, columns - 1)
    plotext.ylim(0, top)
    plotext.yticks(ticks, says)
    plotext.xticks([(at + 0.5) * columns / count for at, _ in picture.labels], [text for _, text in picture.labels])
    bars = _bars(picture.series, columns, top / (2 * (rows - 1)))
    for points, mark in reversed(bars):
        plotext.scatter(
            [at for at, _ in points],
            [value for _, value in points],
            marker=mark.glyph,
            fillx=True,
            **coloured(look, mark),
        )
    for curve in picture.curves:
        for known, run in groupby(enumerate(_thinned(curve.values, columns)), lambda point: point[1] is not None):
            if known:
                plotext.plot(*zip(*run, strict=True), marker=curve.mark.glyph, **coloured(look, curve.mark))
    for level, at in _placed(picture.levels, columns, top, rows):
        plotext.scatter(at, [level.value] * len(at), marker=level.mark.glyph, **coloured(look, level.mark))
    built: str = plotext.build()
    return built


def _top(picture: Picture) -> int:
    """The height of the picture. A level far above the data is left to the legend, or the data would lie flat."""
    stacks = zip(*(series.values for series in picture.series), strict=True)
    highest = max(sum(value or 0 for value in stack) for stack in stacks)
    asides = [level.value for level in picture.levels] + [max(_known(curve), default=0) for curve in picture.curves]
    near = [value for value in asides if value <= 3 * highest]
    return max(1, highest, *near)


def _drawn(level: Level, top: int, rows: int) -> bool:
    """Whether a level has a place of its own: neither above the picture nor on its floor, where it would hide bars."""
    return top < 2 * level.value * (rows - 1) and level.value <= top


def _placed(levels: Sequence[Level], columns: int, top: int, rows: int) -> Iterator[tuple[Level, list[int]]]:
    """The columns in which each level is drawn: all of them, or by turns with others of the same row."""
    drawn = [level for level in levels if _drawn(level, top, rows)]
    for level in drawn:
        row = round(level.value * (rows - 1) / top)
        same = [one for one in drawn if round(one.value * (rows - 1) / top) == row]
        yield level, [at for at in range(columns) if at // TURN % len(same) == same.index(level)]


def _bars(series: Sequence[Series], columns: int, floor: float) -> list[tuple[list[tuple[int, int]], Mark]]:
    """Each series on top of those before it, as (column, height). What ends below `floor` shares the lowest row, which
    goes to whoever has most of it: else the first series would seem to be all there is of a little."""
    thin = [_thinned(one.values, columns) for one in series]
    bars: list[tuple[list[tuple[int, int]], Mark]] = [([], one.mark) for one in series]
    for column in range(columns):
        heights = list(accumulate(values[column] or 0 for values in thin))
        shares = [min(high, floor) - min(low, floor) for low, high in zip([0, *heights], heights, strict=False)]
        most = shares.index(max(shares))
        for at, height in enumerate(heights):
            if height and (height > floor or at == most):
                bars[at][0].append((column, height))
    return bars


def _known(series: Series) -> list[int]:
    return [value for value in series.values if value is not None]


def _thinned(values: Sequence[int | None], columns: int) -> list[int | None]:
    """One value a column: repeated where there are more columns, the highest of its share where there are fewer."""
    count = len(values)
    shares = (
        values[at * count // columns : max(at * count // columns + 1, (at + 1) * count // columns)]
        for at in range(columns)
    )
    return [max((value for value in share if value is not None), default=None) for share in shares]


def coloured(look: Look, mark: Mark) -> dict[str, Colour]:
    """How plotext is told the colour of a mark."""
    colour = look.colour(mark)
    return {} if colour is None else {"color": colour}


def _title(picture: Picture, width: int) -> Text:
    return Text.assemble((clean(picture.title, width), "bold"))


def _named(picture: Picture) -> list[tuple[Mark, str]]:
    """Each mark of the picture with its name."""
    top = _top(picture) if picture.series else 0
    marks = [(series.mark, series.name) for series in (*picture.series, *picture.curves)]
    return marks + [(level.mark, level.name if level.value <= top else f"{level.name} (higher)")
                    for level in picture.levels]


def legend(marks: Sequence[tuple[Mark, str]], width: int, look: Look) -> list[Text]:
    """Each mark with its name, on as many lines as it takes; a name that has none left is cut."""
    lines = [Text()]
    for mark, name in marks:
        if lines[-1].plain and display_width(lines[-1].plain) + 2 + display_width(name) > width:
            if len(lines) == MOST_LEGEND:
                break
            lines.append(Text())
        colour = look.colour(mark)
        word = clean(name, max(0, width - display_width(lines[-1].plain) - 4))
        lines[-1].append(mark.glyph, style=_style(colour))
        lines[-1].append(f" {word}  ")
    return lines


def _style(colour: Colour | None) -> str:
    if colour is None:
        return ""
    return f"color({colour})" if isinstance(colour, int) else f"rgb({colour[0]},{colour[1]},{colour[2]})"


def without_tail(line: Text) -> Text:
    """The line without the spaces that end it."""
    line.rstrip()
    return line
