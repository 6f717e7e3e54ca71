"""Exceptions: what was outside a Charter and a person must decide on, and what was decided."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index
from sqlmodel import Field, SQLModel

from store.tables.types import UtcTime


class CharterException(SQLModel, table=True):
    """One thing that is not as the Charter has it. While it is not closed there is one row for workload, kind and
    subject, however often it is seen."""

    __tablename__ = "charter_exception"
    __table_args__ = (Index("ix_exception_key", "workload", "kind", "subject"), Index("ix_exception_state", "state"),
                      Index("ix_exception_intent", "intent"), Index("ix_exception_alert", "alert"))
    id: int | None = Field(default=None, primary_key=True)
    workload: str = Field(description="slug")
    origin: str = Field(description="trip, alert, drift, finding, variance")
    kind: str = Field(description="what it is, the same for every workload: `drift: model`, `trip: signs`; the pattern")
    subject: str = Field(default="", description="what of it: a model, a window; part of the identity")
    state: str = Field(default="open", description="open, decided, closed")
    opened_at: datetime = Field(sa_type=UtcTime)
    last_seen_at: datetime = Field(sa_type=UtcTime, description="when it was last true")
    times: int = Field(default=1, description="how often it was seen begin")
    reopened_at: datetime | None = Field(default=None, sa_type=UtcTime)
    reopened_why: str = ""
    closed_at: datetime | None = Field(default=None, sa_type=UtcTime)
    closed_why: str = Field(default="", description="what mended it, where nobody had to decide")
    summary: str
    advice: str = ""
    charter_line: str | None = None
    stake_microusd: int | None = Field(default=None, description="dollars at stake; null is unknown")
    degree: int = Field(default=0, description="how bad it is, in the unit of its kind; a doubling is materially worse")
    evidence: dict[str, Any] = Field(default_factory=dict, sa_type=JSON, description="figures by name, as text")
    alert: int | None = Field(default=None, description="the alert that it came from")
    intent: str | None = Field(default=None, description="the kill that it came from")
    decision: int | None = Field(default=None, description="the decision in force")


class ExceptionDecision(SQLModel, table=True):
    """What a person decided on one exception, and why."""

    __tablename__ = "exception_decision"
    __table_args__ = (Index("ix_decision_exception", "exception"),)
    id: int | None = Field(default=None, primary_key=True)
    exception: int = Field(foreign_key="charter_exception.id")
    verdict: str = Field(description="revision, time-bounded, dismissed, escalated")
    rationale: str
    role: str = Field(description="in which the person decided")
    decided_by: str
    decided_at: datetime = Field(sa_type=UtcTime)
    ends_at: datetime | None = Field(default=None, sa_type=UtcTime, description="of a time-bounded exception, and of a "
                                     "dismissal that is to be looked at again")
    batch: str | None = Field(default=None, description="shared by those decided together")
    degree: int = Field(default=0, description="that of the exception, as the person saw it")
    undone_at: datetime | None = Field(default=None, sa_type=UtcTime)


class ExceptionSighting(SQLModel, table=True):
    """One time that an exception began: what the weeks of a pattern are counted from."""

    __tablename__ = "exception_sighting"
    __table_args__ = (Index("ix_sighting_exception", "exception"), Index("ix_sighting_at", "at"))
    id: int | None = Field(default=None, primary_key=True)
    exception: int = Field(foreign_key="charter_exception.id")
    at: datetime = Field(sa_type=UtcTime)
    what: str = Field(description="opened, again, reopened")
