"""The ledger: what the workloads earned, what was explained, promised, reviewed and written about it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index
from sqlmodel import Field, SQLModel

from store.tables.types import UtcTime


class Outcome(SQLModel, table=True):
    """What one workload produced in one period. An amount that is null is unknown, never zero."""

    __tablename__ = "outcome"
    __table_args__ = (Index("ix_outcome_workload", "workload", "starts_at"), Index("ix_outcome_starts", "starts_at"))
    id: int | None = Field(default=None, primary_key=True)
    workload: str = Field(description="slug")
    starts_at: datetime = Field(sa_type=UtcTime)
    ends_at: datetime = Field(sa_type=UtcTime, description="the first instant after the period")
    reference: str = Field(default="", description="the owner's own number; with workload and period the natural key")
    outcomes: str | None = Field(default=None, description="how many, a decimal number as text")
    value_microusd: int | None = None
    baseline_microusd: int | None = Field(default=None, description="what the baseline would have earned")
    review_microusd: int | None = None
    rework_microusd: int | None = None
    note: str = ""
    origin: str = Field(description="`entered`, `file NAME` or `query NAME`")
    entered_by: str
    entered_at: datetime = Field(sa_type=UtcTime)
    withdrawn_by: str | None = None
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcTime)
    withdrawn_why: str = ""


class Explanation(SQLModel, table=True):
    """Why a month differs from the Charter, by one of the two who owe it. The newest of a role stands."""

    __tablename__ = "explanation"
    __table_args__ = (Index("ix_explanation_month", "month", "workload"),)
    id: int | None = Field(default=None, primary_key=True)
    workload: str
    month: str = Field(description="`2026-10`")
    role: str = Field(description="business_owner, platform_lead")
    text: str
    about: dict[str, Any] = Field(default_factory=dict, sa_type=JSON, description="the figures as the person saw them")
    written_by: str
    written_at: datetime = Field(sa_type=UtcTime)


class Saving(SQLModel, table=True):
    """A fix that somebody declared, with what it was promised to save in a month; measured afterwards."""

    __tablename__ = "saving"
    __table_args__ = (Index("ix_saving_workload", "workload"),)
    id: int | None = Field(default=None, primary_key=True)
    workload: str
    exception: int | None = Field(default=None, description="what it mends")
    what: str
    promised_microusd: int = Field(description="a month")
    applied_at: datetime = Field(sa_type=UtcTime, description="from when on it is in production")
    declared_by: str
    declared_at: datetime = Field(sa_type=UtcTime)
    withdrawn_by: str | None = None
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcTime)


class QuarterNote(SQLModel, table=True):
    """One entry of a workload's quarterly review: a lesson, a recommendation, or the decision that ends it."""

    __tablename__ = "quarter_note"
    __table_args__ = (Index("ix_quarter_note", "quarter", "workload"),)
    id: int | None = Field(default=None, primary_key=True)
    workload: str
    quarter: str = Field(description="`2026-Q4`, of the fiscal year")
    kind: str = Field(description="learned, recommended, reaffirm, revise, retire")
    text: str
    charter_version: int | None = Field(default=None, description="the one in force when it was said")
    draft_version: int | None = Field(default=None, description="the draft that a decision to revise opened")
    role: str
    said_by: str
    said_at: datetime = Field(sa_type=UtcTime)


class AnnualStatement(SQLModel, table=True):
    """What the Token Architect writes of a year. A signature holds for the exact text; the newest row stands."""

    __tablename__ = "annual_statement"
    __table_args__ = (Index("ix_annual_statement", "year"),)
    id: int | None = Field(default=None, primary_key=True)
    year: str = Field(description="`2026`, the fiscal year by the calendar year in which it ends")
    text: str
    content_hash: str = Field(description="SHA-256 of the text in UTF-8")
    written_by: str
    written_at: datetime = Field(sa_type=UtcTime)
    signed_by: str | None = None
    signed_role: str | None = None
    signed_at: datetime | None = Field(default=None, sa_type=UtcTime)


class PredictionNote(SQLModel, table=True):
    """Evidence on one of the playbook's predictions, and the verdict that a person gave with it."""

    __tablename__ = "prediction_note"
    id: int | None = Field(default=None, primary_key=True)
    number: int = Field(description="1 to 3")
    verdict: str = Field(description="open, holding, falsified")
    evidence: str
    said_by: str
    said_at: datetime = Field(sa_type=UtcTime)
