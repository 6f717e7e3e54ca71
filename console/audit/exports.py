"""The audit log as a file that stands on its own: JSON lines, checked without the program's database.

    {"export": {…}}                                  which database, which entries, how many, the newest one's hash
    {"checkpoint": BODY, "signature": HEX}           every checkpoint, from the first
    {"entry": BODY, "hash": HEX}                     the entries in their order; BODY is the text that was hashed
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, takewhile
from pathlib import Path
from typing import TextIO

from console.audit.checkpoint import Checkpoint, read_lines
from console.audit.verification import CannotCheck, Log
from console.errors import CannotWrite
from store.audit import Row, microseconds, parsed

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Head:
    """The first line."""

    database: str
    at: datetime
    query: str
    """What was asked of the database, word for word."""
    after: tuple[int, str]
    """Sequence number and hash of the entry before the first."""
    last: tuple[int, str]
    count: int


def write(path: Path, head: Head, checkpoints: Iterable[Checkpoint], rows: Iterable[Row]) -> str:
    """Write a new file that only its owner can read, whole or not at all. Returns its SHA-256. Raises CannotWrite."""
    partial = path.with_name(f".{path.name}.partial")
    digest = hashlib.sha256()
    try:
        partial.unlink(missing_ok=True)
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            for line in _lines(head, checkpoints, rows):
                data = f"{line}\n".encode()
                digest.update(data)
                file.write(data)
            file.flush()
            os.fsync(file.fileno())
        partial.rename(path)
    except OSError as error:
        raise CannotWrite(f"{path} cannot be written: {error.strerror}. Nothing was exported.") from error
    finally:
        partial.unlink(missing_ok=True)
    return digest.hexdigest()


def read(file: TextIO, name: str) -> Log:
    """The log in an export; its entries are read as they are walked. Raises CannotCheck where it is no export."""
    try:
        said = json.loads(file.readline())["export"]
        head = Head(str(said["database"]), datetime.fromisoformat(said["at"]), str(said["query"]),
                    (int(said["after"]["seq"]), str(said["after"]["hash"])),
                    (int(said["last"]), str(said["hash"])), int(said["count"]))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise CannotCheck(f"{name} is no export of an audit log: its first line does not say what it holds.") from error
    checkpoints, first = _checkpoints(file, name)
    return Log(head.database, head.after, _rows(first, file, head.after[1]), checkpoints, until=head.at, last=head.last)


def kept_outside(file: TextIO, name: str) -> Sequence[Checkpoint]:
    """Checkpoints as somebody else kept them: a file of them, lines of a log, or an export. Raises CannotCheck."""
    try:
        found = list(read_lines(file))
    except ValueError as error:
        raise CannotCheck(f"{name}: {error}.") from error
    if not found:
        raise CannotCheck(f"{name} holds no checkpoint.")
    return found


def _lines(head: Head, checkpoints: Iterable[Checkpoint], rows: Iterable[Row]) -> Iterator[str]:
    yield json.dumps({"export": {
        "format": FORMAT, "database": head.database, "at": head.at.isoformat(), "query": head.query,
        "after": {"seq": head.after[0], "hash": head.after[1]}, "last": head.last[0], "hash": head.last[1],
        "count": head.count}})
    for checkpoint in checkpoints:
        yield checkpoint.line
    for row in rows:
        yield json.dumps({"entry": row[5], "hash": row[7]})


def _checkpoints(file: TextIO, name: str) -> tuple[list[Checkpoint], str]:
    """The checkpoints, and the line after them."""
    after = [""]

    def is_checkpoint(line: str) -> bool:
        after[0] = line
        return line.startswith('{"checkpoint"')

    try:
        found = list(read_lines(takewhile(is_checkpoint, file)))
    except ValueError as error:
        raise CannotCheck(f"{name}: {error}.") from error
    return found, "" if after[0].startswith('{"checkpoint"') else after[0]


def _rows(first: str, rest: Iterable[str], head: str) -> Iterator[Row]:
    """Rows as the database would have them; the hash before is the one that the line before says."""
    previous = head
    for line in chain([first], rest) if first else ():
        try:
            said = json.loads(line)
            body, own = str(said["entry"]), str(said["hash"])
        except (ValueError, KeyError, TypeError, RecursionError):
            body, own = line, ""
        entry = parsed(body) or {}
        seq = entry.get("seq")
        yield (seq if isinstance(seq, int) else 0, microseconds(entry) or 0, str(entry.get("actor")),
               str(entry.get("action")), str(entry.get("object")), body, previous, own)
        previous = own
