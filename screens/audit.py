"""Who did what: the audit log newest first, one entry in full, and whether its chain holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Container
from textual.widget import Widget

from console.cadences.daily import Daily
from console.errors import ConsoleError
from screens.columns import audit as columns
from screens.columns.page import line
from screens.view import Selection, View
from screens.widgets.live_table import LiveTable
from screens.widgets.page import Page

if TYPE_CHECKING:
    from console.operations.status import AuditLine, AuditVerdict

ENTRIES = 500
"""Newest entries that are shown; the command line prints all."""


class AuditView(View):
    """The newest entries of the audit log."""

    NAME = "audit"
    TITLE = "audit"
    ABOUT = (
        "Every act of a person or of the console, newest first; each entry carries the hash of the one before it, so a "
        f"changed or missing one shows. v checks the whole chain. The newest {ENTRIES} are listed; token-console audit "
        "prints all."
    )

    def __init__(self) -> None:
        super().__init__()
        self._entries: list[AuditLine] | None = None
        self._verdict: AuditVerdict | None = None
        self._checking = False
        self._asked = False

    def compose_body(self) -> ComposeResult:
        yield Page(id="audit-verdict")
        with Container(classes="list-and-detail"):
            yield LiveTable[AuditLine](columns.columns(self.console.time), columns.identity, columns.words, id="audit-table")
            yield Page(id="audit-detail")

    @property
    def table(self) -> LiveTable[AuditLine]:
        return self.query_one("#audit-table", LiveTable)

    def focus_target(self) -> Widget | None:
        return self.table

    def open(self, subject: str | None) -> None:
        self.dirty = True
        if subject is not None and self._entries is not None:
            self.table.select(subject)
        self._read()

    def show(self, daily: Daily) -> None:
        self._write()
        self._read()

    def selected(self) -> Selection | None:
        entry = self.table.line
        return None if entry is None else Selection("entry", str(entry.seq), entry.action, entry.object, entry)

    def do_open(self) -> None:
        """The workload that the entry is about, where it is about one."""
        entry, daily = self.table.line, self.console.daily
        if entry is not None and daily is not None and any(one.slug == entry.object for one in daily.workloads):
            self.console.go("workload", entry.object)
        else:
            self.console.say("This entry is not about a workload; all that was recorded is beside the list.")

    def do_verify(self) -> None:
        """Recompute the whole chain backstage, and say what was found."""
        if self._checking:
            return
        self._checking = True
        self._write()

        async def run() -> None:
            from console.operations import status

            try:
                self._verdict = await self.door.ask(status.verify_audit)
            except ConsoleError as error:
                self.console.say(str(error), error=True)
            finally:
                self._checking = False
            self._write()

        self.run_worker(run(), group="verify")

    def on_live_table_moved(self) -> None:
        self._write_detail()

    def on_page_resized(self) -> None:
        self._write()

    def _read(self) -> None:
        if self._asked:
            return
        self._asked = True

        async def question() -> list[AuditLine]:
            from console.operations import status

            try:
                return await self.door.ask(status.audit, limit=ENTRIES)
            finally:
                self._asked = False

        self.fetch(question, self._take, "the audit log", quiet=self._entries is not None)

    def _take(self, entries: list[AuditLine]) -> None:
        self._entries = entries
        if not entries:
            self.explain("The audit log is empty.", "Every change, kill and resume is written here when it happens.")
        self._write()
        self.console.offer()

    def _write(self) -> None:
        if not self._entries:
            return
        self.table.columns = columns.columns(self.console.time)
        self.table.update(self._entries)
        checking = columns.checking() if self._checking else columns.verdict(self._verdict)
        self.query_one("#audit-verdict", Page).update([line(checking)])
        self._write_detail()

    def _write_detail(self) -> None:
        detail, entry = self.query_one("#audit-detail", Page), self.table.line
        if entry is not None and detail.room.width:
            detail.update(columns.detail(entry, detail.room.width, self.console.time))
