"""`?`: what the screen before this one shows, and every key, from the action table."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult

from console.operations.permissions import allowed
from screens.actions import roles
from screens.actions.action import Action
from screens.columns import help as columns
from screens.view import View
from screens.widgets.page import Page


class HelpView(View):
    """Help for one view: the subject it is opened with."""

    NAME: ClassVar[str] = "help"
    TITLE: ClassVar[str] = "help"
    ABOUT: ClassVar[str] = "What a screen shows, and every key. q goes back."

    def __init__(self) -> None:
        super().__init__()
        self._about: View = self

    def compose_body(self) -> ComposeResult:
        yield Page(id="help-page")

    def open(self, subject: str | None) -> None:
        """`subject` is the name of a view that was made."""
        self._about = next((view for view in self.app.query(View) if subject == view.NAME), self)
        self.query_one(Page).to_top()
        self._draw()

    def crumb(self) -> str:
        return f"help on {self._about.TITLE}"

    def focus_target(self) -> Page:
        return self.query_one(Page)

    def on_page_resized(self) -> None:
        self._draw()

    def do_help(self) -> None:
        """`?` on the help closes it."""
        self.console.back()

    def _draw(self) -> None:
        page, about = self.query_one(Page), self._about
        page.update(columns.page(about.NAME, about.TITLE, about.ABOUT, about.COLUMNS, self._refused, page.room.width))

    def _refused(self, action: Action) -> str | None:
        if action.permission is None:
            return None
        if self.door.read_only:
            return "this console is read-only. Start it without --read-only to act."
        if not allowed(self.door.actor, action.permission):
            return f"it takes one of the roles {roles(action.permission)}."
        return None
