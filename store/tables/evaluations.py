"""Recorded evaluations: scored answers of several arms to the same questions, and what they say."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index
from sqlmodel import Field, SQLModel

from store.tables.types import UtcTime


class EvaluationRow(SQLModel, table=True):
    """One file of answers for one workload. While it holds, the same file is there once."""

    __tablename__ = "evaluation"
    __table_args__ = (Index("ix_evaluation_workload", "workload", "at"),)
    id: int | None = Field(default=None, primary_key=True)
    workload: str = Field(description="slug")
    kind: str = Field(description="retrieval, thinking, tier: what the arms differ in")
    at: datetime = Field(sa_type=UtcTime, description="when the answers were given")
    file: str = Field(description="the name it was imported under")
    sha256: str
    summary: dict[str, Any] = Field(sa_type=JSON, description="terms, arms and differences, as they were judged")
    answers: list[Any] = Field(sa_type=JSON, description="arm by arm: score, cost and input tokens of each case")
    recorded_by: str
    recorded_at: datetime = Field(sa_type=UtcTime)
    withdrawn_by: str | None = None
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcTime)
    withdrawn_why: str = ""
