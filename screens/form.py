"""What the Charter and an entry of the MBOM share: a form on a page, whose fields are changed where they stand."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar, Generic, TypeVar

from textual.app import ComposeResult

from console.cadences.daily import Daily
from console.cadences.form import FieldLine
from screens.view import View
from screens.widgets.live_table import LiveTable
from screens.widgets.page import Page

Form = TypeVar("Form")


class FormView(View, Generic[Form]):
    """One form; whose is the subject it is opened with. It changes when a person changes it, never with a Daily."""

    NOTHING_OPEN: ClassVar[tuple[str, str]]
    """What is said where it was never opened for anybody."""

    def __init__(self) -> None:
        super().__init__()
        self._slug: str | None = None
        self._form: Form | None = None

    @abstractmethod
    def read_again(self) -> None:
        """Show what is stored now."""

    @abstractmethod
    def slug_of(self, form: Form) -> str:
        """Whose form it is."""

    @abstractmethod
    def change(self, form: Form, field: FieldLine) -> None:
        """Ask for the new value of a field."""

    @abstractmethod
    def write(self, form: Form, width: int) -> None:
        """Put the form on the page."""

    def another(self) -> None:
        """It is opened for another workload."""
        self.page.to_top()

    def compose_body(self) -> ComposeResult:
        yield Page(id=f"{self.NAME}-page")

    @property
    def page(self) -> Page:
        return self.query_one(Page)

    @property
    def form(self) -> Form | None:
        """What is shown."""
        return self._form

    def focus_target(self) -> Page:
        return self.page

    def open(self, subject: str | None) -> None:
        """Show the form of this workload; without a subject, the one that was open."""
        if subject is not None and subject != self._slug:
            self._slug, self._form = subject, None
            self.another()
        if self._slug is None:
            self.explain(*self.NOTHING_OPEN)
        else:
            self.read_again()

    def place(self) -> str | None:
        return self._slug

    def show(self, daily: Daily) -> None:
        self._write()

    def on_page_resized(self) -> None:
        self._write()

    def do_refresh(self) -> None:
        """Read what is stored now; the providers have no part in it."""
        if self._slug is not None:
            self.read_again()

    def change_here(self) -> None:
        """Change the field under the cursor."""
        field, form = self.page.stop, self._form
        if isinstance(field, FieldLine) and form is not None:
            self.change(form, field)
        else:
            self.console.say("Move to a field first: ↑ and ↓ step from one to the next.", error=True)

    def take(self, form: Form) -> None:
        """Show what was read, where it is still wanted."""
        if self.slug_of(form) == self._slug:
            self._form = form
            self._write()
            self.post_message(LiveTable.Moved())

    def _write(self) -> None:
        if self._form is not None and self.page.room.width:
            self.write(self._form, self.page.room.width)
