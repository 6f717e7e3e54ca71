"""CSV as a spreadsheet saves it: which sign parts the cells, and on which line each row begins."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def delimiter(text: str) -> str:
    """What the headings are parted by: a spreadsheet of a country with decimal commas writes semicolons."""
    first = text.lstrip("\r\n").split("\n", 1)[0]
    return max(",;\t", key=first.count) if any(sign in first for sign in ",;\t") else ","


def numbered(reader: Any) -> Iterator[tuple[int, list[str]]]:
    """(line on which it begins, cells) of every row with something in it. `reader` is one of the `csv` module."""
    before = reader.line_num
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield before + 1, cells
        before = reader.line_num
