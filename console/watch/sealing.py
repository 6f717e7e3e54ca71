"""The signed checkpoints of the audit log: when one is due, and what is looked at before it is signed (AU-2, AU-3).

Signing never stands in the way of a kill: it comes after the transaction that it seals, and asks for its key outside of
any transaction.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import Session

from console.audit import checkpoint as checkpoints
from console.audit.checkpoint import Checkpoint, Segment
from console.audit.keys import SigningKey, signing_key
from console.config import Config
from console.errors import ConsoleError
from store import audit, incidents
from store import checkpoints as store
from store.database import Database
from store.tables import OutboxMessage

EVERY = timedelta(hours=1)
"""Also when nothing happened: an empty one proves that nothing was logged, a missing one proves a gap."""

AT_ONCE = ("intent.", "approval.", "breaker.", "charter.signed", "retention.", "secret.", "config.", "key.")
"""Actions that begin so are kills, authorisations, or what decides about them."""


class ChainBroken(ConsoleError):
    """The log does not follow from its last checkpoint. Nothing is signed over it."""

    exit_code = 1


def seal(config: Config, database: Database, now: datetime) -> Checkpoint | None:
    """Sign and store a checkpoint if one is due; None where none is. Raises ChainBroken, ConsoleError or StoreError."""
    with database.read() as tx:
        if due(tx, now) is None:
            return None
    key = signing_key(config.audit_key, config.base)
    with database.write() as tx:
        reason = due(tx, now)  # another process may have been here
        return None if reason is None else sealed(tx, config, key, now, reason)


def sealed(tx: Session, config: Config, key: SigningKey, now: datetime, reason: str,
           segment: Segment | None = None) -> Checkpoint:
    """A checkpoint over everything that is in the log now, in this transaction. Raises ChainBroken."""
    row = store.last(tx)
    before = checkpoints.of_row(row) if row is not None else None
    problem = broken(tx)
    if problem is not None:
        raise ChainBroken(problem)
    if before is None or before.key != key.public:
        audit.append(tx, at=now, actor="console", action="audit.key_made", object="audit log",
                     detail={"key": key.public, "replaces": before.key if before else None})
    seq, head = audit.head(tx)
    made = checkpoints.sign(key, database=audit.identifier(tx), before=before, at=now, seq=seq, head=head,
                            reason=reason, segment=segment)
    tx.add(checkpoints.row_of(made))
    tx.flush()
    if config.audit.channel is not None:
        incidents.enqueue(tx, OutboxMessage(
            subject=store.SUBJECT, transition=made.number, channel=config.audit.channel, severity="info",
            title=f"Audit checkpoint {made.number}", body=made.line, created_at=now, next_attempt_at=now))
    return made


def due(tx: Session, now: datetime) -> str | None:
    """Why a checkpoint is due; None where none is."""
    last = store.last(tx)
    if last is None:
        return "first"
    if not timedelta() <= now - last.at < EVERY:  # a clock that was set back is no reason to wait
        return "hour"
    return store.first_action(tx, last.seq, AT_ONCE)


def broken(tx: Session) -> str | None:
    """Why the log does not follow from its last checkpoint; None where it does."""
    last = store.last(tx)
    if last is None:
        seq, head = audit.beginning(tx)
    else:
        said = checkpoints.of_row(last)
        seq, head = max((said.seq, said.head), audit.beginning(tx))
        if not said.genuine:
            return f"the audit log's last checkpoint ({last.number}) is not signed by the key that it names"
        row = next(iter(audit.rows(tx, seq - 1)), None) if seq > audit.beginning(tx)[0] else None
        if seq > audit.beginning(tx)[0] and (row is None or row[0] != seq or row[7] != head):
            return f"entry {seq} of the audit log is not the one that checkpoint {last.number} was signed over"
    chain = audit.Chain(seq, head)
    for row in audit.rows(tx, seq):
        reason = chain.take(row)
        if reason:
            return f"the audit log is broken at entry {chain.seq + 1}: {reason}"
    return None
