"""The file of one gate: what a team's own client reads before each call, replaced whole or not at all.

`FOLDER/TARGET.json` is one line: {"target", "state": "open" or "closed", "since", "key"}. `key` tells one turn of the
gate from the next. Beside it, `TARGET.heeded` says who last acknowledged which key.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shlex
import tempfile
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from console.clock import rfc3339
from console.errors import NotPermitted
from console.http import HttpFailure, parse_json
from console.trusted_file import Trust, read_trusted

OPEN, CLOSED = "open", "closed"
LONGEST = 4096
"""Bytes of a gate file; ours have under 300."""
FOLDER_MODE, FILE_MODE = 0o750, 0o640

_TARGET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


class GateUnreadable(Exception):
    """The file is there and says nothing usable, or may not be trusted. `str(error)` is for people."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What a gate file says."""

    target: str
    state: str
    since: str
    """RFC 3339."""
    key: str


@dataclass(frozen=True, slots=True)
class Heeded:
    """A client's word that it saw a turn of the gate and acts by it."""

    key: str
    by: str
    at: str


def check_target(target: str) -> str | None:
    """Why this cannot be a gate's name, which is a file's name too, and what to write; None where it can."""
    if _TARGET.fullmatch(target):
        return None
    return "is not a gate's name: use up to 100 letters, digits and . _ - and begin with a letter or digit"


def path_of(folder: Path, target: str) -> Path:
    """Where the gate of a target lies."""
    return folder / f"{target}.json"


def read(folder: Path, target: str) -> Turn | None:
    """What the gate says; None where there is no file. Raises GateUnreadable."""
    path = path_of(folder, target)
    said = _read(path)
    if said is None:
        return None
    values = [said.get(name) for name in ("target", "state", "since", "key")]
    if not all(isinstance(value, str) for value in values) or values[0] != target or values[1] not in (OPEN, CLOSED):
        raise GateUnreadable(f"{path} is not a gate of {target}")
    return Turn(*map(str, values))


def turn(folder: Path, target: str, state: str, key: str, at: datetime) -> None:
    """Set the gate. Killed at any moment, the old file is there or the new one. Raises OSError, NotPermitted."""
    _write(path_of(folder, target), asdict(Turn(target, state, rfc3339(at), key)))


def heeded(folder: Path, target: str) -> Heeded | None:
    """Who acknowledged last; None where nobody did, or nothing usable is there."""
    try:
        said = _read(folder / f"{target}.heeded") or {}
    except GateUnreadable:
        return None
    values = [said.get(name) for name in ("key", "by", "at")]
    return Heeded(*map(str, values)) if all(isinstance(value, str) for value in values) else None


def heed(folder: Path, target: str, key: str, by: str, at: datetime) -> None:
    """Keep a client's acknowledgement. Raises OSError, NotPermitted."""
    _write(folder / f"{target}.heeded", asdict(Heeded(key, by, rfc3339(at))))


def check_folder(folder: Path) -> None:
    """Whether gates could be written there. Raises NotPermitted with what mends it."""
    if folder.exists():
        _trusted_folder(folder)
        nearest, what = folder, "cannot be written"
    else:
        nearest = next(parent for parent in folder.parents if parent.exists())
        what = "is not there and cannot be made"
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise NotPermitted(f"The folder {folder} of the gates {what}.",
                           mend=f"sudo install -d -m 2750 -o {os.getuid()} {shlex.quote(str(folder))}")


def _read(path: Path) -> dict[str, object] | None:
    try:
        said = parse_json(read_trusted(path, Trust.CONFIGURATION, LONGEST))
    except FileNotFoundError:
        return None
    except (NotPermitted, HttpFailure, OSError) as error:
        raise GateUnreadable(f"{path}: {error}") from error
    if not isinstance(said, dict):
        raise GateUnreadable(f"{path} holds no gate")
    return said


def _write(path: Path, content: dict[str, str]) -> None:
    """Written beside, forced to the disk, renamed, and the name forced to the disk too."""
    folder = _trusted_folder(path.parent)
    descriptor, beside = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(json.dumps(content, separators=(",", ":")).encode() + b"\n")
            file.flush()
            os.fchmod(file.fileno(), FILE_MODE)
            with contextlib.suppress(PermissionError):  # only a member may give a file to the folder's group
                os.fchown(file.fileno(), -1, folder.st_gid)
            os.fsync(file.fileno())
        os.replace(beside, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(beside)
        raise
    _sync(path.parent)


def _trusted_folder(folder: Path) -> os.stat_result:
    """The folder, made where there is none. Whoever else could write there could open every gate."""
    folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    found = folder.stat()
    if found.st_uid not in (os.getuid(), 0) or found.st_mode & 0o022:
        raise NotPermitted(f"The folder {folder} of the gates can be changed by others.",
                           mend=f"chown {os.getuid()} {shlex.quote(str(folder))} && chmod go-w "
                                f"{shlex.quote(str(folder))}")
    return found


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
