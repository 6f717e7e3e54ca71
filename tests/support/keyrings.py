"""Keyring backends for tests: real backend classes, as a desktop's own module would define them."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import keyring
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, PasswordDeleteError


class _Desktop(KeyringBackend):
    """Named by its module as one of keyring's desktop backends, which is how the console tells them."""

    __module__ = "keyring.backends.SecretService"
    priority = 0.1

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.kept.pop((service, username), None) is None:
            raise PasswordDeleteError("not found")


class Unlocked(_Desktop):
    """A keyring that works."""

    __module__ = "keyring.backends.SecretService"


class Locked(_Desktop):
    """A collection whose prompt was dismissed."""

    __module__ = "keyring.backends.SecretService"

    def get_password(self, service: str, username: str) -> str | None:
        raise KeyringLocked("Failed to unlock the collection!")


class Hanging(_Desktop):
    """A daemon that waits for an unlock prompt that nobody sees."""

    __module__ = "keyring.backends.SecretService"

    def get_password(self, service: str, username: str) -> str | None:
        time.sleep(60)
        return None


class PlainText(Unlocked):
    """A backend of another package, which stores plain text."""

    __module__ = "keyrings.alt.file"


@contextmanager
def active_keyring(backend: KeyringBackend) -> Iterator[KeyringBackend]:
    """The backend that keyring uses inside the block."""
    before = keyring.get_keyring()
    keyring.set_keyring(backend)
    try:
        yield backend
    finally:
        keyring.set_keyring(before)


class InFile(_Desktop):
    """A keyring that several processes share: $TC_TEST_KEYRING names its file."""

    __module__ = "keyring.backends.SecretService"
    priority = 0.1

    def __init__(self) -> None:
        super().__init__()
        self._path = Path(os.environ.get("TC_TEST_KEYRING", "/nowhere"))  # keyring makes one of every class it knows
        if self._path.exists():
            self.kept = {(service, name): value for service, name, value in json.loads(self._path.read_text())}

    def set_password(self, service: str, username: str, password: str) -> None:
        super().set_password(service, username, password)
        self._write()

    def delete_password(self, service: str, username: str) -> None:
        super().delete_password(service, username)
        self._write()

    def _write(self) -> None:
        self._path.write_text(json.dumps([(*key, value) for key, value in self.kept.items()]))
