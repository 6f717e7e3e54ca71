"""Who may do what as a page: a command a line, a role a column, the person's own ones marked. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence

from console import wording
from console.cadences.permissions import CommandLine, Permissions, RoleLine
from console.text import pad
from screens.columns.column import Cell
from screens.columns.page import BLANK, INDENT, PageLine, heading, labelled, line, name, wrapped

COMMAND, MARK = 21, 4
SPARE = 30
"""Cells from which on what a command does stands beside it."""
YES, YOURS = "yes", "YES"
"""A role that carries the command; in capitals where the person holds it, so that colour says nothing alone."""


def page(table: Permissions, width: int) -> list[PageLine]:
    """The whole table, then who holds which role."""
    columns = _columns(table.roles, width)
    spare = width - INDENT - MARK - COMMAND - sum(cells for _, cells in columns)
    lines = [*_about(table, width), BLANK, *_heads(columns, spare)]
    lines += [_row(command, columns, spare) for command in table.commands]
    return [*lines, BLANK, heading("ROLES", "given in [[operators]] of the configuration"), *_roles(table, width)]


def _about(table: Permissions, width: int) -> list[PageLine]:
    held = [wording.role(role.role) for role in table.roles if role.yours]
    said = f"{name(table.user, 32)} holds {', '.join(held)}" if held else f"{name(table.user, 32)} holds no role"
    may = sum(command.yours for command in table.commands)
    lines = wrapped(f"{said}, and may give {may} of {len(table.commands)} commands.", width, indent=0, tone="strong")
    if table.read_only:
        lines += wrapped("This console is read-only: it gives none of them.", width, indent=0, tone="warn")
    return lines


def _columns(roles: Sequence[RoleLine], width: int) -> list[tuple[RoleLine, int]]:
    """Each role with the cells that its two words take. A viewer carries nothing, so that column is the first to
    leave."""
    room = width - INDENT - MARK - COMMAND
    for gap, viewer in ((3, True), (1, True), (1, False)):
        columns = [
            (role, max(len(word) for word in _heading(role)) + gap)
            for role in roles
            if viewer or role.role != "viewer"
        ]
        if sum(cells for _, cells in columns) <= room:
            break
    return columns


def _heading(role: RoleLine) -> tuple[str, str]:
    """`token` above `architect`; one word stands below."""
    first, _, second = wording.role(role.role).partition(" ")
    return (first, second) if second else ("", first)


def _heads(columns: Sequence[tuple[RoleLine, int]], spare: int) -> list[PageLine]:
    above, below = (
        [Cell(pad(_heading(role)[at], cells), "strong" if role.yours else "dim") for role, cells in columns]
        for at in (0, 1)
    )
    beside = Cell(" what it does" if spare >= SPARE else "", "dim")
    return [
        line(" " * (INDENT + MARK + COMMAND), *above),
        line(" " * INDENT, Cell(pad("you", MARK) + pad("command", COMMAND), "dim"), *below, beside),
    ]


def _row(command: CommandLine, columns: Sequence[tuple[RoleLine, int]], spare: int) -> PageLine:
    pieces = [
        Cell(pad("may" if command.yours else "", MARK), "good"),
        Cell(pad(command.command.replace("_", " "), COMMAND), "strong" if command.yours else ""),
    ]
    for role, cells in columns:
        carries = role.role in command.roles
        mark = (YOURS if role.yours else YES) if carries else "·"
        pieces.append(Cell(pad(mark, cells), "good" if carries and role.yours else "" if carries else "dim"))
    if spare >= SPARE:
        pieces.append(Cell(f" {command.means}", "dim"))
    return line(" " * INDENT, *pieces)


def _roles(table: Permissions, width: int) -> list[PageLine]:
    lines: list[PageLine] = []
    for role in table.roles:
        people = ", ".join(name(user, 32) for user in role.people) or "nobody"
        beside = f"{people}{'  (you)' if role.yours else ''}"
        lines += labelled(wording.role(role.role), beside, width, tone="good" if role.yours else "")
    return lines
