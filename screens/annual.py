"""The Annual: the operating model by what it did, the playbook's predictions, and a text that is written and signed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from console.cadences.annual import Annual, PatternYear, PredictionLine
from screens.cadence import CadenceView
from screens.columns import annual as columns
from screens.columns.column import Column
from screens.columns.page import PageLine, drawn
from screens.columns.pictures import spend_of_year
from screens.view import Selection
from screens.widgets.chart import Look, draw


class AnnualView(CadenceView[Annual]):
    """One fiscal year, the present one at first."""

    NAME: ClassVar[str] = "annual"
    TITLE: ClassVar[str] = "annual"
    PERIOD = "year"
    ROWS = ("line", "lines")
    ABOUT: ClassVar[str] = (
        "The operating model reviews itself: were reviews held on time, how long did it take to acknowledge, to kill "
        "and to resume, what was killed for nothing, what do exceptions show, what did fixes save. Below the "
        "measures stand the text of the year (e writes it in $EDITOR, i signs exactly what is shown), the playbook's "
        "predictions (J gives a verdict with its evidence), and the patterns by month. The year is the fiscal one."
    )
    COLUMNS: ClassVar[tuple[tuple[str, str], ...]] = columns.MEANINGS

    def make_columns(self) -> Sequence[Column[columns.Row]]:
        return columns.columns()

    def identity(self, row: columns.Row) -> str:
        return columns.identity(row)

    def words(self, row: columns.Row) -> str:
        return columns.words(row)

    def group(self, row: columns.Row) -> int:
        return columns.group(row)

    async def question(self, period: str | None) -> Annual:
        from console.operations import years

        return await self.door.ask(years.annual, year=period)

    def period_of(self, value: Annual) -> str:
        return value.year

    def rows(self, value: Annual) -> list[columns.Row]:
        return columns.rows(value)

    def head(self, value: Annual, width: int) -> list[PageLine]:
        return columns.head(value, width, self.console.time)

    def detail(self, value: Annual, row: columns.Row, width: int) -> list[PageLine]:
        return columns.detail(value, row, width, self.console.time)

    def chart(self, value: Annual, width: int, height: int, look: Look) -> list[PageLine]:
        return (
            [drawn(text) for text in draw(spend_of_year(value), width, height, look)]
            if any(spent for _, spent, _ in value.months)
            else []
        )

    def amounts_to(self) -> str:
        return columns.counts(self.value) if self.value is not None else ""

    def empty(self) -> tuple[str, ...]:
        return (
            "Nothing was measured in this year.",
            "The measures come from reviews, alerts, kills and exceptions as they happen; [ shows the year before.",
        )

    def selected(self) -> Selection | None:
        row: columns.Row | None = self.table.line
        if row is None or self.has_class("-explaining"):
            return None
        number = str(row.number) if isinstance(row, PredictionLine) else columns.identity(row)
        command = f"token-console annual {self.value.year}" if self.value is not None else ""
        return Selection(columns.kind(row), number, columns.identity(row), item=row, whole=self.value, command=command)

    def do_open(self) -> None:
        """A pattern in the weekly; anything else in full."""
        row = self.table.line
        if isinstance(row, PatternYear) and not self.in_full:
            self.console.go("weekly", row.kind)
        else:
            self.do_whole()
