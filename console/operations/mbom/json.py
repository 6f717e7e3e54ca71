"""JSON from outside, read strictly and within bounds, with the line of every key: a `toml.Document` like any other.

The standard parser tells no lines, keeps the last of two equal keys without a word, and takes `NaN`.
"""

from __future__ import annotations

import json
import re
from typing import Any

from console.errors import InputError
from console.toml import Document, KeyPath

LIMIT = 64 * 1024 * 1024
DEEPEST = 32

_SPACE = re.compile(r"[ \t\r\n]*")
_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\.)*"')
_PLAIN = re.compile(r'"[^"\\\x00-\x1f]*"')
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,18})(?:\.[0-9]{1,30})?(?:[eE][+-]?[0-9]{1,2})?(?![0-9.eE])")
_WORDS = (("true", True), ("false", False))


def load(text: str, what: str) -> Document:
    """Understand JSON text called `what`: one object. Raises InputError with line and remedy."""
    reader = _Reader(text, what)
    value = reader.value((), 0)
    reader.skip()
    if reader.at != len(text):
        raise reader.wrong("there is more after the end of the document", "keep one JSON document")
    if not isinstance(value, dict):
        raise reader.wrong("this is not a JSON object", 'write { "workload": [ … ] }')
    return Document(what, value, reader.lines)


class _Reader:
    def __init__(self, text: str, what: str) -> None:
        self.text, self.what = text, what
        self.at, self._counted, self._line = 0, 0, 1
        self.lines: dict[KeyPath, int] = {}

    @property
    def line(self) -> int:
        self._line += self.text.count("\n", self._counted, self.at)
        self._counted = self.at
        return self._line

    def wrong(self, message: str, remedy: str) -> InputError:
        return InputError(f"{self.what}:{self.line}: {message}; {remedy}", line=self.line, remedy=remedy)

    def skip(self) -> str:
        """Past white space: the character there, or nothing at the end."""
        found = _SPACE.match(self.text, self.at)
        assert found is not None
        self.at = found.end()
        return self.text[self.at:self.at + 1]

    def value(self, path: KeyPath, depth: int) -> Any:
        first = self.skip()
        self.lines[path] = self.line
        if depth > DEEPEST:
            raise self.wrong(f"this is nested deeper than {DEEPEST} levels", "flatten it")
        if first == "{":
            return self._object(path, depth)
        if first == "[":
            return self._list(path, depth)
        return self._string() if first == '"' else self._scalar()

    def _object(self, path: KeyPath, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        self.at += 1
        if self.skip() == "}":
            self.at += 1
            return found
        while True:
            if self.skip() != '"':
                raise self.wrong("a key is missing", 'a key is written "name":, and no comma follows the last value')
            key = self._string()
            if key in found:
                raise self.wrong(f"{key[:60]!r} is given twice", "keep one of the two")
            self._pass(":", "a colon")
            found[key] = self.value((*path, key), depth + 1)
            if self._pass(",}", "a comma or }") == "}":
                return found

    def _list(self, path: KeyPath, depth: int) -> list[Any]:
        found: list[Any] = []
        self.at += 1
        if self.skip() == "]":
            self.at += 1
            return found
        while True:
            found.append(self.value((*path, len(found)), depth + 1))
            if self._pass(",]", "a comma or ]") == "]":
                return found

    def _pass(self, wanted: str, name: str) -> str:
        character = self.skip()
        if not character or character not in wanted:
            where = "the text ends" if not character else f"there is {character!r}"
            raise self.wrong(f"{where} where {name} belongs", "export the file again, or correct it there")
        self.at += 1
        return character

    def _string(self) -> str:
        plain = _PLAIN.match(self.text, self.at)
        if plain is not None:
            self.at = plain.end()
            return plain.group()[1:-1]
        found = _STRING.match(self.text, self.at)
        if found is None:
            raise self.wrong("a text is not closed, or has a control character", "write it as \\u001b, and close it")
        try:
            text: str = json.loads(found.group())
            text.encode("utf-8")
        except ValueError as error:
            raise self.wrong("a text has an escape that is none, or half a character", "write it in UTF-8") from error
        if "\0" in text:
            raise self.wrong("a text has a NUL character", "take it out")
        self.at = found.end()
        return text

    def _scalar(self) -> Any:
        for word, value in _WORDS:
            if self.text.startswith(word, self.at):
                self.at += len(word)
                return value
        if self.text.startswith("null", self.at):
            raise self.wrong("null says nothing", "leave the key out")
        found = _NUMBER.match(self.text, self.at)
        number = json.loads(found.group()) if found is not None else None
        if found is None or (isinstance(number, int) and abs(number) >= 2**63):
            raise self.wrong("there is no value, or no ordinary number", "text goes in quotes; no NaN, no Infinity")
        self.at = found.end()
        return number
