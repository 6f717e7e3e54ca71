"""The TRAM matrix: cost variance by output variance, with the portfolio in its cells."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult

from console.cadences.tram import TramView
from screens.columns import tram as columns
from screens.columns.page import PageLine
from screens.rereading import Asking
from screens.view import Selection
from screens.widgets.lines import Lines
from screens.widgets.live_table import LiveTable
from screens.widgets.matrix import MatrixGrid


class TramMatrixView(Asking[TramView]):
    """The matrix; `enter` opens a cell."""

    NAME: ClassVar[str] = "tram"
    TITLE: ClassVar[str] = "TRAM"
    WHAT = "the matrix"
    ABOUT: ClassVar[str] = (
        "The organisation's Token Risk Appetite Matrix: how much variance of cost (down) and of output (across) is "
        "tolerated. A cell decides which models a Charter may name, whether they may think, how deep and wide agents "
        "may go, and the least review. Each workload stands in the cell of its Charter in force, else in the one that "
        "its MBOM entry states. Dollars are the UTC month so far; ! marks what is stopped, or not as its cell has it."
    )

    def __init__(self) -> None:
        super().__init__()
        self._wanted: str | None = None

    def compose_body(self) -> ComposeResult:
        yield Lines(id="tram-summary")
        yield MatrixGrid(id="tram-matrix")
        yield Lines(id="tram-permits")

    @property
    def grid(self) -> MatrixGrid:
        return self.query_one(MatrixGrid)

    def focus_target(self) -> MatrixGrid:
        return self.grid

    def open(self, subject: str | None) -> None:
        """Show the matrix with this cell, or the one of this workload, under the cursor."""
        self._wanted, self.dirty = subject, True
        self._go_to_wanted()
        self.read()

    def place(self) -> str | None:
        return None if self.value is None else columns.title_at(self.value, self.grid.at)

    def selected(self) -> Selection | None:
        if self.value is None or self.has_class("-explaining"):
            return None
        title = columns.title_at(self.value, self.grid.at)
        return Selection("cell", title, title)

    def do_open(self) -> None:
        """Its workloads in a list."""
        view = self.value
        if view is not None:
            self.console.go("tram_cell", columns.title_at(view, self.grid.at))

    def on_live_table_moved(self) -> None:
        self._write_permits()

    async def question(self) -> TramView:
        from console.operations import tram

        return await self.door.ask(tram.matrix)

    def take(self, view: TramView) -> None:
        self.query_one("#tram-summary", Lines).draw(lambda width, height: [columns.summary(view)])
        self.grid.draw(columns.places(view), lambda width, height, at: columns.picture(view, width, height, at))
        self._go_to_wanted()
        self._write_permits()
        self.post_message(LiveTable.Moved())

    def _go_to_wanted(self) -> None:
        if self.value is None or self._wanted is None:
            return
        place = columns.place_of(self.value, self._wanted)
        self._wanted = None
        if place is not None:
            self.grid.select(place)

    def _write_permits(self) -> None:
        view, at = self.value, self.grid.at

        def lines(width: int, height: int) -> Sequence[PageLine]:
            return columns.permits(view, at, width) if view is not None else ()

        self.query_one("#tram-permits", Lines).draw(lines)
