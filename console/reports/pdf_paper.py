"""A4 pages to draw on: type, colours, where the pen is, and what stands on every page. Lengths are millimetres."""

from __future__ import annotations

import tempfile
from datetime import datetime
from pathlib import Path
from typing import Literal

from fpdf import FPDF

from console.reports.pdf_type import Face, Typeface

Colour = tuple[int, int, int]
INK: Colour = (27, 31, 36)
DIM: Colour = (89, 99, 110)
LINE: Colour = (208, 215, 222)
SOFT: Colour = (244, 246, 248)
ACCENT: Colour = (31, 95, 191)
WARN: Colour = (154, 52, 18)
WARN_GROUND: Colour = (255, 244, 236)
SERIES: tuple[Colour, ...] = (ACCENT, (169, 180, 192))
MARGIN, FOOT = 16.0, 18.0
POINT = 25.4 / 72
LEADING = 1.4
"""Line height over type size."""


class Paper(FPDF):
    """Pages with a running foot. `y` is where the next thing goes."""

    def __init__(self, typeface: Typeface, running: str, at: datetime, title: str) -> None:
        super().__init__(format="A4")
        self.typeface = typeface
        self._running = running
        self.set_margins(MARGIN, MARGIN, MARGIN)
        self.set_auto_page_break(False)
        self.alias_nb_pages("{pages}")  # as wide as the number of pages may come to be
        self.set_creation_date(at)
        self.set_title(title)
        self.set_creator("Token Console")
        self.set_lang("en-GB")
        with tempfile.TemporaryDirectory() as folder:  # the library reads fonts from files only
            for style, face in (("", typeface.regular), ("B", typeface.bold)):
                path = Path(folder) / f"noto-sans{style}.ttf"
                path.write_bytes(face.file)
                self.add_font("noto", style, path)

    @property
    def room(self) -> float:
        """Between the margins."""
        return self.w - 2 * MARGIN

    @property
    def bottom(self) -> float:
        """What is drawn ends above this."""
        return self.h - FOOT

    def at_top(self) -> bool:
        """Whether nothing stands on this page yet."""
        return self.y <= MARGIN

    def turn(self, wide: bool = False) -> None:
        """A new page, on its side where it is to be wide."""
        self.add_page(orientation="landscape" if wide else "portrait")
        self.set_y(MARGIN)

    def need(self, height: float) -> None:
        """A new page of the same kind, unless so much fits on this one."""
        if self.y + height > self.bottom and not self.at_top():
            self.turn(self.w > self.h)

    def face(self, bold: bool) -> Face:
        """The widths of a weight."""
        return self.typeface.bold if bold else self.typeface.regular

    def put(self, x: float, y: float, text: str, size: float, *, bold: bool = False, colour: Colour = INK,
            align: Literal["left", "right", "middle"] = "left") -> None:
        """One line of `size` points whose top is at `y`; `x` is its left edge, its right one, or its middle."""
        if not text:
            return
        if align != "left":
            width = self.face(bold).width(text, size * POINT)
            x -= width if align == "right" else width / 2
        self.set_font("noto", "B" if bold else "", size)
        self.set_text_color(*colour)
        self.text(x, y + size * POINT * 1.1, text)

    def write_lines(self, text: str, size: float, *, bold: bool = False, colour: Colour = INK,
                    indent: float = 0) -> None:
        """A paragraph at the pen, over as many pages as it needs."""
        height = size * POINT * LEADING
        for line in self.face(bold).wrapped(self.typeface.set(text), size * POINT, self.room - indent):
            self.need(height)
            self.put(MARGIN + indent, self.y, line, size, bold=bold, colour=colour)
            self.set_y(self.y + height)

    def box(self, x: float, y: float, width: float, height: float, colour: Colour) -> None:
        """A filled rectangle."""
        self.set_fill_color(*colour)
        self.rect(x, y, width, height, style="F")

    def rule(self, x: float, y: float, end_x: float, end_y: float, colour: Colour = LINE, weight: float = 0.2) -> None:
        """A line."""
        self.set_draw_color(*colour)
        self.set_line_width(weight)
        self.line(x, y, end_x, end_y)

    def footer(self) -> None:
        """What the report is of, and which page this is."""
        top = self.h - FOOT + 6
        self.rule(MARGIN, top, self.w - MARGIN, top)
        self.put(MARGIN, top + 1.5, self._running, 7, colour=DIM)
        self.set_xy(self.w - MARGIN - 40, top + 1.5)
        self.set_font("noto", "", 7)
        self.set_text_color(*DIM)
        # The number of pages is put in at the end, which the library does for cells only.
        self.cell(40, 3, f"page {self.page_no()} of {self.str_alias_nb_pages}", align="R")
