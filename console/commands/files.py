"""Files that a command is given: read within bounds, with plain words for what is wrong."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from console.errors import CannotWrite, InputError


def read_text(path: Path, limit: int) -> str:
    """The text of a file of at most `limit` bytes; `-` is standard input. Raises InputError."""
    try:
        if str(path) == "-":
            raw = sys.stdin.buffer.read(limit + 1)
        else:
            with path.open("rb") as file:
                raw = file.read(limit + 1)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.", remedy="name a file that can be read") from error
    if len(raw) > limit:
        raise InputError(f"{path} is larger than {limit // 1024} KiB. Split it, or remove what does not belong there.",
                         remedy="split it, or remove what does not belong there")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise InputError(f"{path}:{line}: this is not UTF-8 text. Save the file as UTF-8.", line=line,
                         remedy="save the file as UTF-8") from error


def write_whole(path: Path, content: bytes, *, force: bool = False) -> None:
    """`written_whole` of what is there already."""
    with written_whole(path, force=force) as file:
        file.flush()
        file.buffer.write(content)


@contextlib.contextmanager
def written_whole(path: Path, *, force: bool = False) -> Iterator[io.TextIOWrapper]:
    """A file to write to that only its owner can read, and that has its name only when the block ends well.

    One that is there is kept unless `force`. Raises CannotWrite.
    """
    if path.exists() and not path.is_file():
        raise CannotWrite(f"{path} is not a file, and is not replaced by one. Name another file.")
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        raw = os.fdopen(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb")
        with io.TextIOWrapper(raw, encoding="utf-8", newline="") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        _publish(part, path, force=force)
    except OSError as error:
        raise CannotWrite(f"{path} cannot be written: {error.strerror}. Name another file.") from error
    finally:
        part.unlink(missing_ok=True)


def _publish(part: Path, path: Path, *, force: bool) -> None:
    """Give a file that is complete its name. Raises CannotWrite where the name is taken, unless `force`."""
    if force:
        part.replace(path)
        return
    try:
        os.link(part, path)  # unlike a rename, it never replaces what is there
    except FileExistsError as error:
        raise _taken(path) from error
    except OSError:  # a file system without links
        if os.path.lexists(path):
            raise _taken(path) from None
        part.replace(path)


def _taken(path: Path) -> CannotWrite:
    return CannotWrite(f"{path} exists already; nothing was written. Name another file, or replace it with --force.")
