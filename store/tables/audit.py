"""The append-only, hash-chained audit log. Triggers refuse any change to its rows."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from store.tables.types import UtcTime


class AuditEntry(SQLModel, table=True):
    """One entry. `body` is the canonical JSON that is hashed; the other columns repeat parts of it for queries."""

    __tablename__ = "audit_entry"
    seq: int = Field(primary_key=True, description="1, 2, 3, … without gaps, and inside the hash")
    at: datetime = Field(sa_type=UtcTime)
    actor: str
    action: str = Field(description="subject.verb: intent.requested, alert.fired, charter.signed")
    object: str = Field(description="what it was done to: claims-triage, intent:…, source:anthropic")
    body: str
    previous_hash: str
    hash: str
