"""Who may do what: every command against every role, from the one table that the operations themselves ask."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult

from console.cadences.daily import Daily
from console.cadences.permissions import Permissions
from screens.columns import permissions as columns
from screens.view import View
from screens.widgets.page import Page


class PermissionsView(View):
    """The table of permissions, read once: it changes only with the configuration."""

    NAME: ClassVar[str] = "permissions"
    TITLE: ClassVar[str] = "permissions"
    ABOUT: ClassVar[str] = (
        "Every command that changes something, and the roles that carry it. An operation refuses whoever holds none of "
        "them and writes the attempt into the audit log, whether it comes from a screen or from the command line. "
        "YES marks what one of your own roles carries."
    )

    def __init__(self) -> None:
        super().__init__()
        self._table: Permissions | None = None

    def compose_body(self) -> ComposeResult:
        yield Page(id="permissions-page")

    @property
    def page(self) -> Page:
        return self.query_one(Page)

    def focus_target(self) -> Page:
        return self.page

    def open(self, subject: str | None) -> None:
        if self._table is None:
            self._read()

    def do_refresh(self) -> None:
        self._read()

    def show(self, daily: Daily) -> None:
        self._write()

    def on_page_resized(self) -> None:
        self._write()

    def _read(self) -> None:
        async def question() -> Permissions:
            from console.operations import permissions

            return await self.door.ask(permissions.permissions)

        self.fetch(question, self._take, "who may do what")

    def _take(self, table: Permissions) -> None:
        self._table = table
        self._write()

    def _write(self) -> None:
        if self._table is not None and self.page.room.width:
            self.page.update(columns.page(self._table, self.page.room.width))
