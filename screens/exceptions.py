"""Exceptions one by one: of one pattern or of all, the selected one in full, decided by key."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.containers import Container

from console.cadences.weekly import ExceptionLine
from screens.columns import exceptions as columns
from screens.columns.page import PageLine
from screens.dialogs.decide import Chosen
from screens.triage import TriageView
from screens.view import Selection
from screens.widgets.lines import Lines
from screens.widgets.marked_table import MarkedTable


class ExceptionsView(TriageView):
    """The exceptions of the pattern that it is opened with, or all of the week."""

    NAME: ClassVar[str] = "exceptions"
    TITLE: ClassVar[str] = "exceptions"
    ROWS = ("exception", "exceptions")
    ABOUT: ClassVar[str] = (
        "Exceptions one by one: what is not as the Charter has it, since when, and what it costs. One key decides: the "
        "Charter must be revised, it is bounded in time, it is not a problem, or it is escalated as a pattern, which "
        "takes all of its kind. Each asks for a rationale; up and tab bring back what was said before. space marks "
        "rows, * all that wait, and a decision is then made on all of them or on none."
    )
    COLUMNS: ClassVar[tuple[tuple[str, str], ...]] = columns.MEANINGS

    def __init__(self) -> None:
        super().__init__()
        self._kind: str | None = None
        self._wanted: str | None = None

    def compose_body(self) -> ComposeResult:
        yield Lines(classes="week-line")
        yield Lines(classes="list-line")
        with Container(classes="list-and-detail"):
            yield MarkedTable[ExceptionLine](
                columns.columns(self._now, lambda: self.week.sending), columns.identity, columns.words, id="exceptions"
            )
            yield Lines(id="exception-detail")

    def open(self, subject: str | None) -> None:
        """Show the exceptions of this kind, or all; the first that waits is selected where they were not shown. A
        number is that of one exception: all are shown, and that one is selected."""
        one = subject if subject is not None and subject.isdecimal() else None
        self._wanted, kind = one, subject if one is None else None
        if kind == self._kind and self.table.total:
            self.open_week()
            return
        self._kind = kind
        self.anew()
        self.table.filter_by("")
        self.open_week()
        if one is None:
            self.table.action_top()

    def place(self) -> str | None:
        """Among all, the exception that is selected, to be found again on the way back."""
        one = self._exception()
        return None if one is None or self._kind is not None else columns.identity(one)

    def crumb(self) -> str:
        return "weekly › exceptions" if self._kind is None else f"weekly › {self._kind}"

    @property
    def kind(self) -> str | None:
        return self._kind

    def amounts_to(self) -> str:
        return columns.counts(self._rows(), len(self.table.marked))

    def _rows(self) -> list[ExceptionLine]:
        return [one for one in self.week.exceptions if self._kind in (None, one.kind)]

    def write(self) -> None:
        if self.week.weekly is None:
            return
        rows = self._rows()
        if not rows:
            of = f" of {self._kind}" if self._kind is not None else ""
            self.explain(f"There is no exception{of} this week.", "q goes back; 2 shows the patterns.")
            return
        self.reveal()
        self.table.update(self._order.keep(columns.listed(rows), columns.identity))
        self._go_to_wanted()
        self.write_week()
        self.write_about()
        self._write_detail()

    def _go_to_wanted(self) -> None:
        """Once, to the exception that the view was opened for; one that was closed before this week is not listed."""
        if self._wanted is None:
            return
        if self.table.select(self._wanted):
            self._wanted = None
        elif not self.reading:
            self.console.say(f"Exception {self._wanted} was closed before this week, so it is not listed.")
            self._wanted = None

    def waits(self, line: Any) -> bool:
        return line.state == "open" and line.id not in self.week.sending

    def selected(self) -> Selection | None:
        one = self._exception()
        return None if one is None else Selection("exception", str(one.id), one.summary, one.workload, item=one)

    def do_open(self) -> None:
        """The workload that it is about."""
        one = self._exception()
        if one is not None:
            self.console.go("workload", one.workload)

    def do_trip_sheet(self) -> None:
        """The trip that it came from."""
        one = self._exception()
        if one is not None and one.intent:
            self.console.go("trip_sheet", one.intent)
        else:
            self.console.say("This exception did not come from a trip, so it has no trip sheet.")

    def do_alerts(self) -> None:
        """The alert that it came from, where that is still open."""
        one, daily = self._exception(), self.console.daily
        number = one.alert if one is not None else None
        if number is not None and not any(alert.id == number for alert in (daily.alerts if daily else ())):
            self.console.say(f"Alert {number} is over; what it said is in the exception.")
        else:
            self.console.go("alerts", None if number is None else str(number))

    def chosen(self, verdict: str) -> Chosen | str:
        one, marked = self._exception(), [line for line in self.table.marked if self._may_be_decided(line)]
        if marked:
            return Chosen(tuple(marked), columns.together(marked))
        if one is None:
            return "Select an exception first."
        if not self._may_be_decided(one):
            return columns.settled(one, self.console.time)
        if verdict == "escalated":
            alike = [one, *(other for other in self.week.open(one.kind) if other.id != one.id)]
            return Chosen(tuple(alike), columns.together(alike))
        return Chosen((one,), columns.single(one))

    def _may_be_decided(self, one: ExceptionLine) -> bool:
        """Whether it is open, or decided and so may be decided anew."""
        return one.state != "closed" and one.id not in self.week.sending

    def identity_of(self, chosen: Chosen) -> str:
        return columns.identity(chosen.exceptions[0])

    def on_live_table_moved(self) -> None:
        self._write_detail()

    def tick(self) -> None:
        super().tick()
        self._write_detail()

    def _now(self) -> datetime:
        return self.console.now()

    def _exception(self) -> ExceptionLine | None:
        line: ExceptionLine | None = self.table.line
        return None if self.has_class("-explaining") else line

    def _write_detail(self) -> None:
        one = self._exception()

        def lines(width: int, height: int) -> Sequence[PageLine]:
            return columns.detail(one, width, height, self.console.now(), self.console.time) if one is not None else ()

        self.query_one("#exception-detail", Lines).draw(lines)
