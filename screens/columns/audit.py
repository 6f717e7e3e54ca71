"""The audit log as rows of a table, one entry in full, and the verdict on the chain. Pure functions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from screens.columns.column import Cell, Column
from screens.columns.page import PageLine, Times, labelled, line, name

if TYPE_CHECKING:
    from console.operations.status import AuditLine, AuditVerdict

LABEL = 14


def identity(entry: AuditLine) -> str:
    """What a row is, wherever it stands."""
    return str(entry.seq)


def words(entry: AuditLine) -> str:
    """What a filter looks in."""
    return f"{entry.seq} {entry.actor} {entry.action} {entry.object} {entry.detail}"


def columns(times: Times) -> tuple[Column[AuditLine], ...]:
    """The table's columns, with times in the zone of the screen."""
    return (
        Column(
            "ENTRY",
            7,
            lambda entry: Cell(str(entry.seq), "dim", entry.seq),
            right=True,
            descending=True,
            priority=3,
            about="Its place in the chain.",
        ),
        Column("AT", 14, lambda entry: Cell(times(entry.at), "", entry.at.timestamp()), descending=True, about="When."),
        Column(
            "WHO",
            12,
            lambda entry: Cell(entry.actor, "", entry.actor),
            most=20,
            about="Who did it; engine is the console.",
        ),
        Column("ACTION", 20, lambda entry: Cell(entry.action, "strong", entry.action), most=28, about="What was done."),
        Column(
            "TO WHAT", 18, lambda entry: Cell(entry.object, "", entry.object), most=36, priority=2, about="To what."
        ),
        Column(
            "DETAIL",
            24,
            lambda entry: Cell(detail_text(entry), "dim", None),
            priority=4,
            most=200,
            about="The figures and reasons that were recorded.",
        ),
    )


def detail_text(entry: AuditLine) -> str:
    """The recorded detail on one line; what is not JSON, as it is."""
    return " · ".join(f"{key} {value}" for key, value in _detail(entry))


def detail(entry: AuditLine, width: int, times: Times) -> list[PageLine]:
    """One entry in full."""
    lines = [
        line(Cell(name(entry.action), "strong"), f"  {name(entry.object)}", Cell(f"  entry {entry.seq}", "dim")),
        *labelled("who and when", f"{name(entry.actor)}, {times(entry.at)}", width, label_width=LABEL),
    ]
    for key, value in _detail(entry):
        lines += labelled(name(key, LABEL - 1), value, width, label_width=LABEL, most=3)
    return lines


def checking() -> Cell:
    """In the place of the verdict, while the chain is checked."""
    return Cell("checking every entry…")


def verdict(found: AuditVerdict | None) -> Cell:
    """One line on the chain; before it was checked, how to check it."""
    if found is None:
        return Cell("chain not checked in this session · v checks every entry", "dim")
    if found.first_bad is None:
        return Cell(f"chain INTACT: all {found.entries:,} entries follow from one another", "good")
    good = "none before it holds" if found.last_good is None else f"entry {found.last_good} is the last that holds"
    return Cell(f"chain BROKEN at entry {found.first_bad}: {found.reason}; {good}", "alarm")


def _detail(entry: AuditLine) -> list[tuple[str, str]]:
    try:
        read = json.loads(entry.detail)
    except ValueError:
        return [("detail", entry.detail)]
    if not isinstance(read, dict):
        return [("detail", entry.detail)]
    recorded = read.get("detail")
    inner = recorded if isinstance(recorded, dict) else read
    return [
        (str(key), value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
        for key, value in inner.items()
        if value not in (None, "", [], {})
    ]
