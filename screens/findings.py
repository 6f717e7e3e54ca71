"""Findings: what the detectors of anti-patterns see, with evidence and dollars, and what they cannot tell."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, ClassVar

from console.cadences.findings.value import FindingLine, Findings
from console.errors import ConsoleError
from screens.cadence import CadenceView
from screens.columns import findings as columns
from screens.columns.column import Column
from screens.columns.findings import Row
from screens.columns.page import PageLine
from screens.view import Selection
from screens.widgets.chart import Look

DAYS = (7, 14, 30, 90)
"""How far back one may look."""


class FindingsView(CadenceView[Findings]):
    """The last week at first; `[` looks further back."""

    NAME: ClassVar[str] = "findings"
    TITLE: ClassVar[str] = "findings"
    PERIOD = "week"
    ROWS = ("finding", "findings")
    ABOUT: ClassVar[str] = (
        "The playbook's anti-patterns, as the detectors see them in usage, call records, the MBOM, Charters, recorded "
        "evaluations and prompts: the dearest first, with evidence and fix beside it. enter opens the exception that a "
        "finding became, where it is decided. v shows what cannot be told for want of data, then the Orchestration "
        "Multiplier of each workload. [ and ] look at 7, 14, 30 or 90 days."
    )
    COLUMNS: ClassVar[tuple[tuple[str, str], ...]] = columns.MEANINGS

    def __init__(self) -> None:
        super().__init__()
        self._way = columns.FOUND
        self._days = DAYS[0]
        """How far back the next reading looks."""

    def make_columns(self) -> Sequence[Column[Row]]:
        return columns.columns()

    def identity(self, row: Row) -> str:
        return columns.identity(row)

    def words(self, row: Row) -> str:
        return columns.words(row)

    async def question(self, period: str | None) -> Findings:
        from console.operations import findings

        since = None if self._days == DAYS[0] else self.door.clock.now() - timedelta(days=self._days)
        try:
            return await self.door.ask(findings.findings, since=since)
        except ConsoleError:
            self._days = DAYS[0] if self.value is None else _days(self.value)
            raise

    def period_of(self, value: Findings) -> str:
        return f"{_days(value)} days"

    def runs(self, value: Findings) -> bool:
        return True

    def rows(self, value: Findings) -> Sequence[Any]:
        return columns.rows(value, self._way)

    def head(self, value: Findings, width: int) -> list[PageLine]:
        return columns.head(value, self._way, width, self.console.time)

    def detail(self, value: Findings, row: Row, width: int) -> list[PageLine]:
        return columns.detail(row, width, self.console.time)

    def chart(self, value: Findings, width: int, height: int, look: Look) -> list[PageLine]:
        return columns.chart(value, width, height)

    def empty(self) -> tuple[str, ...]:
        if self._way == columns.FOUND:
            return ("No anti-pattern was found.", "v shows what cannot be told for want of data; [ looks further back.")
        if self._way == columns.LACKS:
            return ("Every detector has what it needs.", "v shows the Orchestration Multiplier.")
        return ("No call records are known: the Orchestration Multiplier is measured from traces.",
                "docs/otel.md says how to send them; v shows what was found.")

    def selected(self) -> Selection | None:
        row: Row | None = self.table.line
        if row is None or self.has_class("-explaining"):
            return None
        if isinstance(row, FindingLine) and row.decided is not None:
            return Selection("exception", str(row.decided.exception), columns.workload(row), item=row, whole=self.value)
        return Selection("workload", columns.workload(row), columns.workload(row), item=row, whole=self.value)

    def do_open(self) -> None:
        """The exception that it became, else the workload."""
        selection = self.selected()
        if selection is not None:
            self.console.go("exceptions" if selection.kind == "exception" else "workload", selection.id)

    def do_way(self) -> None:
        """What was found, or what cannot be told."""
        at = columns.WAYS.index(self._way)
        self._way = columns.WAYS[(at + 1) % len(columns.WAYS)]
        self.write()

    def _step(self, step: int) -> None:
        at = DAYS.index(self._days) - step
        if not 0 <= at < len(DAYS):
            self.console.say("Nothing is looked at for less than a week." if step > 0 else
                             f"The console looks {DAYS[-1]} days back; `findings --since` looks as far as is stored.")
            return
        self._days = DAYS[at]
        self.read()


def _days(value: Findings) -> int:
    """Whole days; a look begins at a midnight."""
    return (value.end - value.start).days
