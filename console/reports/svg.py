"""A chart as SVG inside HTML: colours come from the page's style, so that it follows light and dark."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from zoneinfo import ZoneInfo

from console.reports.cells import shown
from console.reports.document import Chart, Series
from console.reports.scale import Scale, mark_text, scale_of
from console.text import clean

WIDTH = 720
LABEL, VALUE = 170, 90
"""Room for the labels at the left and the figures at the right of bars."""
BAR, GAP = 13, 9
TALL, LEFT, BELOW, ABOVE = 190, 70, 26, 8
"""Of upright charts: the plot's height, and the room around it."""
LONGEST_LABEL = 26


def draw(chart: Chart, zone: ZoneInfo, identity: str) -> str:
    """One `<svg>` with title and description; `identity` makes its names unique on the page."""
    height, shapes = _upright(chart) if chart.upright else _lying(chart, zone)
    legend = " and ".join(series.name for series in chart.series)
    shape = "columns" if chart.upright else "rows"
    about = f"{legend}, {len(chart.labels)} {shape}; the figures are in the table below."
    return (
        f'<svg role="img" viewBox="0 0 {WIDTH} {height}" aria-labelledby="{identity}t {identity}d">'
        f'<title id="{identity}t">{escape(clean(chart.title))}</title><desc id="{identity}d">{escape(about)}</desc>'
        f'{"".join(shapes)}</svg>'
    )


def _lying(chart: Chart, zone: ZoneInfo) -> tuple[int, list[str]]:
    scale, row = scale_of(chart), len(chart.series) * BAR + GAP
    height = len(chart.labels) * row + 18
    return height, [*_marks_across(chart, scale, height - 18), *_bars(chart, scale, row, zone)]


def _marks_across(chart: Chart, scale: Scale, height: int) -> Iterator[str]:
    for value in scale.marks():
        x = LABEL + scale.share(value) * _across()
        yield f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="0" y2="{height}"/>'
        yield f'<text class="mark" x="{x:.1f}" y="{height + 13}" text-anchor="middle">{mark_text(chart, value)}</text>'


def _bars(chart: Chart, scale: Scale, row: int, zone: ZoneInfo) -> Iterator[str]:
    origin = LABEL + scale.share(0) * _across()
    for at, label in enumerate(chart.labels):
        top = at * row + GAP / 2
        middle = top + len(chart.series) * BAR / 2 + 4
        yield f'<text x="{LABEL - 8}" y="{middle:.1f}" text-anchor="end">{escape(clean(label, LONGEST_LABEL))}</text>'
        for number, series in enumerate(chart.series):
            value, y = series.values[at], top + number * BAR
            end = origin if value is None else LABEL + scale.share(value) * _across()
            yield _box(number, min(origin, end), y, abs(end - origin), BAR - 2)
            words = "not known" if value is None else shown(chart.kind, value, zone)
            yield f'<text class="value" x="{max(origin, end) + 5:.1f}" y="{y + BAR - 3:.1f}">{words}</text>'


def _upright(chart: Chart) -> tuple[int, list[str]]:
    return TALL + ABOVE + BELOW, [*_marks_up(chart, scale_of(chart)), *_columns(chart, scale_of(chart))]


def _marks_up(chart: Chart, scale: Scale) -> Iterator[str]:
    for value in scale.marks():
        y = ABOVE + (1 - scale.share(value)) * TALL
        yield f'<line class="grid" x1="{LEFT}" x2="{WIDTH}" y1="{y:.1f}" y2="{y:.1f}"/>'
        yield f'<text class="mark" x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{mark_text(chart, value)}</text>'


def _columns(chart: Chart, scale: Scale) -> Iterator[str]:
    slot = (WIDTH - LEFT) / max(1, len(chart.labels))
    wide, every = slot * 0.8 / len(chart.series), max(1, -(-len(chart.labels) // 12))
    zero = ABOVE + (1 - scale.share(0)) * TALL
    for at, label in enumerate(chart.labels):
        left = LEFT + at * slot + slot * 0.1
        if at % every == 0:
            yield (f'<text class="mark" x="{left + slot * 0.4:.1f}" y="{TALL + ABOVE + 16}" text-anchor="middle">'
                   f'{escape(clean(label, 10))}</text>')
        for number, series in enumerate(chart.series):
            value = series.values[at]
            x = left + number * wide
            if value is None:
                yield f'<text class="mark" x="{x + wide / 2:.1f}" y="{zero - 4:.1f}" text-anchor="middle">?</text>'
                continue
            y = ABOVE + (1 - scale.share(value)) * TALL
            yield _box(number, x, min(y, zero), max(1, wide - 1), abs(y - zero))


def _box(number: int, x: float, y: float, width: float, height: float) -> str:
    return f'<rect class="s{number}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"/>'


def _across() -> int:
    return WIDTH - LABEL - VALUE


def legend(series: tuple[Series, ...]) -> str:
    """Which colour is which, where there is more than one."""
    if len(series) < 2:
        return ""
    keys = "".join(f'<span class="key k{number}">{escape(clean(each.name))}</span>'
                   for number, each in enumerate(series))
    return f'<div class="keys">{keys}</div>'
