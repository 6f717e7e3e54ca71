"""The append-only, hash-chained audit log and its signed checkpoints. Triggers refuse any change to their rows."""

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


class AuditCheckpoint(SQLModel, table=True):
    """The head of the chain at an instant, signed. `body` is the canonical JSON that is signed and hashed."""

    __tablename__ = "audit_checkpoint"
    number: int = Field(primary_key=True, description="1, 2, 3, … without gaps")
    at: datetime = Field(sa_type=UtcTime)
    seq: int = Field(description="the newest entry then; 0 where there was none")
    closes: int | None = Field(default=None, description="last entry of a segment that may be dropped hereafter")
    body: str
    hash: str
    signature: str


class AuditAnchor(SQLModel, table=True):
    """How far a place outside the database has been told of checkpoints."""

    __tablename__ = "audit_anchor"
    place: str = Field(primary_key=True, description="file:PATH, syslog:PATH, channel:NAME")
    number: int = Field(description="the newest checkpoint that is there; 0 for none")
    at: datetime | None = Field(default=None, sa_type=UtcTime, description="when it was told last")
    error: str | None = None


class SecretPlace(SQLModel, table=True):
    """Where a secret may be sent: the first place it was sent to, and those that a person confirmed since."""

    __tablename__ = "secret_place"
    id: int | None = Field(default=None, primary_key=True)
    reference: str = Field(description="how the configuration names the secret")
    fingerprint: str = Field(description="keyed hash of the secret: a new name for an old key is no new key")
    origin: str = Field(description="https://host:port")
    confirmed_by: str | None = Field(default=None, description="null: the first use")
    at: datetime = Field(sa_type=UtcTime)
