"""The live table: rows with an identity, of which a refresh repaints only the cells that changed.

The stock table repaints itself whole for one cell (14 kB each second over SSH); this one draws line by line and marks
regions. The selection follows the row's identity; the order holds still for two seconds after the last key, so that
nothing moves under the cursor while a person aims.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import ClassVar, Generic

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip

from console.text import display_width, pad
from screens.actions import ACTIONS
from screens.columns.column import Cell, Column, Line, Placed, place
from screens.widgets.quiet_focus import QuietFocus
from screens.widgets.scrolled import Scrolled

HOLD_S = 2.0
MEASURED = 100
"""Lines, from the most urgent on, whose cells say how wide a column is."""
MARKER = "> "
NO_MARKER = "  "

Painted = tuple[str | None, str, tuple[Cell, ...]]
"""What a screen line shows: the row's identity, what stands before it, its cells."""


class LiveTable(QuietFocus, Scrolled, Generic[Line], can_focus=True):
    """A table of `Line`s. `identify` gives a row its identity, `words` what a filter looks in."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(",".join(action.keys), action.id, action.label, priority=True)
        for action in ACTIONS
        if action.owner == "table"
    ]

    DEFAULT_CSS = """
    LiveTable { overflow-x: hidden; overflow-y: auto; scrollbar-size-vertical: 1; }
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "live-table--head",
        "live-table--cursor",
        "live-table--alarm",
        "live-table--warn",
        "live-table--good",
        "live-table--dim",
        "live-table--strong",
    }

    class Opened(Message):
        """`enter`, or a double click, on the selected row."""

    class Moved(Message):
        """Another row is selected."""

    class Arranged(Message):
        """Count, filter, order or the hold on the order changed: what the view says about the list is out of date."""

    def __init__(
        self,
        columns: Sequence[Column[Line]],
        identify: Callable[[Line], str],
        words: Callable[[Line], str],
        *,
        group: Callable[[Line], int] = lambda line: 0,
        id: str | None = None,  # noqa: A002
    ) -> None:
        """`group` keeps rows of a higher number below those of a lower, whatever the order is."""
        super().__init__(id=id)
        self.columns = tuple(columns)
        self._identify, self._words, self._group = identify, words, group
        self._lines: dict[str, Line] = {}
        self._shown: list[str] = []
        self._placed: list[Placed[Line]] = []
        self._painted: dict[int, Painted] = {}
        self._cursor: str | None = None
        self._filter = ""
        self._sort: tuple[str, bool] | None = None
        self._touched = float("-inf")
        self._held = False
        self._laid_out = Size(0, 0)
        self._widest: dict[str, int] = {}

    # What it holds.

    @property
    def total(self) -> int:
        """Rows, those that the filter hides included."""
        return len(self._lines)

    @property
    def count(self) -> int:
        """Rows that the filter shows."""
        return len(self._shown)

    @property
    def filter_text(self) -> str:
        return self._filter

    @property
    def sorted_by(self) -> tuple[str, bool] | None:
        """Title and whether the largest is on top; None in the order that the lines were given in."""
        return self._sort

    @property
    def held(self) -> bool:
        """Whether a new order waits until the person stops moving."""
        return self._held

    @property
    def line(self) -> Line | None:
        """The selected line, as it was in the newest update."""
        return None if self._cursor is None else self._lines.get(self._cursor)

    def update(self, lines: Iterable[Line]) -> None:
        """Show these lines. Only cells that differ from what is on screen are painted again."""
        self._lines = {self._identify(line): line for line in lines}
        self._measure()
        self._arrange()

    def tick(self) -> None:
        """Paint again the cells that time alone has changed."""
        self._repaint()

    def filter_by(self, text: str) -> None:
        """Show only rows with every word of `text`; a leading `!` hides those rows instead."""
        if text != self._filter:
            self._filter = text
            self._arrange(settle=True)

    def sort_by(self, title: str | None, descending: bool = False) -> None:
        """Sort by the column of this title; None is the order that the lines are given in."""
        self._sort = None if title is None else (title, descending)
        self._arrange(settle=True)
        self.refresh(Region(0, 0, self.size.width, 1))

    def sort_beside(self, step: int) -> None:
        """Sort by the column to the left (-1) or right (1) of the present one, of those on screen."""
        titles = [None, *(placed.column.title for placed in self._placed)]
        now = self._sort[0] if self._sort and self._sort[0] in titles else None
        title = titles[(titles.index(now) + step) % len(titles)]
        column = next((column for column in self.columns if column.title == title), None)
        self.sort_by(title, column.descending if column else False)

    def select(self, identity: str) -> bool:
        """Select a row by identity. False where it is not shown."""
        if identity not in self._shown:
            return False
        self._move_to(self._shown.index(identity))
        return True

    def settle(self) -> None:
        """Take the order of the next update as it comes: the list is shown anew, and nobody aims at a row of it yet."""
        self._touched = float("-inf")

    # Order and selection.

    def _arrange(self, *, settle: bool = False) -> None:
        before = (len(self._shown), self._cursor, self._held)
        index = self._index()
        wanted = self._ordered()
        if not settle and time.monotonic() - self._touched < HOLD_S:
            place_now = {identity: at for at, identity in enumerate(self._shown)}
            still = sorted(wanted, key=lambda identity: place_now.get(identity, len(place_now)))
            self._held = still != wanted
            wanted = still
        else:
            self._held = False
        if self._held:
            self.set_timer(HOLD_S, self._release)
        self._shown = wanted
        if self._cursor not in self._lines or self._cursor not in self._shown:
            self._cursor = self._shown[min(max(index, 0), len(self._shown) - 1)] if self._shown else None
        self._resize_contents()
        self._repaint()
        if before != (len(self._shown), self._cursor, self._held) or settle:
            self.post_message(self.Arranged())
        if before[1] != self._cursor:
            self.post_message(self.Moved())

    def _release(self) -> None:
        if self._held:
            self._arrange()

    def _ordered(self) -> list[str]:
        shown = [identity for identity, line in self._lines.items() if not self._filter or self._passes(line)]
        if self._sort is not None:
            title, descending = self._sort
            column = next((column for column in self.columns if column.title == title), None)
            if column is not None:
                keys = {identity: column.value(self._lines[identity]).sort for identity in shown}
                known = [identity for identity in shown if keys[identity] is not None]
                known.sort(key=lambda identity: keys[identity], reverse=descending)
                shown = known + [identity for identity in shown if keys[identity] is None]
        return sorted(shown, key=lambda identity: self._group(self._lines[identity]))

    def _passes(self, line: Line) -> bool:
        wanted = self._filter.removeprefix("!").casefold().split()
        if not wanted:
            return True
        text = self._words(line).casefold()
        return all(word in text for word in wanted) != self._filter.startswith("!")

    def _index(self) -> int:
        return self._shown.index(self._cursor) if self._cursor in self._shown else -1

    def _move_to(self, index: int) -> None:
        self._touched = time.monotonic()
        if not self._shown:
            return
        identity = self._shown[max(0, min(index, len(self._shown) - 1))]
        if identity != self._cursor:
            self._cursor = identity
            self.post_message(self.Moved())
        self._keep_in_sight()
        self._repaint()

    def _keep_in_sight(self) -> None:
        room, index = self._room(), self._index()
        top = round(self.scroll_y)
        if index < top:
            self.scroll_to(y=index, animate=False, force=True)
        elif index >= top + room:
            self.scroll_to(y=index - room + 1, animate=False, force=True)

    def _room(self) -> int:
        return max(1, self.scrollable_content_region.height - 1)

    # Painting.

    def _measure(self) -> None:
        """How wide the cells are in the columns that may grow; the last one takes what is left. What was wide once
        stays so, or columns would wander with the news."""
        measured = list(islice(self._lines.values(), MEASURED))
        for column in self.columns[:-1]:
            before = self._widest.get(column.title, 0)
            if column.most and before < column.most:
                widest = max((min(column.most, display_width(column.value(line).text)) for line in measured), default=0)
                if widest > before:
                    self._widest[column.title] = widest
                    self._laid_out = Size(0, 0)
                    self.refresh()

    def _resize_contents(self) -> None:
        size = Size(self.scrollable_content_region.width, len(self._shown) + 1)
        if self.virtual_size.height != size.height:
            self.virtual_size = size

    def _repaint(self) -> None:
        """Mark what differs from what was painted last, line by line, from the first cell that changed to the last."""
        for y, painted in list(self._painted.items()):
            wanted = self._wanted(y)
            if wanted == painted:
                continue
            if wanted[:2] != painted[:2] or len(wanted[2]) != len(painted[2]):
                self.refresh(Region(0, y, self.size.width, 1))
                continue
            changed = [at for at, (new, old) in enumerate(zip(wanted[2], painted[2], strict=True)) if new != old]
            first, last = self._placed[changed[0]], self._placed[changed[-1]]
            self.refresh(Region(first.left, y, last.left + last.width - first.left, 1))

    def _wanted(self, y: int) -> Painted:
        index = y - 1 + round(self.scroll_y)
        if not 0 <= index < len(self._shown):
            return None, NO_MARKER, ()
        identity = self._shown[index]
        line = self._lines[identity]
        cells = tuple(placed.column.value(line) for placed in self._placed)
        return identity, self._marker(identity), cells

    def _marker(self, identity: str) -> str:
        """What stands before the row, in two cells."""
        return MARKER if identity == self._cursor else NO_MARKER

    def render_line(self, y: int) -> Strip:
        self._lay_out()
        width = self.scrollable_content_region.width
        if y == 0:
            return self._head(width)
        painted = self._wanted(y)
        self._painted[y] = painted
        identity, marker, cells = painted
        if identity is None:
            return Strip.blank(width, self.rich_style)
        base = self.rich_style
        over = self._style("cursor") if identity == self._cursor else Style.null()
        segments = [Segment(marker, base + over)]
        at = len(MARKER)
        for placed, cell in zip(self._placed, cells, strict=True):
            segments.append(Segment(" " * (placed.left - at), base + over))
            tone = self._style(cell.tone) if cell.tone else Style.null()
            said = pad(cell.within(placed.width), placed.width, right=placed.column.right)
            segments.append(Segment(said, base + tone + over))
            at = placed.left + placed.width
        segments.append(Segment(" " * max(0, width - at), base + over))
        return Strip(segments, width).simplify()

    def _head(self, width: int) -> Strip:
        text, at = "", 0
        for placed in self._placed:
            title = placed.column.title
            if self._sort is not None and self._sort[0] == title:
                title = ("▼" if self._sort[1] else "▲") + title
            width_of = max(placed.width, len(title))  # the mark may stand in the gap: no title is cut for it
            text += " " * (placed.left + placed.width - width_of - at) + pad(title, width_of, right=placed.column.right)
            at = placed.left + placed.width
        return Strip([Segment(pad(text, width), self.rich_style + self._style("head"))], width)

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"live-table--{name}", partial=True)

    def _lay_out(self) -> None:
        """Place the columns in the room that there is. Done while painting, so that the first paint has rows."""
        room = self.scrollable_content_region.size
        if self._laid_out == room:
            return
        self._laid_out = room
        self._placed = place(self.columns, room.width, self._widest)
        self._painted.clear()
        self.call_next(self._keep_in_sight)

    # Keys and mouse.

    def action_up(self) -> None:
        self._move_to(self._index() - 1)

    def action_down(self) -> None:
        self._move_to(self._index() + 1)

    def action_top(self) -> None:
        self._move_to(0)

    def action_bottom(self) -> None:
        self._move_to(len(self._shown) - 1)

    def action_page_up(self) -> None:
        self._move_to(self._index() - self._room() + 1)

    def action_page_down(self) -> None:
        self._move_to(self._index() + self._room() - 1)

    def action_open(self) -> None:
        if self._cursor is not None:
            self._touched = time.monotonic()
            self.post_message(self.Opened())

    def on_click(self, event: events.Click) -> None:
        if event.y == 0:
            self._sort_at(event.x)
            return
        self._move_to(event.y - 1 + round(self.scroll_y))
        if event.chain == 2:
            self.action_open()

    def _sort_at(self, x: int) -> None:
        for placed in self._placed:
            if placed.left <= x < placed.left + placed.width:
                title, largest_first = placed.column.title, placed.column.descending
                again = self._sort is not None and self._sort[0] == title
                self.sort_by(title, not self._sort[1] if again and self._sort else largest_first)
                return
