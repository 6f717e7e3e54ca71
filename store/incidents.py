"""Alerts, silences, breakers, intents and their steps, approvals, disarms, and the outbox."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import Session, col, or_, select

from store.tables import Alert, Approval, Breaker, Disarm, Intent, OutboxMessage, Silence, Step

SHOWN_AFTER_RESOLVED = timedelta(minutes=15)
OPEN = ("awaiting_approval", "approved", "executing", "verifying")
"""States of an intent that has not come to its end."""
SENT = ("executing", "verifying", "done", "partial", "unknown")
"""States of a kill of which something was, or may have been, carried out."""


def open_alerts(tx: Session, at: datetime | None = None) -> list[Alert]:
    """Alerts that are not resolved, worst and newest first; with `at`, also those that resolved just before it."""
    shown = col(Alert.state) != "resolved"
    if at is not None:
        shown = or_(shown, col(Alert.resolved_at) > at - SHOWN_AFTER_RESOLVED)
    rows = list(tx.exec(select(Alert).where(shown)))
    severities = ("critical", "error", "warning", "info")
    return sorted(rows, key=lambda row: (row.state == "resolved", severities.index(row.severity),
                                         -(row.fired_at or row.active_since).timestamp()))


def alerts(tx: Session, workload: str | None, limit: int) -> list[Alert]:
    """The newest alerts of any state, of one workload or of all."""
    query = select(Alert).order_by(col(Alert.id).desc()).limit(limit)
    return list(tx.exec(query if workload is None else query.where(Alert.workload == workload)))


def fired_since(tx: Session, since: datetime) -> list[Alert]:
    """Alerts that fired since an instant, in the order of their numbers."""
    return list(tx.exec(select(Alert).where(col(Alert.fired_at) >= since).order_by(col(Alert.id))))


def alerts_by_ids(tx: Session, ids: Sequence[int]) -> list[Alert]:
    """Alerts by their numbers, in the order of these."""
    return list(tx.exec(select(Alert).where(col(Alert.id).in_(ids)).order_by(col(Alert.id))))


def save(tx: Session, alert: Alert) -> Alert:
    """Store an alert and give it its number."""
    tx.add(alert)
    tx.flush()
    return alert


def resolved_steps(tx: Session, since: datetime) -> dict[tuple[str, str, str], int]:
    """Month steps that fired and resolved since an instant: identity to the limit they fired at, in micro-dollars."""
    rows = tx.exec(select(Alert).where(Alert.rule == "month-steps", Alert.state == "resolved",
                                       col(Alert.resolved_at) >= since))
    return {(row.workload, row.rule, row.window): int(row.figures.get("limit_microusd", 0)) for row in rows}


def silences(tx: Session, at: datetime) -> list[Silence]:
    """Silences in force at an instant."""
    return list(tx.exec(select(Silence).where(Silence.starts_at <= at, Silence.ends_at > at,
                                              col(Silence.expired_at).is_(None))))


def add_silence(tx: Session, silence: Silence) -> Silence:
    """Store a silence and give it its number."""
    tx.add(silence)
    tx.flush()
    return silence


def breaker(tx: Session, workload: str) -> Breaker | None:
    """The workload's breaker; None means armed."""
    return tx.get(Breaker, workload)


def breakers(tx: Session) -> dict[str, Breaker]:
    """Every breaker that is not simply armed."""
    return {row.workload: row for row in tx.exec(select(Breaker))}


def set_breaker(tx: Session, row: Breaker) -> Breaker:
    """Store where a breaker stands."""
    kept = tx.merge(row)
    tx.flush()
    return kept


def intents(tx: Session, workload: str | None, limit: int) -> list[Intent]:
    """The newest intents, of one workload or of all."""
    query = select(Intent).order_by(col(Intent.requested_at).desc(), col(Intent.id)).limit(limit)
    return list(tx.exec(query if workload is None else query.where(Intent.workload == workload)))


def intent(tx: Session, number: str) -> Intent | None:
    """One intent by its identifier."""
    return tx.get(Intent, number)


def thread(tx: Session, number: str) -> list[Intent]:
    """The kill that an intent belongs to, and its later stages, in the order of the stages."""
    row = tx.get(Intent, number)
    if row is None:
        return []
    first = row.escalates or row.id
    return list(tx.exec(select(Intent).where(or_(col(Intent.id) == first, col(Intent.escalates) == first))
                        .order_by(col(Intent.escalates).is_not(None), col(Intent.id))))


def stage_of(tx: Session, number: str) -> int:
    """The furthest stage that an intent acts on."""
    return max((step.stage for step in steps(tx, number)), default=1)


def kills_between(tx: Session, start: datetime, end: datetime) -> dict[str, tuple[str, ...]]:
    """Kills that were asked for in [start, end) and of which something was sent, by workload, oldest first; a later
    stage is part of its kill."""
    found: dict[str, tuple[str, ...]] = {}
    for slug, number in tx.exec(select(Intent.workload, Intent.id).where(
            Intent.verb == "kill", col(Intent.state).in_(SENT), col(Intent.requested_at) >= start,
            col(Intent.requested_at) < end, col(Intent.escalates).is_(None)).order_by(col(Intent.requested_at))):
        found[slug] = (*found.get(slug, ()), number)
    return found


def open_intents(tx: Session) -> list[Intent]:
    """Intents that have not come to their end, oldest first."""
    return list(tx.exec(select(Intent).where(col(Intent.state).in_(OPEN)).order_by(col(Intent.requested_at))))


def with_unknown_steps(tx: Session) -> list[Intent]:
    """Intents of which nobody knows whether some step took effect, oldest first."""
    unknown = select(Step.intent).where(Step.state == "unknown")
    return list(tx.exec(select(Intent).where(col(Intent.id).in_(unknown)).order_by(col(Intent.requested_at))))


def unsettled_kills(tx: Session) -> list[Intent]:
    """Kills whose state was confirmed somewhere and whose feed has not settled: incidents that are still open."""
    return list(tx.exec(select(Intent).where(
        Intent.verb == "kill", col(Intent.state).in_(("done", "partial")), col(Intent.settled_at).is_(None))))


def resumes_since(tx: Session, since: datetime) -> list[Intent]:
    """Resumes that were carried out since an instant."""
    return list(tx.exec(select(Intent).where(
        Intent.verb == "resume", col(Intent.state).in_(("done", "partial")), col(Intent.finished_at) >= since)))


def stops(tx: Session, since: datetime) -> list[tuple[str, datetime]]:
    """Kills that were sent since an instant, and resumes: workload and when, oldest first."""
    kills = tx.exec(select(Intent.workload, Intent.requested_at).where(
        Intent.verb == "kill", col(Intent.state).in_(SENT), col(Intent.requested_at) >= since))
    resumes = [(intent.workload, intent.finished_at) for intent in resumes_since(tx, since) if intent.finished_at]
    return sorted([*kills, *resumes], key=lambda each: each[1])


def steps(tx: Session, intent_id: str) -> list[Step]:
    """The steps of an intent in their order."""
    return list(tx.exec(select(Step).where(Step.intent == intent_id).order_by(col(Step.position))))


def last_states(tx: Session, workload: str) -> dict[str, tuple[str, datetime]]:
    """What each target of a workload was last read back as by a kill or resume, and when."""
    found = tx.exec(select(Step).join(Intent, col(Intent.id) == col(Step.intent)).where(
        Intent.workload == workload, col(Step.after).is_not(None), col(Step.confirmed_at).is_not(None))
        .order_by(col(Step.confirmed_at)))
    return {step.target: (step.after, step.confirmed_at) for step in found if step.after and step.confirmed_at}


def add_intent(tx: Session, row: Intent, planned: Sequence[Step]) -> Intent:
    """Write an intent down with its steps."""
    tx.add(row)
    tx.flush()
    tx.add_all(planned)
    tx.flush()
    return row


def claim_step(tx: Session, step: int, *, by: str, at: datetime, fencing: int | None) -> bool:
    """Planned becomes executing for exactly one process; False: another has it."""
    claimed = tx.connection().execute(
        update(Step).where(col(Step.id) == step, col(Step.state) == "planned")
        .values(state="executing", claimed_by=by, claimed_at=at, fencing=fencing, attempt=Step.attempt + 1))
    row = tx.get(Step, step)
    if row is not None:
        tx.refresh(row)
    return claimed.rowcount == 1


def approvals(tx: Session, intent_id: str) -> list[Approval]:
    """Who authorised an intent, oldest first."""
    return list(tx.exec(select(Approval).where(Approval.intent == intent_id).order_by(col(Approval.id))))


def disarms(tx: Session, at: datetime) -> list[Disarm]:
    """Disarms in force at an instant."""
    return list(tx.exec(select(Disarm).where(Disarm.starts_at <= at, Disarm.ends_at > at,
                                             col(Disarm.ended_at).is_(None))))


def add_disarm(tx: Session, row: Disarm) -> Disarm:
    """Store a disarm and give it its number."""
    tx.add(row)
    tx.flush()
    return row


def enqueue(tx: Session, message: OutboxMessage) -> bool:
    """Queue a message; False where the same subject, transition and channel is queued already."""
    there = tx.exec(select(OutboxMessage).where(
        OutboxMessage.subject == message.subject, OutboxMessage.transition == message.transition,
        OutboxMessage.channel == message.channel)).first()
    if there is None:
        tx.add(message)
        tx.flush()
    return there is None


def outbox_due(tx: Session, at: datetime, limit: int, channel: str | None = None) -> list[OutboxMessage]:
    """Messages to send now, oldest first; those of one channel where it is named."""
    due = select(OutboxMessage).where(col(OutboxMessage.sent_at).is_(None), OutboxMessage.next_attempt_at <= at)
    due = due if channel is None else due.where(OutboxMessage.channel == channel)
    return list(tx.exec(due.order_by(col(OutboxMessage.id)).limit(limit)))
