"""The Charter of a workload, version by version: read, filled in field by field, submitted, signed, sent back."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult

from console.cadences.charter import CharterForm
from console.cadences.daily import Daily
from console.cadences.form import FieldLine
from console.errors import ConsoleError
from screens.columns import charter as columns
from screens.dialogs import charter_field
from screens.view import Selection, View
from screens.widgets.live_table import LiveTable
from screens.widgets.page import Page

if TYPE_CHECKING:
    from console.operations.charter.replay import Amendment


class CharterView(View):
    """One version of one Charter; whose is the subject it is opened with."""

    NAME: ClassVar[str] = "charter"
    TITLE: ClassVar[str] = "charter"
    OPENS: ClassVar[str] = "change_charter"
    ABOUT: ClassVar[str] = (
        "The Token Strategy Charter of a workload: what it promises, and what it may cost. enter changes the field "
        "under the cursor, e opens the whole text in your editor; comments in it survive either way. What a rule "
        "objects to stands beneath its field, with what to write instead. A signature covers the exact content; a "
        "signed version never changes, and an edit of it begins the next one. Money is USD a calendar month."
    )

    def __init__(self) -> None:
        super().__init__()
        self._slug: str | None = None
        self._version: int | None = None
        self._form: CharterForm | None = None
        self._compared = False
        self._replay: Amendment | None = None
        self._replaying: CharterForm | None = None

    def compose_body(self) -> ComposeResult:
        yield Page(id="charter-page")

    @property
    def page(self) -> Page:
        return self.query_one(Page)

    @property
    def form(self) -> CharterForm | None:
        """What is shown."""
        return self._form

    def focus_target(self) -> Page:
        return self.page

    def crumb(self) -> str:
        version = "" if self._form is None or self._form.version is None else f" {self._form.version}"
        return f"{self._slug} › charter{version}" if self._slug else self.TITLE

    def open(self, subject: str | None) -> None:
        """Show the newest version of this workload's Charter; without a subject, the one that was open."""
        if subject is not None and subject != self._slug:
            self._slug, self._form = subject, None
            self._leave_version(None)
        if self._slug is None:
            self.explain("No Charter is open.", "1 shows the workloads; H on one of them opens its Charter.")
        else:
            self.read_again()

    def place(self) -> str | None:
        return self._slug

    def show(self, daily: Daily) -> None:
        """A Charter changes when a person changes it: what the Daily says is not part of it."""
        self._write()

    def on_page_resized(self) -> None:
        self._write()

    def selected(self) -> Selection | None:
        """The Charter that is shown. The item is the form, as it was when the key was pressed."""
        form = self._form
        if form is None or self._slug is None:
            return None
        return Selection(
            "charter", form.content_hash or self._slug, f"Charter of {form.name}", self._slug, item=form,
            command=f"token-console charter show {self._slug} --version {form.version}" if form.version else "",
        )

    def do_change_charter(self) -> None:
        """Change the field under the cursor."""
        field, form = self.page.stop, self._form
        if not isinstance(field, FieldLine) or form is None:
            self.console.say("Move to a field first: ↑ and ↓ step from one to the next.", error=True)
            return
        self.console.work_in_dialog(lambda: charter_field.change(self.console, form, field))

    def do_refresh(self) -> None:
        """Read what is stored now; the providers have no part in it."""
        if self._slug is not None:
            self.read_again()

    def do_version_previous(self) -> None:
        self._step(-1)

    def do_version_next(self) -> None:
        self._step(1)

    def do_compare(self) -> None:
        """The form, or what it changes."""
        self._compared = not self._compared
        self.page.to_top()
        self._write()

    def do_replay(self) -> None:
        """Run the last quarter's usage against the version that is shown; again takes the result away."""
        form = self._form
        if self._replay is not None:
            self._replay = None
            self._write()
        elif form is not None and form.version is not None and self._replaying is not form:
            self._replaying = form
            self._compared = False
            self.page.to_top()
            self._write()
            self.work_on(lambda: self._ask_for_replay(form), "replay")

    def read_again(self, version: int | None = None, *, newest: bool = False) -> None:
        """Read what is stored now: of this version, of the newest, or of the one that is shown."""
        if newest or version is not None:
            self._leave_version(version)
        slug, wanted = self._slug, self._version
        assert slug is not None

        async def question() -> CharterForm:
            from console.operations.charter import form as charter_form

            return await self.door.ask(charter_form.charter_form, workload=slug, version=wanted)

        self.fetch(question, self._take, f"the Charter of {slug}", quiet=self._form is not None)

    def _leave_version(self, version: int | None) -> None:
        self._version, self._replay, self._compared = version, None, False
        self.page.to_top()

    def _step(self, way: int) -> None:
        form = self._form
        if form is None or form.version is None:
            return
        numbers = [number for number, _ in form.versions]
        at = numbers.index(form.version) + way
        if not 0 <= at < len(numbers):
            self.console.say(f"Version {form.version} is the {'newest' if way > 0 else 'first'}.")
            return
        self.read_again(numbers[at])

    def _take(self, form: CharterForm) -> None:
        if form.workload == self._slug:
            self._form = form
            self._write()
            self.post_message(LiveTable.Moved())
            self.console.tick()  # the breadcrumb names the version

    async def _ask_for_replay(self, form: CharterForm) -> None:
        from console.operations.charter import replay as charter_replay

        try:
            found = await self.door.ask(
                charter_replay.replay_charter, workload=form.workload,
                file=(f"version {form.version}, {form.state}", form.text),
            )
        except ConsoleError as error:
            self.console.say(str(error), error=True)
        else:
            if self._form is form:
                self._replay = found
        finally:
            if self._replaying is form:
                self._replaying = None
            self._write()

    def _write(self) -> None:
        form, width = self._form, self.page.room.width
        if form is None or width == 0:
            return
        if form.version is None:
            lines = columns.none_yet(form, width)
        elif self._compared:
            lines = columns.difference(form, width, self.console.time)
        else:
            replay = columns.replaying() if self._replaying is form else ()
            if self._replay is not None:
                replay = columns.replay(self._replay, width, self.console.time)
            lines = columns.page(form, width, self.console.time, replay)
        self.page.update(lines)
        if form.version is not None and not self._compared:
            self.page.begin()
