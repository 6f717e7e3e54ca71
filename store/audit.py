"""The append-only audit log, chained by hashes (operations 6).

    h(n) = SHA-256(0x00 || canonical(entry n) || h(n-1)),   h(0) = SHA-256 of the database's identifier

The canonical form is JSON with sorted keys and no spaces; the sequence number is inside. A chain shows tampering to
whoever kept an older head (`store.checkpoints`); it does not prevent it.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import socket
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import func
from sqlmodel import Session, col, select

from store.tables import AuditCheckpoint, AuditEntry, Setting

FORMAT = 2
"""1 had no `origin`."""

COLUMNS = "seq, at, actor, action, object, body, previous_hash, hash"

Row = tuple[int, int, str, str, str, str, str, str]
"""COLUMNS of one entry; `at` in microseconds since 1970."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the chain holds."""

    entries: int
    first_bad: int | None
    """Sequence number of the first entry that is wrong; None where all are right."""
    last_good: int | None
    reason: str = ""


class Chain:
    """Walks entries in their order, from the entry after `seq`, whose hash is `head`."""

    def __init__(self, seq: int, head: str) -> None:
        self.seq, self.head = seq, head
        self._clocks: dict[str, int] = {}

    def take(self, row: Row) -> str:
        """Go on to the next entry. Returns why it does not follow; empty where it does."""
        seq, at, actor, action, about, body, previous, said = row
        if seq != self.seq + 1:
            return f"entry {self.seq + 1} is missing"
        if previous != self.head:
            return "it does not follow from the entry before it"
        if chained(body, previous) != said:
            return "its content does not match its hash"
        entry = parsed(body)
        if entry is None or not _repeats(entry, seq, at, actor, action, about):
            return "its columns differ from what was hashed"
        if self._runs_backwards(entry.get("origin")):
            return "it was written before the entry before it, by the machine's own running time"
        self.seq, self.head = seq, said
        return ""

    def _runs_backwards(self, origin: object) -> bool:
        if not isinstance(origin, dict) or not origin.get("boot"):
            return False
        boot, running = str(origin["boot"]), int(origin.get("monotonic_ms", 0))
        backwards = running < self._clocks.get(boot, 0)
        self._clocks[boot] = running
        return backwards


def append(tx: Session, *, at: datetime, actor: str, action: str, object: str,  # noqa: A002  (the audit trade's word)
           detail: Mapping[str, object]) -> AuditEntry:
    """One entry at the end of the chain, in the transaction of the change that it tells of.

    Beside what is given it holds its origin: the machine's running time, this process, and what the database was told
    of it (`Database.origin`: who runs it, which program and configuration).
    """
    seq, previous = head(tx)
    body = canonical({"format": FORMAT, "seq": seq + 1, "at": at.isoformat(), "actor": actor, "action": action,
                      "object": object, "detail": detail, "origin": {**_here(), **tx.info}})
    entry = AuditEntry(seq=seq + 1, at=at, actor=actor, action=action, object=object, body=body, previous_hash=previous,
                       hash=chained(body, previous))
    tx.add(entry)
    tx.flush()
    return entry


def head(tx: Session) -> tuple[int, str]:
    """Sequence number and hash of the newest entry; of the log's beginning where it is empty."""
    last = tx.exec(select(AuditEntry).order_by(col(AuditEntry.seq).desc()).limit(1)).first()
    return (last.seq, last.hash) if last is not None else beginning(tx)


def beginning(tx: Session) -> tuple[int, str]:
    """What the oldest entry that is kept follows from: the database's identifier, or the last segment closed."""
    closed = tx.exec(select(AuditCheckpoint).where(col(AuditCheckpoint.closes).is_not(None))
                     .order_by(col(AuditCheckpoint.number).desc()).limit(1)).first()
    if closed is None:
        return 0, genesis(identifier(tx))
    segment = (parsed(closed.body) or {}).get("segment")
    return closed.closes or 0, str(segment.get("hash")) if isinstance(segment, dict) else ""


def rows(tx: Session, after: int = 0) -> Iterable[Row]:
    """Entries after a sequence number, in their order, as they are stored."""
    found: Iterable[Row] = tx.connection().exec_driver_sql(
        f"SELECT {COLUMNS} FROM audit_entry WHERE seq > ? ORDER BY seq", (after,))
    return found


def query(after: int, last: int) -> str:
    """The statement that gives every entry after one, up to another."""
    return f"SELECT {COLUMNS} FROM audit_entry WHERE seq > {after:d} AND seq <= {last:d} ORDER BY seq"


def hash_at(tx: Session, seq: int) -> str | None:
    """The hash of one entry; None where there is none."""
    return tx.exec(select(AuditEntry.hash).where(AuditEntry.seq == seq)).first()


def newest_before(tx: Session, at: datetime) -> int | None:
    """The newest entry that is older than an instant."""
    return tx.exec(select(func.max(AuditEntry.seq)).where(col(AuditEntry.at) < at)).one()


def drop(tx: Session, last: int) -> int:
    """Delete the entries up to one, whose segment a closing checkpoint has closed. Returns how many there were."""
    return tx.connection().exec_driver_sql("DELETE FROM audit_entry WHERE seq <= ?", (last,)).rowcount


def entries(tx: Session, *, limit: int = 200, before: int | None = None,
            object: str | None = None) -> list[AuditEntry]:  # noqa: A002
    """Entries newest first; those before a sequence number; those about one object."""
    query = select(AuditEntry).order_by(col(AuditEntry.seq).desc()).limit(limit)
    if before is not None:
        query = query.where(col(AuditEntry.seq) < before)
    if object is not None:
        query = query.where(AuditEntry.object == object)
    return list(tx.exec(query))


def verify(tx: Session) -> Verdict:
    """Recompute the chain from its beginning and name the first entry that does not fit."""
    chain, count = Chain(*beginning(tx)), size(tx)
    for row in rows(tx):
        reason = chain.take(row)
        if reason:
            return Verdict(count, chain.seq + 1, chain.seq or None, reason)
    return Verdict(count, None, chain.seq or None)


def size(tx: Session) -> int:
    """How many entries are kept."""
    return int(tx.exec(select(func.count()).select_from(AuditEntry)).one())


def canonical(value: object) -> str:
    """JSON that is the same for the same meaning: sorted keys, no spaces, UTF-8."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)


def chained(body: str, previous: str) -> str:
    """The hash of an entry that follows another; the leading zero byte marks a leaf, as in RFC 6962."""
    return hashlib.sha256(b"\x00" + body.encode("utf-8", "surrogatepass") + previous.encode()).hexdigest()


def genesis(database: str) -> str:
    """What the first entry of a database of this identifier follows from."""
    return hashlib.sha256(database.encode()).hexdigest()


def identifier(tx: Session) -> str:
    """The database's own identifier."""
    row = tx.get(Setting, "identifier")
    return row.value if row else ""


def parsed(body: str) -> dict[str, object] | None:
    """An entry from its canonical text; None where it is none."""
    try:
        entry = json.loads(body)
    except ValueError:
        return None
    return entry if isinstance(entry, dict) else None


def microseconds(entry: Mapping[str, object]) -> int | None:
    """The entry's time in microseconds since 1970; None where it has none."""
    try:
        return round(datetime.fromisoformat(str(entry["at"])).timestamp() * 1_000_000)
    except (ValueError, KeyError):
        return None


def _repeats(entry: Mapping[str, object], seq: int, at: int, actor: str, action: str, about: str) -> bool:
    return (entry.get("seq"), entry.get("actor"), entry.get("action"), entry.get("object")) \
        == (seq, actor, action, about) and microseconds(entry) == at


def _here() -> dict[str, object]:
    """The machine's running time cannot be set back as its clock can; within one boot it only grows."""
    return {"boot": _boot(), "monotonic_ms": time.monotonic_ns() // 1_000_000,
            "instance": f"{socket.gethostname()}:{os.getpid()}"}


@functools.cache
def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:  # not Linux: then entries cannot be held to the machine's running time
        return ""
