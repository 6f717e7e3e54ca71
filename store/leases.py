"""One holder at a time, with a number that grows at every acquisition (operations PO-31, PO-32)."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import Session

from store.tables import Lease

TTL_S = 30.0


def acquire(tx: Session, name: str, holder: str, now: datetime, ttl_s: float = TTL_S) -> Lease | None:
    """The lease for `holder`, with the next fencing number; None while somebody else holds it.

    One that ends later than any lease taken now was taken before the clock was set back: it binds nobody.
    """
    row = tx.get(Lease, name)
    if row is not None and now < row.expires_at <= now + timedelta(seconds=ttl_s) and row.holder != holder:
        return None
    fencing = 1 if row is None else row.fencing + 1
    lease = row or Lease(name=name, holder=holder, fencing=fencing, acquired_at=now, expires_at=now)
    lease.holder, lease.fencing, lease.acquired_at = holder, fencing, now
    lease.expires_at = now + timedelta(seconds=ttl_s)
    tx.add(lease)
    return lease


def renew(tx: Session, lease: Lease, now: datetime, ttl_s: float = TTL_S) -> bool:
    """Hold on for longer. False: it went to another meanwhile."""
    row = tx.get(Lease, lease.name)
    if row is None or row.fencing != lease.fencing or row.holder != lease.holder:
        return False
    row.expires_at = now + timedelta(seconds=ttl_s)
    tx.add(row)
    return True


def release(tx: Session, lease: Lease) -> bool:
    """Let the next one have it at once. False: it went to another meanwhile."""
    row = tx.get(Lease, lease.name)
    if row is None or row.fencing != lease.fencing:
        return False
    row.expires_at = row.acquired_at
    tx.add(row)
    return True


def was_released(row: Lease) -> bool:
    """Whether its last holder let it go; else it ran out, because the process died or hung."""
    return row.expires_at == row.acquired_at


def holds(tx: Session, name: str, fencing: int) -> bool:
    """Whether this number is still the newest: checked inside every write that acts under the lease."""
    row = tx.get(Lease, name)
    return row is not None and row.fencing == fencing


def current(tx: Session, name: str) -> Lease | None:
    """The lease as it stands, expired or not."""
    return tx.get(Lease, name)
