"""Lines that are only read: strips and side panels. A refresh repaints the lines that changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from console.text import clean, display_width
from screens.columns.page import PageLine

Compose = Callable[[int, int], Sequence[PageLine]]
"""Lines for so many cells and so many lines."""


class Lines(Widget):
    """Asks `compose` for its lines on each update and each change of size, the latter while it is painted: so the first
    paint has them already."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "lines--alarm",
        "lines--warn",
        "lines--good",
        "lines--dim",
        "lines--strong",
        "lines--bar",
    }

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._compose_lines: Compose = lambda width, height: ()
        self._lines: list[PageLine] = []
        self._composed_for = Size(0, 0)

    def draw(self, compose: Compose) -> None:
        """From now on show what `compose` gives."""
        self._compose_lines = compose
        before = self._lines
        self._compose_anew()
        for y in range(max(len(before), len(self._lines))):
            if before[y : y + 1] != self._lines[y : y + 1]:
                self.refresh(Region(0, y, self.size.width, 1))

    def render_line(self, y: int) -> Strip:
        if self._composed_for != self.size:
            self._compose_anew()
        width, base = self.size.width, self.rich_style
        if y >= len(self._lines):
            return Strip.blank(width, base)
        segments, used = [], 0
        for piece in self._lines[y].pieces:
            shown = clean(piece.text, max(0, width - used))
            used += display_width(shown)
            segments.append(Segment(shown, base + self._style(piece.tone) if piece.tone else base))
        segments.append(Segment(" " * max(0, width - used), base))
        return Strip(segments, width).simplify()

    def _compose_anew(self) -> None:
        self._composed_for = self.size
        width, height = self.size
        self._lines = list(self._compose_lines(width, height))[:height] if width and height else []

    def _style(self, tone: str) -> Style:
        return self.get_component_rich_style(f"lines--{tone}", partial=True)
