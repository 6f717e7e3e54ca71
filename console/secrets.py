"""Secrets: resolved late, from where a reference says, and from nowhere else. Nothing here falls back silently."""

from __future__ import annotations

import contextlib
import os
import shlex
import signal
import subprocess
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from console.errors import ConsoleError, NotPermitted
from console.redaction import remember
from console.reference import Reference, parse_reference
from console.text import clean
from console.trusted_file import Trust, read_trusted

SERVICE = "token-console"
"""The keyring service under which names are stored."""
KEYRING_DEADLINE_S = 3.0
COMMAND_DEADLINE_S = 10.0
LONGEST = 8 * 1024

# Backends that belong to a desktop and encrypt. Told by their module: priority would let plain-text ones through.
_DESKTOP_BACKENDS = (
    "keyring.backends.SecretService",
    "keyring.backends.libsecret",
    "keyring.backends.kwallet",
    "keyring.backends.macOS",
    "keyring.backends.Windows",
)

T = TypeVar("T")


class SecretError(ConsoleError):
    """A secret that could not be had. The message says from where, why, and what to do; never the secret."""

    exit_code = 78


class SecretMissingError(SecretError):
    """The place was asked and holds nothing of that name; not the same as a place that could not be asked."""


@dataclass(frozen=True, slots=True, repr=False)
class Secret:
    """A secret on its way to a request. Printing, formatting or logging it shows a mask."""

    _value: str

    def reveal(self) -> str:
        """The secret itself, for the one place that sends it."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(•••)"

    __str__ = __repr__


_from_environment: dict[str, Secret] = {}


def resolve(reference: str, *, base: Path | None = None) -> str:
    """The secret that a reference names; a relative file starts at `base`. Raises SecretError with what to do."""
    place = _parsed(reference)
    value = _READERS[place.scheme](place, base or Path.cwd())
    if not value or not value.isprintable() or not value.isascii():
        raise SecretError(f"{place} holds no usable secret: it must be one line of printable ASCII.")
    remember(value)
    return value


def store(name: str, value: str) -> None:
    """Keep a secret in the desktop's keyring. Raises SecretError."""
    _with_keyring(name, lambda backend: backend.set_password(SERVICE, name, value))


def forget(name: str) -> None:
    """Remove a secret from the desktop's keyring. Raises SecretMissingError where there is none."""
    if _with_keyring(name, lambda backend: backend.get_password(SERVICE, name)) is None:
        raise SecretMissingError(f"The keyring holds nothing named {name}. There is nothing to forget.")
    _with_keyring(name, lambda backend: backend.delete_password(SERVICE, name))


def keyring_problem() -> str | None:
    """Why the keyring of this session cannot be used; None where it can."""
    try:
        _with_keyring("NAME", lambda backend: backend.get_password(SERVICE, "token-console-doctor"))
    except SecretError as error:
        return str(error)
    return None


def _parsed(reference: str) -> Reference:
    try:
        return parse_reference(reference)
    except ValueError as error:
        raise SecretError(f"This is no secret reference: {error}.") from error


def _from_variable(place: Reference, base: Path) -> str:
    """The variable is taken out of the environment: what this process starts has no business with it."""
    value = os.environ.pop(place.name, None)
    if value is not None:
        _from_environment[place.name] = Secret(value.strip())
    if place.name not in _from_environment:
        raise SecretMissingError(
            f"The environment variable {place.name} is not set.", mend=f"read -rs {place.name} && export {place.name}"
        )
    return _from_environment[place.name].reveal()


def _from_file(place: Reference, base: Path) -> str:
    return _read_file(base / Path(place.name).expanduser(), place)


def _from_credential(place: Reference, base: Path) -> str:
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    if not folder:
        raise SecretError(
            f"{place} needs $CREDENTIALS_DIRECTORY, which systemd gives a service that has "
            f"LoadCredential={place.name}:/path/to/file in its unit."
        )
    return _read_file(Path(folder) / place.name, place)


def _read_file(path: Path, place: Reference) -> str:
    try:
        raw = read_trusted(path, Trust.SECRET, LONGEST + 1)
    except FileNotFoundError as error:
        raise SecretMissingError(
            f"{place}: there is no {path}. Paste the secret into this, then press Ctrl-D.",
            mend=f"install -m 600 /dev/stdin {shlex.quote(str(path))}",
        ) from error
    except NotPermitted as error:
        message = str(error).removesuffix(f" To mend it: {error.mend}")
        raise SecretError(f"{place}: {message}", mend=error.mend) from error
    except OSError as error:
        raise SecretError(f"{place}: {path} cannot be read: {error.strerror}.") from error
    return _one_line(raw, place)


def _from_command(place: Reference, base: Path) -> str:
    try:
        process = subprocess.Popen(  # noqa: S603  (arguments from a file that only the operator can write; no shell)
            place.argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=base,
            start_new_session=True,
        )
    except OSError as error:
        raise SecretError(f"{place}: cannot be started: {error.strerror}.") from error
    late = threading.Event()

    def stop() -> None:
        late.set()
        _end(process)

    timer = threading.Timer(COMMAND_DEADLINE_S, stop)
    timer.start()
    try:
        assert process.stdout is not None
        raw = process.stdout.read(LONGEST + 1)
        if len(raw) > LONGEST:
            _end(process)
        process.stdout.close()
        ended = process.wait()
    finally:
        timer.cancel()
    if late.is_set():
        raise SecretError(
            f"{place}: no answer within {COMMAND_DEADLINE_S:g} s. A command must not ask: use a service account."
        )
    if ended != 0 and len(raw) <= LONGEST:
        raise SecretError(f"{place}: ended with {ended}. Run it yourself to see why.")
    return _one_line(raw, place)


def _end(process: subprocess.Popen[bytes]) -> None:
    """The command and what it started: a child that keeps the pipe open would keep us waiting."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _one_line(raw: bytes, place: Reference) -> str:
    if len(raw) > LONGEST:
        raise SecretError(f"{place}: more than {LONGEST // 1024} KiB; a secret is one line.")
    lines = raw.decode("utf-8", "replace").strip().splitlines()
    if len(lines) != 1:
        raise SecretError(f"{place}: {'nothing there' if not lines else 'more than one line'}; a secret is one line.")
    return lines[0].strip()


def _from_keyring(place: Reference, base: Path) -> str:
    value = _with_keyring(place.name, lambda backend: backend.get_password(SERVICE, place.name))
    if value is None:
        raise SecretMissingError(
            f"The keyring holds nothing named {place.name}.", mend=f"token-console secret set {place.name}"
        )
    return str(value)


def _with_keyring(name: str, ask: Callable[[Any], T]) -> T:
    """`ask` with the desktop's backend, in a thread with a deadline: a locked keyring may wait for a prompt forever."""
    answers: list[T] = []
    failures: list[str] = []

    def work() -> None:
        try:
            answers.append(ask(_desktop_backend()))
        except Exception as error:  # whatever a backend raises means that it cannot be used
            failures.append(clean(str(error) or type(error).__name__, 200))

    thread = threading.Thread(target=work, name="keyring", daemon=True)
    thread.start()
    thread.join(KEYRING_DEADLINE_S)
    if answers:
        return answers[0]
    why = failures[0] if failures else f"it did not answer within {KEYRING_DEADLINE_S:g} s (is it locked?)"
    raise SecretError(_no_keyring(name, why))


def _desktop_backend() -> Any:
    import keyring  # 0.3 s, and only here
    import keyring.errors

    active = keyring.get_keyring()
    for backend in getattr(active, "backends", [active]):
        if type(backend).__module__ in _DESKTOP_BACKENDS:
            return backend
    found = f"{type(active).__module__}.{type(active).__name__}"
    raise keyring.errors.NoKeyringError(f"this session has no desktop keyring (found {found})")


def _no_keyring(name: str, why: str) -> str:
    variable = "".join(letter if letter.isalnum() else "_" for letter in name).upper()
    return (
        f"The keyring cannot be used for {name}: {why}. Four ways without it:\n"
        f"  a file:        install -m 600 /dev/stdin ~/.{name}   (paste, Ctrl-D), and write file:~/.{name}\n"
        f"  a variable:    read -rs {variable} && export {variable}, and write env:{variable}\n"
        f'  a command:     write command:["op", "read", "op://vault/{name}/credential"]\n'
        f"  a service:     LoadCredential={name}:/etc/token-console/{name} in its unit, and write cred:{name}"
    )


_READERS: dict[str, Callable[[Reference, Path], str]] = {
    "env": _from_variable,
    "file": _from_file,
    "cred": _from_credential,
    "command": _from_command,
    "keyring": _from_keyring,
}
