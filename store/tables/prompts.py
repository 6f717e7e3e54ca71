"""Prompts as code: the files that scans of git checkouts found, their versions, and what a provider counted of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field, SQLModel

from store.tables.types import UtcTime


class PromptFile(SQLModel, table=True):
    """One file of one workload in one repository. Its text stays in git."""

    __tablename__ = "prompt"
    __table_args__ = (UniqueConstraint("repository", "workload", "path", name="uq_prompt_key"),)
    id: int | None = Field(default=None, primary_key=True)
    repository: str = Field(description="the address it was cloned from, else the folder")
    workload: str = Field(description="slug")
    path: str = Field(description="where it lies now, or lay last")
    kind: str = Field(description="system prompt, tool descriptions, source list")
    model: str | None = Field(default=None, description="what its tokens are counted for")
    cached: str = Field(description="whole, none, or `until` and a text")
    checkout: str = Field(description="the folder that was scanned last")
    scanned_at: datetime = Field(sa_type=UtcTime)
    ended: str = Field(default="", description="how it went out of use; empty while it is there")
    ended_at: datetime | None = Field(default=None, sa_type=UtcTime)


class PromptVersion(SQLModel, table=True):
    """A prompt as one commit left it."""

    __tablename__ = "prompt_version"
    __table_args__ = ({"sqlite_with_rowid": False},)
    prompt: int = Field(primary_key=True, foreign_key="prompt.id")
    revision: str = Field(primary_key=True, description="the commit")
    position: int = Field(description="0 is the newest")
    looked_at: bool = Field(description="an evaluation passed it, or somebody reviewed it by name")
    superseded_at: datetime | None = Field(default=None, sa_type=UtcTime,
                                           description="when it was first missed in a history that was rewritten")
    document: dict[str, Any] = Field(sa_type=JSON)


class PromptCount(SQLModel, table=True):
    """Tokens of one content, as a provider counted them for one model."""

    __tablename__ = "prompt_count"
    __table_args__ = ({"sqlite_with_rowid": False},)
    model: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    blob: str = Field(primary_key=True, description="git's hash of the content")
    tokens: int
    counted_at: datetime = Field(sa_type=UtcTime)
