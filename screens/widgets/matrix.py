"""Lines with cells in them of which one is selected, moved about by the arrows: the matrix."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget

from console.text import clean, display_width
from screens.actions import ACTIONS
from screens.columns.tram import Picture, Place
from screens.widgets.live_table import LiveTable
from screens.widgets.quiet_focus import QuietFocus

Compose = Callable[[int, int, Place], Picture]
"""The picture in so many cells and lines, with the cursor at this place."""


class MatrixGrid(QuietFocus, Widget, can_focus=True):
    """It tells of its selection with the messages of the live table: `Moved` and `Opened`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(",".join(action.keys), action.id, action.label, priority=True)
        for action in ACTIONS
        if action.owner in ("table", "grid")
    ]

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "matrix--cursor",
        "matrix--alarm",
        "matrix--warn",
        "matrix--good",
        "matrix--dim",
        "matrix--strong",
    }

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._picture_of: Compose = lambda width, height, at: Picture((), {})
        self._places: Sequence[Sequence[Place]] = ()
        self._picture = Picture((), {})
        self._drawn_for: tuple[Size, Place] | None = None
        self.at: Place = (0, 0)

    def draw(self, places: Sequence[Sequence[Place]], compose: Compose) -> None:
        """From now on show what `compose` gives; the cursor may stand at any of `places`."""
        self._places, self._picture_of, self._drawn_for = places, compose, None
        if self.at not in [place for row in places for place in row]:
            self.at = (0, 0)
        self.refresh()

    def select(self, place: Place) -> None:
        """Put the cursor there."""
        if place != self.at:
            self.at = place
            self.refresh()
            self.post_message(LiveTable.Moved())

    def render_line(self, y: int) -> Strip:
        if self._drawn_for != (self.size, self.at):
            self._drawn_for = (self.size, self.at)
            self._picture = self._picture_of(*self.size, self.at)
        width, base = self.size.width, self.rich_style
        if y >= len(self._picture.lines):
            return Strip.blank(width, base)
        segments, used = [], 0
        for piece in self._picture.lines[y].pieces:
            shown = clean(piece.text, max(0, width - used))
            used += display_width(shown)
            tone = self._style(piece.tone) if piece.tone else Style.null()
            segments.append(Segment(shown, base + tone))
        segments.append(Segment(" " * max(0, width - used), base))
        return self._with_cursor(Strip(segments, width), y).simplify()

    def _with_cursor(self, strip: Strip, y: int) -> Strip:
        box = self._picture.boxes.get(self.at)
        if box is None or not box.top <= y < box.top + box.height:
            return strip
        left, right = box.left, box.left + box.width
        over = self._style("cursor")
        here = Strip([Segment(text, (style or Style.null()) + over) for text, style, _ in strip.crop(left, right)])
        return Strip.join([strip.crop(0, left), here, strip.crop(right)])

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self.refresh()

    # Keys and mouse.

    def action_up(self) -> None:
        self._step(-1, 0)

    def action_down(self) -> None:
        self._step(1, 0)

    def action_left(self) -> None:
        self._step(0, -1)

    def action_right(self) -> None:
        self._step(0, 1)

    def action_top(self) -> None:
        self.select((0, 0))

    def action_bottom(self) -> None:
        if self._places:
            self.select(self._places[-1][-1])

    def action_page_up(self) -> None:
        self._step(-len(self._places), 0)

    def action_page_down(self) -> None:
        self._step(len(self._places), 0)

    def action_open(self) -> None:
        self.post_message(LiveTable.Opened())

    def on_click(self, event: events.Click) -> None:
        for place, box in self._picture.boxes.items():
            if box.left <= event.x < box.left + box.width and box.top <= event.y < box.top + box.height:
                self.select(place)
                if event.chain == 2:
                    self.action_open()

    def _step(self, down: int, right: int) -> None:
        """To the next place that way; at the edge nothing moves."""
        if not self._places:
            return
        row = max(0, min(len(self._places) - 1, self.at[0] + down))
        column = max(0, min(len(self._places[row]) - 1, self.at[1] + right))
        self.select((row, column))

    def _style(self, tone: str) -> Style:
        return self.get_component_rich_style(f"matrix--{tone}", partial=True)
