"""What monthly, quarterly and annual share: a period to step through, sums, a list, and the selected row in full.

Such a view asks the door when it is opened, after an own command, on `r`, and every few minutes while it is visible;
never for a new Daily. While it asks, what it has stays on the screen.
"""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import Awaitable, Sequence
from typing import Any, ClassVar, Generic, TypeVar

from textual.app import ComposeResult
from textual.containers import Container, Vertical

from console.cadences.daily import Daily
from console.cadences.periods import shifted
from console.errors import ConsoleError
from screens.columns.column import Cell, Column
from screens.columns.page import PageLine, line
from screens.columns.periods import in_words
from screens.listing import ListView
from screens.rereading import Rereading
from screens.widgets.chart import Look, look_of
from screens.widgets.lines import Lines
from screens.widgets.live_table import LiveTable
from screens.widgets.page import Page

Value = TypeVar("Value")


class CadenceView(Rereading, ListView, Generic[Value]):
    """A view of one period. A subclass says what it asks and how its value is drawn."""

    PERIOD: ClassVar[str]
    """month, quarter or year."""

    def __init__(self) -> None:
        super().__init__()
        self.add_class("-explaining")  # before it is there: to hide the body afterwards would style it twice
        self.value: Value | None = None
        """What was read last."""
        self._wanted: str | None = None
        """The period to read; None is the present one."""
        self._reading: object = None
        """The reading that is under way; a later one takes its place."""
        self.page = Page(id=f"{self.NAME}-detail")
        """The selected row in full."""
        self._chart = Page(id=f"{self.NAME}-chart")
        self._chart.can_focus = False
        self._subject: str | None = None
        self._detailed: str | None = None
        self._ahead = 0
        """Periods that were stepped while the first one was still being read."""

    # What a subclass gives.

    @abstractmethod
    def make_columns(self) -> Sequence[Column[Any]]:
        """The columns of the list."""

    @abstractmethod
    def identity(self, row: Any) -> str:
        """What a row is known by while the list changes."""

    @abstractmethod
    def words(self, row: Any) -> str:
        """What a filter looks in."""

    def group(self, row: Any) -> int:
        return 0

    @abstractmethod
    def question(self, period: str | None) -> Awaitable[Value]:
        """Ask the door for the period; None is the present one."""

    @abstractmethod
    def period_of(self, value: Value) -> str:
        """The name of the period that a value is of."""

    @abstractmethod
    def rows(self, value: Value) -> Sequence[Any]:
        """The rows of the list, in their order."""

    @abstractmethod
    def head(self, value: Value, width: int) -> list[PageLine]:
        """The lines above the list."""

    @abstractmethod
    def detail(self, value: Value, row: Any, width: int) -> list[PageLine]:
        """The selected row in full, and what belongs to the whole period."""

    @abstractmethod
    def chart(self, value: Value, width: int, height: int, look: Look) -> list[PageLine]:
        """What stands under the list where there is room. Called beside the loop."""

    @abstractmethod
    def empty(self) -> tuple[str, ...]:
        """Why there is nothing, and the next step."""

    def runs(self, value: Value) -> bool:
        """Whether the period is the present one."""
        return bool(getattr(value, "partial", False))

    # The view.

    def compose_body(self) -> ComposeResult:
        yield Lines(classes="cadence-head")
        yield Lines(classes="list-line")
        with Container(classes="list-and-detail"):
            with Vertical(classes="list-and-chart"):
                yield LiveTable[Any](self.make_columns(), self.identity, self.words, group=self.group)
                yield self._chart
            yield self.page

    @property
    def in_full(self) -> bool:
        """Whether what is selected has the whole screen."""
        return self.has_class("-in-full")

    def focus_target(self) -> Any:
        return self.page if self.in_full else self.table

    def crumb(self) -> str:
        return self.TITLE if self.value is None else f"{self.TITLE} {self.period_of(self.value)}"

    def open(self, subject: str | None) -> None:
        """Show the period that was shown before, with the row of this slug selected where it has one."""
        self.dirty = True
        self._subject = subject
        self._select()
        if not self.paused:
            self.read()

    def show(self, daily: Daily) -> None:
        """A new Daily says nothing of a period; only times may be in another zone."""
        self.table.tick()
        self.write_head()
        self.write_about()
        self.write_detail()

    @property
    def reading(self) -> bool:
        return self._reading is not None

    def do_period_previous(self) -> None:
        self._step(-1)

    def do_period_next(self) -> None:
        self._step(1)

    def do_whole(self) -> None:
        """Give the screen to what is selected, or the list its place back."""
        self.set_class(not self.in_full, "-in-full")
        self.focus_target_now()
        self.write_detail()

    def period(self) -> str | None:
        return None if self.value is None else self.period_of(self.value)

    def step_back(self) -> bool:
        if self.in_full:
            self.do_whole()
            return True
        return False

    def on_live_table_moved(self) -> None:
        self.write_detail()

    def on_page_resized(self) -> None:
        self.write_detail()
        self.write_chart()

    def recolour(self) -> None:
        self.write_chart()

    # Reading.

    def read(self) -> None:
        """Ask for the wanted period; what is on the screen stays there meanwhile."""
        self.reads()
        shown = None if self.value is None else self.period_of(self.value)
        wanted = self._wanted
        reading = self._reading = object()
        self.write_head()

        async def ask() -> Value:
            try:
                return await self.question(wanted)
            except ConsoleError:
                if self._reading is reading:
                    self._wanted, self._ahead = shown, 0
                raise
            finally:
                if self._reading is reading:
                    self._reading = None
                    self.write_head()

        self.fetch(ask, self._take, self._what(wanted), quiet=self.value is not None)

    def _what(self, period: str | None) -> str:
        return f"the {self.PERIOD}'s figures" if period is None else in_words(period)

    def _take(self, value: Value) -> None:
        self.value = value
        self._wanted = None if self.runs(value) else self.period_of(value)
        self.write()
        self._select()
        self.post_message(LiveTable.Moved())
        self.console.tick()  # the breadcrumb names the period
        if self._ahead:
            step, self._ahead = self._ahead, 0
            self._step(step)

    def _step(self, step: int) -> None:
        if self.value is None:
            self._ahead += step
            return
        shown = self.period_of(self.value)
        at = self._wanted if self._reading is not None and self._wanted is not None else shown
        if step > 0 and at == shown and self.runs(self.value):
            self.console.say(f"This is the present {self.PERIOD}; a later one has not begun.")
            return
        try:
            self._wanted = shifted(at, step)
        except ConsoleError as error:
            self.console.say(str(error), error=True)
            return
        self.read()

    def _select(self) -> None:
        """Go once to the row that the view was opened for."""
        if self._subject is not None and self.value is not None:
            self.table.select(self._subject)
            self._subject = None

    # Writing.

    def write(self) -> None:
        value = self.value
        if value is None:
            return
        rows = self.rows(value)
        if not rows:
            self.explain(*self.empty())
            return
        self.reveal()
        self.table.update(rows)
        self.write_head()
        self.write_about()
        self.write_detail()
        self.write_chart()

    def write_head(self) -> None:
        """The sums above the list: as many lines as there is something to say."""
        value = self.value
        if value is None or self.has_class("-explaining"):
            return
        width = self.app.size.width
        lines = self.head(value, width)
        if self._reading and self._wanted is not None and self._wanted != self.period_of(value):
            lines[0] = line(Cell(f" loading {in_words(self._wanted)}…", "dim"))
        widget = self.query_one(".cadence-head", Lines)
        widget.styles.height = len(lines)
        widget.draw(lambda width, height: lines)

    def write_detail(self) -> None:
        value, row, page = self.value, self.table.line, self.page
        width = page.room.width
        if value is None or width == 0:
            return
        if row is None:
            page.update([])
            return
        identity = self.identity(row)
        if identity != self._detailed:
            self._detailed = identity
            page.to_top()
        page.update(self.detail(value, row, width))

    def write_chart(self) -> None:
        """Draw what stands under the list, off the loop."""
        value, room, look = self.value, self._chart.room, look_of(self.app)
        if value is None or not room.width or not room.height:
            return

        async def run() -> None:
            self._chart.update(await asyncio.to_thread(self.chart, value, room.width, room.height, look))

        self.work_on(run, "chart")
