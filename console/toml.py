"""TOML from people, read within bounds, with the line of every key, so that a message can say where and what to write.

The standard parser needs seconds and a gigabyte for one dotted key of 32 KB, so keys are counted and measured by a scan
of our own before it sees the text. The same scan gives the lines.
"""

from __future__ import annotations

import math
import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from console.errors import InputError
from console.toml_scan import TooMuchError, scan

CONFIGURATION_LIMIT = 64 * 1024
REGISTRY_LIMIT = 4 * 1024 * 1024

KeyPath = tuple[str | int, ...]
"""From the root: `("workload", 3, "tier")` is `tier` of the fourth `[[workload]]`."""

_PLACE = re.compile(
    r"^(?P<what>.*?) ?\(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)$", re.DOTALL
)
_REMEDIES = {
    "Invalid value": 'text goes in quotes, as in name = "Claims"; true and false are lower case',
    "Cannot overwrite a value": "the same key is given twice; keep one",
    "Cannot declare": "the same [table] is opened twice; put its keys together",
    "Cannot mutate": "this table was closed by the way it was first written; put its keys together",
    "Expected '=' after a key": 'a line is written key = "value"',
    "Expected ']'": "a bracket is not closed",
    "Unclosed": "a bracket is not closed",
    "Expected newline": "one key on each line; a comment starts with #",
    "Illegal character": "remove the control character, or write it as \\u0000 inside quotes",
    "Unterminated string": "a quotation mark is missing",
    "Unescaped '\\' in a string": "write \\\\ for one backslash, or use single quotes",
    "Invalid initial character for a key part": "an inline { table } stays on one line, without a comma at its end; "
    "a key with other than letters, digits, - and _ goes in quotes",
    "Invalid statement": 'a line is key = "value", [table] or # comment',
}


@dataclass(frozen=True, slots=True)
class Document:
    """What a file says, and where."""

    what: str
    """The file, as messages name it."""
    data: dict[str, Any]
    lines: dict[KeyPath, int] = field(default_factory=dict)
    end: int | None = None
    """The last line: where what is missing altogether can be written."""

    def line_of(self, path: KeyPath) -> int | None:
        """The line of a key, or of the nearest table around it; None for the file itself."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.lines:
                return self.lines[path[:length]]
        return None

    def where(self, path: KeyPath) -> str:
        """`FILE, line 12`, for the beginning of a message."""
        line = self.line_of(path)
        return self.what if line is None else f"{self.what}, line {line}"


def read(path: Path, limit: int = CONFIGURATION_LIMIT) -> Document:
    """A TOML file of at most `limit` bytes. Raises InputError."""
    try:
        with path.open("rb") as file:
            raw = file.read(limit + 1)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.") from error
    return load_bytes(raw, str(path), limit)


def load_bytes(raw: bytes, what: str, limit: int = CONFIGURATION_LIMIT) -> Document:
    """TOML from the bytes of a file. Raises InputError for what is not UTF-8 text, too."""
    if len(raw) > limit:
        raise InputError(f"{what} is larger than {_size(limit)}. Split it, or remove what does not belong there.")
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError(f"{what} is UTF-16. Save it as UTF-8.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        byte = raw[error.start]
        raise InputError(f"{what}, line {line}: byte 0x{byte:02x} is not UTF-8. Save the file as UTF-8.") from error
    return load(text, what, limit)


def load(text: str, what: str, limit: int = CONFIGURATION_LIMIT) -> Document:
    """TOML from text of at most `limit` bytes in UTF-8. `what` is how messages name it. Raises InputError."""
    size = len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
    if size > limit:
        raise InputError(f"{what} is larger than {_size(limit)}. Split it, or remove what does not belong there.",
                         remedy="split it, or remove what does not belong there")
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise InputError(f"{what}, line {line}: there is a NUL byte; this is not a text file.", line=line,
                         remedy="name a text file")
    try:
        lines = scan(text)
    except TooMuchError as error:
        raise InputError(f"{what}, line {error.line}: {error}", line=error.line, remedy="shorten it") from error
    try:
        document = Document(what, tomllib.loads(text), lines, max(1, len(text.splitlines())))
    except (ValueError, RecursionError) as error:
        raise _explained(str(error), what, text) from error
    _refuse_impossible_numbers(document, document.data, ())
    return document


def _explained(message: str, what: str, text: str) -> InputError:
    remedy = next((advice for start, advice in _REMEDIES.items() if message.startswith(start)), "see https://toml.io")
    place = _PLACE.match(message)
    if place is None:
        return InputError(f"{what}: {message}.", remedy=remedy)
    if place["line"] is None:
        return InputError(f"{what}, at its end: {place['what']}: {remedy}.", line=text.count("\n") + 1, remedy=remedy)
    line = int(place["line"])
    return InputError(f"{what}, line {line}, column {place['column']}: {place['what']}: {remedy}.", line=line,
                      remedy=remedy)


def _refuse_impossible_numbers(document: Document, value: object, path: KeyPath) -> None:
    """No `nan`, no `inf`, no integer past 64 bits: none of them means anything here, and each passes comparisons."""
    if isinstance(value, dict):
        for key, item in value.items():
            _refuse_impossible_numbers(document, item, (*path, key))
    elif isinstance(value, list):
        for position, item in enumerate(value):
            _refuse_impossible_numbers(document, item, (*path, position))
    elif (isinstance(value, float) and not math.isfinite(value)) or (isinstance(value, int) and abs(value) >= 2**63):
        raise InputError(f"{document.where(path)}: {path[-1]} must be an ordinary number.", line=document.line_of(path),
                         remedy="write an ordinary number")


def _size(limit: int) -> str:
    return f"{limit // 1024} KiB" if limit < 1024 * 1024 else f"{limit // (1024 * 1024)} MiB"
