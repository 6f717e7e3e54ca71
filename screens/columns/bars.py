"""Bars of block characters. Pure."""

from __future__ import annotations

from collections.abc import Sequence

BLOCKS = " ▁▂▃▄▅▆▇█"
EIGHTHS = 8


def spark(values: Sequence[int]) -> str:
    """One character a value, by its share of the largest; the least that is not nothing still shows."""
    return bars(values, 1)[0] if values else ""


def bars(values: Sequence[int], height: int, *, cells: int = 1) -> list[str]:
    """Upright bars, `height` lines high from the top line down, each value `cells` wide."""
    top = max(values, default=0)
    eighths = [_eighths(value, top, height * EIGHTHS) for value in values]
    rows = []
    for row in range(height - 1, -1, -1):
        floor = row * EIGHTHS
        rows.append("".join(BLOCKS[max(0, min(EIGHTHS, level - floor))] * cells for level in eighths))
    return rows


def across(value: int, whole: int, cells: int) -> str:
    """A bar from left to right by its share of `whole`, in whole cells; the least that is not nothing still shows."""
    return "█" * (0 if value <= 0 or whole <= 0 else max(1, min(cells, round(value * cells / whole))))


def _eighths(value: int, top: int, whole: int) -> int:
    return 0 if value <= 0 or top <= 0 else max(1, round(value * whole / top))
