"""The type of PDF reports: Noto Sans (OFL), of which only what a report uses is embedded, in two weights.

It has Latin, Greek and Cyrillic. What it has not (Han, Kana, Hangul, Arabic, Hebrew, Thai …) is printed as a
replacement character, and the report says so; the HTML of the same report shows it with the reader's own fonts.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import resources

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

from console.text import PLACEHOLDER

REGULAR, BOLD = 400, 700
_FILE = "NotoSans[wdth,wght].ttf"
_ALWAYS = frozenset(map(chr, range(32, 127))) | {PLACEHOLDER, "…", "·", "–", "—"}


@dataclass(frozen=True, slots=True)
class Face:
    """One weight: the file to embed, and how wide each character is."""

    file: bytes
    widths: dict[str, float]
    """In shares of the size."""

    def width(self, text: str, size: float) -> float:
        """Of a line, in the unit of `size`."""
        widths = self.widths
        return size * sum([widths[character] for character in text])

    def wrapped(self, text: str, size: float, room: float) -> list[str]:
        """Lines that fit in `room`, broken between words, and within a word that is too long for a line."""
        if self.width(text, size) <= room:
            return [text]
        lines: list[str] = []
        line = ""
        for word in text.split(" "):
            longer = f"{line} {word}" if line else word
            if self.width(longer, size) <= room:
                line = longer
                continue
            if line:
                lines.append(line)
            *whole, line = self._broken(word, size, room)
            lines += whole
        return [*lines, line]

    def _broken(self, word: str, size: float, room: float) -> list[str]:
        """A word in pieces that fit, at hyphens where it has some in the right place."""
        pieces: list[str] = []
        while len(word) > 1 and self.width(word, size) > room:
            fits, used = 1, self.widths[word[0]] * size
            while fits < len(word) - 1 and used + self.widths[word[fits]] * size <= room:
                used += self.widths[word[fits]] * size
                fits += 1
            hyphen = max(word.rfind(mark, 0, fits) for mark in "-_/.") + 1
            fits = hyphen if hyphen > fits // 2 else fits
            pieces.append(word[:fits])
            word = word[fits:]
        return [*pieces, word]


@dataclass(frozen=True, slots=True)
class Typeface:
    """Both weights, cut down to the characters of one report."""

    regular: Face
    bold: Face
    missing: frozenset[str]
    """Characters of the report that the font lacks."""

    def set(self, text: str) -> str:
        """`text` with a replacement character for each that cannot be printed."""
        if self.missing.isdisjoint(text):
            return text
        return "".join(PLACEHOLDER if character in self.missing else character for character in text)


def typeface(characters: Iterable[str]) -> Typeface:
    """Noto Sans with these characters (of more than one report's text nothing is kept)."""
    wanted = {character for character in characters if character >= " "} | _ALWAYS
    raw = (resources.files("fontpkg_noto_sans") / "files" / _FILE).read_bytes()
    known = {chr(code) for code in TTFont(io.BytesIO(raw), lazy=True).getBestCmap()}
    kept = wanted & known
    return Typeface(_face(raw, kept, REGULAR), _face(raw, kept, BOLD), frozenset(wanted - known))


def _face(raw: bytes, characters: set[str], weight: int) -> Face:
    """First only what is needed, then its weight: the whole font would take four seconds."""
    font = TTFont(io.BytesIO(raw), lazy=True, recalcTimestamp=False)
    options = subset.Options(layout_features=[], notdef_outline=True)
    options.drop_tables += ["GSUB", "GPOS", "GDEF"]
    cutting = subset.Subsetter(options)
    cutting.populate(unicodes=[ord(character) for character in characters])
    cutting.subset(font)
    cut = instancer.instantiateVariableFont(font, {"wght": weight, "wdth": 100})
    out = io.BytesIO()
    cut.save(out)
    units, advances = cut["head"].unitsPerEm, cut["hmtx"]
    widths = {chr(code): advances[name][0] / units for code, name in cut.getBestCmap().items()}
    return Face(out.getvalue(), widths)
