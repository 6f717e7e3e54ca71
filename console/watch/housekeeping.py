"""What keeps the database well while the engine runs: its room, its log, a backup a day, and a thorough look at each.

All of it on the machine's time, in worker threads, and beside whoever reads and writes. The week's thorough check is
made on each day's copy, page for page the same: on the file itself it would keep writers waiting without a log.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from console.clock import Clock, SystemClock
from store import audit, backups, room
from store.database import Database
from store.errors import StoreError

EVERY_S = 60.0
BACKUP_EVERY = timedelta(days=1)
AGAIN_AFTER = timedelta(hours=1)
"""A backup that failed is tried again this long after."""
LOG_BYTES = 16 * 2**20
"""A log of this size is taken into the file when nobody is in the way."""


@dataclass(slots=True)
class Housekeeping:
    """One for each engine that leads."""

    database: Database
    clock: Clock = field(default_factory=SystemClock)
    _not_before: datetime | None = None

    async def look(self) -> str | None:
        """See to everything that is due; what a person has to know where a backup failed."""
        await asyncio.to_thread(room.keep_ballast, self.database.path)
        if self.database.log_bytes() >= LOG_BYTES:
            await asyncio.to_thread(self.database.empty_log)
        now = self.clock.now()
        if not self._backup_is_due(now):
            return None
        self._not_before = now + AGAIN_AFTER
        try:
            await asyncio.to_thread(self._back_up, now)
        except StoreError as error:
            await asyncio.to_thread(self._check_the_file_itself)
            return f"no backup was made today: {error}"
        self._not_before = None
        return None

    def _backup_is_due(self, now: datetime) -> bool:
        if self._not_before is not None and now < self._not_before:
            return False
        last = backups.last_daily(self.database.path, until=now)
        return last is None or now - last >= BACKUP_EVERY

    def _back_up(self, now: datetime) -> None:
        path = self.database.path
        left = room.free(path) - path.stat().st_size - self.database.log_bytes()
        if left < room.STOP_BYTES:
            raise StoreError("the disk has no room for it. Free some space.")
        made = backups.daily_at(path, now)
        self.database.backup(made)
        backups.forget_old(path, until=now)
        with self.database.write() as tx:
            audit.append(tx, at=now, actor="engine", action="database.backed_up", object=made.name,
                         detail={"bytes": made.stat().st_size})

    def _check_the_file_itself(self) -> None:
        """A copy that does not pass its check may be the disk's fault, or the file's own damage."""
        damage = self.database.integrity_check()
        if damage:
            raise self.database.condemn(damage[0])
