"""One entry of the MBOM as a form: its fields by group, each changed where it stands, and what was changed before."""

from __future__ import annotations

from typing import ClassVar

from console.cadences.form import FieldLine
from console.cadences.mbom import MbomForm
from screens.columns import mbom as columns
from screens.dialogs import entry_field
from screens.form import FormView
from screens.view import Selection


class EntryView(FormView[MbomForm]):
    """One entry; whose is the subject it is opened with."""

    NAME: ClassVar[str] = "mbom_entry"
    TITLE: ClassVar[str] = "entry"
    OPENS: ClassVar[str] = "change_entry"
    ABOUT: ClassVar[str] = (
        "One entry of the MBOM: identity, sourcing, model tier, architecture, data pre-work, prompt literacy, review "
        "as it runs, kill criteria and switches. enter changes the field under the cursor, e opens the whole entry in "
        "your editor. A change that would leave the entry unsound is refused; status = retired ends it."
    )

    NOTHING_OPEN = ("No entry is open.", "7 shows the MBOM; enter opens the selected entry.")

    def slug_of(self, form: MbomForm) -> str:
        return form.row.slug

    def crumb(self) -> str:
        return f"MBOM › {self._slug}" if self._slug else self.TITLE

    def selected(self) -> Selection | None:
        form = self._form
        if form is None:
            return None
        slug = form.row.slug
        return Selection("registered", slug, form.row.name, slug, item=form,
                         command=f"token-console mbom show {slug}")

    def do_change_entry(self) -> None:
        self.change_here()

    def change(self, form: MbomForm, field: FieldLine) -> None:
        self.console.work_in_dialog(lambda: entry_field.change(self.console, form, field))

    def read_again(self) -> None:
        """Show what is stored now."""
        slug = self._slug
        assert slug is not None

        async def question() -> MbomForm:
            from console.operations.mbom import form as mbom_form

            return await self.door.ask(mbom_form.mbom_form, slug=slug)

        self.fetch(question, self.take, f"the entry {slug}", quiet=self._form is not None)

    def write(self, form: MbomForm, width: int) -> None:
        self.page.update(columns.page(form, width, self.console.time))
        self.page.begin()
