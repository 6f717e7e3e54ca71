"""One table of the configuration, read key by key: every refusal names file, line, key and what to write.

The keys that were asked for are the keys that are known; `close` refuses the rest with the nearest known name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn, TypeVar
from urllib.parse import urlsplit

from console.errors import BadConfiguration
from console.money import MicroUsd, from_usd
from console.reference import parse_reference
from console.text import clean
from console.toml import Document, KeyPath

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_DURATION = re.compile(r"([0-9]{1,6})([smhd])")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_LOOPBACK = ("localhost", "127.0.0.1", "::1")

T = TypeVar("T")


class Table:
    """A table at `path` of the document. A key that is absent gives the default."""

    def __init__(self, document: Document, path: KeyPath, data: object) -> None:
        self._document = document
        self.path = path
        self._asked: list[str] = []
        if not isinstance(data, dict):
            self._refuse_at(path, f"{_shown(path)} must be a table: write [{_shown(path)}]")
        self._data: dict[str, Any] = data

    def has(self, key: str) -> bool:
        return key in self._data

    def refuse(self, key: str, remedy: str) -> NoReturn:
        """Raise BadConfiguration about a key of this table."""
        self._refuse_at((*self.path, key), f"{_shown((*self.path, key))}: {remedy}")

    def table(self, key: str) -> Table:
        """A table inside; empty where it is absent."""
        return Table(self._document, (*self.path, key), self._take(key, {}))

    def tables(self, key: str) -> list[Table]:
        """An array of tables inside."""
        value = self._take(key, [])
        if not isinstance(value, list):
            self.refuse(key, f"may be given several times: write [[{key}]]")
        return [Table(self._document, (*self.path, key, position), item) for position, item in enumerate(value)]

    def mapping(self, key: str) -> dict[str, Any]:
        """A table inside whose keys are read elsewhere."""
        value = self._take(key, {})
        if not isinstance(value, dict):
            self.refuse(key, f"must be a table: write [{key}]")
        return value

    def text(self, key: str, default: str | None = None, *, longest: int = 200) -> str:
        value = self._given(key, default, 'is missing: write {key} = "…"')
        if not isinstance(value, str) or not value.strip():
            self.refuse(key, f'must be text in quotes: write {key} = "…"')
        if len(value) > longest:
            self.refuse(key, f"is longer than {longest} characters")
        return value

    def name(self, key: str) -> str:
        """A short identifier that goes into commands, keys and file names."""
        value = self.text(key)
        if not _NAME.fullmatch(value):
            self.refuse(key, "use letters, digits and . _ - and begin with a letter or digit")
        return value

    def choice(self, key: str, choices: Sequence[str], default: str | None = None) -> str:
        value = self.text(key, default)
        if value not in choices:
            self.refuse(key, _unknown(value, choices))
        return value

    def texts(self, key: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        value = self._take(key, list(default))
        if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
            self.refuse(key, f'must be a list of texts: write {key} = ["…", "…"]')
        return tuple(value)

    def choices(self, key: str, choices: Sequence[str]) -> tuple[str, ...]:
        values = self.texts(key)
        if not values:
            self.refuse(key, f'is missing: write {key} = ["{choices[0]}"]. Known: {", ".join(choices)}')
        for position, value in enumerate(values):
            if value not in choices:
                place = _shown((*self.path, key))
                self._refuse_at((*self.path, key, position), f"{place}: {_unknown(value, choices)}")
        return tuple(dict.fromkeys(values))

    def flag(self, key: str, default: bool) -> bool:
        value = self._take(key, default)
        if not isinstance(value, bool):
            self.refuse(key, f"must be true or false, without quotes: write {key} = {str(default).lower()}")
        return value

    def whole(self, key: str, default: int, least: int, most: int) -> int:
        value = self._take(key, default)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            self.refuse(key, f"must be a whole number from {least} to {most}: write {key} = {default}")
        return value

    def number(self, key: str, default: float, least: float, most: float) -> float:
        value = self._take(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
            self.refuse(key, f"must be a number from {least:g} to {most:g}, without quotes: write {key} = {default:g}")
        return float(value)

    def numbers(self, key: str, default: tuple[float, ...], least: float, most: float) -> tuple[float, ...]:
        value = self._take(key, list(default))
        ordinary = isinstance(value, list) and all(
            isinstance(item, int | float) and not isinstance(item, bool) and least <= item <= most for item in value
        )
        if not ordinary or list(value) != sorted(set(value)):
            example = ", ".join(f"{item:g}" for item in default)
            self.refuse(key, f"must be rising numbers from {least:g} to {most:g}: write {key} = [{example}]")
        return tuple(float(item) for item in value)

    def seconds(self, key: str, default: str, least: str, most: str) -> int:
        """A duration such as "60s", "5m", "12h", "35d", in seconds."""
        value = self._take(key, default)
        found = _DURATION.fullmatch(value) if isinstance(value, str) else None
        length = int(found[1]) * _UNITS[found[2]] if found else -1
        if not duration(least) <= length <= duration(most):
            self.refuse(key, f'must be a duration from {least} to {most}: write {key} = "{default}" (s, m, h or d)')
        return length

    def dollars(self, key: str, default: str) -> MicroUsd:
        value = self._take(key, default)
        try:
            amount = from_usd(value) if isinstance(value, str) else -1
        except ValueError:
            amount = -1
        if amount < 0:
            self.refuse(key, f'must be dollars as text: write {key} = "{default}"')
        return amount

    def decimal(self, key: str, most: int) -> Decimal | None:
        """A decimal string from 0 to `most`; None where it is absent."""
        if not self.has(key):
            self._asked.append(key)
            return None
        value = self._take(key, None)
        try:
            amount = Decimal(value) if isinstance(value, str) else Decimal(-1)
        except InvalidOperation:
            amount = Decimal(-1)
        if not amount.is_finite() or not 0 <= amount <= most:
            self.refuse(key, f'must be an amount from 0 to {most} as text: write {key} = "3.00"')
        return amount

    def day(self, key: str, default: str) -> str:
        """A day, as TOML's own date or as text; as ISO text."""
        value = self._take(key, default)
        try:
            return (value if type(value) is date else date.fromisoformat(value)).isoformat()
        except (ValueError, TypeError):
            self.refuse(key, f"must be a day: write {key} = {default}")

    def reference(self, key: str) -> str:
        """A secret reference, as text. What is refused is never repeated: it may be the secret."""
        value = self._given(key, None, 'is missing: write {key} = "keyring:NAME" or "env:NAME"')
        if not isinstance(value, str):
            self.refuse(key, f'must be text in quotes: write {key} = "keyring:NAME"')
        try:
            return str(parse_reference(value))
        except ValueError as error:
            self.refuse(key, str(error))

    def url(self, key: str, *, http_on_loopback: bool = True) -> str:
        """An https address, or http to this machine. Never with a user, a query or a fragment."""
        value = self.text(key, longest=500)
        try:
            parts = urlsplit(value)
            host, _port = parts.hostname or "", parts.port
        except ValueError:
            self.refuse(key, 'is not an address: write "https://host/path"')
        if not value.isascii() or not value.isprintable() or " " in value or not host:
            self.refuse(key, 'is not an address: write "https://host/path"')
        if parts.username is not None or parts.password is not None:
            self.refuse(key, "holds a user or a password. Keep it as a secret, and refer to it")
        if parts.query or parts.fragment:
            self.refuse(key, "holds a query or a fragment; write the address alone")
        if parts.scheme != "https" and not (parts.scheme == "http" and host in _LOOPBACK and http_on_loopback):
            self.refuse(key, "must begin with https:// (http:// only to this machine: localhost, 127.0.0.1 or [::1])")
        return value

    def optional(self, key: str, read: Callable[[str], T]) -> T | None:
        """`read(key)` where the key is given."""
        if self.has(key):
            return read(key)
        self._asked.append(key)
        return None

    def close(self) -> None:
        """Refuse every key that nobody asked for."""
        for key in self._data:
            if key not in self._asked:
                where = f"{_shown(self.path)}: " if self.path else ""
                self._refuse_at((*self.path, key), where + _unknown(key, sorted(self._asked)))

    def _take(self, key: str, default: object) -> Any:
        self._asked.append(key)
        return self._data.get(key, default)

    def _given(self, key: str, default: object, missing: str) -> Any:
        value = self._take(key, default)
        if value is None:
            self.refuse(key, missing.format(key=key))
        return value

    def _refuse_at(self, path: KeyPath, message: str) -> NoReturn:
        raise BadConfiguration(f"{self._document.where(path)}: {message}.")


def duration(text: str) -> int:
    """Seconds of a duration that is known to be well-formed."""
    return int(text[:-1]) * _UNITS[text[-1]]


def _shown(path: KeyPath) -> str:
    """`sources 2, poll` for `("sources", 1, "poll")`."""
    shown = ""
    for step in path:
        if isinstance(step, int):
            shown += f" {step + 1}"
        else:
            shown += (", " if shown else "") + clean(step, 40)
    return shown


def _unknown(value: str, known: Sequence[str]) -> str:
    from difflib import get_close_matches  # only for a mistake

    near = get_close_matches(value, known, n=1)
    meant = f"; did you mean “{near[0]}”?" if near else "."
    return f"“{clean(value, 40)}” is not known{meant} Known: {', '.join(known)}"
