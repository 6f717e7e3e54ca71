"""Files that a command is given: read within bounds, with plain words for what is wrong."""

from __future__ import annotations

import sys
from pathlib import Path

from console.errors import InputError


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
