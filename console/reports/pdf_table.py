"""Tables on paper: figures as wide as they are, texts share the rest and wrap; the head is on every page."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

from console.reports.cells import FIGURES, shown
from console.reports.document import Column, Table
from console.reports.pdf_paper import DIM, INK, LEADING, LINE, MARGIN, POINT, Paper

SIZES = (8.0, 7.5, 7.0, 6.5, 6.0, 5.5)
"""Of type, in points: the largest at which the texts have room."""
PAD, ABOVE = 2.4, 0.9
LEAST_TEXT = 15.0
"""Millimetres that a column of texts has at least, or the type is made smaller."""


def draw(paper: Paper, table: Table, zone: ZoneInfo) -> None:
    """The whole table at the pen, over as many pages as it needs."""
    rows = [[paper.typeface.set(shown(column.kind, value, zone))
             for column, value in zip(table.columns, row, strict=True)] for row in table.rows]
    size, widths = _fitted(paper, table.columns, rows)
    _Grid(paper, table.columns, widths, size).draw(rows)


class _Grid:
    """Columns with their edges, at one size of type."""

    def __init__(self, paper: Paper, columns: tuple[Column, ...], widths: list[float], size: float) -> None:
        self._paper, self._columns, self._widths, self._size = paper, columns, widths, size
        self._line = size * POINT * LEADING
        self._right = [column.kind in FIGURES for column in columns]
        self._lefts = [MARGIN + sum(widths[:at]) for at in range(len(widths))]

    def draw(self, rows: list[list[str]]) -> None:
        paper = self._paper
        head = self._wrapped([column.title for column in self._columns], bold=True)
        height = self._height(head)
        paper.need(height + 2 * self._line + 4 * ABOVE)
        self._head(head)
        for row in rows:
            cells = self._wrapped(row, bold=False)
            self._row(cells, lambda: self._head(head))
        paper.set_y(paper.y + 2)

    def _head(self, cells: list[list[str]]) -> None:
        self._lines(cells, bold=True)
        self._paper.rule(MARGIN, self._paper.y, MARGIN + sum(self._widths), self._paper.y, LINE, 0.4)

    def _row(self, cells: list[list[str]], again: Callable[[], None]) -> None:
        """One row; one that is higher than a page goes on on the next."""
        paper = self._paper
        while any(cells):
            left = int((paper.bottom - paper.y - 2 * ABOVE) // self._line)
            most = max(map(len, cells))
            if left < min(most, 4):
                paper.turn(paper.w > paper.h)
                again()
                continue
            self._lines([cell[:left] for cell in cells], bold=False)
            cells = [cell[left:] for cell in cells]
        paper.rule(MARGIN, paper.y, MARGIN + sum(self._widths), paper.y, LINE, 0.1)

    def _lines(self, cells: list[list[str]], *, bold: bool) -> None:
        paper, top = self._paper, self._paper.y + ABOVE
        for at, lines in enumerate(cells):
            for number, text in enumerate(lines):
                y = top + number * self._line
                if self._right[at]:
                    paper.put(self._lefts[at] + self._widths[at] - PAD, y, text, self._size, bold=bold, align="right",
                              colour=DIM if bold else INK)
                else:
                    paper.put(self._lefts[at], y, text, self._size, bold=bold, colour=DIM if bold else INK)
        paper.set_y(paper.y + self._height(cells))

    def _height(self, cells: list[list[str]]) -> float:
        return max(map(len, cells)) * self._line + 2 * ABOVE

    def _wrapped(self, row: list[str], *, bold: bool) -> list[list[str]]:
        face, size = self._paper.face(bold), self._size * POINT
        return [face.wrapped(text, size, width - PAD) for text, width in zip(row, self._widths, strict=True)]


def _fitted(paper: Paper, columns: tuple[Column, ...], rows: list[list[str]]) -> tuple[float, list[float]]:
    """(points, width of each column). Texts share what the figures leave; what nobody needs is spread over all."""
    for size in SIZES:
        natural = [_natural(paper, column, [row[at] for row in rows], size) for at, column in enumerate(columns)]
        texts = [at for at, column in enumerate(columns) if column.kind == "text"]
        left = paper.room - sum(width for at, width in enumerate(natural) if at not in texts)
        widths = _shared(left, {at: natural[at] for at in texts}, {at: columns[at].width for at in texts})
        if size == SIZES[-1] or all(width >= min(LEAST_TEXT, natural[at]) for at, width in widths.items()):
            break
    found = [max(5.0, widths.get(at, natural[at])) for at in range(len(columns))]
    more = max(0.0, paper.room - sum(found)) / len(columns)
    return size, [width + more for width in found]


def _natural(paper: Paper, column: Column, texts: list[str], size: float) -> float:
    """What a column takes where nothing wraps; a title may wrap between its words."""
    longest = sorted(set(texts), key=len)[-8:]
    title = max(column.title.split(" "), key=len)
    return PAD + max([paper.face(True).width(title, size * POINT),
                      *(paper.face(False).width(text, size * POINT) for text in longest)])


def _shared(left: float, wanted: dict[int, float], weights: dict[int, float]) -> dict[int, float]:
    """`left` by weight; what one does not want goes to the others."""
    given: dict[int, float] = {}
    open_ = dict(weights)
    while open_:
        whole = sum(open_.values())
        content = [at for at, weight in open_.items() if wanted[at] <= left * weight / whole]
        if not content:
            return given | {at: left * weight / whole for at, weight in open_.items()}
        for at in content:
            given[at] = wanted[at]
            left -= wanted[at]
            del open_[at]
    return given
