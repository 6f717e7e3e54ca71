"""Charts on paper, drawn as vectors."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from console.reports.cells import shown
from console.reports.document import Chart
from console.reports.pdf_paper import DIM, LINE, MARGIN, SERIES, Paper
from console.reports.scale import Scale, mark_text, scale_of
from console.text import clean

LABEL, VALUE = 42.0, 24.0
"""Room for labels at the left of bars, and for figures at their right."""
BAR, GAP = 3.4, 2.2
TALL, LEFT = 42.0, 18.0
"""The plot of upright charts."""
SIZE, SMALL = 7.5, 6.5
LONGEST_LABEL = 30


def draw(paper: Paper, chart: Chart, zone: ZoneInfo) -> None:
    """Title, legend and bars at the pen, on one page."""
    row = len(chart.series) * BAR + GAP
    body = TALL + 6 if chart.upright else min(len(chart.labels), 30) * row + 5
    paper.need(body + 9)
    paper.put(MARGIN, paper.y, paper.typeface.set(clean(chart.title)), 9, bold=True)
    _legend(paper, chart)
    paper.set_y(paper.y + 6.5)
    if chart.upright:
        _columns(paper, chart, scale_of(chart))
    else:
        _bars(paper, chart, scale_of(chart), zone)
    paper.set_y(paper.y + 3)


def _legend(paper: Paper, chart: Chart) -> None:
    x = paper.w - MARGIN
    for number in reversed(range(len(chart.series) if len(chart.series) > 1 else 0)):
        name = paper.typeface.set(clean(chart.series[number].name))
        x -= paper.face(False).width(name, SIZE * 0.3528)
        paper.put(x, paper.y + 0.4, name, SIZE, colour=DIM)
        paper.box(x - 3.5, paper.y + 1.1, 2.4, 2.4, SERIES[number])
        x -= 8


def _bars(paper: Paper, chart: Chart, scale: Scale, zone: ZoneInfo) -> None:
    across, left = paper.room - LABEL - VALUE, MARGIN + LABEL
    row, top = len(chart.series) * BAR + GAP, paper.y
    origin = left + scale.share(0) * across
    for at, label in enumerate(chart.labels):
        y = top + at * row
        middle = y + (len(chart.series) * BAR - 3.4) / 2
        paper.put(left - 2, middle, paper.typeface.set(clean(label, LONGEST_LABEL)), SIZE, align="right")
        for number, series in enumerate(chart.series):
            value = series.values[at]
            end = origin if value is None else left + scale.share(value) * across
            paper.box(min(origin, end), y + number * BAR, abs(end - origin), BAR - 0.4, SERIES[number])
            words = "not known" if value is None else shown(chart.kind, value, zone)
            paper.put(max(origin, end) + 1.2, y + number * BAR, words, SMALL, colour=DIM)
    paper.rule(origin, top - 0.5, origin, top + len(chart.labels) * row - GAP + 0.5, DIM)
    paper.set_y(top + len(chart.labels) * row)


def _columns(paper: Paper, chart: Chart, scale: Scale) -> None:
    top, left, across = paper.y, MARGIN + LEFT, paper.room - LEFT
    zero = top + (1 - scale.share(0)) * TALL
    for mark in scale.marks():
        y = top + (1 - scale.share(mark)) * TALL
        paper.rule(left, y, left + across, y, LINE, 0.15)
        paper.put(left - 2, y - 1.6, mark_text(chart, mark), SMALL, colour=DIM, align="right")
    slot = across / max(1, len(chart.labels))
    wide, every = slot * 0.8 / len(chart.series), max(1, -(-len(chart.labels) // 12))
    for at, label in enumerate(chart.labels):
        begin = left + at * slot + slot * 0.1
        if at % every == 0:
            paper.put(begin + slot * 0.4, top + TALL + 1, paper.typeface.set(clean(label, 10)), SMALL, colour=DIM,
                      align="middle")
        for number, series in enumerate(chart.series):
            value, x = series.values[at], begin + number * wide
            if value is None:
                paper.put(x + wide / 2, zero - 3.4, "?", SMALL, colour=DIM, align="middle")
                continue
            y = top + (1 - scale.share(value)) * TALL
            paper.box(x, min(y, zero), max(0.2, wide - 0.3), abs(y - zero), SERIES[number])
    paper.set_y(top + TALL + 5)
