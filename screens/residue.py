"""The residue: what no workload claims, and metered against billed by key, model, day and source."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from console.cadences.residue.value import Residue
from screens.cadence import CadenceView
from screens.columns import residue as columns
from screens.columns.column import Column
from screens.columns.page import PageLine
from screens.columns.residue import Row
from screens.view import Selection
from screens.widgets.chart import Look


class ResidueView(CadenceView[Residue]):
    """One month, the present one at first; `v` breaks it down another way."""

    NAME: ClassVar[str] = "residue"
    TITLE: ClassVar[str] = "residue"
    PERIOD = "month"
    ROWS = ("line", "lines")
    ABOUT: ClassVar[str] = (
        "What is left over. First what no usage rule of the MBOM claims, ranked by dollars: spend without a Charter, "
        "which no breaker stops. v steps on to metered against billed by key, model, day and source: a gap is usage "
        "that the reading secret does not see, or a price that is wrong. Only days are compared that the provider has "
        "closed; what a source does not tell is unknown (?), never zero."
    )
    COLUMNS: ClassVar[tuple[tuple[str, str], ...]] = columns.MEANINGS

    def __init__(self) -> None:
        super().__init__()
        self._way = columns.UNCLAIMED

    def make_columns(self) -> Sequence[Column[Row]]:
        return columns.columns()

    def identity(self, row: Row) -> str:
        return columns.identity(row)

    def words(self, row: Row) -> str:
        return columns.words(row)

    async def question(self, period: str | None) -> Residue:
        from console.operations import residue

        return await self.door.ask(residue.residue, month=period)

    def period_of(self, value: Residue) -> str:
        return value.month

    def rows(self, value: Residue) -> Sequence[Any]:
        return columns.rows(value, self._way)

    def head(self, value: Residue, width: int) -> list[PageLine]:
        return columns.head(value, self._way, width, self.console.time)

    def detail(self, value: Residue, row: Row, width: int) -> list[PageLine]:
        return columns.detail(value, row, width)

    def chart(self, value: Residue, width: int, height: int, look: Look) -> list[PageLine]:
        return columns.chart(value, width, height)

    def empty(self) -> tuple[str, ...]:
        if self._way == columns.UNCLAIMED:
            return ("Every dollar of this month has a workload.", "v shows what was metered and billed; [ the month "
                    "before.")
        return ("Nothing was metered or billed in this month.", "[ shows the month before.")

    def selected(self) -> Selection | None:
        row: Row | None = self.table.line
        if row is None or self.has_class("-explaining"):
            return None
        return Selection("line", columns.identity(row), columns.what(row) or "none", item=row, whole=self.value)

    def do_way(self) -> None:
        """Break the month down another way."""
        at = columns.WAYS.index(self._way)
        self._way = columns.WAYS[(at + 1) % len(columns.WAYS)]
        self.write()
