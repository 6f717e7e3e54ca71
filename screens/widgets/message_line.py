"""One line for what the console has to say, over the footer; kept in a log as well, because messages vanish."""

from __future__ import annotations

from textual.content import Content
from textual.timer import Timer
from textual.widgets import Static

from console.text import clean

SHOWN_S = 6.0
KEPT = 100


class MessageLine(Static):
    """Shows the newest message for six seconds; errors stay until the next message or `m`."""

    def __init__(self) -> None:
        super().__init__("", id="message", markup=False)
        self.log_lines: list[str] = []
        self._timer: Timer | None = None

    def say(self, text: str, *, error: bool = False) -> None:
        """Show a message. It is outside text: cleaned here."""
        line = clean(" ".join(text.split()))
        self.log_lines = [*self.log_lines[-KEPT + 1 :], line]
        self.set_class(error, "-error")
        self.update(Content(f"! {line}" if error else line))
        self.display = True
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(SHOWN_S * (2 if error else 1), self.hide)

    def lift(self, cells: int) -> None:
        """Stand this many lines higher: over a question that is open, never before it."""
        self.styles.offset = (0, -cells)

    def hide(self) -> None:
        """Make room for the footer again."""
        if self.display:
            self.display = False

    def replay(self) -> None:
        """Show the last messages again, newest first, until the next key."""
        self.update(
            Content("\n").join(Content(line) for line in reversed(self.log_lines[-8:] or ["No message yet."]))
        )
        self.display = True

    def on_click(self) -> None:
        self.hide()
