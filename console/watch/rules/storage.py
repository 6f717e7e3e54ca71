"""The disk fills, the log grows, the backups end: said while there is still time to do something about it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from console.cadences.storage import Storage
from console.watch.rules.rule import Signal
from store import room

NAME = "storage"
LOG_WARN_BYTES = 64 * 2**20
BACKUP_LATE = timedelta(days=2)
_MIB = 2**20


def judge(storage: Storage, at: datetime) -> Iterator[Signal]:
    """Room on the disk in two severities, a log that nobody lets be emptied, and backups that are late."""
    free = storage.free_bytes
    yield Signal(
        rule=NAME, window="room", severity="critical" if free < room.STOP_BYTES else "warning",
        active=free < room.WARN_BYTES, clears=free >= room.WARN_BYTES * 1.1,
        summary=f"{free // _MIB} MiB are left on the disk that holds the database"
                + (": no usage is taken in, and nothing new is judged" if free < room.STOP_BYTES else ""),
        advice=f"Free some space. Below {room.STOP_BYTES // _MIB} MiB no usage is taken in, so that a kill can still "
               "be written down.",
        figures={"free_bytes": str(free)}, keep_s=0.0,
    )
    yield Signal(
        rule=NAME, window="log", severity="warning", active=storage.log_bytes > LOG_WARN_BYTES,
        clears=storage.log_bytes <= LOG_WARN_BYTES, hold_s=300.0,
        summary=f"the database's log has grown to {storage.log_bytes // _MIB} MiB",
        advice="A console or report that reads for long keeps it from being emptied: end it.", keep_s=0.0,
    )
    last = storage.last_backup_at
    late = last is not None and at - last > BACKUP_LATE
    yield Signal(
        rule=NAME, window="backup", severity="warning", active=late, clears=not late,
        summary="the last daily backup is of " + (f"{last:%Y-%m-%d}" if last else "no day"),
        advice="See what the console says about the backup, or make one by hand: token-console backup FILE", keep_s=0.0,
    )
