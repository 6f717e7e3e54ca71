"""Questions at the bottom of the screen: one line or a small panel, docked over the table, never a modal screen."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Static

from console.text import clean
from screens.widgets.quiet_focus import QuietScreen

if TYPE_CHECKING:
    from screens.words import Words

    Part = Widget
else:
    Part = object  # a widget inherits its looks and its focus from one base alone

KEPT = 50
"""Answers to one question that up recalls."""
SOON_S = 0.002
"""How long the parts of a question have to say what changed, before they are painted together."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """What is asked. Texts given as `str` are cleaned when they are shown."""

    field: str
    """Label before the input: `/`, `:`, `Reason`, `Type claims-triage to kill it`."""
    title: str = ""
    """Heading of a panel; empty with no `lines` makes a single line."""
    lines: Sequence[str | Content] = ()
    default: str = ""
    replaced: bool = False
    """The default is selected: typing takes its place."""
    validate: Callable[[str], str | None] | None = None
    """A complaint about the text, or None where it will do. An answer with a complaint is not given."""
    guarded: bool = False
    """Destructive: Cancel holds the focus, typing or tab goes to the field, and only then can enter confirm."""
    complete: Callable[[str], Sequence[str]] | None = None
    """What the text may become; tab takes the first."""
    changed: Callable[[str], None] | None = None
    """Called while the person types."""
    hint: str = ""
    """Beneath the field; empty gives the keys."""
    rows: int = 1
    """Lines of the field: more than one for what takes sentences. Such a question is not guarded and completes nothing.
    """


def keep_the_keys(part: Widget, event: events.Hide) -> None:
    """The framework tells late that a part was hidden for a moment, between one question and the next, and takes the
    focus from it then: with a question open, the keys would go nowhere."""
    if part.screen.query_one(PromptBar).is_open:
        event.prevent_default()


class Cancel(Static, can_focus=True):
    """The answer that does nothing; it holds the focus of a guarded prompt."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,q,backspace", "choose", "cancel")]

    class Chosen(Message):
        """The person chose to do nothing."""

    def __init__(self) -> None:
        super().__init__(Content("[ Cancel ]"))

    def _on_hide(self, event: events.Hide) -> None:
        keep_the_keys(self, event)

    def action_choose(self) -> None:
        self.post_message(self.Chosen())

    def on_key(self, event: events.Key) -> None:
        """A letter goes to the field; q cancels, but only while nothing was typed."""
        if event.is_printable and event.character and (event.key != "q" or self.screen.query_one(Field).value):
            event.stop()
            event.prevent_default()
            field = self.screen.query_one(Field)
            field.focus()
            field.insert_text_at_cursor(event.character)

    def on_click(self) -> None:
        self.action_choose()


class Answering(Part):
    """A field of a prompt.

    It answers with the key itself, before it looks at the next one: of `x`, enter, `x`, enter in one write the second
    `x` is no part of the first answer. What was sent here in the meantime, but is not the question's any more, goes
    back to the console in its order.
    """

    EDITING: ClassVar[dict[str, str]]
    """What a key does to the text. It is done at once: a binding takes effect after letters that come behind it."""
    answered = False
    """Whether enter has closed the question: a key that still comes here was meant for what is behind it."""

    @abstractmethod
    def said(self) -> str:
        """The text that stands in it."""

    async def _on_key(self, event: events.Key) -> None:
        bar = self.screen.query_one(PromptBar)
        if self.answered and not bar.is_open:
            self.app.post_message(events.Key(event.key, event.character))
        elif event.key == "enter" and bar.is_open:
            bar.entered(self.said())
        elif event.key in self.EDITING:
            await self.run_action(self.EDITING[event.key])
        else:
            return
        event.stop()
        event.prevent_default()


class Field(Answering, Input):
    """The field of one line."""

    EDITING: ClassVar[dict[str, str]] = {
        key: binding.action
        for binding in Input.BINDINGS
        if isinstance(binding, Binding)
        for key in binding.key.split(",")
    }  # fmt: skip

    def __init__(self) -> None:
        super().__init__(compact=True, select_on_focus=False)
        self.cursor_blink = False

    def said(self) -> str:
        return self.value

    def _on_hide(self, event: events.Hide) -> None:
        keep_the_keys(self, event)


class PromptBar(Vertical):
    """The one prompt of the console. Hidden while nothing is asked; kept mounted, so that asking costs one line."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,ctrl+g", "cancel", "cancel", priority=True),
        Binding("tab", "next", "complete", priority=True),
        Binding("shift+tab", "previous", "back", priority=True),
        Binding("up", "recall(1)", "earlier"),
        Binding("down", "recall(-1)", "later"),
    ]

    class Resized(Message):
        """The prompt takes another number of lines than before."""

    def __init__(self) -> None:
        super().__init__(id="prompt")
        self._prompt: Prompt | None = None
        self._answer: asyncio.Future[str | None] | None = None
        self._furnished = False
        self._title = Static("", classes="prompt-title", markup=False)
        self._lines = Static("", classes="prompt-lines", markup=False)
        self._label = Static("", classes="prompt-label", markup=False)
        self._field = Field()
        self._words: Words | None = None
        """The field of several lines, once one was asked for."""
        self._cancel = Cancel()
        self._hint = Static("", classes="prompt-hint", markup=False)
        self._given: dict[str, list[str]] = {}
        self._recalled = 0

    def furnish(self) -> None:
        """Put the parts in, once. Not before the first paint: they take a tenth of it."""
        if not self._furnished and self.is_attached:  # it is not where the console closes before it was open
            self._furnished = True
            self._show_only_the_field()
            row = Horizontal(self._label, self._field, self._cancel, classes="prompt-row")
            self.mount(self._title, self._lines, row, self._hint)

    @property
    def is_open(self) -> bool:
        return self._prompt is not None

    @property
    def lines(self) -> int:
        """How many lines at the bottom of the screen belong to the question; none while nothing is asked."""
        return self.outer_size.height if self.is_open else 0

    def on_resize(self) -> None:
        self.post_message(self.Resized())

    async def ask(self, prompt: Prompt) -> str | None:
        """Ask, and wait for the answer. A prompt that was open is cancelled."""
        return await self.open(prompt)

    def open(self, prompt: Prompt) -> asyncio.Future[str | None]:
        """Ask at once, so that the very next key is the question's. The answer is None where it was cancelled."""
        self._settle(None)
        self.furnish()
        self._prompt = prompt
        answer: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()
        self._answer = answer
        self._recalled = 0
        self._present(prompt)
        return answer

    def cancel(self) -> None:
        """Close without an answer."""
        self._settle(None)

    @on(Cancel.Chosen)
    def action_cancel(self) -> None:
        self._settle(None)

    def action_next(self) -> None:
        """Tab: complete the text, or move between Cancel and the field."""
        field = self._field
        if self._prompt is not None and self._prompt.complete is not None:
            offers = self._prompt.complete(field.value)
            if offers:
                field.value = offers[0]
                field.cursor_position = len(field.value)
        elif self._prompt is not None and self._prompt.guarded:
            (self._cancel if field.has_focus else field).focus()

    def action_previous(self) -> None:
        self.action_next()

    def action_recall(self, step: int) -> None:
        """Up and down: what was answered to the same question before, the newest first."""
        if self._prompt is None or self._prompt.guarded or self._prompt.rows > 1:
            return
        given = self._given.get(self._prompt.field, [])
        self._recalled = max(0, min(len(given), self._recalled + step))
        field = self._field
        field.value = given[-self._recalled] if self._recalled else ""
        field.cursor_position = len(field.value)

    def on_text_area_changed(self, event: Message) -> None:
        event.stop()
        self._advise(None)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        if self._prompt is None:
            return
        if self._prompt.changed is not None:
            self._prompt.changed(event.value)
        self._advise(None)

    def entered(self, value: str) -> None:
        """Enter in the field: give the answer, or say what is wrong with it."""
        prompt = self._prompt
        if prompt is None:
            return
        complaint = prompt.validate(value) if prompt.validate is not None else None
        if complaint is None:
            if value and not prompt.guarded:
                self._given[prompt.field] = [*self._given.get(prompt.field, []), value][-KEPT:]
            self._settle(value)
            self._field_of(prompt).answered = True
        else:
            self._advise(complaint)

    def on_paste(self, event: events.Paste) -> None:
        """A paste while Cancel holds the focus goes into the field: pasting the name is allowed."""
        field = self._field
        if not field.has_focus and self._prompt is not None:
            event.stop()
            field.focus()
            field.insert_text_at_cursor(event.text.splitlines()[0] if event.text else "")

    def _present(self, prompt: Prompt) -> None:
        panel = bool(prompt.title or prompt.lines)
        _write(self._title, Content(clean(prompt.title)))
        _write(
            self._lines,
            Content("\n").join(line if isinstance(line, Content) else Content(clean(line)) for line in prompt.lines),
        )
        self._title.display, self._lines.display = bool(prompt.title), bool(prompt.lines)
        _write(self._label, Content(clean(prompt.field)))
        field, cancel = self._field_of(prompt), self._cancel
        field.answered = False
        self._fill(prompt)
        cancel.display = prompt.guarded
        self.set_class(panel, "-panel")
        self.set_class(prompt.guarded, "-guarded")
        self._advise(None)
        self.visible = True
        self.screen.set_focus(cancel if prompt.guarded else field, scroll_visible=False)
        if prompt.replaced:
            self._field.select_all()
        self.set_timer(SOON_S, self._paint)

    def _field_of(self, prompt: Prompt) -> Answering:
        """The field that takes the answer."""
        if prompt.rows == 1:
            return self._field
        if self._words is None:
            from screens.words import Words

            self._words = Words()
            self.query_one(".prompt-row").mount(self._words)
        return self._words

    def _fill(self, prompt: Prompt) -> None:
        """Begin with the default, in the field that the question has."""
        self._field.display = prompt.rows == 1
        if self._words is not None:
            self._words.display = prompt.rows > 1
        if prompt.rows > 1 and self._words is not None:
            self._words.put(prompt.default, prompt.rows)
            return
        with self.prevent(Input.Changed):
            self._field.value = prompt.default
        self._field.cursor_position = len(prompt.default)

    def _paint(self) -> None:
        if isinstance(self.screen, QuietScreen):
            self.screen.paint_now()

    def _advise(self, complaint: str | None) -> None:
        prompt = self._prompt
        if prompt is None:
            return
        text = complaint or prompt.hint or self._keys(prompt)
        if complaint is None and prompt.complete is not None:
            offers = " · ".join(prompt.complete(self._field.value))
            text = clean(
                f"{'tab: ' if prompt.hint and offers else ''}{offers or prompt.hint or 'nothing by this name'}",
                max(20, self.app.size.width - 4),
            )
        self._hint.set_class(complaint is not None, "-complaint")
        self._hint.display = bool(text)
        _write(self._hint, Content(clean(f"! {text}" if complaint else text)))

    @staticmethod
    def _keys(prompt: Prompt) -> str:
        if prompt.guarded:
            return "type it, then enter confirms · esc, q or enter here cancels"
        return "enter accepts · esc cancels" if prompt.title or prompt.lines else ""

    def _rest(self) -> None:
        """Out of sight, and laid out as a question of one line: the next such question lays out nothing anew."""
        self.visible = False
        self._show_only_the_field()
        self.remove_class("-panel", "-guarded")

    def _show_only_the_field(self) -> None:
        for part in (self._title, self._lines, self._hint, self._cancel, self._words):
            if part is not None:
                part.display = False
        self._field.display = True

    def _settle(self, value: str | None) -> None:
        answer, self._answer, self._prompt = self._answer, None, None
        if self.visible and self._furnished:
            self._rest()
        if answer is not None and not answer.done():
            answer.set_result(value)


def _write(part: Static, text: Content) -> None:
    """Give a part its text; one that has it already is left alone, for it would be laid out and painted again."""
    if part.content != text:
        part.update(text)
