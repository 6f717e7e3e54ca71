"""The detectors of anti-patterns, run by whoever leads: beside the turns, every quarter of an hour.

What only changed is made again: days of calls whose calls changed, hours of the last two days; the rest of a week is
sums of days.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlmodel import Session

from console.cadences.findings import call_days as call_sums
from console.cadences.findings import looking
from console.cadences.findings.looking import Looked
from console.cadences.findings.reading import Span, telemetries
from console.cadences.registered import Registered
from console.clock import Clock, epoch
from console.config import Config
from console.memory import uncollected
from console.pricing import PriceBook
from console.watch import call_days, finding_keeping
from console.watch.exceptions import Seen, close
from console.watch.execution import Held
from console.watch.leadership import check
from store import call_days as stored_days
from store import exceptions as store
from store import ledger
from store.database import Database

EVERY = timedelta(minutes=15)
TICK_S = 60.0
"""So often it is asked whether it is time."""
HOURS = timedelta(days=2)
"""So many hours are read each time; of what was longer ago the days are."""
REFRESH_S = 20.0
"""So long days of calls are made again at a look; what is left then the next one makes."""
AT_ONCE = 100
"""Exceptions that one transaction opens or closes: thousands of them must not keep a kill from being written."""


@dataclass(slots=True)
class FindingDuties:
    """One for each engine that leads."""

    config: Config
    database: Database
    clock: Clock
    prices: PriceBook
    _registered: Registered = field(default_factory=Registered)
    _looked_at: datetime | None = None
    _failed: list[str] = field(default_factory=list)
    """At the last look: it stays told until the next one."""

    async def look(self, held: Held | None) -> str | None:
        """Look, where it is time, and store what was found, under the lease; what could not be looked at then, in
        words.

        Raises Overtaken where another leads by now.
        """
        now = self.clock.now()
        if self._looked_at is None or not timedelta(0) <= now - self._looked_at < EVERY:
            self._failed = await asyncio.to_thread(self._look, now, held)
            self._looked_at = now
        return "; ".join(self._failed[:3]) or None

    def _look(self, now: datetime, held: Held | None) -> list[str]:
        left = call_days.refresh(self.database, REFRESH_S)
        with uncollected(), self.database.read() as tx:
            looked, slugs = self._judge(tx, now)
            standing = store.standing(tx, finding_keeping.ORIGIN)
            found = finding_keeping.beside_fixes(looked.findings, ledger.fixes(tx))
            behind = frozenset(each.workload for each in stored_days.stale(tx)) if left else frozenset()
        self._keep(finding_keeping.own(found), now, held)
        over = finding_keeping.over(standing, looked, slugs, behind)
        self._close([(row.id or 0, why) for row, why in over], now, held)
        return looked.failed

    def _judge(self, tx: Session, now: datetime) -> tuple[Looked, frozenset[str]]:
        slugs = frozenset(entry.slug for entry in self._registered.workloads(tx))
        charters = self._registered.charters(tx)
        span = Span.of(now, hours=HOURS)
        calls = call_sums.sums(tx, epoch(span.start), epoch(span.end))
        return looking.look(telemetries(tx, self.config, self.prices, span, charters, calls)), slugs

    def _keep(self, found: Sequence[Seen], now: datetime, held: Held | None) -> None:
        for first in range(0, len(found), AT_ONCE):
            with self.database.write() as tx:
                check(tx, held)
                finding_keeping.keep(tx, found[first:first + AT_ONCE], now)

    def _close(self, over: Sequence[tuple[int, str]], now: datetime, held: Held | None) -> None:
        for first in range(0, len(over), AT_ONCE):
            some = over[first:first + AT_ONCE]
            with self.database.write() as tx:
                check(tx, held)
                rows = store.by_ids(tx, [number for number, _ in some])
                for number, why in some:
                    if (row := rows.get(number)) is not None and row.state != store.CLOSED:
                        close(tx, row, why, now)
