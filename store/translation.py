"""SQLite's errors that a person can do something about, in words."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy.exc import DatabaseError, OperationalError

from store import backups
from store.connections import BUSY_MS
from store.errors import CannotStore, DatabaseBusy, DatabaseDamaged, DatabaseFull, NotWritable, OutcomeUnknown
from store.sqlite import sqlite3


@contextlib.contextmanager
def translated(path: Path) -> Iterator[None]:
    """What goes wrong with the file at `path` in the block, as an error of `store.errors` where it is one of those."""
    try:
        yield
    except (DatabaseError, sqlite3.DatabaseError) as error:
        said = str(getattr(error, "orig", error))
        if "disk is full" in said:
            raise DatabaseFull(f"The disk that holds {path} is full: nothing of this change was kept. Free some space; "
                               "reading goes on.") from error
        if "malformed" in said or "not a database" in said:
            raise DatabaseDamaged(damage(path, said)) from error
        if "disk I/O error" in said:
            raise OutcomeUnknown(f"The disk that holds {path} failed: whether the last change was kept is not known. "
                                 "Look at what is stored before doing it again, and check the disk.") from error
        if "readonly" in said or "unable to open" in said:
            raise NotWritable(f"{path} cannot be written ({said}). Check the owner and mode of the file and its "
                              "folder.") from error
        if "database is locked" in said:
            raise DatabaseBusy(f"{path} was kept busy by another process for {BUSY_MS // 1000} s. Try "
                               "again.") from error
        if isinstance(error, (OperationalError, sqlite3.OperationalError)):
            raise CannotStore(f"{path} does not work as it should ({said}). See what is wrong: token-console "
                              "doctor") from error
        raise


def damage(path: Path, what: str) -> str:
    """That the file is damaged, what that means, and the command that restores the newest backup."""
    newest = backups.newest(path)
    remedy = (f"End every console, then restore the newest backup: token-console restore {newest}" if newest else
              "There is no backup beside it: keep the file, and look for a copy elsewhere.")
    return f"{path} is damaged ({what}). It is no longer written to, and nothing is killed automatically. {remedy}"
