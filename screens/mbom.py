"""The MBOM: every workload in one line, from the store; `enter` opens an entry."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult

from console.cadences.mbom import MbomRow, MbomTable
from screens.columns import mbom as columns
from screens.listing import ListView
from screens.rereading import Asking
from screens.view import Selection
from screens.widgets.lines import Lines
from screens.widgets.live_table import LiveTable


class MbomView(Asking[MbomTable], ListView):
    """The registry as it is stored now."""

    NAME: ClassVar[str] = "mbom"
    TITLE: ClassVar[str] = "MBOM"
    WHAT = "the MBOM"
    ROWS = ("entry", "entries")
    ABOUT: ClassVar[str] = (
        "The Model Bill of Materials: one entry for each workload, with who answers for it, what it runs on, the "
        "Charter that it is held to and what is not as that says. enter opens an entry as a form, e its text in your "
        "editor; every change is kept, with who made it and when."
    )
    COLUMNS = tuple((column.title, column.about) for column in columns.columns())

    def __init__(self) -> None:
        super().__init__()
        self._wanted: str | None = None

    def compose_body(self) -> ComposeResult:
        yield Lines(classes="list-line")
        yield LiveTable[MbomRow](columns.columns(), columns.identity, columns.words, id="mbom")

    def open(self, subject: str | None) -> None:
        """Show the list, with this workload selected where it has it."""
        self.dirty, self._wanted = True, subject
        self.read()

    def selected(self) -> Selection | None:
        row: MbomRow | None = self.table.line
        if row is None or self.has_class("-explaining"):
            return None
        return Selection("registered", row.slug, row.name, row.slug, item=row)

    def do_open(self) -> None:
        """The entry as a form."""
        row: MbomRow | None = self.table.line
        if row is not None:
            self.console.go("mbom_entry", row.slug)

    def amounts_to(self) -> str:
        return columns.amounts_to(self.value.rows if self.value is not None else ())

    async def question(self) -> MbomTable:
        from console.operations.mbom import form as mbom_form

        return await self.door.ask(mbom_form.mbom_table)

    def take(self, table: MbomTable) -> None:
        if not table.rows:
            self.explain("The MBOM is empty.", "To fill it: token-console mbom import FILE",
                         "On the Daily, n starts an entry from usage that nobody has claimed.")
            return
        self.table.update(table.rows)
        if self._wanted is not None:
            self.table.select(self._wanted)
            self._wanted = None
        self.write_about()
        self.post_message(LiveTable.Moved())
