"""Calls as their callers or a gateway told of them, and what they come to by minute. No text of a prompt or an answer.

A pushed call belongs to a series like any usage; its series says whose it is, by which service and model. Instants of
calls are whole microseconds since 1970 (UTC), buckets whole seconds. Money is whole micro-dollars.
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, text
from sqlmodel import Field, SQLModel


class Call(SQLModel, table=True):
    """One call to a model. In the order of series and time, since that is how calls are read; the same call told twice
    is found by its identity within its hour and those beside it."""

    __tablename__ = "call"
    __table_args__ = (
        Index("ix_call_key", text("at / 3600000000"), "identity"),
        Index("ix_call_total", "session", sqlite_where=text("total = 1")),
        {"sqlite_with_rowid": False},
    )
    series: int = Field(primary_key=True)
    at: int = Field(primary_key=True, description="when it ended, microseconds since 1970")
    identity: bytes = Field(sa_column=Column(LargeBinary, primary_key=True, nullable=False),
                            description="hash of the provider's response, or else of the span")
    rank: int = Field(description="of the copies of one call the highest counts")
    uncached_input: int | None = Field(default=None, description="null, like all of its tokens, where nobody told them")
    cache_write_5m: int | None = None
    cache_write_1h: int | None = None
    cache_read: int | None = None
    output: int | None = None
    web_searches: int | None = None
    cost_microusd: int
    estimated: int = Field(default=0, description="1 where the price is an estimate, 2 where no price is known at all")
    session: str = Field(default="", description="the conversation or run it belongs to; empty where nobody told")
    action: str = Field(default="", description="the user's action that it serves")
    caller: str = ""
    parent: str | None = None
    depth: int = 0
    failed: int = 0
    total: int = Field(default=0, description="1: a sum of calls of its session, which counts while none is known")
    tools: str | None = Field(default=None, description='JSON: [["name","hash of the arguments"], ...]')


class LongCall(SQLModel, table=True):
    """When a call began that lasted long: what began before a kill and ended after it is no spend after it."""

    __tablename__ = "long_call"
    __table_args__ = ({"sqlite_with_rowid": False},)
    at: int = Field(primary_key=True, description="when it ended, microseconds since 1970, as in call")
    identity: bytes = Field(sa_column=Column(LargeBinary, primary_key=True, nullable=False), description="as in call")
    began: int = Field(description="microseconds since 1970")


class PushedSeries(SQLModel, table=True):
    """A series that is pushed, and the minutes of it that a poll knows better: [covered_from, covered_until)."""

    __tablename__ = "pushed_series"
    series: int = Field(sa_column=Column(Integer, ForeignKey("series.id", name="fk_pushed_series"), primary_key=True))
    provider: str
    covered_by: str | None = Field(default=None, description="the polled source")
    covered_from: int = 0
    covered_until: int = 0


class PushedMinute(SQLModel, table=True):
    """All that was pushed of a series in a minute, whether it is the figure that counts or not."""

    __tablename__ = "pushed_minute"
    __table_args__ = ({"sqlite_with_rowid": False},)
    series: int = Field(primary_key=True)
    bucket: int = Field(primary_key=True, description="start of the minute, seconds since 1970")
    uncached_input: int
    cache_write_5m: int
    cache_write_1h: int
    cache_read: int
    output: int
    web_searches: int
    requests: int
    cost_microusd: int
    estimated: int = 0
