"""The help page as data: what the screen is, its keys, its columns, the keys that work everywhere. Pure functions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from console.text import pad
from screens.actions import everywhere, here
from screens.actions.action import Action, shown_key
from screens.columns.column import Cell
from screens.columns.page import BLANK, PageLine, heading, line, wrapped

Refusal = Callable[[Action], str | None]
"""Why an action is not for this person or this console; None where it is."""

KEYS, LABEL = 15, 13
WHOLE = 99
"""Lines: what a screen is, is never cut."""


def page(
    view: str, title: str, about: str, columns: Sequence[tuple[str, str]], refused: Refusal, width: int
) -> list[PageLine]:
    """The whole page for one view."""
    lines = [heading(title.upper()), *wrapped(about, width, most=WHOLE), BLANK, heading("KEYS OF THIS SCREEN")]
    lines += _keys(here(view), refused, width)
    if columns:
        lines += [BLANK, heading("COLUMNS")]
        for name, meaning in columns:
            lines += _row(Cell(pad(name, KEYS), "strong"), "", meaning, width)
    return [*lines, BLANK, heading("KEYS EVERYWHERE"), *_keys(everywhere(), refused, width)]


def _keys(actions: Iterable[Action], refused: Refusal, width: int) -> list[PageLine]:
    lines: list[PageLine] = []
    for action in actions:
        keys = " ".join(shown_key(key) for key in action.keys) or action.key
        why = refused(action)
        said = f"{action.help} {_MARKS[action.danger]}".rstrip() if why is None else f"Off here: {why}"
        lines += _row(Cell(pad(keys, KEYS), "strong" if why is None else "dim"), action.label, said, width)
    return lines


_MARKS = {"harmless": "", "reversible": "", "destructive": "(asks for the name first)"}


def _row(first: Cell, label: str, text: str, width: int) -> list[PageLine]:
    indent = 2 + KEYS + 1 + (LABEL + 1 if label else 0)
    rows = wrapped(text, width, indent=indent)
    start = [Cell("  "), first, Cell(" ")] + ([Cell(pad(label, LABEL + 1))] if label else [])
    return [line(*start, *rows[0].pieces[1:]), *rows[1:]]
