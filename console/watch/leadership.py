"""Who runs the engine: one process at a time, by a lease with a fencing number (operations 3.5)."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

from sqlmodel import Session

from console.clock import SystemClock
from console.watch.execution import Held, Overtaken
from store import audit, leases
from store.database import Database
from store.tables import Lease

NAME = "engine"
TTL_S = leases.TTL_S
RENEW_S = 10.0
MARGIN_S = 5.0
"""A holder stops acting this long before its lease ends, by its own monotonic clock."""


def check(tx: Session, held: Held | None) -> None:
    """Raise Overtaken where the lease under which a write was prepared is another's by now (PO-32)."""
    if held is not None and not leases.holds(tx, *held):
        raise Overtaken(f"another process leads by now, so {held[0]} {held[1]} writes nothing more")


@dataclass(slots=True)
class Leadership:
    """This process's claim to the engine. Leases run on the machine's time, whatever clock the engine is on."""

    database: Database
    holder: str
    _lease: Lease | None = None
    _until: float = 0.0

    def number(self) -> Held | None:
        """(lease name, fencing number) to be checked inside each write; None where this process does not lead."""
        return None if self._lease is None else (NAME, self._lease.fencing)

    @property
    def leads(self) -> bool:
        """Whether this process may act now."""
        return self._lease is not None and time.monotonic() < self._until

    async def take(self) -> bool:
        """Take the lease if nobody holds it, or renew it. False: somebody else leads."""
        begun = time.monotonic()
        got = await asyncio.to_thread(self._take)
        self._until = begun + TTL_S - MARGIN_S if got else 0.0
        return got

    async def give_up(self) -> None:
        """Let the next one lead at once."""
        if self._lease is not None:
            await asyncio.to_thread(self._give_up)

    async def leader(self) -> str:
        """Who leads now, in words; empty for nobody."""
        return await asyncio.to_thread(self._leader)

    def _take(self) -> bool:
        now = SystemClock().now()
        with self.database.write() as tx:
            if self._lease is not None and leases.renew(tx, self._lease, now, TTL_S):
                return True
            before = leases.current(tx, NAME)
            former = None if before is None else {
                "holder": before.holder, "ended": "released" if leases.was_released(before) else "ran out"}
            self._lease = leases.acquire(tx, NAME, self.holder, now, TTL_S)
            if self._lease is not None:
                audit.append(tx, at=now, actor="engine", action="lease.acquired", object=NAME,
                             detail={"holder": self.holder, "fencing": self._lease.fencing, "former": former})
            return self._lease is not None

    def _give_up(self) -> None:
        assert self._lease is not None
        with self.database.write() as tx:
            if leases.release(tx, self._lease):
                audit.append(tx, at=SystemClock().now(), actor="engine", action="lease.released", object=NAME,
                             detail={"holder": self.holder, "fencing": self._lease.fencing})
        self._lease, self._until = None, 0.0

    def _leader(self) -> str:
        with self.database.read() as tx:
            lease = leases.current(tx, NAME)
        if lease is None or lease.expires_at < SystemClock().now():
            return ""
        return "this console" if lease.holder == self.holder else lease.holder
