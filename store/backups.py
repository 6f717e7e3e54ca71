"""Whole copies of the database: made while it is in use, checked before they count, seven kept (operations DB-14)."""

from __future__ import annotations

import contextlib
import os
import re
from datetime import UTC, datetime
from pathlib import Path

from store.errors import StoreError
from store.sqlite import sqlite3

KEPT = 7
FOLDER = "backups"
_STAMP = "%Y%m%dT%H%M%SZ"
_NAMED = re.compile(r"\.(\d{8}T\d{6}Z)(\.schema-\d+)?\.backup")


def daily_at(path: Path, at: datetime) -> Path:
    """Where the daily backup of the database at `path` belongs."""
    return _folder(path) / f"{path.name}.{at.astimezone(UTC):{_STAMP}}.backup"


def before_migration(path: Path, schema: int, at: datetime) -> Path:
    """Where the backup belongs that is made before a file of this schema is migrated. It is never removed."""
    return _folder(path) / f"{path.name}.{at.astimezone(UTC):{_STAMP}}.schema-{schema}.backup"


def newest(path: Path) -> Path | None:
    """The newest backup of the database at `path`; None where there is none."""
    return next(reversed(_found(path)), None)


def last_daily(path: Path, until: datetime) -> datetime | None:
    """When the newest daily backup was made, of those up to `until`: a later date is that of a wrong clock."""
    return max((_made_at(path, file) for file in _dailies(path, until)), default=None)


def forget_old(path: Path, until: datetime) -> None:
    """Remove the daily backups before the newest seven up to `until`; one with a later date takes no other's place."""
    for file in _dailies(path, until)[:-KEPT]:
        file.unlink(missing_ok=True)


def copy(path: Path, target: Path) -> None:
    """The online backup of SQLite: to a temporary name, checked, synced, renamed. Raises StoreError."""
    if target.exists():
        raise StoreError(f"{target} exists already and is not overwritten.")
    partial = target.with_name(f".{target.name}.partial")
    try:
        target.parent.mkdir(exist_ok=True, mode=0o700)
        partial.unlink(missing_ok=True)
        os.close(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        with contextlib.closing(sqlite3.connect(path)) as source, contextlib.closing(sqlite3.connect(partial)) as made:
            source.backup(made, pages=_pages_at_once(source))
            made.execute("PRAGMA journal_mode=DELETE")
            wrong = faults(made)
            if wrong:
                raise StoreError(f"The copy of {path} does not pass its check ({wrong[0]}), so it was not kept.")
        sync(partial)
        partial.rename(target)
        sync(target.parent)
    except OSError as error:
        raise StoreError(f"The backup {target} cannot be written: {error.strerror}.") from error
    finally:
        partial.unlink(missing_ok=True)


def faults(connection: sqlite3.Connection) -> list[str]:
    """What is wrong with the structure, the indexes and the references of a database; empty where nothing is."""
    try:
        found = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(20)")]
        dangling = connection.execute("PRAGMA foreign_key_check").fetchmany(20)
    except sqlite3.DatabaseError as error:  # so damaged that the check itself runs into it
        return [str(error)]
    return ([] if found == ["ok"] else found) + [
        f"a row of {table} refers to a row of {parent} that is not there" for table, _, parent, _ in dangling]


def sync(path: Path) -> None:
    """See that a file, or the names in a folder, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _pages_at_once(source: sqlite3.Connection) -> int:
    """All of them beside a write-ahead log, where a reader is in nobody's way; else few, so that a writer gets in."""
    (mode,) = source.execute("PRAGMA journal_mode").fetchone()
    return -1 if mode == "wal" else 4096


def _folder(path: Path) -> Path:
    return path.parent / FOLDER


def _found(path: Path) -> list[Path]:
    """Every backup, oldest first: the time comes right after the database's own name."""
    with contextlib.suppress(OSError):
        return sorted(file for file in _folder(path).iterdir() if _NAMED.fullmatch(file.name.removeprefix(path.name)))
    return []


def _dailies(path: Path, until: datetime) -> list[Path]:
    return [file for file in _found(path) if _after(path, file)[2] is None and _made_at(path, file) <= until]


def _made_at(path: Path, file: Path) -> datetime:
    return datetime.strptime(_after(path, file)[1], _STAMP).replace(tzinfo=UTC)


def _after(path: Path, file: Path) -> re.Match[str]:
    found = _NAMED.fullmatch(file.name.removeprefix(path.name))
    assert found is not None
    return found
