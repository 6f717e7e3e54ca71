"""The Weekly: the exceptions that piled up, grouped so that patterns stand out, decided by key."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.containers import Container

from console.cadences.weekly import PatternLine
from console.clock import rfc3339
from screens.columns import weekly as columns
from screens.columns.page import PageLine
from screens.dialogs.decide import Chosen
from screens.triage import TriageView
from screens.view import Selection
from screens.widgets.lines import Lines
from screens.widgets.marked_table import MarkedTable


class WeeklyView(TriageView):
    """The patterns of the week; a decision on one is made on all of its open exceptions."""

    NAME: ClassVar[str] = "weekly"
    TITLE: ClassVar[str] = "weekly"
    ROWS = ("pattern", "patterns")
    ABOUT: ClassVar[str] = (
        "What was outside a Charter and a person must decide on. Exceptions of one kind are a pattern, over all "
        "workloads. A key decides all open ones of the selected pattern at once, after one rationale; enter opens them "
        "one by one. Dollars at stake are USD. A decision does not close an exception: that happens by itself, when it "
        "is no longer so; and one that is bounded in time opens again at its end, if it still is."
    )
    COLUMNS: ClassVar[tuple[tuple[str, str], ...]] = columns.MEANINGS

    def compose_body(self) -> ComposeResult:
        yield Lines(classes="week-line")
        yield Lines(classes="list-line")
        with Container(classes="list-and-detail"):
            yield MarkedTable[PatternLine](columns.COLUMNS, columns.identity, columns.words, id="patterns")
            yield Lines(id="pattern-detail")

    def open(self, subject: str | None) -> None:
        """Show the patterns with this one selected, or the next one that waits where it is done; without a subject
        the first, in order."""
        if subject is None:
            self.anew()
        self.open_week()
        if subject is None:
            self.table.action_top()
        elif self.table.select(subject) and not self.waits(self.table.line):
            self.go_on()

    def period(self) -> str | None:
        return None if self.week.at is None else rfc3339(self.week.at)

    def place(self) -> str | None:
        """The pattern that is selected, to be found again on the way back."""
        line = self.table.line
        return None if line is None else columns.identity(line)

    def amounts_to(self) -> str:
        weekly = self.week.weekly
        return "" if weekly is None else columns.in_the_week(weekly, len(self.table.marked))

    def write(self) -> None:
        weekly = self.week.weekly
        if weekly is None:
            return
        if not weekly.patterns:
            self.explain(
                "Nothing waits for a decision.",
                f"No exception came up in the week {columns.week(weekly, self.console.now())}, and none was left.",
                "Exceptions open by themselves: after a trip, an alert that was not resolved, a drift or a variance.",
                "[ shows the week before · 1 shows every workload",
            )
            return
        self.reveal()
        self.table.update(self._order.keep(weekly.patterns, columns.identity))
        self.write_week()
        self.write_about()
        self._write_detail()

    def waits(self, line: Any) -> bool:
        return bool(self.week.open(line.kind))

    def selected(self) -> Selection | None:
        line = self._pattern()
        return None if line is None else Selection("pattern", line.kind, line.kind, item=line)

    def do_open(self) -> None:
        """Its exceptions, one by one."""
        line = self._pattern()
        if line is not None:
            self.console.go("exceptions", line.kind)

    def chosen(self, verdict: str) -> Chosen | str:
        line = self._pattern()
        patterns = self.table.marked or ([line] if line is not None else [])
        found = tuple(one for pattern in patterns for one in self.week.open(pattern.kind))
        if not found:
            return "Nothing of this waits for a decision; enter shows what was decided."
        names = patterns[0].kind if len(patterns) == 1 else f"{len(patterns):,} patterns"
        whose = "its" if len(patterns) == 1 else "their"
        many = f"{whose} one open exception" if len(found) == 1 else f"{whose} {len(found):,} open exceptions"
        return Chosen(found, f"{names}, {many}")

    def identity_of(self, chosen: Chosen) -> str:
        return chosen.exceptions[0].kind

    def on_live_table_moved(self) -> None:
        self._write_detail()

    def _pattern(self) -> PatternLine | None:
        line: PatternLine | None = self.table.line
        return None if self.has_class("-explaining") else line

    def _write_detail(self) -> None:
        line = self._pattern()

        def lines(width: int, height: int) -> Sequence[PageLine]:
            return columns.detail(line, self.week.exceptions, width, height) if line is not None else ()

        self.query_one("#pattern-detail", Lines).draw(lines)
