"""The last line: the keys that work now, at most six in 80 columns, and `? help` at the end."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from textual import events
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from screens.actions import ACTIONS
from screens.actions.action import Action

KEYS_AT_80 = 6


def choose(works: Sequence[Action], width: int) -> list[Action]:
    """The actions that the footer shows: by their order, as many as fit, `help` always last."""
    ranked = sorted(
        (action for action in works if action.footer and action.id != "help"), key=lambda action: action.footer
    )
    most = KEYS_AT_80 - 1 if width <= 100 else len(ranked)
    last = next(action for action in ACTIONS if action.id == "help")
    chosen: list[Action] = []
    used = _cells(last)
    for action in ranked:
        if len(chosen) < most and used + _cells(action) <= width - 2:
            chosen.append(action)
            used += _cells(action)
    return [*chosen, last]


class FooterLine(Static):
    """Keys and labels from the action table."""

    class Pressed(Message):
        """A key of the footer was clicked."""

        def __init__(self, action: Action) -> None:
            super().__init__()
            self.action = action

    def __init__(self) -> None:
        super().__init__("", id="footer", markup=False)
        self._works: tuple[Action, ...] = ()
        self._barred: frozenset[str] = frozenset()
        self._drawn: tuple[tuple[str, bool], ...] = ()

    def offer(self, works: Sequence[Action], barred: Collection[str] = ()) -> None:
        """Show these; nothing is painted where they are the same as before. Those of `barred` are dimmed: this person
        may not do them, and the key says why."""
        self._works, self._barred = tuple(works), frozenset(barred)
        chosen = choose(works, self.size.width or self.app.size.width)
        drawn = tuple((action.id, action.id in self._barred) for action in chosen)
        if drawn == self._drawn:
            return
        self._drawn = drawn
        parts: list[Content] = []
        for action in chosen:
            parts += [Content(" "), *self._dressed(action)]
        self.update(Content("").join(parts))

    def _dressed(self, action: Action) -> list[Content]:
        if action.id in self._barred:
            return [Content.styled(f"{action.key} {action.label} ", "$quiet")]
        return [Content.styled(action.key, "bold $footer-key"), Content(f" {action.label} ")]

    def on_resize(self) -> None:
        self.offer(self._works, self._barred)

    def on_click(self, event: events.Click) -> None:
        at = 0
        for action in choose(self._works, self.size.width):
            at += _cells(action)
            if event.x < at:
                self.post_message(self.Pressed(action))
                return


def _cells(action: Action) -> int:
    return len(action.key) + len(action.label) + 3
