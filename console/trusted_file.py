"""Files that nobody else may have written or, for secrets, read: checked on the open descriptor, as ssh does."""

from __future__ import annotations

import os
import shlex
import stat
from enum import Enum
from pathlib import Path

from console.errors import NotPermitted


class Trust(Enum):
    """What a file is for, which says how private it must be."""

    CONFIGURATION = 0o022
    """Nobody else may write it."""
    SECRET = 0o077
    """Nobody else may read or write it, and it is no symbolic link."""


def read_trusted(path: Path, trust: Trust, limit: int) -> bytes:
    """At most `limit` bytes of a regular file. Raises NotPermitted with the command that mends it, or OSError."""
    flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK
    if trust is Trust.SECRET:
        flags |= os.O_NOFOLLOW
        if path.is_symlink():
            raise NotPermitted(f"{path} is a symbolic link. Name the file itself.")
    descriptor = os.open(path, flags)
    with os.fdopen(descriptor, "rb") as file:
        _check_file(path, os.fstat(descriptor), trust)
        _check_folders(path.resolve().parent)
        return file.read(limit)


def problem_with(path: Path, trust: Trust) -> str | None:
    """What makes a file untrusted, with the command that mends it; None where all is well."""
    try:
        read_trusted(path, trust, 0)
    except (NotPermitted, OSError) as error:
        return str(error)
    return None


def _check_file(path: Path, found: os.stat_result, trust: Trust) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise NotPermitted(f"{path} is not a regular file.")
    if found.st_uid not in (os.getuid(), 0):
        raise NotPermitted(f"{path} belongs to another user.", mend=f"chown {os.getuid()} {_quoted(path)}")
    if trust is Trust.SECRET and found.st_mode & trust.value:
        raise NotPermitted(f"{path} can be read by others.", mend=f"chmod 600 {_quoted(path)}")
    if found.st_mode & trust.value:
        raise NotPermitted(f"{path} can be changed by others.", mend=f"chmod go-w {_quoted(path)}")


def _check_folders(folder: Path) -> None:
    """Whoever may rename a folder on the way may exchange the file. A sticky folder (/tmp) lets nobody do that."""
    for place in (folder, *folder.parents):
        found = place.stat()
        if found.st_mode & 0o022 and not found.st_mode & stat.S_ISVTX:
            raise NotPermitted(f"The folder {place} can be changed by others.", mend=f"chmod go-w {_quoted(place)}")


def _quoted(path: Path) -> str:
    return shlex.quote(str(path))
