"""Every open alert, and the selected one in full: the Charter line, the figures, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Container

from console.cadences.daily import AlertLine, Daily
from screens.columns import alerts as columns
from screens.columns.page import PageLine
from screens.listing import ListView
from screens.view import Selection
from screens.widgets.lines import Lines
from screens.widgets.live_table import LiveTable


class AlertsView(ListView):
    """The alerts of the newest Daily."""

    NAME: ClassVar[str] = "alerts"
    TITLE: ClassVar[str] = "alerts"
    ROWS = ("alert", "alerts")
    ABOUT: ClassVar[str] = (
        "Every open alert, and those resolved in the last quarter of an hour. Acknowledging stops an alert's messages "
        "until its end or until it becomes more severe; silencing mutes all of a workload's. Neither holds back a kill."
    )

    def __init__(self) -> None:
        super().__init__()
        self._wanted: str | None = None
        self._opened = False
        self._alerts: tuple[AlertLine, ...] = ()

    def compose_body(self) -> ComposeResult:
        yield Lines(classes="list-line")
        with Container(classes="list-and-detail"):
            yield LiveTable[AlertLine](columns.columns(self._now), columns.identity, columns.words, id="alerts")
            yield Lines(id="alert-detail")

    def open(self, subject: str | None) -> None:
        """Show the list with this alert selected, or without a subject the most urgent one."""
        self._wanted, self._opened = subject, True
        self.dirty = True

    def place(self) -> str | None:
        """The alert that is selected, to be found again on the way back."""
        alert = self._alert()
        return None if alert is None else columns.identity(alert)

    def amounts_to(self) -> str:
        return columns.counts(self._alerts)

    def show(self, daily: Daily) -> None:
        if self.paused:
            return
        if not daily.alerts:
            self.explain("No alerts.", "No workload is over a line of its Charter. 1 shows them all.")
            return
        self.reveal()
        self._alerts = daily.alerts
        self.table.update(columns.listed(self._alerts))
        self._go_to_wanted()
        self.write_about()
        self._write()

    def tick(self) -> None:
        self.table.tick()
        self._write()

    def selected(self) -> Selection | None:
        alert = self._alert()
        return None if alert is None else Selection("alert", str(alert.id), alert.summary, alert.workload, item=alert)

    def do_open(self) -> None:
        """The workload that the alert is about."""
        alert = self._alert()
        if alert is not None:
            self.console.go("workload", alert.workload)

    def on_live_table_moved(self) -> None:
        self._write()

    def _now(self) -> datetime:
        return self.console.now()

    def _alert(self) -> AlertLine | None:
        line = self.table.line
        return line if isinstance(line, AlertLine) and not self.has_class("-explaining") else None

    def _go_to_wanted(self) -> None:
        """Once after each opening; later news leave the selection where the person has it."""
        if not self._opened:
            return
        wanted, self._wanted, self._opened = self._wanted, None, False
        if wanted is None or not self.table.select(wanted):
            self.table.action_top()

    def _write(self) -> None:
        alert = self._alert()

        def lines(width: int, height: int) -> Sequence[PageLine]:
            return columns.detail(alert, width, self.console.now(), self.console.time) if alert is not None else ()

        self.query_one("#alert-detail", Lines).draw(lines)
