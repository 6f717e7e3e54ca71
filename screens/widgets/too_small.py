"""What is shown where a terminal is so small that nothing would be right."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

LEAST = "40x10"


class TooSmall(Static):
    """Says both sizes. The style sheet shows it."""

    def __init__(self) -> None:
        super().__init__("", id="too-small", markup=False)

    def on_resize(self) -> None:
        width, height = self.app.size
        self.update(Content(f"This terminal is {width}x{height}. The console needs {LEAST}."))
