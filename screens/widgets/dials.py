"""A page of numbers, of which the one under the cursor is turned by keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.binding import Binding, BindingType

from screens.actions import ACTIONS
from screens.widgets.page import Page


class Dials(Page):
    """A page that says which way the number under its cursor is to go."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(",".join(action.keys), action.id, action.label, priority=True)
        for action in ACTIONS
        if action.owner == "dials"
    ]

    def __init__(self, turn: Callable[[int, bool], None], type_it: Callable[[], None], *,
                 id: str | None = None) -> None:  # noqa: A002
        """`turn` is called with a step up (1) or down (-1) and whether it is ten times as far, `type_it` for enter:
        both before the next key is looked at, so that digits behind an enter are the number's."""
        super().__init__(id=id)
        self._turn_to = turn
        self._type_it = type_it

    def action_less(self) -> None:
        self._turn(-1)

    def action_more(self) -> None:
        self._turn(1)

    def action_much_less(self) -> None:
        self._turn(-1, tenfold=True)

    def action_much_more(self) -> None:
        self._turn(1, tenfold=True)

    def action_open(self) -> None:
        self.show_cursor()
        self._type_it()

    def on_resize(self) -> None:
        super().on_resize()
        self.show_cursor()

    def show_cursor(self) -> None:
        """Scroll so that what is under the cursor is in sight."""
        if self._cursor is not None and not self._in_sight(self._cursor):
            self.scroll_to(y=max(0, self._cursor - 1), animate=False, immediate=True)

    def _turn(self, way: int, *, tenfold: bool = False) -> None:
        self.show_cursor()
        self._turn_to(way, tenfold)
