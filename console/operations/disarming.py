"""Automatic kills off for a while, and on again. Where two persons are required, a second one must agree to it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from console.clock import rfc3339
from console.errors import NotPermitted, UsageError
from console.operations import gate
from console.operations.actor import Actor
from console.operations.breakers import automatic
from console.operations.desk import Desk
from console.watch import disarms
from console.watch.intents import GRANT_WITHIN, Notice
from store import audit, authorisations, incidents, registry
from store.tables import Disarm, DisarmRequest

LONGEST = timedelta(days=7)
PREFIX = "disarm-"
IN_FORCE, AWAITING_APPROVAL = "in force", authorisations.WAITING


@dataclass(frozen=True, slots=True)
class Disarming:
    """What became of a wish to disarm, or what is asked of the second person."""

    request: str | None
    """`disarm-N`, which a second person approves; None where one person may decide."""
    workload: str | None
    """None: everything."""
    ends_at: datetime
    requested_by: str
    reason: str
    state: str
    """in force, awaiting_approval, expired."""
    content_hash: str = ""

    @property
    def scope(self) -> str:
        return self.workload or "everything"


async def disarm(desk: Desk, actor: Actor, workload: str | None, until: datetime, reason: str) -> Disarming:
    """Switch automatic kills off for a workload (None: for all) until an end; with two persons, ask for it."""
    await gate.required(desk, actor, "disarm", workload or "everything", reason)
    now, said = desk.clock.now(), reason.strip()
    if not now < until <= now + LONGEST:
        raise UsageError(f"A disarm needs an end in the future, at most {LONGEST.days} days from now.")
    if desk.config.approvals.two_person:
        return await gate.write(desk, lambda tx: _ask(tx, desk, actor, workload, until, said))
    await gate.write(desk, lambda tx: _disarm(tx, desk, Disarm(
        workload=workload, starts_at=now, ends_at=until, created_by=actor.user, reason=said), approved_by=None))
    return Disarming(None, workload, until, actor.user, said, IN_FORCE)


async def waiting(desk: Desk, actor: Actor, request: str) -> Disarming:
    """What a request asks for, from what is stored. Raises UsageError where there is no such request."""
    return await gate.read(desk, lambda tx: _told(_request(tx, request)))


async def approve(desk: Desk, actor: Actor, request: str, reason: str, seen: str) -> Disarming:
    """Grant, as another person, exactly what was asked for. `seen` is the content hash of what the person read."""
    await gate.required(desk, actor, "disarm", request, reason)
    row = await gate.read(desk, lambda tx: _request(tx, request))
    if row.requested_by == actor.user:
        await gate.refused(desk, actor, "disarm", request, "the same person asked for it")
        raise NotPermitted(f"{actor.user} asked for this disarm; somebody else must approve it.")
    granted, why_not = await gate.write(desk, lambda tx: _grant(tx, desk, actor, request, reason.strip(), seen))
    if why_not is not None:
        raise UsageError(why_not)
    return granted


async def arm(desk: Desk, actor: Actor, workload: str | None, reason: str) -> int:
    """End the disarms of a workload (None: those of everything) now. Returns how many there were."""
    await gate.required(desk, actor, "disarm", workload or "everything", reason)
    return await gate.write(desk, lambda tx: _arm(tx, actor, workload, reason, desk.clock.now()))


def _ask(tx: Session, desk: Desk, actor: Actor, workload: str | None, until: datetime, reason: str) -> Disarming:
    _require_known(tx, workload)
    now = desk.clock.now()
    row = DisarmRequest(workload=workload, ends_at=until, reason=reason, requested_by=actor.user, requested_at=now,
                        grant_until=min(until, now + GRANT_WITHIN), content_hash="")
    row.content_hash = _hash(row)
    authorisations.add_request(tx, row)
    told = _told(row)
    audit.append(tx, at=now, actor=actor.user, action="disarm.requested", object=told.scope, detail=_detail(row))
    automatic(desk).notify(tx, Notice(
        f"disarm-request:{row.id}", 0, "critical", f"{actor.user} asks to switch automatic kills off",
        f"For {told.scope} until {rfc3339(until)}: {reason}. A second person agrees with: "
        f"token-console approve {told.request} --reason TEXT"))
    return told


def _grant(tx: Session, desk: Desk, actor: Actor, name: str, reason: str, seen: str) -> tuple[Disarming, str | None]:
    """Used once, in time, for what was asked and nothing else. Returns also why it could not be granted."""
    row, now = _request(tx, name), desk.clock.now()
    if row.state != AWAITING_APPROVAL:
        return _told(row), f"{name} is {row.state}; there is nothing to approve."
    if now >= row.grant_until:
        disarms.expire(tx, row, now)
        return _told(row), f"{name} has expired; ask for the disarm again."
    if not row.content_hash == seen == _hash(row):
        return _told(row), f"{name} is not what you saw, or not what was asked for; nothing was approved. Look again."
    placed = _disarm(tx, desk, Disarm(workload=row.workload, starts_at=now, ends_at=row.ends_at, reason=row.reason,
                                      created_by=row.requested_by), approved_by=actor.user)
    row.state, row.decided_by, row.decided_at, row.disarm = "granted", actor.user, now, placed.id
    tx.add(row)
    audit.append(tx, at=now, actor=actor.user, action="disarm.granted", object=row.workload or "everything",
                 detail={**_detail(row), "reason": reason, "disarm": placed.id})
    return _told(row), None


def _disarm(tx: Session, desk: Desk, row: Disarm, *, approved_by: str | None) -> Disarm:
    _require_known(tx, row.workload)
    incidents.add_disarm(tx, row)
    audit.append(tx, at=row.starts_at, actor=row.created_by, action="breaker.disarmed",
                 object=row.workload or "everything",
                 detail={"until": row.ends_at.isoformat(), "reason": row.reason, "disarm": row.id,
                         "approved_by": approved_by})
    automatic(desk).notify(tx, disarms.notice(row, row.starts_at))
    return row


def _arm(tx: Session, actor: Actor, workload: str | None, reason: str, now: datetime) -> int:
    rows = [row for row in incidents.disarms(tx, now) if row.workload == workload]
    for row in rows:
        row.ended_at = now
        tx.add(row)
        audit.append(tx, at=now, actor=actor.user, action="breaker.armed_again", object=workload or "everything",
                     detail={"disarm": row.id, "reason": reason.strip()})
    return len(rows)


def _require_known(tx: Session, workload: str | None) -> None:
    if workload is not None and registry.workload(tx, workload) is None:
        raise UsageError(f"There is no workload {workload!r} in the MBOM.")


def _request(tx: Session, name: str) -> DisarmRequest:
    number = name.removeprefix(PREFIX)
    row = authorisations.request(tx, int(number)) if name.startswith(PREFIX) and number.isdecimal() else None
    if row is None:
        raise UsageError(f"There is no request {name!r}. `token-console status` names those that wait.")
    return row


def _told(row: DisarmRequest) -> Disarming:
    state = IN_FORCE if row.state == "granted" else row.state
    return Disarming(f"{PREFIX}{row.id}", row.workload, row.ends_at, row.requested_by, row.reason, state,
                     row.content_hash)


def _hash(row: DisarmRequest) -> str:
    """Everything that the second person agrees to."""
    said = [row.workload, rfc3339(row.ends_at), row.reason, row.requested_by]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode("utf-8", "surrogatepass")).hexdigest()


def _detail(row: DisarmRequest) -> dict[str, object]:
    return {"request": f"{PREFIX}{row.id}", "until": rfc3339(row.ends_at), "reason": row.reason,
            "requested_by": row.requested_by, "content_hash": row.content_hash}
