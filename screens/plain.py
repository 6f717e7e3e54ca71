"""For terminals that cannot show UTF-8: every character that is drawn gets an ASCII twin of the same width."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from console.text import display_width

_TWINS = dict(
    zip(
        "─━│┃╌╎┊┌┐└┘├┤┬┴┼╭╮╰╯┏┓┗┛▁▂▃▄▅▆▇█▓▒░▎▏▊…·•›→←↑↓▼▲×–—‘’“”",
        "-=||-|:+++++++++++++++++.:-=+*%#%+.|||~-*>><^vv^x--''\"\"",
        strict=True,
    )
)


class Plain(LineFilter):
    """Replaces what is not ASCII, as the last thing before a line is written."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [one if one.text.isascii() else one._replace(text=plain(one.text)) for one in segments]


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """The text in ASCII, as wide as before: drawn lines by their twins, letters without accents, the rest as `?`."""
    return "".join(map(_twin, text))


def _twin(character: str) -> str:
    if character.isascii():
        return character
    if character in _TWINS:
        return _TWINS[character]
    base = unicodedata.normalize("NFKD", character)[0]
    width = display_width(character)
    return base if base.isascii() and base.isprintable() and width == 1 else "?" * width
