"""Moving the focus paints nothing but what looks different.

The framework paints the whole screen when the focus moves, and the widgets that gain and lose it: 14 kB for opening a
prompt of 200 bytes.
"""

from __future__ import annotations

from textual import events
from textual.reactive import Reactive
from textual.screen import Screen
from textual.widget import Widget


class QuietScreen(Screen[None]):
    """The one screen of the console."""

    AUTO_FOCUS = None  # the visible view says what holds the keys
    focused: Reactive[Widget | None] = Reactive(None, repaint=False)

    def paint_now(self) -> None:
        """Paint what changed. The framework would do so at its next tick, up to 17 ms later."""
        self._on_timer_update()


class QuietFocus(Widget):
    """Mixed into a widget that shows no focus of its own; a cursor that is always visible takes its place."""

    def watch_has_focus(self, _has_focus: bool) -> None:
        """No style depends on it, so none is computed again."""

    def _on_focus(self, event: events.Focus) -> None:
        event.prevent_default()
        self.has_focus = True
        if self.parent is not None:
            self.parent.post_message(events.DescendantFocus(self))

    def _on_blur(self, event: events.Blur) -> None:
        event.prevent_default()
        self.has_focus = False
        if self.parent is not None:
            self.parent.post_message(events.DescendantBlur(self))
