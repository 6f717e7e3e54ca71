"""Fields of a form as lines: the value beside its label, and what is wrong with it beneath. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence

from console.cadences.form import FieldLine, ProblemLine
from console.text import pad
from screens.columns.column import Cell, Tone
from screens.columns.page import INDENT, PageLine, line, wrapped

LABEL = 24
"""Cells of a field's label."""
PROSE_LINES, VALUE_LINES = 4, 2


def field_lines(field: FieldLine, width: int) -> list[PageLine]:
    """A label, what is stated, and what a rule has against it. The first line is a place to stop at."""
    room = INDENT + LABEL
    most = PROSE_LINES if field.kind == "prose" else VALUE_LINES
    tone: Tone = "" if field.shown else "dim"
    paragraphs = [" ".join(each.split()) for each in field.shown.split("\n\n") if each.strip()] or ["not stated"]
    rows = [row for each in paragraphs for row in wrapped(each, width, indent=room, tone=tone, most=most)]
    first = line(" " * INDENT, Cell(pad(field.label, LABEL), "dim"), *rows[0].pieces[1:], stop=field)
    return [first, *rows[1:], *problem_lines(field.problems, width, room)]


def problem_lines(problems: Sequence[ProblemLine], width: int, indent: int) -> list[PageLine]:
    """What is wrong, with its line and its rule, and beneath it what to write."""
    lines: list[PageLine] = []
    for problem in problems:
        place = "" if problem.line is None else f" · line {problem.line}"
        said = f"{'!' if problem.is_error else '~'} {_without_place(problem.message)}"
        tone: Tone = "alarm" if problem.is_error else "warn"
        lines += wrapped(said, width, indent=indent, tone=tone, most=3)
        lines += wrapped(f"{problem.remedy or 'see docs/charter.md'} · {problem.rule}{place}", width,
                         indent=indent + 2, tone="dim", most=2)
    return lines


def _without_place(message: str) -> str:
    """The message without the `[purpose]` that begins it: it stands beside that."""
    place, closing, rest = message.partition("] ")
    return rest if closing and place.startswith("[") else message
