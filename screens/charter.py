"""The Charter of a workload, version by version: read, filled in field by field, submitted, signed, sent back."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from console.cadences.charter import CharterForm
from console.cadences.form import FieldLine
from console.errors import ConsoleError
from screens.columns import charter as columns
from screens.dialogs import charter_field
from screens.form import FormView
from screens.view import Selection

if TYPE_CHECKING:
    from console.operations.charter.replay import Amendment


class CharterView(FormView[CharterForm]):
    """One version of one Charter; whose is the subject it is opened with."""

    NAME: ClassVar[str] = "charter"
    TITLE: ClassVar[str] = "charter"
    OPENS: ClassVar[str] = "change_charter"
    NOTHING_OPEN = ("No Charter is open.", "1 shows the workloads; H on one of them opens its Charter.")
    ABOUT: ClassVar[str] = (
        "The Token Strategy Charter of a workload: what it promises, and what it may cost. enter changes the field "
        "under the cursor, e opens the whole text in your editor; comments in it survive either way. What a rule "
        "objects to stands beneath its field, with what to write instead. A signature covers the exact content; a "
        "signed version never changes, and an edit of it begins the next one. Money is USD a calendar month."
    )

    def __init__(self) -> None:
        super().__init__()
        self._version: int | None = None
        self._compared = False
        self._replay: Amendment | None = None
        self._replaying: CharterForm | None = None

    def slug_of(self, form: CharterForm) -> str:
        return form.workload

    def another(self) -> None:
        self._leave_version(None)

    def crumb(self) -> str:
        version = "" if self._form is None or self._form.version is None else f" {self._form.version}"
        return f"{self._slug} › charter{version}" if self._slug else self.TITLE

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
        self.change_here()

    def change(self, form: CharterForm, field: FieldLine) -> None:
        self.console.work_in_dialog(lambda: charter_field.change(self.console, form, field))

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

        self.fetch(question, self.take, f"the Charter of {slug}", quiet=self._form is not None)

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

    def take(self, form: CharterForm) -> None:
        super().take(form)
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

    def write(self, form: CharterForm, width: int) -> None:
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
