"""The one line above a list: how many rows, what the filter hides, in which order, and whether it is held still."""

from __future__ import annotations

from screens.columns.column import Cell
from screens.columns.page import PageLine, line


def about(what: str, shown: int, total: int, filter_text: str, sorted_by: str, paused: str) -> PageLine:
    """`4 alerts`, or `2 of 4 alerts  filter: cap  by SINCE  PAUSED since 14:02Z`; the empty parts left out."""
    pieces = [Cell(f"{shown} of {total} {what}" if filter_text else f"{total} {what}", "dim")]
    if filter_text:
        pieces.append(Cell(f"  filter: {filter_text}{'' if shown else '  hides all; esc clears it'}", "warn"))
    if sorted_by:
        pieces.append(Cell(f"  by {sorted_by}", "dim"))
    if paused:
        pieces.append(Cell(f"  PAUSED since {paused}; p goes on", "warn"))
    return line(*pieces)
