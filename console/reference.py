"""Secret references: how the configuration names a secret without holding it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

SCHEMES = ("keyring", "env", "file", "command", "cred")
FORMS = 'keyring:NAME, env:NAME, file:PATH, command:["program", "argument"] or cred:NAME'

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@/-]{0,127}")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}")
_KEY_SHAPES = re.compile(
    r"sk-ant-|sk-[A-Za-z0-9_-]{16}|xox[abprs]-|gh[pousr]_[A-Za-z0-9]{16}|AKIA[A-Z0-9]{12}|AIza[\w-]{20}|-----BEGIN"
)
_LONG_RANDOM = re.compile(r"(?=[^/]*[a-z])(?=[^/]*[A-Z])(?=[^/]*[0-9])[A-Za-z0-9+/_=-]{36,}")


@dataclass(frozen=True, slots=True)
class Reference:
    """Where a secret is kept. Printing it shows the place, never the secret."""

    scheme: str
    name: str
    """NAME or PATH; the program of a command."""
    argv: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"command:{json.dumps(self.argv)}" if self.argv else f"{self.scheme}:{self.name}"


def looks_like_a_secret(text: str) -> bool:
    """Whether a text has the shape of a provider key or of a long random value."""
    return bool(_KEY_SHAPES.search(text) or _LONG_RANDOM.fullmatch(text))


def parse_reference(text: str) -> Reference:
    """A reference from its text. Raises ValueError with what to write; the message never repeats the text."""
    if looks_like_a_secret(text):
        raise ValueError(f"this looks like a secret itself. Keep it elsewhere and refer to it: {FORMS}")
    scheme, colon, rest = text.partition(":")
    if not colon or scheme not in SCHEMES:
        raise ValueError(f"a secret is referred to, never written: {FORMS}")
    if scheme == "command":
        return _command(rest)
    if scheme == "env" and not _VARIABLE.fullmatch(rest):
        raise ValueError("write env:NAME with the name of an environment variable")
    if scheme in ("keyring", "cred") and (not _NAME.fullmatch(rest) or ".." in rest):
        raise ValueError(f"write {scheme}:NAME with letters, digits and . _ @ / -")
    if scheme == "file" and (not rest or "\0" in rest):
        raise ValueError("write file:PATH")
    return Reference(scheme, rest)


def _command(rest: str) -> Reference:
    try:
        argv = json.loads(rest)
    except (ValueError, RecursionError):
        argv = None
    if not isinstance(argv, list) or not argv or not all(isinstance(item, str) and "\0" not in item for item in argv):
        raise ValueError('write command:["program", "argument", ...] with double quotes; no shell reads it')
    return Reference("command", argv[0], tuple(argv))
