"""Who did what: the audit log newest first, one entry in full, and whether its chain holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import ComposeResult
from textual.containers import Container

from console.cadences.daily import Daily
from console.errors import ConsoleError
from screens.columns import audit as columns
from screens.columns.page import PageLine, line
from screens.listing import ListView
from screens.view import Selection
from screens.widgets.lines import Lines
from screens.widgets.live_table import LiveTable

if TYPE_CHECKING:
    from console.operations.status import AuditLine, AuditVerdict

ENTRIES = 500
"""Newest entries that are shown; the command line prints all."""


class AuditView(ListView):
    """The newest entries of the audit log."""

    NAME: ClassVar[str] = "audit"
    TITLE: ClassVar[str] = "audit"
    ROWS = ("entry", "entries")
    ABOUT: ClassVar[str] = (
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
        yield Lines(id="audit-verdict")
        yield Lines(classes="list-line")
        with Container(classes="list-and-detail"):
            yield LiveTable[Any](columns.columns(self.console.time), columns.identity, columns.words, id="audit")
            yield Lines(id="audit-detail")

    def open(self, subject: str | None) -> None:
        self.dirty = True
        if self._entries is None:
            self._read()

    def show(self, daily: Daily) -> None:
        if not self.paused:
            self._write()
            self._read()

    def selected(self) -> Selection | None:
        entry: AuditLine | None = self.table.line
        return None if entry is None else Selection("entry", str(entry.seq), entry.action, entry.object, item=entry)

    def do_open(self) -> None:
        """The workload that the entry is about, where it is about one."""
        entry: AuditLine | None = self.table.line
        daily = self.console.daily
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

        self.work_on(run, "verify")

    def on_live_table_moved(self) -> None:
        self._write_detail()

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
        self.post_message(LiveTable.Moved())

    def _write(self) -> None:
        if not self._entries:
            return
        self.table.update(self._entries)
        said = columns.checking() if self._checking else columns.verdict(self._verdict)
        self.query_one("#audit-verdict", Lines).draw(lambda width, height: [line(said)])
        self.write_about()
        self._write_detail()

    def _write_detail(self) -> None:
        entry: AuditLine | None = self.table.line

        def lines(width: int, height: int) -> Sequence[PageLine]:
            return columns.detail(entry, width, self.console.time) if entry is not None else ()

        self.query_one("#audit-detail", Lines).draw(lines)
