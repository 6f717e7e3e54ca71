"""Bars of block characters, and of plain ones where a terminal has no blocks. Pure."""

from __future__ import annotations

from collections.abc import Sequence

BLOCKS = " ▁▂▃▄▅▆▇█"
ASCII_BLOCKS = " .:-=+*#@"
EIGHTHS = 8


def spark(values: Sequence[int]) -> str:
    """One character a value, by its share of the largest; the least that is not nothing still shows."""
    return bars(values, 1)[0] if values else ""


def bars(values: Sequence[int], height: int, *, cells: int = 1, ascii_only: bool = False) -> list[str]:
    """Upright bars, `height` lines high from the top line down, each value `cells` wide."""
    glyphs = ASCII_BLOCKS if ascii_only else BLOCKS
    top = max(values, default=0)
    eighths = [_eighths(value, top, height * EIGHTHS) for value in values]
    rows = []
    for row in range(height - 1, -1, -1):
        floor = row * EIGHTHS
        rows.append("".join(glyphs[max(0, min(EIGHTHS, level - floor))] * cells for level in eighths))
    return rows


def _eighths(value: int, top: int, whole: int) -> int:
    return 0 if value <= 0 or top <= 0 else max(1, round(value * whole / top))
