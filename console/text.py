"""The one function that every text from outside passes before a person sees it (names, error bodies, file contents).

The original is what is stored and what is compared; the cleaned form is only for eyes.
"""

from __future__ import annotations

import unicodedata
from itertools import chain

PLACEHOLDER = "\N{REPLACEMENT CHARACTER}"
ELLIPSIS = "…"
MARKS_IN_A_ROW = 4
RUN_BY_SPREADSHEETS = ("=", "+", "-", "@", "\t", "\r", "'")
"""What a spreadsheet would run at the beginning of a cell, and the apostrophe that keeps it from that."""

_FIRST_MARK = "\u0300"
"""No printable character before it is hidden, or combines with another: ASCII, Latin."""
_HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Zl", "Zp", "Cs", "Co", "Cn"})
# What Unicode calls visible and yet draws nothing, or changes the width of what precedes it.
_HIDDEN = frozenset(
    chain(
        (0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0),
        range(0x180B, 0x1810),
        range(0xFE00, 0xFE10),
        range(0xE0100, 0xE01F0),
    )
)


def clean(text: str, width: int | None = None) -> str:
    """`text` made harmless for a terminal, on one line, in at most `width` cells (None: not cut).

    A TAB becomes a space. Controls, bidirectional and zero-width characters, separators, surrogates, private-use and
    unassigned code points become a visible placeholder. At most four combining marks follow one another. What does
    not fit is cut with an ellipsis. Cleaning what is clean changes nothing.
    """
    if text.isascii() and text.isprintable():
        return text if width is None or len(text) <= width else _cut_ascii(text, width)
    if width is None and text.isprintable() and max(text) < _FIRST_MARK:
        return text
    return _clean(text, width)


def in_spreadsheet(text: str) -> str:
    """`text` cleaned for one cell of a CSV file: a leading apostrophe keeps a formula from being run."""
    harmless = clean(text)
    return f"'{harmless}" if harmless.startswith(RUN_BY_SPREADSHEETS) else harmless


def display_width(text: str) -> int:
    """Cells that clean text takes on a terminal, counted so that it never says too few."""
    return len(text) if text.isascii() else sum(map(_cells, text))


def pad(text: str, width: int, *, right: bool = False) -> str:
    """`text` cleaned, cut and filled with spaces to exactly `width` cells; `right` puts it at the right edge."""
    shown = clean(text, width)
    space = " " * (width - display_width(shown))
    return space + shown if right else shown + space


def _cut_ascii(text: str, width: int) -> str:
    return text[: width - 1] + ELLIPSIS if width > 0 else ""


def _clean(text: str, width: int | None) -> str:
    limit = float("inf") if width is None else width
    kept: list[str] = []
    used = 0
    fits_with_ellipsis = 0  # how many of `kept` leave room for an ellipsis
    marks = 0
    for character in text:
        shown = _visible(character)
        is_mark = unicodedata.category(shown).startswith("M")
        if is_mark and not kept:
            shown, is_mark = PLACEHOLDER, False  # a mark without a base would sit on whatever is drawn before it
        marks = marks + 1 if is_mark else 0
        if marks > MARKS_IN_A_ROW:
            continue
        used += _cells(shown)
        if used > limit:
            return "".join(kept[:fits_with_ellipsis]) + ELLIPSIS if limit > 0 else ""
        kept.append(shown)
        if used < limit:
            fits_with_ellipsis = len(kept)
    return "".join(kept)


def _visible(character: str) -> str:
    if character == "\t":
        return " "
    if unicodedata.category(character) in _HIDDEN_CATEGORIES or ord(character) in _HIDDEN:
        return PLACEHOLDER
    return character


def _cells(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me"):
        return 0
    # Regional indicators are drawn two cells wide by some terminals and one by others.
    wide = unicodedata.east_asian_width(character) in "WF" or 0x1F1E6 <= ord(character) <= 0x1F1FF
    return 2 if wide else 1
