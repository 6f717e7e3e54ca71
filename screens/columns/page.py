"""What a page shows, as data: lines of pieces, some of which a person can stop at. The page widget paints them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from console.text import clean, display_width, pad
from screens.columns.column import Cell, Tone

if TYPE_CHECKING:
    from rich.text import Text

Times = Callable[[datetime | None], str]
"""Says an instant in the zone of the screen, with its mark."""

INDENT = 2
WIDE = 140
"""From this width on, blocks stand side by side."""
_WORD = re.compile(r"""(?:'[^']*'|"[^"]*"|[^\s'"])+|['"]""")
"""A word of a shell's command, with what it quotes."""
NAME_CELLS = 60
"""Names from outside are cut to so many cells, so that one of 10,000 characters does not push the figures away."""


@dataclass(frozen=True, slots=True)
class PageLine:
    """One line: pieces of text with their tones, and after them, where there is a chart, a drawn line of it."""

    pieces: tuple[Cell, ...] = ()
    stop: object = None
    """What is selected where the cursor stops here; None is a line that one only reads."""
    drawn: Text | None = None

    def text(self) -> str:
        """The line's words, cleaned."""
        return "".join(clean(piece.text) for piece in self.pieces) + (
            self.drawn.plain if self.drawn is not None else ""
        )


BLANK = PageLine()


def line(*pieces: str | Cell, stop: object = None) -> PageLine:
    """A line of plain texts and dressed ones."""
    return PageLine(tuple(piece if isinstance(piece, Cell) else Cell(piece) for piece in pieces), stop)


def drawn(text: Text) -> PageLine:
    """A line of a chart."""
    return PageLine(drawn=text)


def heading(title: str, beside: str = "") -> PageLine:
    """The title of a block, with a quiet remark beside it."""
    return line(Cell(title, "strong"), Cell(f"  {beside}" if beside else "", "dim"))


def name(text: str, cells: int = NAME_CELLS) -> str:
    """A name from outside at a bearable length."""
    return clean(text, cells)


def wrapped(
    text: str, width: int, *, indent: int = INDENT, tone: Tone = "", stop: object = None, most: int = 6
) -> list[PageLine]:
    """Text broken at spaces into lines of at most `width` cells; at most `most` of them, the last one cut."""
    room = max(8, width - indent)
    rows: list[str] = []
    for word in clean(text).split():
        if rows and display_width(rows[-1]) + 1 + display_width(word) <= room:
            rows[-1] += f" {word}"
        else:
            rows.append(clean(word, room))
    if len(rows) > most:
        rows = [*rows[: most - 1], clean(f"{rows[most - 1]} …", room)]
    return [line(" " * indent, Cell(row, tone), stop=stop) for row in rows]


def paragraphs(text: str, width: int, *, indent: int = INDENT, tone: Tone = "", most: int = 40) -> list[PageLine]:
    """What a person wrote, line by line as they wrote it, each wrapped."""
    lines = [row for part in text.splitlines() for row in wrapped(part, width, indent=indent, tone=tone, most=most)
             or [BLANK]]
    return lines if len(lines) <= most else [*lines[: most - 1], line(" " * indent, Cell("…", "dim"))]


def verbatim(command: str, width: int) -> list[PageLine]:
    """A shell's command whole, from the left edge on. It is broken as a shell continues it, so that what is copied from
    the screen works."""
    room, rows, row = max(8, width - 2), [], ""
    for word in _WORD.findall(clean(command)):
        if row and display_width(f"{row} {word}") > room:
            rows.append(f"{row} \\")
            row = ""
        row = f"{row} {word}" if row else word
        while len(row) > room:
            rows.append(f"{row[:room]}\\")
            row = row[room:]
    return [line(Cell(text, "strong")) for text in (*rows, row)]


def labelled(
    label: str, text: str, width: int, *, label_width: int = 16, tone: Tone = "", most: int = 4
) -> list[PageLine]:
    """A quiet label, and its text beside it, wrapped under itself."""
    at = INDENT + label_width
    rows = wrapped(text or "none", width, indent=at, tone=tone, most=most)
    first = line(" " * INDENT, Cell(pad(label, label_width), "dim"), *rows[0].pieces[1:])
    return [first, *rows[1:]]


@dataclass(frozen=True, slots=True)
class Heading:
    """One column of a small table on a page. `width` 0 takes what the others leave."""

    title: str
    width: int
    right: bool = False
    most: int = 0
    """The width that one of width 0 may grow to; 0 is all there is."""


def table(
    headings: Sequence[Heading], rows: Iterable[tuple[Sequence[Cell | str], object]], width: int
) -> list[PageLine]:
    """Rows of cells under headings, with what each row stops at. Columns that find no room leave from the right end,
    but the one of width 0 keeps at least 12 cells."""
    kept, widths = _fitted(headings, width)
    lines = [line(*_cells([Cell(item.title, "dim") for item in kept], kept, widths))]
    for cells, stop in rows:
        dressed = [cell if isinstance(cell, Cell) else Cell(cell)
                   for cell, item in zip(cells, headings, strict=False) if item in kept]  # a row may end early
        lines.append(line(*_cells(dressed, kept, widths), stop=stop))
    return lines


def _fitted(headings: Sequence[Heading], width: int) -> tuple[list[Heading], list[int]]:
    kept = list(headings)
    while len(kept) > 2 and INDENT + sum((item.width or 12) + 2 for item in kept) - 2 > width:
        kept.pop(max(at for at, item in enumerate(kept) if item.width))
    fixed = sum(item.width for item in kept) + 2 * (len(kept) - 1) + INDENT
    return kept, [item.width or min(item.most or width, max(12, width - fixed)) for item in kept]


def _cells(cells: Sequence[Cell], headings: Sequence[Heading], widths: Sequence[int]) -> list[Cell]:
    pieces = [Cell(" " * INDENT)]
    for cell, item, width in zip(cells, headings, widths, strict=False):
        pieces.append(replace(cell, text=pad(cell.text, width, right=item.right)))
        pieces.append(Cell("  "))
    return pieces[:-1]


def grid(
    pairs: Sequence[tuple[str, str, Tone]], width: int, *, label_width: int = 18, value_width: int = 12
) -> list[PageLine]:
    """Labels and short values, the values at the right edge, in as many columns as fit, filled downwards."""
    across = max(1, (width - INDENT + 4) // (label_width + value_width + 4))
    down = -(-len(pairs) // across)
    lines = []
    for row in range(down):
        pieces: list[str | Cell] = [" " * INDENT]
        for label, value, tone in pairs[row::down]:
            pieces += [Cell(pad(label, label_width), "dim"), Cell(pad(value, value_width, right=True), tone), "    "]
        lines.append(line(*pieces[:-1]))
    return lines


def beside(left: Sequence[PageLine], right: Sequence[PageLine], at: int) -> list[PageLine]:
    """Two blocks side by side, the right one from cell `at` on. Stops of the left block are kept."""
    joined = []
    for row in range(max(len(left), len(right))):
        one = left[row] if row < len(left) else BLANK
        two = right[row] if row < len(right) else BLANK
        joined.append(_join(one, two, at) if two.pieces or two.drawn is not None else one)
    return joined


def _join(one: PageLine, two: PageLine, at: int) -> PageLine:
    if one.drawn is not None:
        text = one.drawn.copy()
        text.truncate(max(0, at - sum(display_width(clean(piece.text)) for piece in one.pieces)), pad=True)
        for piece in two.pieces:
            text.append(clean(piece.text))
        return PageLine(one.pieces, one.stop, text.append_text(two.drawn) if two.drawn is not None else text)
    pieces, used = [], 0
    for piece in one.pieces:
        shown = clean(piece.text, max(0, at - used))
        used += display_width(shown)
        pieces.append(replace(piece, text=shown))
    return PageLine((*pieces, Cell(" " * (at - used)), *two.pieces), one.stop, two.drawn)


def ago(seconds: float | None) -> str:
    """A length of time in one or two units: `42s`, `6m`, `3h 20m`, `5d 2h`; `?` where unknown."""
    if seconds is None:
        return "?"
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole}s"
    if whole < 3600:
        return f"{whole // 60}m"
    if whole < 86_400:
        return f"{whole // 3600}h {whole % 3600 // 60}m" if whole % 3600 >= 60 else f"{whole // 3600}h"
    return f"{whole // 86_400}d {whole % 86_400 // 3600}h" if whole % 86_400 >= 3600 else f"{whole // 86_400}d"


def compact(tokens: int) -> str:
    """Tokens in few characters, for axes: `950`, `12k`, `3.4M`, `1.2G`."""
    for size, mark in ((10**9, "G"), (10**6, "M"), (10**3, "k")):
        if abs(tokens) >= size:
            return f"{tokens / size:.1f}{mark}" if abs(tokens) < 10 * size else f"{tokens / size:.0f}{mark}"
    return str(tokens)
