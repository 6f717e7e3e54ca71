"""What the ledger asks of whoever leads: the day's look at months that need an explanation, and queries.

In worker threads, beside the turns.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from console.clock import Clock
from console.config import Config
from console.errors import InputError
from console.secrets import SecretError
from console.settings import OutcomeQuery
from console.watch import outcome_keeping, outcome_queries, variances
from console.watch.execution import Held
from console.watch.leadership import check
from store.database import Database

EVERY_S = 60.0
AGAIN_AFTER = timedelta(hours=1)
AT_ONCE = 100
"""Variances that one transaction stores: thousands of them must not keep a kill from being written."""


@dataclass(slots=True)
class LedgerDuties:
    """One for each engine that leads."""

    config: Config
    database: Database
    clock: Clock
    _judged_on: date | None = None
    _next: dict[str, datetime] = field(default_factory=dict)
    _failed: dict[str, str] = field(default_factory=dict)

    async def look(self, held: Held | None) -> str | None:
        """See to everything that is due, under the lease; what a person has to know of queries that failed.

        Raises Overtaken where another leads by now.
        """
        now = self.clock.now()
        if self._judged_on != now.date():
            await asyncio.to_thread(self._judge, now, held)
            self._judged_on = now.date()
        for query in self.config.outcome_queries:
            if query.poll_s is not None and now >= self._next.get(query.name, now):
                await asyncio.to_thread(self._pull, query, timedelta(seconds=query.poll_s), now, held)
        return "; ".join(self._failed.values()) or None

    def _pull(self, query: OutcomeQuery, every: timedelta, now: datetime, held: Held | None) -> None:
        """Ask a query; one that fails is asked again within the hour."""
        try:
            cells = outcome_queries.asked(query, self.config.base)
            rows = outcome_keeping.understood(self.database, query.name, cells, now, "engine")
            with self.database.write() as tx:
                check(tx, held)
                outcome_keeping.replace(tx, query.name, rows, now, "engine")
        except (InputError, SecretError) as error:
            self._failed[query.name] = str(error).splitlines()[0]
            self._next[query.name] = now + min(every, AGAIN_AFTER)
        else:
            self._failed.pop(query.name, None)
            self._next[query.name] = now + every

    def _judge(self, now: datetime, held: Held | None) -> None:
        with self.database.read() as tx:
            changes = variances.found(tx, self.config, now)
        for start in range(0, len(changes), AT_ONCE):
            with self.database.write() as tx:
                check(tx, held)
                variances.keep(tx, changes[start:start + AT_ONCE], now)
