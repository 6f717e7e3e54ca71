"""What was pinned beside what is worked out now: each figure, and how far the present one is from it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from console.economics.bench import Bench, Pin
from console.economics.wording import said
from console.text import pad
from screens.columns.column import Cell
from screens.columns.page import BLANK, PageLine, heading, line

CELL = 13
WIDE_NAME = 38
Value = Fraction | bool | None


def words(name: str) -> str:
    """A name of an input or a result as people read it."""
    return f"{name.removesuffix('_usd')} $".replace("_", " ") if name.endswith("_usd") else name.replace("_", " ")


def compared(bench: Bench, width: int) -> list[PageLine]:
    """A block of its own, empty without pins: the inputs that differ, then every result with its differences."""
    if not bench.pins or bench.worked is None:
        return []
    wide = width >= 2 + WIDE_NAME + (len(bench.pins) + 1) * (CELL + 2)
    heads = ["now", *(f"pin {number}" for number in range(1, len(bench.pins) + 1))]
    lines = [heading("PINNED", "now less the pin beneath each; space pins, or takes the same one away"),
             _row("", [Cell(head, "dim") for head in heads], wide=wide)]
    lines += _whose(bench.workload, bench.pins, wide=wide)
    for each in bench.topic.inputs:
        values: list[Value] = [bench.inputs.values[each.name],
                               *(pin.inputs.values[each.name] for pin in bench.pins)]
        if len(set(values)) > 1:
            lines += _figure(each.name, each.kind, values, wide=wide)
    for at, result in enumerate(bench.worked.results):
        lines += _figure(result.name, result.kind, [result.value, *(_result(pin, at) for pin in bench.pins)], wide=wide,
                         differences=True)
    return [*lines, BLANK]


def _whose(workload: str, pins: Sequence[Pin], *, wide: bool) -> list[PageLine]:
    """Whose figures each began from, where they are not all the same."""
    names = [workload, *(pin.workload for pin in pins)]
    if len(set(names)) == 1:
        return []
    return _block("begun from", [Cell(name or "example") for name in names], wide=wide)


def _result(pin: Pin, at: int) -> Value:
    return pin.worked.results[at].value


def _figure(name: str, kind: str, values: Sequence[Value], *, wide: bool,
            differences: bool = False) -> list[PageLine]:
    lines = _block(words(name), [Cell(said(kind, value), "" if differences else "dim") for value in values],
                   wide=wide)
    if differences and len(set(values)) > 1:
        now, *pinned = values
        lines.append(_row("", [Cell(""), *(Cell(difference(kind, now, value), "good") for value in pinned)], wide=wide))
    return lines


def difference(kind: str, now: Value, pinned: Value) -> str:
    """`+$0.60`, `-12 %` of a share's points, `=` where they are the same; a word where there is nothing to subtract."""
    if now == pinned:
        return "="
    if now is None or pinned is None or kind == "yes or no":
        return "differs"
    less = Fraction(now) - Fraction(pinned)
    return f"{'+' if less > 0 else ''}{said(kind, less)}"


def _block(name: str, cells: Sequence[Cell], *, wide: bool) -> list[PageLine]:
    return [_row(name, cells, wide=True)] if wide else [line("  ", name), _row("", cells, wide=False)]


def _row(name: str, cells: Sequence[Cell], *, wide: bool) -> PageLine:
    pieces: list[str | Cell] = ["  ", pad(name, WIDE_NAME)] if wide else ["  "]
    for cell in cells:
        pieces += [Cell(pad(cell.text, CELL, right=True), cell.tone), "  "]
    return line(*pieces[:-1])
