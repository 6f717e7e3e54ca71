"""A checkpoint: the head of the audit log at an instant, signed, and chained to the checkpoint before it.

It travels as one line of JSON, `{"checkpoint": BODY, "signature": HEX}`, to every place outside that is told of it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from console.audit.keys import SigningKey, is_signed
from store.audit import canonical, genesis
from store.tables import AuditCheckpoint

FORMAT = 1
LONGEST_LINE = 64 * 1024


@dataclass(frozen=True, slots=True)
class Segment:
    """Entries that were exported whole and may be dropped."""

    first: int
    last: int
    hash: str
    """Of the last entry: what the next segment follows from."""
    sha256: str
    """Of the file that they were exported to."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What is signed (`body`), and what it says."""

    body: str
    signature: str
    database: str
    number: int
    at: datetime
    seq: int
    """The newest entry then; 0 where there was none."""
    head: str
    """Its hash."""
    count: int
    """Entries since the checkpoint before: 0 proves that nothing was logged."""
    previous: str
    """Hash of the checkpoint before; of the database's identifier for the first."""
    reason: str
    """first, hour, closing, or the action that called for it (`intent.done`)."""
    key: str
    """The public key, as hexadecimal."""
    segment: Segment | None = None

    @property
    def hash(self) -> str:
        return hash_of(self.body)

    @property
    def line(self) -> str:
        """As it is told outside and exported."""
        return json.dumps({"checkpoint": self.body, "signature": self.signature}, ensure_ascii=True)

    @property
    def genuine(self) -> bool:
        """Whether the key that it names signed it."""
        return is_signed(self.body, self.signature, self.key)


def hash_of(body: str) -> str:
    """The leading byte keeps the hash of a checkpoint from ever being that of an entry."""
    return hashlib.sha256(b"\x02" + body.encode()).hexdigest()


def sign(key: SigningKey, *, database: str, before: Checkpoint | None, at: datetime, seq: int, head: str, reason: str,
         segment: Segment | None = None) -> Checkpoint:
    """The checkpoint that follows another, or the first one."""
    said: dict[str, Any] = {
        "format": FORMAT, "database": database, "number": before.number + 1 if before else 1, "at": at.isoformat(),
        "seq": seq, "head": head, "count": seq - (before.seq if before else 0),
        "previous": before.hash if before else genesis(database), "reason": reason, "key": key.public,
    }
    if segment is not None:
        said["segment"] = {"first": segment.first, "last": segment.last, "hash": segment.hash,
                           "sha256": segment.sha256}
    body = canonical(said)
    return of(body, key.sign(body))


def of(body: str, signature: str) -> Checkpoint:
    """A checkpoint from its text. Raises ValueError where that is none; the signature is not looked at."""
    try:
        said = json.loads(body)
        segment = said.get("segment")
        return Checkpoint(
            body, str(signature), str(said["database"]), int(said["number"]), datetime.fromisoformat(said["at"]),
            int(said["seq"]), str(said["head"]), int(said["count"]), str(said["previous"]), str(said["reason"]),
            str(said["key"]),
            Segment(int(segment["first"]), int(segment["last"]), str(segment["hash"]), str(segment["sha256"]))
            if segment else None,
        )
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError("it is no checkpoint") from error


def of_row(row: AuditCheckpoint) -> Checkpoint:
    """A checkpoint as the database keeps it; without a signature where the row does not say what its text says."""
    try:
        found = of(row.body, row.signature)
    except ValueError:
        found = None
    closes = found.segment.last if found and found.segment else None
    if found and (row.number, row.at, row.seq, row.closes, row.hash) == (
            found.number, found.at, found.seq, closes, found.hash):
        return found
    return Checkpoint(row.body, "", "", row.number, row.at, row.seq, "", 0, "", "", "")


def row_of(checkpoint: Checkpoint) -> AuditCheckpoint:
    """The row that keeps a checkpoint."""
    return AuditCheckpoint(number=checkpoint.number, at=checkpoint.at, seq=checkpoint.seq,
                           closes=checkpoint.segment.last if checkpoint.segment else None, body=checkpoint.body,
                           hash=checkpoint.hash, signature=checkpoint.signature)


def read_lines(lines: Iterable[str]) -> Iterator[Checkpoint]:
    """The checkpoints in what was kept outside: a file of them, an export, or a log whose lines hold one at their end.

    Raises ValueError with the number of a line that holds a damaged one.
    """
    for number, line in enumerate(lines, 1):
        start = line.find('{"checkpoint"')
        if start < 0:
            continue
        try:
            said = json.loads(line[start:line.rindex("}") + 1])
            yield of(str(said["checkpoint"]), str(said["signature"]))
        except (ValueError, KeyError, RecursionError) as error:
            raise ValueError(f"line {number} holds a checkpoint that cannot be read") from error
