"""Every open alert, and the selected one in full: the Charter line, the figures, and what to do."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Container
from textual.widget import Widget

from console.cadences.daily import AlertLine, Daily
from screens.columns import alerts as columns
from screens.view import Selection, View
from screens.widgets.live_table import LiveTable
from screens.widgets.page import Page


class AlertsView(View):
    """The alerts of the newest Daily."""

    NAME = "alerts"
    TITLE = "alerts"
    ABOUT = (
        "Every open alert, and those resolved in the last quarter of an hour. Acknowledging stops an alert's messages "
        "until its end or until it becomes more severe; silencing mutes all of a workload's. Neither holds back a kill."
    )

    def __init__(self) -> None:
        super().__init__()
        self._wanted: str | None = None

    def compose_body(self) -> ComposeResult:
        with Container(classes="list-and-detail"):
            yield LiveTable[AlertLine](columns.columns(self.console.now()), columns.identity, columns.words, id="alerts-table")
            yield Page(id="alert-detail")

    @property
    def table(self) -> LiveTable[AlertLine]:
        return self.query_one("#alerts-table", LiveTable)

    def focus_target(self) -> Widget | None:
        return self.table

    def open(self, subject: str | None) -> None:
        """Show the list; the subject is an alert's number, or a workload whose first alert is wanted."""
        self._wanted = subject
        self.dirty = True

    def show(self, daily: Daily) -> None:
        if not daily.alerts:
            self.explain("No alerts.", "Nothing is over its Charter's lines. 1 shows the workloads.")
            return
        self.reveal()
        self.table.columns = columns.columns(self.console.now())
        self.table.update(sorted(daily.alerts, key=columns.urgency))
        self._go_to_wanted(daily)
        self._write()

    def selected(self) -> Selection | None:
        alert = self.table.line
        return None if alert is None else Selection("alert", str(alert.id), alert.summary, alert.workload, alert)

    def do_open(self) -> None:
        """The workload that the alert is about."""
        alert = self.table.line
        if alert is not None:
            self.console.go("workload", alert.workload)

    def on_live_table_moved(self) -> None:
        self._write()

    def on_page_resized(self) -> None:
        self._write()

    def _go_to_wanted(self, daily: Daily) -> None:
        wanted, self._wanted = self._wanted, None
        alert = next((one for one in daily.alerts if wanted in (str(one.id), one.workload)), None)
        if alert is not None:
            self.table.select(columns.identity(alert))

    def _write(self) -> None:
        detail, alert = self.query_one("#alert-detail", Page), self.table.line
        if alert is not None and detail.room.width:
            detail.update(columns.detail(alert, detail.room.width, self.console.now(), self.console.time))
        elif alert is None:
            detail.update(())
