"""Alerts, silences, breakers, and the intents and steps of kills and resumes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from store.tables.types import UtcTime


class Alert(SQLModel, table=True):
    """One episode of one rule over one window for one workload (or source, as `source:NAME`)."""

    __tablename__ = "alert"
    __table_args__ = (Index("ix_alert_key", "workload", "rule", "window"), Index("ix_alert_state", "state"))
    id: int | None = Field(default=None, primary_key=True)
    workload: str = Field(description="slug, `source:NAME` or `organisation`")
    rule: str
    window: str = Field(default="", description="what of the rule: 1h, month 80 %, a model name; part of the identity")
    severity: str = Field(description="info, warning, error, critical")
    state: str = Field(description="pending, firing, no-data, resolved")
    active_since: datetime = Field(sa_type=UtcTime)
    fired_at: datetime | None = Field(default=None, sa_type=UtcTime)
    last_true: datetime = Field(sa_type=UtcTime)
    last_evaluated: datetime = Field(sa_type=UtcTime)
    resolved_at: datetime | None = Field(default=None, sa_type=UtcTime)
    stale: bool = False
    summary: str
    charter_line: str | None = Field(default=None, description="the Charter's line that this comes from")
    advice: str = Field(default="", description="what to do, in one sentence")
    figures: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    acknowledged_by: str | None = None
    acknowledged_at: datetime | None = Field(default=None, sa_type=UtcTime)
    acknowledged_until: datetime | None = Field(default=None, sa_type=UtcTime)
    acknowledged_severity: str | None = None
    transition: int = Field(default=0, description="counts state changes; part of a notification's identity")


class Silence(SQLModel, table=True):
    """Messages muted until an end, with an author and a reason. Never stops a kill."""

    __tablename__ = "silence"
    id: int | None = Field(default=None, primary_key=True)
    workload: str
    rule: str | None = Field(default=None, description="null: every rule of the workload")
    starts_at: datetime = Field(sa_type=UtcTime)
    ends_at: datetime = Field(sa_type=UtcTime)
    created_by: str
    reason: str
    expired_at: datetime | None = Field(default=None, sa_type=UtcTime)


class Breaker(SQLModel, table=True):
    """The spend breaker of one workload. No row means armed."""

    __tablename__ = "breaker"
    workload: str = Field(primary_key=True)
    state: str = Field(default="armed", description="armed, tripped, held, probation")
    since: datetime = Field(sa_type=UtcTime)
    intent: str | None = Field(default=None, description="the kill intent that tripped it")
    probation_until: datetime | None = Field(default=None, sa_type=UtcTime)


class Disarm(SQLModel, table=True):
    """Automatic kills switched off for a scope, with an end, an author and a reason; shown as a banner."""

    __tablename__ = "disarm"
    id: int | None = Field(default=None, primary_key=True)
    workload: str | None = Field(default=None, description="null: everything")
    starts_at: datetime = Field(sa_type=UtcTime)
    ends_at: datetime = Field(sa_type=UtcTime)
    created_by: str
    reason: str
    ended_at: datetime | None = Field(default=None, sa_type=UtcTime)


class Intent(SQLModel, table=True):
    """One kill, resume or drill: written down, whole, before anything is asked of a provider.

    A later stage of a kill has the identifier `KILL.STAGE`: the primary key lets no stage be written twice. One that
    expired and comes again is `KILL.STAGE.2`, and so on.
    """

    __tablename__ = "intent"
    __table_args__ = (Index("ix_intent_workload", "workload", "requested_at"),)
    id: str = Field(primary_key=True)
    workload: str
    verb: str = Field(description="kill, resume, drill")
    origin: str = Field(description="automatic, manual, drill")
    state: str = Field(
        description="awaiting_approval, approved, executing, verifying, done, partial, failed, unknown, expired, "
        "rejected, observed"
    )
    reason: str
    requested_by: str
    requested_at: datetime = Field(sa_type=UtcTime)
    valid_until: datetime = Field(sa_type=UtcTime)
    plan_hash: str
    evidence: dict[str, Any] = Field(default_factory=dict, sa_type=JSON, description="rule, facts, data age, Charter")
    reverses: str | None = Field(default=None, description="the kill intent whose saved states a resume restores")
    escalates: str | None = Field(default=None, description="the kill intent of which this is a later stage")
    finished_at: datetime | None = Field(default=None, sa_type=UtcTime)
    spend_stopped_at: datetime | None = Field(default=None, sa_type=UtcTime)
    settled_at: datetime | None = Field(default=None, sa_type=UtcTime, description="the feed settled: incident closed")
    tail_microusd: int | None = Field(default=None, description="spend that arrived after the state was confirmed")
    note: str = ""


class Step(SQLModel, table=True):
    """One target of one intent."""

    __tablename__ = "step"
    __table_args__ = (
        UniqueConstraint("intent", "position", name="uq_step_intent_position"),
        UniqueConstraint("idempotency_key", name="uq_step_idempotency_key"),
    )
    id: int | None = Field(default=None, primary_key=True)
    intent: str = Field(foreign_key="intent.id")
    position: int
    switch: str = Field(description="the switch's kind: anthropic-api-key, webhook")
    source: str | None = Field(default=None, description="the configured source whose kill secret is used")
    target: str = Field(description="the provider's identifier")
    verb: str = Field(description="disable, enable")
    wanted: str = Field(description="the state to be read back")
    stage: int = Field(default=1, description="of a kill: 1 to 5")
    before: str | None = Field(default=None, description="the state found when the plan was made")
    after: str | None = Field(default=None, description="the state last read back")
    state: str = Field(
        default="planned", description="planned, executing, verifying, done, refused, failed, unknown, expired")
    idempotency_key: str
    attempt: int = 0
    fencing: int | None = None
    claimed_by: str | None = None
    claimed_at: datetime | None = Field(default=None, sa_type=UtcTime)
    requested_at: datetime | None = Field(default=None, sa_type=UtcTime)
    confirmed_at: datetime | None = Field(default=None, sa_type=UtcTime)
    error: str | None = None


class Drill(SQLModel, table=True):
    """One rehearsal of a workload's breaker: on a test target, or as a dry run that sends no write."""

    __tablename__ = "drill"
    __table_args__ = (Index("ix_drill_workload", "workload", "at"),)
    id: int | None = Field(default=None, primary_key=True)
    workload: str
    at: datetime = Field(sa_type=UtcTime)
    drilled_by: str
    sort: str = Field(description="target, dry run")
    target: str = Field(default="", description="the test target; of a dry run, what a kill would stop")
    requested_s: float | None = Field(
        default=None, description="seconds to the answer of the write; of a dry run, to the whole plan")
    confirmed_s: float | None = Field(
        default=None, description="seconds until the state was read back; of a dry run, until every target was read")
    outcome: str = Field(description="passed, failed, unknown")
    detail: str = ""
    intent: str | None = Field(default=None, foreign_key="intent.id")


class Approval(SQLModel, table=True):
    """One person's authorisation of one plan, used once."""

    __tablename__ = "approval"
    id: int | None = Field(default=None, primary_key=True)
    intent: str = Field(foreign_key="intent.id")
    plan_hash: str
    approved_by: str
    role: str
    reason: str
    approved_at: datetime = Field(sa_type=UtcTime)
    expires_at: datetime = Field(sa_type=UtcTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcTime)


class OutboxMessage(SQLModel, table=True):
    """A notification, written in the same transaction as the change it tells of; sent at least once."""

    __tablename__ = "outbox_message"
    __table_args__ = (UniqueConstraint("subject", "transition", "channel", name="uq_outbox_message"),)
    id: int | None = Field(default=None, primary_key=True)
    subject: str = Field(description="`alert:ID` or `intent:ID`")
    transition: int
    channel: str
    severity: str
    title: str
    body: str
    created_at: datetime = Field(sa_type=UtcTime)
    next_attempt_at: datetime = Field(sa_type=UtcTime)
    attempts: int = 0
    sent_at: datetime | None = Field(default=None, sa_type=UtcTime)
    error: str | None = None
