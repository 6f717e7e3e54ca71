"""One workload, whole: its Charter in short, its money, its charts, and what was done to it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.widget import Widget

from console.cadences.daily import AlertLine, Daily, WorkloadLine
from console.cadences.workload import IntentLine
from console.cadences.workload import WorkloadView as Whole
from console.errors import ConsoleError
from screens.columns import pictures
from screens.columns import workload as columns
from screens.columns.page import WIDE, PageLine, beside, drawn
from screens.view import Selection, View
from screens.widgets.chart import Picture, draw, look_of, pending
from screens.widgets.live_table import LiveTable
from screens.widgets.page import Page

CHARTS = 4
CHART_HEIGHT, TALL_CHART_HEIGHT, TALL = 11, 15, 40


class WorkloadView(View):
    """One workload; which one is the subject it is opened with."""

    NAME: ClassVar[str] = "workload"
    TITLE: ClassVar[str] = "workload"
    ABOUT: ClassVar[str] = (
        "One workload against its Charter. Money is USD; the month is the calendar month in UTC. The kill pace is the "
        "spend that reaches the kill threshold at the end of the month. Time to kill is counted at the present rate. "
        "The signs of a runaway and the lines that kill are those in force now, a planned change included. "
        "[ and ] change the chart; enter opens the alert, kill or resume under the cursor."
    )

    def __init__(self) -> None:
        super().__init__()
        self._slug: str | None = None
        self._whole: Whole | None = None
        self._failure = ""
        self._asked_for: str | None = None
        self._chart = 0
        self._charts: dict[int, list[PageLine]] = {}

    def compose_body(self) -> ComposeResult:
        yield Page(id="workload-page")

    @property
    def page(self) -> Page:
        return self.query_one(Page)

    def focus_target(self) -> Widget | None:
        return self.page

    def crumb(self) -> str:
        return self._slug or self.TITLE

    def open(self, subject: str | None) -> None:
        """Show the workload of this slug: at once what the Daily knows of it, the rest when it has been read."""
        if subject is not None and subject != self._slug:
            self._slug, self._whole, self._failure, self._chart = subject, None, "", 0
            self._charts.clear()
            self.page.to_top()
        self.dirty = True

    def show(self, daily: Daily) -> None:
        self._write()
        self._read()

    def selected(self) -> Selection | None:
        """The alert, kill or resume under the cursor, else the workload itself."""
        item = self._line()
        if self._slug is None or item is None:
            return None
        stop = self.page.stop
        if isinstance(stop, AlertLine):
            return Selection("alert", str(stop.id), stop.summary, self._slug, item=stop)
        if isinstance(stop, IntentLine):
            return Selection("intent", stop.id, f"{stop.verb} of {item.name}", self._slug, item=stop)
        return Selection("workload", self._slug, item.name, self._slug, breaker=item.breaker, item=item)

    def do_open(self) -> None:
        selection = self.selected()
        if selection is not None and selection.kind == "alert":
            self.console.go("alerts", selection.id)
        elif selection is not None and selection.kind == "intent":
            self.console.go("trip_sheet", selection.id)

    def do_trip_sheet(self) -> None:
        """Of the kill or resume under the cursor, else of the newest kill."""
        selection = self.selected()
        if selection is not None:
            self.console.go("trip_sheet", selection.id if selection.kind == "intent" else self._slug)

    def do_chart_next(self) -> None:
        self._turn(1)

    def do_chart_previous(self) -> None:
        self._turn(-1)

    def recolour(self) -> None:
        self.on_page_resized()

    def on_page_resized(self) -> None:
        self._charts.clear()
        self._write()
        self._draw()

    # Reading.

    def _read(self) -> None:
        """Ask for the whole of it, unless that is under way."""
        slug = self._slug
        if slug is None or self._asked_for == slug:
            return
        self._asked_for = slug

        async def question() -> Whole:
            from console.operations import status

            try:
                return await self.door.ask(status.workload, slug=slug)
            except ConsoleError as error:
                if self._slug == slug:
                    self._failure = str(error)
                    self._write()
                raise
            finally:
                if self._asked_for == slug:
                    self._asked_for = None

        self.fetch(question, self._take, f"what {slug} spends and is allowed to", quiet=self._line() is not None)

    def _take(self, whole: Whole) -> None:
        if whole.line.slug == self._slug:
            self._whole, self._failure = whole, ""
            self._write()
            self._draw()
            self.post_message(LiveTable.Moved())

    # Writing.

    def _line(self) -> WorkloadLine | None:
        """The newest line that the Daily has of it, else the one of the last reading."""
        daily = self.console.daily
        line = next((one for one in daily.workloads if one.slug == self._slug), None) if daily else None
        return line or (self._whole.line if self._whole else None)

    def _write(self) -> None:
        width, item = self.page.room.width, self._line()
        if self._slug is None:
            self.explain("No workload is open.", "1 shows them all; enter opens the selected one.")
        elif item is None or width == 0:
            return
        elif self._whole is None:
            self.reveal()
            self.page.update(columns.first(item, width, self._failure))
        else:
            self.reveal()
            recent, charts = self._chart_lines(self._whole)
            self.page.update(columns.page(self._whole, item, recent, charts, width, self.console.time))

    def _turn(self, step: int) -> None:
        if self.page.room.width >= WIDE:
            self.console.say("All charts are on the screen.")
            return
        self._chart = (self._chart + step) % CHARTS
        self._write()
        self._draw()

    # Charts.

    def _chart_lines(self, whole: Whole) -> tuple[list[PageLine], list[PageLine]]:
        """The recent spend, and the other charts side by side, where there is room; else the chosen one and nothing.
        Those not drawn yet keep their place."""
        shown = pictures.of_workload(whole)
        blocks = [self._block(shown[at], at) for at in self._chosen()]
        if len(blocks) == 1:
            blocks[0][0] = columns.chart_heading(shown[self._chart].title, self._chart + 1, len(shown))
        lines: list[PageLine] = []
        for at, block in enumerate(blocks[1:]):
            lines = beside(lines, block, at * (self._chart_size(1)[0] + 2)) if at else list(block)
        return blocks[0], lines

    def _block(self, picture: Picture, at: int) -> list[PageLine]:
        drawn_already = self._charts.get(at)
        return list(drawn_already or [drawn(text) for text in pending(picture, *self._chart_size(at))])

    def _chosen(self) -> Sequence[int]:
        return range(CHARTS) if self.page.room.width >= WIDE else (self._chart,)

    def _draw(self) -> None:
        """Draw the charts that are shown, off the loop, and put them in their place."""
        if self._whole is None or self.page.room.width == 0:
            return
        shown, look = pictures.of_workload(self._whole), look_of(self.app)

        async def run() -> None:
            for at in self._chosen():
                texts = await asyncio.to_thread(draw, shown[at], *self._chart_size(at), look)
                self._charts[at] = [drawn(text) for text in texts]
            self._write()

        self.work_on(run, "charts")

    def _chart_size(self, at: int) -> tuple[int, int]:
        """Cells and lines of a chart: the recent spend, which has the most lines in it, half of a wide page and some
        more height; the others a third each."""
        room = self.page.room
        height = (TALL_CHART_HEIGHT if room.height >= TALL else CHART_HEIGHT) + (3 if at == 0 else 0)
        if room.width < WIDE:
            return room.width, height
        return (room.width - room.width // 2 if at == 0 else (room.width - 4) // 3), height
