"""What was used: facts by bucket, their roll-ups, and what the provider says of itself.

A fact's natural key is source, bucket start, bucket width and every dimension the provider groups by. Source and
dimensions together are a *series*; the fact rows carry its number. Buckets and widths are whole seconds since 1970,
UTC. Money is whole micro-dollars.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, ForeignKey, Index, Integer, UniqueConstraint
from sqlmodel import Field, SQLModel

from store.tables.types import UtcTime


class Series(SQLModel, table=True):
    """One combination of dimensions at one source, and the workload that the attribution rules give it."""

    __tablename__ = "series"
    __table_args__ = (
        UniqueConstraint("source", "dimensions", name="uq_series_source_dimensions"),
        Index("ix_series_workload", "workload"),
    )
    id: int | None = Field(default=None, primary_key=True)
    source: str
    dimensions: str = Field(description='canonical JSON, sorted keys: {"api_key_id":"…","workspace_id":null}')
    workload: str | None = Field(default=None, description="slug, or null while no rule matches")
    first_bucket: int
    last_bucket: int


class UsageFact(SQLModel, table=True):
    """Tokens and dollars of one series in one bucket, as the provider last stated them."""

    __tablename__ = "usage_fact"
    __table_args__ = ({"sqlite_with_rowid": False},)
    bucket: int = Field(primary_key=True, description="start of the bucket, seconds since 1970")
    width: int = Field(primary_key=True, description="60 or 3600 seconds")
    series: int = Field(sa_column=Column(Integer, ForeignKey("series.id", name="fk_fact_series"), primary_key=True))
    uncached_input: int
    cache_write_5m: int
    cache_write_1h: int
    cache_read: int
    output: int
    web_searches: int = 0
    requests: int | None = Field(default=None, description="null where the source does not count requests")
    cost_microusd: int
    estimated: int = Field(default=0, description="1 where the price is an estimate, 2 where no price is known at all")


class UsageHour(SQLModel, table=True):
    """One series in one hour. An hour that was read whole as a 3600-second fact stands for its minutes."""

    __tablename__ = "usage_hour"
    __table_args__ = ({"sqlite_with_rowid": False},)
    hour: int = Field(primary_key=True)
    series: int = Field(primary_key=True)
    uncached_input: int
    cache_write_5m: int
    cache_write_1h: int
    cache_read: int
    output: int
    web_searches: int = 0
    requests: int | None = None
    cost_microusd: int
    estimated_microusd: int = Field(default=0, description="the part of cost_microusd that is an estimate")


class UsageDay(SQLModel, table=True):
    """One series in one UTC day: the sum of its hours."""

    __tablename__ = "usage_day"
    __table_args__ = ({"sqlite_with_rowid": False},)
    day: int = Field(primary_key=True, description="UTC midnight, seconds since 1970")
    series: int = Field(primary_key=True)
    uncached_input: int
    cache_write_5m: int
    cache_write_1h: int
    cache_read: int
    output: int
    web_searches: int = 0
    requests: int | None = None
    cost_microusd: int
    estimated_microusd: int = 0


class UsageMonth(SQLModel, table=True):
    """One series in one UTC month: the sum of its days."""

    __tablename__ = "usage_month"
    __table_args__ = ({"sqlite_with_rowid": False},)
    month: int = Field(primary_key=True, description="first midnight of the month, UTC, seconds since 1970")
    series: int = Field(primary_key=True)
    uncached_input: int
    cache_write_5m: int
    cache_write_1h: int
    cache_read: int
    output: int
    web_searches: int = 0
    requests: int | None = None
    cost_microusd: int
    estimated_microusd: int = 0


class UsageRevision(SQLModel, table=True):
    """A fact that the provider restated: what it was, what it became, and which fetch said so."""

    __tablename__ = "usage_revision"
    __table_args__ = (Index("ix_revision_bucket", "bucket", "series"),)
    id: int | None = Field(default=None, primary_key=True)
    bucket: int
    width: int
    series: int
    old_tokens: int
    new_tokens: int
    old_cost_microusd: int
    new_cost_microusd: int
    fetch: int
    seen_at: datetime = Field(sa_type=UtcTime)


class Stream(SQLModel, table=True):
    """Where one source's endpoint stands: what has been read whole, and whether it is backed off."""

    __tablename__ = "stream"
    source: str = Field(primary_key=True)
    stream: str = Field(primary_key=True, description="usage, cost, names")
    watermark: int | None = Field(default=None, description="end of the newest bucket known complete, seconds")
    newest_bucket: int | None = Field(default=None, description="start of the newest bucket that held any usage")
    read_until: int | None = Field(default=None, description="end of the newest window read whole, seconds")
    last_success_at: datetime | None = Field(default=None, sa_type=UtcTime)
    last_attempt_at: datetime | None = Field(default=None, sa_type=UtcTime)
    backoff_until: datetime | None = Field(default=None, sa_type=UtcTime)
    failures: int = 0
    error: str | None = None
    clock_skew_s: float | None = None
    measured_lag_s: float | None = Field(default=None, description="age of the newest data when first seen, smoothed")


class Fetch(SQLModel, table=True):
    """One attempt to read one window of one stream, whole or not."""

    __tablename__ = "fetch"
    id: int | None = Field(default=None, primary_key=True)
    source: str
    stream: str
    window_start: int
    window_end: int
    width: int
    started_at: datetime = Field(sa_type=UtcTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcTime)
    requests: int = 0
    rows: int = 0
    changed: int = 0
    complete: bool = False
    error: str | None = None


class UsageChange(SQLModel, table=True):
    """How far back a reading of minutes changed anything."""

    __tablename__ = "usage_change"
    fetch: int = Field(primary_key=True)
    oldest: int = Field(description="nothing before this was new or restated, seconds since 1970")


class BilledDay(SQLModel, table=True):
    """What the provider's daily cost report states, beside and never added to the metered dollars."""

    __tablename__ = "billed_day"
    source: str = Field(primary_key=True)
    day: int = Field(primary_key=True, description="UTC midnight, seconds since 1970")
    dimensions: str = Field(primary_key=True, description="canonical JSON of the row's grouping fields")
    amount_microusd: int
    currency: str = "USD"
    cost_type: str | None = None


class ProviderName(SQLModel, table=True):
    """What the provider calls an identifier (API key, workspace), and its state there."""

    __tablename__ = "provider_name"
    source: str = Field(primary_key=True)
    kind: str = Field(primary_key=True, description="api_key, workspace, organisation")
    identifier: str = Field(primary_key=True)
    name: str
    status: str | None = None
    workspace: str | None = Field(default=None, description="identifier of the workspace that holds it")
    seen_at: datetime = Field(sa_type=UtcTime)
