"""Arguments of tool calls as keyed hashes: equal ones can be counted, and nobody can find out what they were.

The key is random and kept in a file that only this account can read; without it no list of guesses can be tried.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from pathlib import Path

_KEY_BYTES = 32
_LONGEST = 65_536
"""Characters that are looked through for an order of keys; longer arguments are hashed as they are written."""


class ArgumentHash:
    """Hashes arguments with the key of one file, which is made when it is first needed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._key: bytes | None = None

    def of(self, arguments: object) -> str:
        """32 hex digits for a text or a value of JSON. The order of keys and spaces between them do not matter."""
        if self._key is None:
            self._key = _key(self._path)
        text = _written(arguments)
        return hashlib.blake2b(text.encode(errors="replace"), key=self._key, digest_size=16).hexdigest()


def _written(arguments: object) -> str:
    """The same text for the same arguments."""
    if isinstance(arguments, str):
        if arguments[:1] not in ("{", "[") or len(arguments) > _LONGEST:
            return arguments
        try:
            return json.dumps(json.loads(arguments), sort_keys=True)
        except (ValueError, RecursionError):
            return arguments
    try:
        return json.dumps(arguments, sort_keys=True, default=str)
    except (ValueError, TypeError, RecursionError):
        return secrets.token_hex()  # nested beyond comparing: like no other


def _key(path: Path) -> bytes:
    """The key in the file. Where none can be kept there it is one for this run: repeats within it are still seen."""
    fresh = secrets.token_bytes(_KEY_BYTES)
    try:
        place = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _kept(path) or fresh
    except OSError:
        return fresh
    with os.fdopen(place, "wb") as file:
        file.write(fresh)
    return fresh


def _kept(path: Path) -> bytes | None:
    try:
        key = path.read_bytes()
    except OSError:
        return None
    return key if len(key) == _KEY_BYTES else None
