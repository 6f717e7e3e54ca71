"""Alerts: see them, acknowledge them, silence them. Neither of the two stops a kill."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

from console.cadences.daily import AlertLine
from console.errors import InputError, NotPermitted, UsageError
from console.operations import status
from console.operations.actor import Actor
from console.operations.desk import Desk
from console.operations.gate import permitted
from console.watch.rules import ALL_NAMES
from store import audit
from store import incidents as store
from store.tables import Alert, Silence

LONGEST_ACKNOWLEDGEMENT = timedelta(days=7)
LONGEST_SILENCE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """An acknowledgement that was written, and what stood there before: enough to take it back."""

    alert: int
    at: datetime
    by_before: str | None
    at_before: datetime | None
    until_before: datetime | None
    severity_before: str | None


async def alerts(desk: Desk, actor: Actor) -> tuple[AlertLine, ...]:
    """Every open alert, and those resolved in the last quarter of an hour."""
    return (await status.daily(desk, actor)).alerts


async def acknowledge(desk: Desk, actor: Actor, *, alert: int, until: datetime) -> Acknowledged:
    """Take an alert on: its messages stop until the acknowledgement ends or the severity rises."""
    _may(desk, actor, "acknowledge")
    now = desk.clock.now()
    if not now < until <= now + LONGEST_ACKNOWLEDGEMENT:
        raise UsageError("An acknowledgement ends in the future, within 7 days.")

    def write() -> Acknowledged:
        with desk.database.write() as tx:
            row = tx.get(Alert, alert)
            if row is None or row.state == "resolved":
                raise UsageError(f"There is no open alert {alert}. `token-console alerts` lists them.")
            done = Acknowledged(alert, now, row.acknowledged_by, row.acknowledged_at, row.acknowledged_until,
                                row.acknowledged_severity)
            row.acknowledged_by, row.acknowledged_at, row.acknowledged_until = actor.user, now, until
            row.acknowledged_severity = row.severity
            tx.add(row)
            audit.append(tx, at=now, actor=actor.user, action="alert.acknowledged", object=row.workload,
                         detail={"alert": alert, "rule": row.rule, "window": row.window, "until": until.isoformat()})
            return done

    done = await asyncio.to_thread(write)
    await _republish(desk)
    return done


async def unacknowledge(desk: Desk, actor: Actor, *, done: Acknowledged) -> None:
    """Take back an acknowledgement of one's own: what stood there before stands there again."""
    _may(desk, actor, "acknowledge")
    now = desk.clock.now()

    def write() -> None:
        with desk.database.write() as tx:
            row = tx.get(Alert, done.alert)
            if row is None or (row.acknowledged_by, row.acknowledged_at) != (actor.user, done.at):
                raise UsageError(f"Alert {done.alert} was changed meanwhile; nothing was taken back.")
            row.acknowledged_by, row.acknowledged_at = done.by_before, done.at_before
            row.acknowledged_until, row.acknowledged_severity = done.until_before, done.severity_before
            tx.add(row)
            audit.append(tx, at=now, actor=actor.user, action="alert.unacknowledged", object=row.workload,
                         detail={"alert": done.alert, "rule": row.rule, "window": row.window})

    await asyncio.to_thread(write)
    await _republish(desk)


async def silence(desk: Desk, actor: Actor, *, workload: str, reason: str, until: datetime,
                  rule: str | None = None) -> int:
    """Mute the messages of a workload's alerts until an end, with a reason. Returns the silence's number."""
    _may(desk, actor, "silence")
    now = desk.clock.now()
    if not reason.strip():
        raise InputError("A silence needs a reason: say why nobody should be called.")
    if not now < until <= now + LONGEST_SILENCE:
        raise UsageError("A silence ends in the future, within 30 days.")
    if rule is not None and rule not in ALL_NAMES:
        raise UsageError(f"There is no rule {rule!r}; the rules are {', '.join(ALL_NAMES)}.")
    row = Silence(workload=workload, rule=rule, starts_at=now, ends_at=until, created_by=actor.user,
                  reason=reason.strip())

    def write() -> int:
        with desk.database.write() as tx:
            added = store.add_silence(tx, row)
            audit.append(tx, at=now, actor=actor.user, action="silence.created", object=workload,
                         detail={"silence": added.id, "rule": rule, "until": until.isoformat(), "reason": row.reason})
            return added.id or 0

    number = await asyncio.to_thread(write)
    await _republish(desk)
    return number


async def expire_silence(desk: Desk, actor: Actor, *, number: int) -> None:
    """End a silence now. A silence is never edited: end it and make another."""
    _may(desk, actor, "silence")
    now = desk.clock.now()

    def write() -> None:
        with desk.database.write() as tx:
            row = tx.get(Silence, number)
            if row is None or row.expired_at is not None or row.ends_at <= now:
                raise UsageError(f"There is no active silence {number}.")
            row.expired_at = now
            tx.add(row)
            audit.append(tx, at=now, actor=actor.user, action="silence.expired", object=row.workload,
                         detail={"silence": number})

    await asyncio.to_thread(write)
    await _republish(desk)


def _may(desk: Desk, actor: Actor, command: str) -> None:
    """Raises NotPermitted in a read-only console, and for a person without a role that carries the command."""
    if desk.read_only:
        raise NotPermitted(f"This console is read-only, so it will not {command} anything. "
                           "Start it without --read-only to act.")
    permitted(desk, actor, command, "alerts")


async def _republish(desk: Desk) -> None:
    """Let every screen see it at once, where the engine runs here."""
    if desk.engine is not None:
        await desk.engine.redraw()
