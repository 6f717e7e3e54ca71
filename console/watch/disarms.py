"""Disarms while they last: announced again and again; and requests for one that nobody granted in time."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import Session

from console.clock import rfc3339
from console.watch.intents import Notice, Notify
from store import audit, authorisations, incidents
from store.tables import Disarm, DisarmRequest

ANNOUNCED_EVERY = timedelta(hours=4)


def notice(disarm: Disarm, now: datetime) -> Notice:
    """That automatic kills are off, said again every four hours while they are; a message is queued only once."""
    number = int((now - disarm.starts_at) / ANNOUNCED_EVERY)
    return Notice(f"disarm:{disarm.id}", number, "warning",
                  f"Automatic kills are off for {disarm.workload or 'everything'}",
                  f"Until {disarm.ends_at:%Y-%m-%d %H:%MZ}, by {disarm.created_by}: {disarm.reason}")


def due(tx: Session, now: datetime) -> bool:
    """Whether there is anything to announce or to let expire."""
    return bool(incidents.disarms(tx, now) or authorisations.overdue_requests(tx, now))


def attend(tx: Session, notify: Notify, now: datetime) -> None:
    """Announce what is disarmed, and let go of requests whose time is over."""
    for disarm in incidents.disarms(tx, now):
        notify(tx, notice(disarm, now))
    for request in authorisations.overdue_requests(tx, now):
        expire(tx, request, now)


def expire(tx: Session, row: DisarmRequest, at: datetime) -> None:
    """Nobody granted it in time."""
    row.state, row.decided_at = "expired", at
    tx.add(row)
    audit.append(tx, at=at, actor="engine", action="disarm.expired", object=row.workload or "everything",
                 detail={"request": row.id, "requested_by": row.requested_by, "until": rfc3339(row.ends_at)})
