"""Typed values out of a TOML table, with everything that is wrong collected instead of raised one by one."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from console.charters.problem import Problem
from console.money import MicroUsd, from_usd
from console.toml import Document, KeyPath

NAME = 200
"""Longest name, in characters."""
PROSE = 20_000
"""Longest free text, in characters."""

_DOLLARS = re.compile(r"[0-9]{1,12}(\.[0-9]{1,6})?")


NEARLY = 0.8
"""Likeness from which a key that is not known counts as a known one misspelt."""


class Table:
    """One table of a file. Every `take` marks its key as known; `finish` reports the keys that nobody took."""

    def __init__(self, data: Mapping[str, Any], document: Document, problems: list[Problem],
                 path: KeyPath = ()) -> None:
        self.data = data
        self.path = path
        self._document = document
        self._problems = problems
        self._known: list[str] = []
        self._wrong_before = len(problems)

    @property
    def name(self) -> str:
        """`[scenarios.expected]`, `[[kill_criteria]] 2`: the table as messages call it."""
        if not self.path:
            return ""
        tables = ".".join(part for part in self.path if isinstance(part, str))
        numbers = [part for part in self.path if isinstance(part, int)]
        return f"[[{tables}]] {numbers[-1] + 1} " if numbers else f"[{tables}] "

    @property
    def is_sound(self) -> bool:
        """Nothing was wrong since this table was opened."""
        return not any(problem.is_error for problem in self._problems[self._wrong_before:])

    def line(self, key: str | None = None) -> int | None:
        """The line of a key, or of the nearest table around it; of the file's end where there is none."""
        line = self._document.line_of(self.path if key is None else (*self.path, key))
        return self._document.end if line is None else line

    def wrong(self, key: str | None, message: str, remedy: str = "", rule: str = "value") -> None:
        self._problems.append(Problem(rule, self.line(key), f"{self.name}{message}", remedy, path=self._at(key)))

    def warn(self, key: str | None, message: str, remedy: str = "", rule: str = "advice") -> None:
        self._problems.append(Problem(rule, self.line(key), f"{self.name}{message}", remedy, "warning", self._at(key)))

    def ignore(self, key: str) -> None:
        """A key that was looked at already."""
        self._known.append(key)

    def finish_open(self) -> None:
        """Keep keys that nobody asked for, and say so; one that is nearly a known key is refused as misspelt."""
        for key in [key for key in self.data if key not in self._known]:
            near = difflib.get_close_matches(key[:64], self._known, 1, NEARLY) if len(key) <= 64 else []
            if near:
                self.wrong(key, f"{_short(key)} is not known", f"did you mean {near[0]}?", "unknown-key")
            else:
                self.warn(key, f"{_short(key)} is not a field that the console knows; it is kept as it is")

    def finish(self) -> bool:
        """Refuse every key that nobody asked for: a misspelt `automtic` must not pass for a missing one. False where
        such a key may stand for a known one that is not there, so that the table says less than was meant."""
        says_all = True
        for key in self.data:
            if key in self._known:
                continue
            near = difflib.get_close_matches(key[:64], self._known, 1) if len(key) <= 64 else []
            says_all = says_all and (not near or near[0] in self.data)
            remedy = f"did you mean {near[0]}?" if near else (
                f"known here: {', '.join(self._known)}; a file for a newer Token Console needs that one")
            self.wrong(key, f"{_short(key)} is not known", remedy, "unknown-key")
        return says_all

    def text(self, key: str, example: str, *, required: bool = True, longest: int = PROSE) -> str:
        """The string without the space around it; empty where it is absent or was refused."""
        value: object = self._take(key, f'"{example}"', required)
        if value is None:
            return ""
        if not isinstance(value, str):
            self.wrong(key, f"{key} is {_kind(value)}, not a text", f'write {key} = "{example}"')
            return ""
        value = value.strip()
        if required and not value:
            self.wrong(key, f"{key} is empty", f'write {key} = "{example}"', "missing")
        if len(value) > longest:
            self.wrong(key, f"{key} has {len(value):,} characters", f"shorten it to {longest:,} at most")
            return ""
        return value

    def choice(self, key: str, choices: Sequence[str], *, default: str | None = None) -> str:
        value = self._take(key, f'"{choices[0]}"', default is None)
        if value is None:
            return default or ""
        if value not in choices:
            self.wrong(key, f"{key} = {_short(value)} is not one of the choices", f"write one of: {', '.join(choices)}")
            return ""
        return str(value)

    def whole(self, key: str, example: int, *, least: int = 0, most: int = 10**12, required: bool = True) -> int | None:
        value = self._take(key, str(example), required)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            self.wrong(key, f"{key} = {_short(value)} is not a whole number from {least:,} to {most:,}",
                       f"write {key} = {example}")
            return None
        return value

    def number(self, key: str, example: str, *, most: int = 10**6, required: bool = True,
               zero: bool = False) -> Decimal | None:
        """A positive number (or nothing at all, with `zero`), written with or without quotes."""
        value = self._take(key, example, required)
        if value is None:
            return None
        try:
            number = Decimal(str(value)) if not isinstance(value, bool) else Decimal("NaN")
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite() or not 0 <= number <= most or (number == 0 and not zero):
            least = "from 0 to" if zero else "above 0 and at most"
            self.wrong(key, f"{key} = {_short(value)} is not a number {least} {most:,}",
                       f"write {key} = {example}")
            return None
        return number.normalize()

    def dollars(self, key: str, example: str, *, required: bool = True) -> MicroUsd | None:
        """Micro-dollars of a decimal string."""
        value = self._take(key, f'"{example}"', required)
        if value is None:
            return None
        if isinstance(value, str) and _DOLLARS.fullmatch(value):
            return from_usd(value)
        if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
            example = str(value) if _DOLLARS.fullmatch(str(value)) else example
            self.wrong(key, f"{key} is a bare number; dollars are decimal strings", f'write {key} = "{example}"')
        else:
            self.wrong(key, f"{key} = {_short(value)} is not an amount of dollars", f'write {key} = "{example}"')
        return None

    def flag(self, key: str, *, default: bool | None = None) -> bool:
        value = self._take(key, "true, or false", default is None)
        if value is None:
            return bool(default)
        if not isinstance(value, bool):
            self.wrong(key, f"{key} = {_short(value)} is neither true nor false", f"write {key} = true, or false")
            return False
        return value

    def texts(self, key: str, example: str, *, required: bool = True, longest: int = NAME) -> tuple[str, ...]:
        value = self._take(key, f'["{example}"]', required)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
            self.wrong(key, f"{key} is not a list of texts", f'write {key} = ["{example}"]')
            return ()
        if required and not value:
            self.wrong(key, f"{key} is empty", f'write {key} = ["{example}"]', "missing")
        if any(len(item) > longest for item in value) or len(value) > 1000:
            self.wrong(key, f"{key} is too long", f"at most 1,000 texts of {longest:,} characters each")
            return ()
        return tuple(item.strip() for item in value)

    def shares(self, key: str) -> tuple[tuple[str, Decimal], ...]:
        """`{ model = 0.7, other = 0.3 }` as pairs sorted by name; they must add up to one."""
        value = self._take(key, "{ }", False)
        if value is None:
            return ()
        example = f'write {key} = {{ "claude-sonnet-4-6" = 0.7, "claude-haiku-4-5" = 0.3 }}'
        if not isinstance(value, dict) or not value:
            self.wrong(key, f"{key} is not a table of shares", example)
            return ()
        inner = Table(value, self._document, self._problems, (*self.path, key))
        pairs = [(model, inner.number(model, "0.5", most=1)) for model in value]
        sound = tuple(sorted((model, share) for model, share in pairs if share is not None))
        total = sum((share for _, share in sound), Decimal(0))
        if len(sound) == len(pairs) and abs(total - 1) > Decimal("0.001"):
            self.wrong(key, f"{key} adds up to {total}, not 1", example)
        return sound

    def table(self, key: str, *, required: bool = True) -> Table | None:
        """The table under `key`, or None with a problem where it is required and missing or not a table."""
        self._known.append(key)
        value = self.data.get(key)
        inner: KeyPath = (*self.path, key)
        title = ".".join(str(part) for part in inner)
        if value is None:
            if required:
                self._problems.append(Problem("missing", self.line(), f"[{title}] is missing",
                                              f"add the table [{title}]", path=inner))
            return None
        if not isinstance(value, dict):
            self.wrong(key, f"{key} is {_kind(value)}, not a table", f"write it as the table [{title}]")
            return None
        return Table(value, self._document, self._problems, inner)

    def tables(self, key: str, *, required: bool = False) -> list[Table]:
        """The tables of an array of tables (or of inline tables)."""
        self._known.append(key)
        value = self.data.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            self.wrong(key, f"{key} is not a list of tables", f"write [[{key}]] above each one")
            return []
        if required and not value:
            self.wrong(None, f"[[{key}]] is missing", f"add at least one table [[{key}]]", "missing")
        return [Table(item, self._document, self._problems, (*self.path, key, number))
                for number, item in enumerate(value)]

    def _take(self, key: str, example: str, required: bool) -> Any:
        self._known.append(key)
        value = self.data.get(key)
        if value is None and required:
            self._problems.append(Problem("missing", self.line(), f"{self.name}{key} is missing",
                                          f"write {key} = {example}", path=self._at(key)))
        return value

    def _at(self, key: str | None) -> KeyPath:
        return self.path if key is None else (*self.path, key)


def _kind(value: object) -> str:
    names = {bool: "a flag", int: "a number", float: "a number", str: "a text", list: "a list", dict: "a table"}
    return names.get(type(value), "a date or time")


def _short(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= 60 else f"{shown[:57]}…"
