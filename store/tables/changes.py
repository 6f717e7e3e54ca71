"""What an owner announced beforehand: a launch, a backfill, a migration."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

from store.tables.types import UtcTime


class PlannedChange(SQLModel, table=True):
    """Spend or models that are meant for a while; the Charter's own caps stand all the same."""

    __tablename__ = "planned_change"
    id: int | None = Field(default=None, primary_key=True)
    workload: str
    kind: str = Field(description="launch, backfill, migration, or a word of the owner's own")
    starts_at: datetime = Field(sa_type=UtcTime)
    ends_at: datetime = Field(sa_type=UtcTime)
    multiple: float = Field(description="times the expected pace that is meant while it lasts")
    models: list[str] = Field(default_factory=list, sa_type=JSON, description="meant beside those of the Charter")
    reason: str
    announced_by: str
    announced_at: datetime = Field(sa_type=UtcTime)
    withdrawn_by: str | None = None
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcTime)
