"""What the ledger asks of whoever leads: the day's look at months that need an explanation. In worker threads."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date, datetime

from console.clock import Clock
from console.config import Config
from console.watch import variances
from console.watch.execution import Held
from console.watch.leadership import check
from store.database import Database

EVERY_S = 60.0


@dataclass(slots=True)
class LedgerDuties:
    """One for each engine that leads."""

    config: Config
    database: Database
    clock: Clock
    _judged_on: date | None = None

    async def look(self, held: Held | None) -> None:
        """See to everything that is due, under the lease. Raises Overtaken where another leads by now."""
        now = self.clock.now()
        if self._judged_on != now.date():
            await asyncio.to_thread(self._judge, now, held)
            self._judged_on = now.date()

    def _judge(self, now: datetime, held: Held | None) -> None:
        with self.database.write() as tx:
            check(tx, held)
            variances.judge(tx, self.config, now)
