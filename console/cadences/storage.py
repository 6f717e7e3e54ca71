"""How the database's own file stands: what the disk has left for it, its log, its newest backup."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from store import backups, room
from store.database import Database


@dataclass(frozen=True, slots=True)
class Storage:
    """The file at one instant."""

    free_bytes: int
    """What this user may still write on its disk."""
    log_bytes: int
    last_backup_at: datetime | None
    """When the newest daily backup was made; None before the first."""


def storage_of(database: Database, at: datetime) -> Storage:
    """As it is now, by the file system; `at` by the machine's clock."""
    return Storage(room.free(database.path), database.log_bytes(), backups.last_daily(database.path, until=at))
