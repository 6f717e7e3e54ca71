"""Who runs the engine, and the newest picture it published."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from store.tables.types import UtcTime


class Lease(SQLModel, table=True):
    """One holder at a time; `fencing` grows with every acquisition."""

    __tablename__ = "lease"
    name: str = Field(primary_key=True)
    holder: str
    fencing: int
    acquired_at: datetime = Field(sa_type=UtcTime)
    expires_at: datetime = Field(sa_type=UtcTime)


class Snapshot(SQLModel, table=True):
    """The newest read model of a cadence, as JSON, so that a screen's first paint is one row read with plain SQL."""

    __tablename__ = "snapshot"
    name: str = Field(primary_key=True, description="daily")
    version: int
    at: datetime = Field(sa_type=UtcTime)
    body: str


class Setting(SQLModel, table=True):
    """A fact about this database: its random identifier, the price table that its costs were computed with."""

    __tablename__ = "setting"
    name: str = Field(primary_key=True)
    value: str
