"""What one person may not do alone: disarms that wait for a second one, and break-glass that a second one reviews."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from store.tables.types import UtcTime


class DisarmRequest(SQLModel, table=True):
    """Somebody asks to switch automatic kills off; another person grants exactly this, once, in time."""

    __tablename__ = "disarm_request"
    id: int | None = Field(default=None, primary_key=True)
    workload: str | None = Field(default=None, description="null: everything")
    ends_at: datetime = Field(sa_type=UtcTime)
    reason: str
    requested_by: str
    requested_at: datetime = Field(sa_type=UtcTime)
    grant_until: datetime = Field(sa_type=UtcTime)
    content_hash: str = Field(description="SHA-256 of what was asked for; a grant holds for this and nothing else")
    state: str = Field(default="awaiting_approval", description="awaiting_approval, granted, expired")
    decided_by: str | None = None
    decided_at: datetime | None = Field(default=None, sa_type=UtcTime)
    disarm: int | None = Field(default=None, foreign_key="disarm.id", description="what the grant put into force")


class Review(SQLModel, table=True):
    """One person acted alone by break-glass; a second person must look at it, and until then it stays red."""

    __tablename__ = "review"
    id: int | None = Field(default=None, primary_key=True)
    intent: str
    workload: str
    opened_by: str
    opened_at: datetime = Field(sa_type=UtcTime)
    reason: str
    due_at: datetime = Field(sa_type=UtcTime)
    closed_by: str | None = None
    closed_at: datetime | None = Field(default=None, sa_type=UtcTime)
    finding: str | None = None
