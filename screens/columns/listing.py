"""The one line above a list: how many rows, what the filter hides, in which order, and whether it is held still."""

from __future__ import annotations

from screens.columns.column import Cell
from screens.columns.page import PageLine, line


def about(
    what: tuple[str, str],
    shown: int,
    total: int,
    filter_text: str,
    sorted_by: str,
    paused: str,
    amounts_to: str = "",
) -> PageLine:
    """`4 alerts: 1 critical firing`, or `2 of 4 alerts  filter: cap  by SINCE  PAUSED since 14:02Z`; the empty parts
    left out. `what` names a row and several of them; `amounts_to` is said of all, so not beside a filter."""
    rows = f"{total} {what[0] if total == 1 else what[1]}"
    pieces = [Cell(f"{shown} of {rows}" if filter_text else rows, "dim")]
    if amounts_to and not filter_text:
        pieces.append(Cell(f": {amounts_to}"))
    if filter_text:
        pieces.append(Cell(f"  filter: {filter_text}{'' if shown else '  hides all; esc clears it'}", "warn"))
    if sorted_by:
        pieces.append(Cell(f"  by {sorted_by}", "dim"))
    if paused:
        pieces.append(Cell(f"  PAUSED since {paused}; p goes on", "warn"))
    return line(*pieces)
