"""The lines of a recorded file, plain or gzip, within bounds: a file from outside may be cut, huge, or no text."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from console.errors import InputError

LONGEST = 1_000_000
LARGEST = 2 * 1024**3
"""Bytes of text, whatever they take when they are packed."""
_BOM = b"\xef\xbb\xbf"


def of(path: Path) -> Iterator[str]:
    """Each line with its end. Raises InputError, with the line, for what cannot be read or is not UTF-8."""
    number = size = 0
    try:
        with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as file:
            for number in count(1):
                line: bytes = file.readline(LONGEST + 1)
                if not line:
                    return
                size += len(line)
                if len(line) > LONGEST or size > LARGEST:
                    raise InputError(f"{path} line {number}: a line has at most {LONGEST:,} characters, and a file at "
                                     f"most {LARGEST // 1024**3} GiB; replay a part of it.")
                yield line.removeprefix(_BOM).decode()
    except UnicodeDecodeError as error:
        raise InputError(f"{path} line {number}: this is not UTF-8 text. Save the file as UTF-8.") from error
    except (OSError, EOFError, zlib.error) as error:
        where = f"{path} line {number}" if number else str(path)
        why = getattr(error, "strerror", None) or str(error).rstrip(".")
        raise InputError(f"{where} cannot be read: {why}.") from error
