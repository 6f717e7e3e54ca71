"""Token Strategy Charters by version, and the signatures on their exact content."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from store.tables.types import CanonicalJson, UtcTime


class Charter(SQLModel, table=True):
    """One version of a workload's Charter, as the person wrote it and as it was understood."""

    __tablename__ = "charter"
    workload: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    state: str = Field(default="draft", description="draft, in review, signed, superseded, retired")
    content_hash: str = Field(description="SHA-256 of the canonical content; signatures hold for this and nothing else")
    text: str = Field(description="the TOML file, comments and all")
    document: dict[str, Any] = Field(sa_type=CanonicalJson)
    imported_at: datetime = Field(sa_type=UtcTime)
    imported_by: str
    signed_at: datetime | None = Field(default=None, sa_type=UtcTime)


class CharterSignature(SQLModel, table=True):
    """One role's signature over one content hash."""

    __tablename__ = "charter_signature"
    __table_args__ = (Index("ix_signature_charter", "workload", "version"),)
    id: int | None = Field(default=None, primary_key=True)
    workload: str
    version: int
    content_hash: str
    role: str
    signed_by: str
    signed_at: datetime = Field(sa_type=UtcTime)
    void_at: datetime | None = Field(default=None, sa_type=UtcTime, description="when the content changed under it")


class CharterNote(SQLModel, table=True):
    """What a person said of one version on its way to signatures."""

    __tablename__ = "charter_note"
    id: int | None = Field(default=None, primary_key=True)
    workload: str
    version: int
    content_hash: str = Field(description="what the version said when this was said of it")
    kind: str = Field(description="submission, comment, refusal, retirement")
    role: str = Field(description="in which the person spoke")
    said_by: str
    said_at: datetime = Field(sa_type=UtcTime)
    text: str
