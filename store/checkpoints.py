"""Signed checkpoints of the audit log as rows, and how far each place outside was told of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, func, or_, select

from store.tables import AuditAnchor, AuditCheckpoint, AuditEntry, OutboxMessage

SUBJECT = "checkpoint"
"""Of the messages that tell a notification channel of checkpoints; their transition is the checkpoint's number."""


def last(tx: Session) -> AuditCheckpoint | None:
    """The newest checkpoint."""
    return tx.exec(select(AuditCheckpoint).order_by(col(AuditCheckpoint.number).desc()).limit(1)).first()


def after(tx: Session, number: int, limit: int | None = None) -> list[AuditCheckpoint]:
    """Checkpoints after a number, in their order."""
    return list(tx.exec(select(AuditCheckpoint).where(col(AuditCheckpoint.number) > number)
                        .order_by(col(AuditCheckpoint.number)).limit(limit)))


def first_action(tx: Session, after_seq: int, prefixes: Sequence[str]) -> str | None:
    """The first action after an entry that begins with one of these words."""
    wanted = or_(*(col(AuditEntry.action).startswith(prefix, autoescape=True) for prefix in prefixes))
    return tx.exec(select(AuditEntry.action).where(col(AuditEntry.seq) > after_seq, wanted)
                   .order_by(col(AuditEntry.seq)).limit(1)).first()


def anchor(tx: Session, place: str) -> AuditAnchor:
    """How far a place was told; a new one has been told nothing."""
    return tx.get(AuditAnchor, place) or AuditAnchor(place=place, number=0)


def told_by_channel(tx: Session, channel: str) -> tuple[int, datetime | None]:
    """The newest checkpoint that a notification channel delivered, and when; 0 and None for none."""
    number, at = tx.exec(select(func.max(OutboxMessage.transition), func.max(OutboxMessage.sent_at)).where(
        OutboxMessage.subject == SUBJECT, OutboxMessage.channel == channel,
        col(OutboxMessage.sent_at).is_not(None))).one()
    return int(number or 0), at


def channel_error(tx: Session, channel: str) -> str | None:
    """Why the newest checkpoint that a channel still owes was not delivered."""
    return tx.exec(select(OutboxMessage.error).where(
        OutboxMessage.subject == SUBJECT, OutboxMessage.channel == channel, col(OutboxMessage.sent_at).is_(None))
        .order_by(col(OutboxMessage.id).desc()).limit(1)).first()
