"""One entry of the MBOM as a form: its fields by group, each changed where it stands, and what was changed before."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult

from console.cadences.daily import Daily
from console.cadences.form import FieldLine
from console.cadences.mbom import MbomForm
from screens.columns import mbom as columns
from screens.dialogs import entry_field
from screens.view import Selection, View
from screens.widgets.live_table import LiveTable
from screens.widgets.page import Page


class EntryView(View):
    """One entry; whose is the subject it is opened with."""

    NAME: ClassVar[str] = "mbom_entry"
    TITLE: ClassVar[str] = "entry"
    OPENS: ClassVar[str] = "change_entry"
    ABOUT: ClassVar[str] = (
        "One entry of the MBOM: identity, sourcing, model tier, architecture, data pre-work, prompt literacy, review "
        "as it runs, kill criteria and switches. enter changes the field under the cursor, e opens the whole entry in "
        "your editor. A change that would leave the entry unsound is refused; status = retired ends it."
    )

    def __init__(self) -> None:
        super().__init__()
        self._slug: str | None = None
        self._form: MbomForm | None = None

    def compose_body(self) -> ComposeResult:
        yield Page(id="entry-page")

    @property
    def page(self) -> Page:
        return self.query_one(Page)

    def focus_target(self) -> Page:
        return self.page

    def crumb(self) -> str:
        return f"MBOM › {self._slug}" if self._slug else self.TITLE

    def open(self, subject: str | None) -> None:
        """Show the entry of this slug; without one, that which was open."""
        if subject is not None and subject != self._slug:
            self._slug, self._form = subject, None
            self.page.to_top()
        if self._slug is None:
            self.explain("No entry is open.", "7 shows the MBOM; enter opens the selected entry.")
        else:
            self.read_again()

    def place(self) -> str | None:
        return self._slug

    def show(self, daily: Daily) -> None:
        self._write()

    def on_page_resized(self) -> None:
        self._write()

    def selected(self) -> Selection | None:
        form = self._form
        if form is None:
            return None
        slug = form.row.slug
        return Selection("registered", slug, form.row.name, slug, item=form,
                         command=f"token-console mbom show {slug}")

    def do_change_entry(self) -> None:
        """Change the field under the cursor."""
        field, form = self.page.stop, self._form
        if isinstance(field, FieldLine) and form is not None:
            self.console.work_in_dialog(lambda: entry_field.change(self.console, form, field))
        else:
            self.console.say("Move to a field first: ↑ and ↓ step from one to the next.", error=True)

    def do_refresh(self) -> None:
        """Read what is stored now; the providers have no part in it."""
        if self._slug is not None:
            self.read_again()

    def read_again(self) -> None:
        """Show what is stored now."""
        slug = self._slug
        assert slug is not None

        async def question() -> MbomForm:
            from console.operations.mbom import form as mbom_form

            return await self.door.ask(mbom_form.mbom_form, slug=slug)

        self.fetch(question, self._take, f"the entry {slug}", quiet=self._form is not None)

    def _take(self, form: MbomForm) -> None:
        if form.row.slug == self._slug:
            self._form = form
            self._write()
            self.post_message(LiveTable.Moved())

    def _write(self) -> None:
        if self._form is not None and self.page.room.width:
            self.page.update(columns.page(self._form, self.page.room.width, self.console.time))
            self.page.begin()
