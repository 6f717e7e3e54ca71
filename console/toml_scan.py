"""One pass over TOML text that measures its keys and notes their lines. It trusts nothing and decides nothing else.

On a well-formed text the paths are those of the parsed document. On a malformed one the scan goes on as well as it
can: the parser, which runs next, says what is wrong.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field

MAX_DOTS = 8
MAX_NESTING = 32
MAX_KEYS = 10_000
MAX_KEYS_PER_MIB = 80_000

KeyPath = tuple[str | int, ...]

_TOKEN = re.compile(
    r"""(?P<skip>[ \t\r]+|\#[^\n]*)
      | (?P<newline>\n)
      | (?P<multi>\"\"\"|''')
      | (?P<basic>"[^"\\\n]*(?:\\.[^"\\\n]*)*")
      | (?P<literal>'[^'\n]*')
      | (?P<punctuation>[][{}=,.])
      | (?P<bare>[^\s\[\]{}=,."'\#]+)
      | (?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)


class TooMuchError(Exception):
    """The text goes over a bound. `str()` says which, and what to do."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


def scan(text: str) -> dict[KeyPath, int]:
    """The line (from 1) of every table, key and array element. Raises TooMuchError."""
    scanner = _Scanner(max_keys=max(MAX_KEYS, len(text) * MAX_KEYS_PER_MIB // (1024 * 1024)))
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        assert match is not None, "the last alternative takes any character"
        position = match.end()
        kind = match.lastgroup
        if kind not in ("skip", "newline"):
            scanner.value()
        if kind == "multi":
            end = _end_of_multi_line(text, position, match[0])
            scanner.line += text.count("\n", position, end)
            position = end
        elif kind == "newline":
            scanner.newline()
        elif kind == "punctuation":
            scanner.punctuation(match[0])
        elif kind in ("bare", "basic", "literal"):
            scanner.part(match[0])
    return scanner.lines


def _end_of_multi_line(text: str, start: int, quotes: str) -> int:
    """The offset behind a multi-line string whose opening quotes end at `start`."""
    position = start
    while (found := text.find(quotes, position)) >= 0:
        backslashes = 0
        if quotes == '"""':
            while text[found - 1 - backslashes] == "\\" and found - 1 - backslashes >= start:
                backslashes += 1
        if backslashes % 2 == 0:
            end = found + 3
            while end < len(text) and end < found + 5 and text[end] == quotes[0]:  # up to two quotes belong to the text
                end += 1
            return end
        position = found + 1
    return len(text)


def _name(token: str) -> str:
    """What a key's token names; quotes and escapes are the parser's to undo."""
    if token[0] not in "\"'":
        return token
    try:
        name = tomllib.loads(f"key = {token}")["key"]
    except ValueError:
        return token  # the parser will refuse it
    assert isinstance(name, str)
    return name


@dataclass(slots=True)
class _Open:
    """A bracket that is not closed yet."""

    path: KeyPath
    index: int | None
    """The element in an array; None in an inline table."""


@dataclass(slots=True)
class _Scanner:
    max_keys: int
    line: int = 1
    lines: dict[KeyPath, int] = field(default_factory=dict)
    _keys: int = 0
    _base: KeyPath = ()
    _path: KeyPath = ()
    _parts: list[str] = field(default_factory=list)
    _dots: int = 0
    _mode: str = "key"  # key, value, header
    _brackets: int = 0
    _open: list[_Open] = field(default_factory=list)
    _elements: dict[KeyPath, int] = field(default_factory=dict)
    _awaited: KeyPath | None = None

    def newline(self) -> None:
        self.line += 1
        if not self._open:
            self._start_key()
        if self._awaited is not None:
            self.lines[self._awaited] = self.line

    def value(self) -> None:
        """Something that is not white space begins: an element awaited since its comma is on this line."""
        self._awaited = None

    def part(self, token: str) -> None:
        if self._mode != "value":
            self._parts.append(_name(token))

    def punctuation(self, mark: str) -> None:
        if self._mode == "header":
            self._in_header(mark)
        elif self._mode == "key":
            self._in_key(mark)
        else:
            self._in_value(mark)

    def _in_header(self, mark: str) -> None:
        if mark == ".":
            self._dot()
        elif mark == "[":
            self._brackets += 1
        elif mark == "]" and self._parts:
            self._open_table()

    def _in_key(self, mark: str) -> None:
        if mark == ".":
            self._dot()
        elif mark == "[" and not self._open and not self._parts:
            self._mode, self._brackets = "header", 1
        elif mark == "=":
            self._note(self._container() + self._resolved(self._container(), self._parts))
            self._mode = "value"
        elif mark == "}":
            self._close()

    def _in_value(self, mark: str) -> None:
        if mark == "[":
            self._push(_Open(self._path, 0))
            self._await_element((*self._path, 0))
        elif mark == "{":
            self._push(_Open(self._path, None))
            self._start_key()
        elif mark in "]}":
            self._close()
        elif mark == "," and self._open:
            self._next_element(self._open[-1])

    def _next_element(self, container: _Open) -> None:
        if container.index is None:
            self._start_key()
        else:
            container.index += 1
            self._await_element((*container.path, container.index))

    def _await_element(self, path: KeyPath) -> None:
        self._note(path)
        self._awaited = path

    def _open_table(self) -> None:
        path = self._resolved((), self._parts)
        if self._brackets > 1:
            plain = (*self._resolved((), self._parts[:-1]), self._parts[-1])
            self._elements[plain] = self._elements.get(plain, -1) + 1
            self.lines.setdefault(plain, self.line)
            path = (*plain, self._elements[plain])
        self._base = path
        self._note(path)
        self._start_key()
        self._mode = "value"  # nothing but a comment may follow on this line

    def _resolved(self, start: KeyPath, parts: list[str]) -> KeyPath:
        """`parts` with the newest element's number after each name that is an array of tables, without `start`."""
        path = start
        for part in parts:
            path = (*path, part)
            if path in self._elements:
                path = (*path, self._elements[path])
        return path[len(start) :]

    def _container(self) -> KeyPath:
        return self._open[-1].path if self._open else self._base

    def _push(self, container: _Open) -> None:
        self._open.append(container)
        if len(self._open) > MAX_NESTING:
            raise TooMuchError(self.line, f"more than {MAX_NESTING} brackets inside one another. Write it flatter.")

    def _close(self) -> None:
        if self._open:
            self._path = self._open.pop().path
        self._mode = "value"

    def _start_key(self) -> None:
        self._mode, self._parts, self._dots = "key", [], 0

    def _dot(self) -> None:
        self._dots += 1
        if self._dots > MAX_DOTS:
            raise TooMuchError(self.line, f"a key with more than {MAX_DOTS} dots. Use [table] headers.")

    def _note(self, path: KeyPath) -> None:
        self._path = path
        self._keys += 1
        if self._keys > self.max_keys:
            raise TooMuchError(self.line, f"more than {self.max_keys} keys. Split the file.")
        self.lines.setdefault(path, self.line)
