"""Planned changes: what an owner says beforehand, so that no sign of it is held against the workload meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session

from console.cadences.announcements import Announced, announced, told
from console.cadences.changes import Change
from console.clock import rfc3339
from console.errors import InputError, UsageError
from console.operations import gate
from console.operations.actor import Actor
from console.operations.breakers import automatic
from console.operations.desk import Desk
from console.watch import announced as file
from console.watch.intents import Notice
from store import audit, changes, registry
from store.tables import PlannedChange

LONGEST = timedelta(days=14)
MOST = 100.0
"""Times the plan: what is dearer than that needs another Charter."""


async def announce(desk: Desk, actor: Actor, change: Change, reason: str) -> Announced:
    """Announce one change. Raises UsageError where it has no end in time, or means too much."""
    (done,) = await _announce(desk, actor, [change], reason)
    return done


async def import_changes(desk: Desk, actor: Actor, *, text: str, name: str, reason: str) -> list[Announced]:
    """Announce every change of a file, all or none. Raises InputError with the line of a bad one."""
    found = file.read(text, name)
    if not found:
        raise InputError(f"{name} announces nothing: write [[change]] tables.")
    return await _announce(desk, actor, found, reason)


async def planned(desk: Desk, actor: Actor) -> list[Announced]:
    """Changes that hold or will hold, the first to begin first."""
    return await gate.read(desk, lambda tx: announced(tx, desk.clock.now()))


async def withdraw(desk: Desk, actor: Actor, number: int, reason: str) -> Announced:
    """End an announcement now. Raises UsageError where there is none of that number."""
    await gate.required(desk, actor, "announce", f"change:{number}", reason)
    return await gate.write(desk, lambda tx: _withdraw(tx, actor, number, reason.strip(), desk.clock.now()))


async def _announce(desk: Desk, actor: Actor, meant: Sequence[Change], reason: str) -> list[Announced]:
    await gate.required(desk, actor, "announce", ", ".join(sorted({change.workload for change in meant})), reason)
    now = desk.clock.now()
    for change in meant:
        _refuse(change, now)
    return await gate.write(desk, lambda tx: [_keep(tx, desk, actor, change, reason.strip(), now) for change in meant])


def _refuse(change: Change, now: datetime) -> None:
    if not now < change.ends or change.ends - change.starts > LONGEST or change.ends <= change.starts:
        raise UsageError(f"A planned change of {change.workload} needs an end in the future, at most {LONGEST.days} "
                         "days after its start.")
    if not 0 < change.multiple <= MOST:
        raise UsageError(f"A planned change means more than 0 and at most {MOST:g} times the plan; for more, sign "
                         "another version of the Charter.")


def _keep(tx: Session, desk: Desk, actor: Actor, change: Change, reason: str, now: datetime) -> Announced:
    if registry.workload(tx, change.workload) is None:
        raise UsageError(f"There is no workload {change.workload!r} in the MBOM.")
    row = changes.add(tx, PlannedChange(
        workload=change.workload, kind=change.kind, starts_at=change.starts, ends_at=change.ends,
        multiple=change.multiple, models=list(change.models), reason=reason, announced_by=actor.user, announced_at=now))
    done = told(row)
    audit.append(tx, at=now, actor=actor.user, action="change.announced", object=change.workload, detail=_detail(done))
    automatic(desk).notify(tx, Notice(f"change:{done.number}", 0, "warning", f"{change.workload}: a planned change",
                                      f"Signs of it do not kill meanwhile; the Charter's caps do. {done.says}"))
    return done


def _withdraw(tx: Session, actor: Actor, number: int, reason: str, now: datetime) -> Announced:
    row = changes.get(tx, number)
    if row is None or row.withdrawn_at is not None or row.ends_at <= now:
        raise UsageError(f"No planned change {number} is in force or to come. `token-console change list` shows them.")
    row.withdrawn_by, row.withdrawn_at = actor.user, now
    tx.add(row)
    done = told(row)
    audit.append(tx, at=now, actor=actor.user, action="change.withdrawn", object=row.workload,
                 detail={**_detail(done), "withdrawn": reason})
    return done


def _detail(done: Announced) -> dict[str, object]:
    change = done.change
    return {"change": done.number, "kind": change.kind, "from": rfc3339(change.starts), "until": rfc3339(change.ends),
            "multiple": change.multiple, "models": list(change.models), "reason": done.reason}
