"""What calls come to by day, for the detectors: derived from `call`, and made again where a day's calls changed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel


class CallDayRow(SQLModel, table=True):
    """The calls of one workload in one UTC day."""

    __tablename__ = "call_day"
    __table_args__ = ({"sqlite_with_rowid": False},)
    day: int = Field(primary_key=True, description="UTC midnight, seconds since 1970")
    workload: str = Field(primary_key=True, description="slug")
    form: int = Field(description="of the document; one of another form is made again")
    document: dict[str, Any] = Field(sa_type=JSON)


class CallDayStale(SQLModel, table=True):
    """A day of a series whose calls changed since what they come to was last made."""

    __tablename__ = "call_day_stale"
    __table_args__ = ({"sqlite_with_rowid": False},)
    day: int = Field(primary_key=True)
    series: int = Field(primary_key=True)
    changes: int = Field(default=1, description="grows with each change, from any number on: so that "
                         "one that came meanwhile is not missed")
