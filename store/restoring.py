"""Put a backup in the database's place: checked first, alone with the file, and what was there is kept (DB-14)."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from store import backups, files, leases, schema
from store.errors import DatabaseBusy, DatabaseDamaged, DatabaseMissing, StoreError
from store.in_use import Use
from store.sqlite import sqlite3
from store.translation import translated


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did."""

    schema: int
    """The backup's; the next opening brings it up to date."""
    entries: int
    """Audit entries that the backup holds."""
    replaced: Path | None
    """Where the file lies that was there before; None where there was none."""


def restore(path: Path, backup: Path, now: datetime) -> Restored:
    """Let the database at `path` be what the backup holds. After an error it is as it was. Raises StoreError."""
    if backup.exists() and path.exists() and backup.samefile(path):
        raise StoreError(f"{backup} is the database itself. Name a backup of it.")
    with translated(backup):
        version, entries = _examined(backup)
    use = Use(path)
    try:
        use.alone()
        _refuse_led(path, now)
        replaced = _replace(path, backup, now)
    except OSError as error:
        raise StoreError(f"{backup} cannot be put in the place of {path}: {error.strerror}. Nothing is lost: what was "
                         "moved lies beside it.") from error
    finally:
        use.end()
    return Restored(version, entries, replaced)


def _examined(backup: Path) -> tuple[int, int]:
    """(schema, audit entries) of a backup that is one of ours, no newer than the program, and whole."""
    if not backup.is_file():
        raise DatabaseMissing(f"There is no file {backup}. Backups lie in the folder {backups.FOLDER} beside the "
                              "database.")
    version = schema.version_of(backup)
    with contextlib.closing(_reading(backup)) as connection:
        wrong = backups.faults(connection)
        if wrong:
            raise DatabaseDamaged(f"{backup} is damaged itself ({wrong[0]}). Nothing was changed; try an older backup.")
        (entries,) = connection.execute("SELECT COUNT(*) FROM audit_entry").fetchone()
    return version, int(entries)


def _refuse_led(path: Path, now: datetime) -> None:
    """A leader that took no lock beside the file is known by its lease; a file that cannot be read has none."""
    with contextlib.suppress(sqlite3.Error), contextlib.closing(_reading(path)) as connection:
        row = connection.execute("SELECT holder, expires_at FROM lease WHERE name = 'engine'").fetchone()
        left = row[1] / 1_000_000 - now.timestamp() if row else 0.0
        if 0 < left <= leases.TTL_S:  # a later end was written before the clock was set back
            raise DatabaseBusy(f"{path} is in use: {row[0]} polls with it. End that console and try again; if it was "
                               f"killed, its claim ends in {left:.0f} s.")


def _replace(path: Path, backup: Path, now: datetime) -> Path | None:
    """The copy is whole and beside the file before anything is moved; both moves are renames."""
    fresh = path.with_name(f"{path.name}.restored")
    fresh.unlink(missing_ok=True)  # of a restore that was cut short
    backups.copy(backup, fresh)
    replaced = _set_aside(path, now)
    fresh.rename(path)
    backups.sync(path.parent)
    return replaced


def _set_aside(path: Path, now: datetime) -> Path | None:
    """Move the database and what belongs to it (its log holds the newest changes) to a name of its own."""
    there = [suffix for suffix in files.SUFFIXES if path.with_name(path.name + suffix).exists()]
    aside = path.with_name(f"{path.name}.replaced-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}")
    if aside.exists():
        raise StoreError(f"{aside} exists already and is not overwritten. Try again.")
    for suffix in there:  # the file first: one without its log would look whole and not be
        os.rename(path.with_name(path.name + suffix), aside.with_name(aside.name + suffix))
    return aside if "" in there else None


def _reading(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, timeout=1.0)
