"""Drills that are due, done by whoever leads: dry, or on a test target where the configuration lets the engine.

Beside the turns, a few at a time, once a day for each breaker whose Charter's period ends within the day.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlmodel import Session

from console.cadences.drill import DRY_RUN, TARGET
from console.cadences.registered import understood
from console.clock import Clock
from console.config import Config
from console.errors import ConsoleError
from console.watch import drilling
from console.watch.automatic import Automatic
from console.watch.execution import Held
from console.watch.leadership import check
from store import drills, incidents, registry
from store.database import Database

EVERY_S = 60.0
AT_ONCE = 20
"""So many at a look: thousands of breakers are not all read in one minute."""
EARLIER = timedelta(days=1)
BY = "engine"
DEMANDED = '"drill_every"'
"""What a stored Charter has where it demands drills: only such a one has to be understood."""

log = logging.getLogger(__name__)


@dataclass(slots=True)
class DrillDuties:
    """One for each engine that leads."""

    config: Config
    database: Database
    clock: Clock
    automatic: Automatic
    _looked_on: date | None = None
    _waiting: list[str] = field(default_factory=list)

    async def look(self, held: Held | None) -> str | None:
        """Drill what is due, under the lease. Nothing that a person must know here: the drills themselves tell."""
        now = self.clock.now()
        if self._looked_on != now.date():
            self._waiting = await asyncio.to_thread(self._due, now)
            self._looked_on = now.date()
        some, self._waiting = self._waiting[:AT_ONCE], self._waiting[AT_ONCE:]
        for slug in some:
            try:
                await self._drill(slug, held)
            except ConsoleError as error:
                log.warning("%s was not drilled: %s", slug, error)
        return None

    def _due(self, now: datetime) -> list[str]:
        with self.database.read() as tx:
            demanded = {slug for slug, _, document in registry.signed_charters(tx) if DEMANDED in document}
            if not demanded:
                return []
            last = drills.last_passed(tx)
            stopped = {slug for slug, row in incidents.breakers(tx).items() if row.state != "armed"}
            found = []
            for entry in registry.watched(tx):
                every = _every_s(tx, entry.slug) if entry.slug in demanded else None
                if every is None or not entry.switched or entry.status != "live" or entry.slug in stopped:
                    continue
                done = last.get((entry.slug, TARGET if self._on_target(entry.has_test_target) else DRY_RUN))
                if done is None or now - done > timedelta(seconds=every) - EARLIER:
                    found.append(entry.slug)
        return found

    def _on_target(self, has_target: bool) -> bool:
        return has_target and self.config.breaker.drill

    async def _drill(self, slug: str, held: Held | None) -> None:
        with_target = await asyncio.to_thread(self._has_target, slug, held)
        if not self._on_target(with_target):
            await drilling.dry_run(self.config, self.database, self.clock, slug, BY)
            return
        plan = await drilling.look(self.config, self.database, self.automatic.board, slug)
        if plan.refusal is not None:
            await asyncio.to_thread(drilling.refused, self.database, plan, BY, self.clock.now())
            return

        def record(tx: Session) -> str:
            check(tx, held)
            return drilling.record(tx, self.config, plan, BY, self.clock.now(), self.automatic.notify)

        await self.automatic.executor.run(await asyncio.to_thread(self._write, record))

    def _has_target(self, slug: str, held: Held | None) -> bool:
        with self.database.read() as tx:
            check(tx, held)
            return drilling.target_of(drilling.entry_of(tx, slug).entry) is not None

    def _write(self, change: Callable[[Session], str]) -> str:
        with self.database.write() as tx:
            return change(tx)


def _every_s(tx: Session, slug: str) -> float | None:
    charter = registry.charter_in_force(tx, slug)
    terms = understood(charter) if charter is not None else None
    return terms.drill_every_s if terms is not None else None
