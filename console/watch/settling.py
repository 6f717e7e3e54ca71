"""After the state is confirmed: has spending stopped, what came after, and has the feed settled?

Read from the usage alone, up to the feed's watermark. A clock that moves on while no data arrive proves nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from console.clock import epoch, from_epoch
from console.money import usd
from store import audit, incidents, long_calls, windows
from store.tables import Intent
from store.windows import BucketSpend

MINUTE = 60
RESTATED_S = 1800
"""The provider restates buckets for about half an hour; before that is over, the tail is not final."""


def confirmed_at(tx: Session, intent: Intent) -> datetime | None:
    """When the last of the kill's targets was read back as wanted; None where none was."""
    return max((step.confirmed_at for step in incidents.steps(tx, intent.id) if step.confirmed_at), default=None)


def spent_since(tx: Session, workload: str, since: int, until: int) -> list[BucketSpend]:
    """What a workload spent in [since, until), seconds since 1970, by buckets, without calls that had begun before.

    Where a poll tells of the minute in which such a call ended, the poll's figure without it, and at least what other
    calls of that minute cost.
    """
    across = long_calls.across(tx, workload, since)
    return [bucket if bucket.width > MINUTE or bucket.start not in across
            else bucket._replace(cost=max(bucket.cost - across[bucket.start][0], across[bucket.start][1]))
            for bucket in windows.bucket_spend(tx, workload, since // MINUTE * MINUTE, until)]


def settle(tx: Session, intent: Intent, *, data_until: int, arrived: Sequence[BucketSpend],
           spent: Sequence[BucketSpend], freshness_s: float, now: datetime) -> None:
    """Bring what is known of the spending after the kill up to date, and close the incident when it is settled.

    data_until: end of the newest bucket known complete, seconds since 1970; arrived, spent: up to there, all of it
    and as `spent_since` has it; freshness_s: one freshness period of the feed.
    """
    confirmed = confirmed_at(tx, intent)
    if confirmed is None or intent.settled_at is not None:
        return
    since = epoch(confirmed)
    intent.tail_microusd = sum(bucket.cost for bucket in arrived if since <= bucket.start < data_until)
    stopped = max([since, *(bucket.start + bucket.width for bucket in spent if _may_be_after(bucket, since))])
    proven = data_until >= stopped + 2 * freshness_s
    _stopped(tx, intent, from_epoch(stopped) if proven else None, now)
    if proven and data_until >= stopped + max(RESTATED_S, 2 * freshness_s):
        _settled(tx, intent, now)
    tx.add(intent)


def _may_be_after(bucket: BucketSpend, since: int) -> bool:
    """Of an hour that the kill cut in two nobody knows on which side of it was spent: it may have run to its end."""
    return bucket.cost > 0 and (bucket.start >= since or bucket.width > MINUTE)


def _stopped(tx: Session, intent: Intent, at: datetime | None, now: datetime) -> None:
    """Spending was seen to stop, or, by data that came late, seen not to have."""
    if intent.spend_stopped_at == at:
        return
    action = "intent.spend_stopped" if at is not None else "intent.spend_not_stopped"
    audit.append(tx, at=now, actor="engine", action=action, object=f"intent:{intent.id}",
                 detail={"workload": intent.workload, "stopped_at": at.isoformat() if at else None,
                         "before": intent.spend_stopped_at.isoformat() if intent.spend_stopped_at else None,
                         "tail_usd": usd(intent.tail_microusd or 0)})
    intent.spend_stopped_at = at


def _settled(tx: Session, intent: Intent, now: datetime) -> None:
    intent.settled_at = now
    audit.append(tx, at=now, actor="engine", action="intent.settled", object=f"intent:{intent.id}",
                 detail={"workload": intent.workload, "tail_usd": usd(intent.tail_microusd or 0)})
