"""A live table whose rows can be marked, so that one decision is made of several."""

from __future__ import annotations

from typing import Any

from screens.columns.column import Line
from screens.widgets.live_table import MARKER, NO_MARKER, LiveTable

MARK = "•"


class MarkedTable(LiveTable[Line]):
    """`space` marks a row. Only what is on the list is marked: a row that leaves it, or that a filter hides, is not any
    more, so that nothing is decided unseen."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._marks: set[str] = set()

    @property
    def marked(self) -> list[Line]:
        """The marked lines, in the order of the list."""
        return [self._lines[identity] for identity in self._shown if identity in self._marks]

    @property
    def shown(self) -> list[Line]:
        """The lines that the filter shows, in the order of the list."""
        return [self._lines[identity] for identity in self._shown]

    @property
    def at(self) -> int:
        """Where in the list the selected row stands."""
        return max(0, self._index())

    def select_line(self, line: Line) -> None:
        """Select this line's row."""
        self.select(self._identify(line))

    def toggle_mark(self) -> None:
        """Mark the selected row or take its mark away, and go on to the next one."""
        if self._cursor is not None:
            self._mark(self._marks ^ {self._cursor})
            self.action_down()

    def mark(self, lines: list[Line]) -> None:
        """Mark exactly these lines, of those that are shown."""
        self._mark({self._identify(line) for line in lines} & set(self._shown))

    def unmark(self) -> bool:
        """Take all marks away. False where there is none."""
        marked = bool(self._marks)
        self._mark(set())
        return marked

    def _mark(self, marks: set[str]) -> None:
        self._marks = marks
        self._repaint()
        self.post_message(self.Arranged())

    def _arrange(self, *, settle: bool = False) -> None:
        super()._arrange(settle=settle)
        seen = self._marks & set(self._shown) if self._marks else self._marks
        if seen != self._marks:
            self._mark(seen)

    def _marker(self, identity: str) -> str:
        marker = MARKER if identity == self._cursor else NO_MARKER
        return marker[0] + MARK if identity in self._marks else marker
