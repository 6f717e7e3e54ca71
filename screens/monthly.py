"""The Monthly: what a dollar of inference earned at each workload, against its Charter, and who still owes words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from console.cadences.monthly import MonthLine, Monthly, OutcomeLine
from console.errors import ConsoleError
from screens.cadence import CadenceView
from screens.columns import monthly as columns
from screens.columns.cadence import against_plan
from screens.columns.column import Column
from screens.columns.month_detail import detail, ledger
from screens.columns.page import PageLine
from screens.view import Selection
from screens.widgets.chart import Look


class MonthlyView(CadenceView[Monthly]):
    """One month, the present one at first."""

    NAME: ClassVar[str] = "monthly"
    TITLE: ClassVar[str] = "monthly"
    PERIOD = "month"
    ROWS = ("workload", "workloads")
    ABOUT: ClassVar[str] = (
        "What a dollar of inference earned in a month. Alpha-net is the value of a workload's outcomes less the "
        "baseline that it improves on, inference, review and rework; the value comes from the ledger of outcomes, so "
        "without one it is unknown (?), never zero. A variance above the threshold stays open until business owner and "
        "platform lead have both explained it. Months are UTC, as the providers bill; a month that still runs is held "
        "against the part of the plan that has gone by."
    )
    COLUMNS: ClassVar[tuple[tuple[str, str], ...]] = columns.MEANINGS

    def __init__(self) -> None:
        super().__init__()
        self._asked: tuple[str, str] | None = None
        """Of which month and workload the rows of the ledger were asked for."""
        self._ledger: tuple[tuple[str, str], tuple[OutcomeLine, ...]] | None = None

    def make_columns(self) -> Sequence[Column[MonthLine]]:
        return columns.columns()

    def identity(self, row: MonthLine) -> str:
        return columns.identity(row)

    def words(self, row: MonthLine) -> str:
        return columns.words(row)

    async def question(self, period: str | None) -> Monthly:
        from console.operations import months

        return await self.door.ask(months.monthly, month=period)

    def period_of(self, value: Monthly) -> str:
        return value.month

    def rows(self, value: Monthly) -> list[MonthLine]:
        return columns.listed(value)

    def head(self, value: Monthly, width: int) -> list[PageLine]:
        return columns.head(value, width, self.console.time)

    def detail(self, value: Monthly, row: MonthLine, width: int) -> list[PageLine]:
        behind: list[PageLine] = []
        if self.in_full:
            known = self._ledger is not None and self._ledger[0] == (value.month, row.slug)
            behind = ledger(self._ledger[1] if known and self._ledger else None, width)
        return detail(value, row, width, self.console.time, behind)

    def write(self) -> None:
        self._asked = None
        super().write()

    def write_detail(self) -> None:
        super().write_detail()
        item: MonthLine | None = self.table.line
        if self.in_full and self.value is not None and item is not None:
            self._ask_for_ledger(self.value.month, item.slug)

    def _ask_for_ledger(self, month: str, slug: str) -> None:
        """The rows behind a workload's sums: there may be thousands in all, so only those of who is shown in full."""
        if self._asked == (month, slug):
            return
        self._asked = month, slug

        async def run() -> None:
            from console.operations import outcomes

            try:
                rows = await self.door.ask(outcomes.outcomes, month=month, workload=slug)
            except ConsoleError as error:
                self.console.say(str(error), error=True)
                return
            self._ledger = (month, slug), rows
            super(MonthlyView, self).write_detail()

        self.work_on(run, "ledger")

    def chart(self, value: Monthly, width: int, height: int, look: Look) -> list[PageLine]:
        return against_plan([(item.slug, item.inference, item.planned) for item in value.lines], width, height)

    def amounts_to(self) -> str:
        return columns.counts(self.value) if self.value is not None else ""

    def empty(self) -> tuple[str, ...]:
        return (
            "There was no workload in this month.",
            "Register what runs with token-console mbom import FILE; [ shows the month before.",
        )

    def selected(self) -> Selection | None:
        """The kill or exception under the cursor of the full view, else the workload."""
        item: MonthLine | None = self.table.line
        if item is None or self.has_class("-explaining"):
            return None
        stop = self.page.stop if self.in_full else None
        if isinstance(stop, tuple):
            return Selection(stop[0], stop[1], f"{stop[0]} {stop[1]}", item.slug, item=item, whole=self.value)
        breaker = None if item.trips else "not tripped in this month"
        return Selection("workload", item.slug, item.name, item.slug, item, breaker, self.value)

    def do_open(self) -> None:
        selection = self.selected()
        if selection is None:
            return
        views = {"intent": "trip_sheet", "exception": "exceptions"}
        self.console.go(views.get(selection.kind, "workload"), selection.id)

    def do_trip_sheet(self) -> None:
        """Of the kill under the cursor, else of the workload's newest in this month."""
        selection, item = self.selected(), self.table.line
        if selection is not None and selection.kind == "intent":
            self.console.go("trip_sheet", selection.id)
        elif isinstance(item, MonthLine) and item.trips:
            self.console.go("trip_sheet", item.trips[-1])
