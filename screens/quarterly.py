"""The Quarterly: each workload's review, which ends with its Charter reaffirmed, revised, or the workload retired."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from console.cadences.quarterly import QuarterLine, Quarterly
from screens.cadence import CadenceView
from screens.columns import quarterly as columns
from screens.columns.cadence import against_plan
from screens.columns.column import Column
from screens.columns.page import PageLine
from screens.view import Selection
from screens.widgets.chart import Look


class QuarterlyView(CadenceView[Quarterly]):
    """One quarter of the organisation's fiscal year, the present one at first."""

    NAME: ClassVar[str] = "quarterly"
    TITLE: ClassVar[str] = "quarterly"
    PERIOD = "quarter"
    ROWS = ("workload", "workloads")
    ABOUT: ClassVar[str] = (
        "The quarterly review of every workload: what was planned, spent, produced, learned and is recommended. "
        "Business owner and platform lead recommend jointly (P); then the review is ended (F): the Charter is "
        "reaffirmed, revised (a new draft is opened), or the workload is retired. The quarter is one of the fiscal "
        "year that [calendar] gives. What it asks of a Charter comes from exceptions, variances and half-lives."
    )
    COLUMNS: ClassVar[tuple[tuple[str, str], ...]] = columns.MEANINGS

    def make_columns(self) -> Sequence[Column[QuarterLine]]:
        return columns.columns(self.console.now)

    def identity(self, row: QuarterLine) -> str:
        return columns.identity(row)

    def words(self, row: QuarterLine) -> str:
        return columns.words(row)

    async def question(self, period: str | None) -> Quarterly:
        from console.operations import quarters

        return await self.door.ask(quarters.quarterly, quarter=period)

    def period_of(self, value: Quarterly) -> str:
        return value.quarter

    def rows(self, value: Quarterly) -> list[QuarterLine]:
        return columns.listed(value)

    def head(self, value: Quarterly, width: int) -> list[PageLine]:
        return columns.head(value, width, self.console.time)

    def detail(self, value: Quarterly, row: QuarterLine, width: int) -> list[PageLine]:
        return columns.detail(value, row, width, self.console.time)

    def chart(self, value: Quarterly, width: int, height: int, look: Look) -> list[PageLine]:
        return against_plan([(item.slug, item.spent, item.planned) for item in value.lines], width, height)

    def amounts_to(self) -> str:
        return columns.counts(self.value) if self.value is not None else ""

    def empty(self) -> tuple[str, ...]:
        return (
            "There was no workload in this quarter.",
            "Register what runs with token-console mbom import FILE; [ shows the quarter before.",
        )

    def selected(self) -> Selection | None:
        """The exception under the cursor of the full view, else the workload."""
        item: QuarterLine | None = self.table.line
        if item is None or self.has_class("-explaining"):
            return None
        stop = self.page.stop if self.in_full else None
        if isinstance(stop, tuple):
            return Selection(stop[0], stop[1], f"{stop[0]} {stop[1]}", item.slug, item=item, whole=self.value)
        return Selection("workload", item.slug, item.name, item.slug, item=item, whole=self.value)

    def do_open(self) -> None:
        """The exception under the cursor of the full view, else the workload's own page."""
        selection = self.selected()
        if selection is not None:
            self.console.go("exceptions" if selection.kind == "exception" else "workload", selection.id)
