"""The Model Bill of Materials: one entry a workload, with every change kept."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index
from sqlmodel import Field, SQLModel

from store.tables.types import UtcTime


class Workload(SQLModel, table=True):
    """An MBOM entry. `entry` is the whole `[[workload]]` table as JSON; the columns repeat what queries need."""

    __tablename__ = "workload"
    slug: str = Field(primary_key=True)
    name: str
    team: str | None = None
    environment: str = "production"
    status: str = Field(default="live", description="planned, live, paused, retired")
    business_owner: str | None = None
    platform_lead: str | None = None
    tier: str | None = Field(default=None, description="distilled, workhorse, frontier")
    entry: dict[str, Any] = Field(sa_type=JSON)
    updated_at: datetime = Field(sa_type=UtcTime)


class WorkloadChange(SQLModel, table=True):
    """One field of one entry that changed: who, when, from, to (JSON values)."""

    __tablename__ = "workload_change"
    __table_args__ = (Index("ix_workload_change_slug", "slug", "id"),)
    id: int | None = Field(default=None, primary_key=True)
    slug: str
    at: datetime = Field(sa_type=UtcTime)
    by: str
    field: str
    before: Any = Field(default=None, sa_type=JSON)
    after: Any = Field(default=None, sa_type=JSON)
