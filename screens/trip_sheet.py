"""The trip sheet: one page that says why a breaker tripped, what was done, whether it worked, and who may resume."""

from __future__ import annotations

import asyncio
from typing import ClassVar

from textual.app import ComposeResult
from textual.widget import Widget

from console.cadences.daily import Daily
from console.cadences.trip_sheet import TripSheet
from screens.columns import pictures
from screens.columns import trip_sheet as columns
from screens.columns.page import WIDE, PageLine, drawn
from screens.view import Selection, View
from screens.widgets.chart import draw, look_of, pending
from screens.widgets.live_table import LiveTable
from screens.widgets.page import Page

CHART_HEIGHT = 11


class TripSheetView(View):
    """The sheet of one intent, or of the newest kill of a workload: the subject is either's name."""

    NAME: ClassVar[str] = "trip_sheet"
    TITLE: ClassVar[str] = "trip sheet"
    ABOUT: ClassVar[str] = (
        "Why the breaker tripped, the usage rows behind the figure, what was done to what, and what came of it. STATE "
        "CONFIRMED: the provider's own answer, read back, shows the wanted state. SPEND STOPPED: no new usage for two "
        "freshness periods after that. The two are apart because running requests may still end, and late data arrive."
    )

    def __init__(self) -> None:
        super().__init__()
        self._subject: str | None = None
        self._sheet: TripSheet | None = None
        self._chart: list[PageLine] = []
        self._asked_for: str | None = None

    def compose_body(self) -> ComposeResult:
        yield Page(id="trip-sheet-page")

    @property
    def page(self) -> Page:
        return self.query_one(Page)

    def focus_target(self) -> Widget | None:
        return self.page

    def crumb(self) -> str:
        return f"{self.TITLE} {self._sheet.workload if self._sheet else self._subject or ''}".strip()

    def open(self, subject: str | None) -> None:
        """Show the sheet of this intent, or of the newest kill of the workload of this slug."""
        if subject is not None and subject != self._subject:
            self._subject, self._sheet, self._chart = subject, None, []
            self.page.to_top()
        self.dirty = True
        if self._subject is None:
            self.explain("No trip sheet is open.", "Select a workload, an alert or a kill and press T.")

    def show(self, daily: Daily) -> None:
        self._write()
        self._read()

    def selected(self) -> Selection | None:
        """The intent that the sheet is of."""
        sheet = self._sheet
        if sheet is None:
            return None
        return Selection(
            "intent",
            sheet.intent,
            f"{sheet.verb} of {sheet.name}",
            sheet.workload,
            breaker=sheet.breaker,
            item=sheet,
            command=columns.by_hand(sheet),
        )

    def do_trip_sheet(self) -> None:
        """Read it again: it is open already."""
        self._read()

    def recolour(self) -> None:
        self.on_page_resized()

    def on_page_resized(self) -> None:
        self._chart = []
        self._write()
        self._draw()

    def _read(self) -> None:
        """Ask for the sheet, unless that is under way."""
        subject, daily = self._subject, self.console.daily
        if subject is None or self._asked_for == subject:
            return
        self._asked_for = subject
        of_workload = daily is not None and any(line.slug == subject for line in daily.workloads)

        async def question() -> tuple[str, TripSheet | None]:
            from console.operations import breakers

            try:
                if of_workload:
                    return subject, await self.door.ask(breakers.trip_sheet, workload=subject)
                return subject, await self.door.ask(breakers.trip_sheet, intent=subject)
            finally:
                if self._asked_for == subject:
                    self._asked_for = None

        self.fetch(question, self._take, f"the trip sheet of {subject}", quiet=self._sheet is not None)

    def _take(self, answer: tuple[str, TripSheet | None]) -> None:
        subject, sheet = answer
        if subject != self._subject:
            return
        self._sheet = sheet
        if sheet is None:
            self.explain(
                f"{subject} was never killed, so there is no trip sheet.",
                "A trip sheet is written when a breaker trips or somebody kills a workload. q goes back.",
            )
        else:
            self._write()
            self._draw()
        self.post_message(LiveTable.Moved())

    def _write(self) -> None:
        width, sheet = self.page.room.width, self._sheet
        if sheet is None or width == 0:
            return
        picture = pictures.around_the_act(sheet)
        chart = self._chart
        if picture is not None and not chart:
            chart = [drawn(text) for text in pending(picture, self._chart_width(), CHART_HEIGHT)]
        self.page.update(columns.page(sheet, chart, width, self.console.time))

    def _draw(self) -> None:
        """Draw the minutes around the act, off the loop."""
        picture = pictures.around_the_act(self._sheet) if self._sheet else None
        if picture is None or self.page.room.width == 0:
            return
        width, look = self._chart_width(), look_of(self.app)

        async def run() -> None:
            self._chart = [drawn(text) for text in await asyncio.to_thread(draw, picture, width, CHART_HEIGHT, look)]
            self._write()

        self.work_on(run, "charts")

    def _chart_width(self) -> int:
        width = self.page.room.width
        return width // 2 if width >= WIDE else width
