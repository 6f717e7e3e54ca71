"""One cell of the TRAM matrix: who stands in it, and what it permits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Container

from console.cadences.tram import TramView, TramWorkload
from screens.columns import tram as columns
from screens.columns.page import PageLine
from screens.listing import ListView
from screens.rereading import Asking
from screens.view import Selection
from screens.widgets.lines import Lines
from screens.widgets.live_table import LiveTable


class TramCellView(Asking[TramView], ListView):
    """The cell whose name it is opened with: `low x medium`, or `without a cell`."""

    NAME: ClassVar[str] = "tram_cell"
    TITLE: ClassVar[str] = "TRAM cell"
    WHAT = "the matrix"
    ROWS = ("workload", "workloads")
    ABOUT: ClassVar[str] = (
        "Who stands in one cell of the matrix, by spend in the month so far, and what the cell permits. The Charter in "
        "force decides the cell; REMARK says where the MBOM entry names another, and what the Charter commits to "
        "beyond what the cell permits, as it may where the matrix was changed after it was signed."
    )
    COLUMNS: ClassVar[tuple[tuple[str, str], ...]] = columns.MEANINGS

    def __init__(self) -> None:
        super().__init__()
        self._title = ""

    def compose_body(self) -> ComposeResult:
        yield Lines(classes="list-line")
        with Container(classes="list-and-detail"):
            yield LiveTable[TramWorkload](columns.COLUMNS, columns.identity, columns.words, id="tram-workloads")
            yield Lines(id="tram-cell-detail")

    def open(self, subject: str | None) -> None:
        if subject is not None and subject != self._title:
            self._title = subject
            self.table.filter_by("")
            self._write()
            self.table.action_top()
        self.dirty = True
        self.read()

    def crumb(self) -> str:
        return f"TRAM › {self._title}"

    def selected(self) -> Selection | None:
        one: TramWorkload | None = self.table.line
        if one is None or self.has_class("-explaining"):
            return None
        return Selection("workload", one.slug, one.name, one.slug, item=one)

    def do_open(self) -> None:
        one: TramWorkload | None = self.table.line
        if one is not None:
            self.console.go("workload", one.slug)

    async def question(self) -> TramView:
        from console.operations import tram

        return await self.door.ask(tram.matrix)

    def take(self, view: TramView) -> None:
        self._write()
        self.post_message(LiveTable.Moved())

    def _write(self) -> None:
        view = self.value
        place = columns.place_of(view, self._title) if view is not None else None
        if view is None:
            return
        here = columns.workloads_at(view, place) if place is not None else ()
        if place is None or not here:
            self.explain(f"Nobody stands in {self._title}.", "q goes back to the matrix.")
            return
        self.reveal()
        self.table.update(here)
        self.write_about()
        self._write_detail()

    def on_live_table_moved(self) -> None:
        self._write_detail()

    def _write_detail(self) -> None:
        view, one = self.value, self.table.line
        place = columns.place_of(view, self._title) if view is not None else None

        def lines(width: int, height: int) -> Sequence[PageLine]:
            return columns.detail(view, place, one, width) if view is not None and place is not None else ()

        self.query_one("#tram-cell-detail", Lines).draw(lines)
