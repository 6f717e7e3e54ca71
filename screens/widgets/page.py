"""A page of lines that one reads and scrolls, with places to stop at. Only lines that changed are painted again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip

from console.text import clean, display_width
from screens.actions import ACTIONS
from screens.columns.page import PageLine
from screens.widgets.live_table import LiveTable
from screens.widgets.scrolled import Scrolled

MARKER = ">"


class Page(Scrolled, can_focus=True):
    """Lines with a cursor that visits only those that stand for something; between them the page scrolls.

    It tells of its selection with the messages of the live table: `Moved` and `Opened`.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(",".join(action.keys), action.id, action.label, priority=True)
        for action in ACTIONS
        if action.owner == "table"
    ]

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "page--cursor",
        "page--alarm",
        "page--warn",
        "page--good",
        "page--dim",
        "page--strong",
        "page--bar",
    }

    class Resized(Message):
        """The page has another size, so that its lines must be composed again."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._lines: Sequence[PageLine] = ()
        self._cursor: int | None = None
        self._composed_for = Size(0, 0)

    @property
    def room(self) -> Size:
        """Cells and lines that are visible at once."""
        return self.scrollable_content_region.size

    @property
    def stop(self) -> object:
        """What the cursor stands on, where that is in sight; None otherwise."""
        if self._cursor is None or not self._in_sight(self._cursor):
            return None
        return self._lines[self._cursor].stop

    def update(self, lines: Sequence[PageLine]) -> None:
        """Show these lines. The cursor stays on the same thing and the scroll where it is."""
        held = self._lines[self._cursor].stop if self._cursor is not None else None
        before, self._lines = self._lines, lines
        self._cursor = next((at for at, one in enumerate(lines) if held is not None and one.stop == held), None)
        size = Size(self.room.width, len(lines))
        if self.virtual_size.height != size.height:
            self.virtual_size = size
        for at in range(max(len(before), len(lines))):
            if before[at : at + 1] != lines[at : at + 1]:
                self._repaint(at)

    def begin(self) -> None:
        """Select the first thing that one can stop at, where nothing was selected yet and it is in sight."""
        if self._cursor is None:
            first = next((at for at, one in enumerate(self._lines) if one.stop is not None), None)
            if first is not None and self._in_sight(first):
                self._move_to(first)

    def to_top(self) -> None:
        """Back to the beginning, with nothing selected: another subject is shown."""
        self._cursor = None
        self.scroll_to(y=0, animate=False)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        at, width = y + round(self.scroll_y), self.room.width
        base = self.rich_style
        if not 0 <= at < len(self._lines):
            return Strip.blank(width, base)
        one = self._lines[at]
        here = at == self._cursor
        over = self._style("cursor") if here else Style.null()
        segments, used = [], 0
        for piece in one.pieces:
            shown = clean(piece.text, max(0, width - used))
            used += display_width(shown)
            tone = self._style(piece.tone) if piece.tone else Style.null()
            segments.append(Segment(shown, base + tone + over))
        if here and segments:
            first = segments[0]
            segments[0] = Segment(MARKER + first.text[1:], first.style)
        if one.drawn is not None:
            segments += Segment.apply_style(one.drawn.render(self.app.console), base + over)
            return Strip(segments).adjust_cell_length(width, base + over)
        segments.append(Segment(" " * max(0, width - used), base + over))
        return Strip(segments, width).simplify()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self.refresh()

    def on_resize(self) -> None:
        if self.room != self._composed_for:
            self._composed_for = self.room
            self.virtual_size = Size(self.room.width, len(self._lines))
            self.post_message(self.Resized())
            self.refresh()

    def action_up(self) -> None:
        self._step(-1)

    def action_down(self) -> None:
        self._step(1)

    def action_top(self) -> None:
        self.scroll_to(y=0, animate=False)

    def action_bottom(self) -> None:
        self.scroll_to(y=self.max_scroll_y, animate=False)

    def action_page_up(self) -> None:
        self.scroll_to(y=self.scroll_y - self.room.height + 1, animate=False)

    def action_page_down(self) -> None:
        self.scroll_to(y=self.scroll_y + self.room.height - 1, animate=False)

    def action_open(self) -> None:
        if self.stop is not None:
            self.post_message(LiveTable.Opened())

    def on_click(self, event: events.Click) -> None:
        at = event.y + round(self.scroll_y)
        if 0 <= at < len(self._lines) and self._lines[at].stop is not None:
            self._move_to(at)
            if event.chain == 2:
                self.action_open()

    def _step(self, way: int) -> None:
        """To the next place to stop at, where it is in sight; else a line further."""
        top, height = round(self.scroll_y), self.room.height
        start = (
            self._cursor
            if self._cursor is not None and self._in_sight(self._cursor)
            else (top - 1 if way > 0 else top + height)
        )
        at = start + way
        while 0 <= at < len(self._lines) and top <= at < top + height:
            if self._lines[at].stop is not None and self._lines[at].stop != self.stop:
                self._move_to(at)
                return
            at += way
        self.scroll_to(y=self.scroll_y + way, animate=False)

    def _move_to(self, at: int) -> None:
        before, self._cursor = self._cursor, at
        for line in (before, at):
            if line is not None:
                self._repaint(line)
        self.post_message(LiveTable.Moved())

    def _in_sight(self, at: int) -> bool:
        top = round(self.scroll_y)
        return at < len(self._lines) and top <= at < top + max(1, self.room.height)

    def _repaint(self, at: int) -> None:
        y = at - round(self.scroll_y)
        if 0 <= y < self.size.height:
            self.refresh(Region(0, y, self.size.width, 1))

    def _style(self, tone: str) -> Style:
        return self.get_component_rich_style(f"page--{tone}", partial=True)
