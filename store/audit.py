"""The append-only audit log, chained by hashes (operations 6).

    h(n) = SHA-256(0x00 || canonical(entry n) || h(n-1)),   h(0) = SHA-256 of the database's identifier

The canonical form is JSON with sorted keys and no spaces; the sequence number is inside. A chain shows tampering to
whoever kept an older head; it does not prevent it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from store.tables import AuditEntry, Setting

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the chain holds."""

    entries: int
    first_bad: int | None
    """Sequence number of the first entry that is wrong; None where all are right."""
    last_good: int | None
    reason: str = ""


def append(tx: Session, *, at: datetime, actor: str, action: str, object: str,  # noqa: A002  (the audit trade's word)
           detail: Mapping[str, object]) -> AuditEntry:
    """One entry at the end of the chain, in the transaction of the change that it tells of."""
    last = tx.exec(select(AuditEntry).order_by(col(AuditEntry.seq).desc()).limit(1)).first()
    seq, previous = (last.seq + 1, last.hash) if last is not None else (1, _genesis(tx))
    body = canonical({"format": FORMAT, "seq": seq, "at": at.isoformat(), "actor": actor, "action": action,
                      "object": object, "detail": detail})
    entry = AuditEntry(seq=seq, at=at, actor=actor, action=action, object=object, body=body, previous_hash=previous,
                       hash=chained(body, previous))
    tx.add(entry)
    tx.flush()
    return entry


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
    count = int(tx.exec(select(func.count()).select_from(AuditEntry)).one())
    rows = tx.connection().exec_driver_sql(
        "SELECT seq, at, actor, action, object, body, previous_hash, hash FROM audit_entry ORDER BY seq")
    return check(rows, _genesis(tx), count)


def check(rows: Iterable[tuple[int, int, str, str, str, str, str, str]], genesis: str, count: int) -> Verdict:
    """The verdict on rows of (seq, at, actor, action, object, body, previous hash, hash) in order of seq."""
    expected, previous = 1, genesis
    for seq, at, actor, action, about, body, said_previous, said in rows:
        reason = ""
        if seq != expected:
            reason = f"entry {expected} is missing"
        elif said_previous != previous:
            reason = "it does not follow from the entry before it"
        elif chained(body, previous) != said:
            reason = "its content does not match its hash"
        elif not _repeats(body, seq, at, actor, action, about):
            reason = "its columns differ from what was hashed"
        if reason:
            return Verdict(count, expected, expected - 1 or None, reason)
        expected, previous = seq + 1, said
    return Verdict(count, None, expected - 1 or None)


def canonical(value: object) -> str:
    """JSON that is the same for the same meaning: sorted keys, no spaces, UTF-8."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)


def chained(body: str, previous: str) -> str:
    """The hash of an entry that follows another; the leading zero byte marks a leaf, as in RFC 6962."""
    return hashlib.sha256(b"\x00" + body.encode("utf-8", "surrogatepass") + previous.encode()).hexdigest()


def _repeats(body: str, seq: int, at: int, actor: str, action: str, about: str) -> bool:
    try:
        said = json.loads(body)
        moment = datetime.fromisoformat(said["at"])
    except (ValueError, KeyError, TypeError):
        return False
    return (said.get("seq"), said.get("actor"), said.get("action"), said.get("object")) == (seq, actor, action, about) \
        and round(moment.timestamp() * 1_000_000) == at


def _genesis(tx: Session) -> str:
    identifier = tx.get(Setting, "identifier")
    return hashlib.sha256((identifier.value if identifier else "").encode()).hexdigest()
