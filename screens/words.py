"""The field of a question that takes several lines. Its parts are loaded when one is first asked."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding
from textual.widgets import TextArea

from screens.prompt import Answering, keep_the_keys


class Words(Answering, TextArea):
    """Text that is wrapped to the room there is. Enter answers here as everywhere; ctrl+j begins a new line."""

    EDITING: ClassVar[dict[str, str]] = {
        key: binding.action
        for binding in TextArea.BINDINGS
        if isinstance(binding, Binding)
        for key in binding.key.split(",")
    } | {"ctrl+j": "new_line"}  # fmt: skip

    def __init__(self) -> None:
        super().__init__(compact=True, highlight_cursor_line=False)
        self.cursor_blink = False

    def said(self) -> str:
        return self.text

    async def _on_hide(self, event: events.Hide) -> None:  # type: ignore[override]  # as the text area has it
        keep_the_keys(self, event)

    def put(self, text: str, rows: int) -> None:
        """Begin with this text, in so many lines."""
        self.styles.height = rows
        self.load_text(text)
        self.move_cursor(self.document.end)

    def action_new_line(self) -> None:
        self.replace("\n", *self.selection, maintain_selection_offset=False)
