"""Open, create, migrate and back up the database; short readers, one writer at a time (operations 4)."""

from __future__ import annotations

import contextlib
import os
import secrets
import threading
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import DatabaseError
from sqlmodel import Session

from store import connections, files, schema
from store.connections import BUSY_MS
from store.errors import DatabaseBusy, DatabaseDamaged, DatabaseFull, NotWritable, OutcomeUnknown, StoreError
from store.migrate import bring_up_to_date
from store.sqlite import sqlite3


class Database:
    """One SQLite file. Thread-safe: `read` and `write` are called from worker threads."""

    def __init__(self, path: Path, writer: Engine) -> None:
        self.path = path
        self._writer = writer
        self._readers = connections.readers(path)
        self._one_at_a_time = threading.Lock()
        self.sqlite_version: str = sqlite3.sqlite_version
        self.journal_mode = connections.journal_mode(writer)  # before any reader: a change of mode needs the file alone
        with self.read() as tx:
            self.identifier = str(tx.connection().exec_driver_sql(
                "SELECT value FROM setting WHERE name = 'identifier'").scalar_one())

    @classmethod
    def create(cls, url: str) -> Database:
        """A new, empty database. Raises StoreError where a file is there already or cannot be made."""
        path = files.path_of(url)
        old = os.umask(0o077)
        try:
            files.prepare(path)
            with _translated(path), files.removed_on_failure(path):
                writer = connections.writer(path)
                schema.create(writer, identifier=secrets.token_hex(16))
                return cls(path, writer)
        except OSError as error:
            raise StoreError(f"{path} cannot be created: {error.strerror}.") from error
        finally:
            os.umask(old)

    @classmethod
    def open(cls, url: str) -> Database:
        """An existing database, migrated where its schema is old. Raises StoreError."""
        path = files.path_of(url)
        files.inspect(path)
        with _translated(path):
            version = schema.version_of(path)
            writer = connections.writer(path)
            bring_up_to_date(writer, path, version, lambda target: _copy(path, target))
            return cls(path, writer)

    @contextlib.contextmanager
    def read(self) -> Iterator[Session]:
        """A short transaction that cannot write. Close it before waiting for anything."""
        with _translated(self.path), Session(self._readers, expire_on_commit=False) as session, session.begin():
            yield session

    @contextlib.contextmanager
    def write(self) -> Iterator[Session]:
        """A transaction that begins as a writer and commits at its end; undone, whole, by an error."""
        with self._one_at_a_time, _translated(self.path), \
                Session(self._writer, expire_on_commit=False) as session, session.begin():
            yield session

    def backup(self, target: Path) -> None:
        """A checked copy at `target`, complete or not there at all. Raises StoreError."""
        with _translated(self.path):
            _copy(self.path, target)

    def quick_check(self) -> list[str]:
        """What SQLite finds wrong with the file's structure; empty where it finds nothing."""
        with self.read() as tx:
            found = [str(row[0]) for row in tx.connection().exec_driver_sql("PRAGMA quick_check(20)")]
        return [] if found == ["ok"] else found

    def close(self) -> None:
        """Let go of the file."""
        self._readers.dispose()
        self._writer.dispose()


@contextlib.contextmanager
def _translated(path: Path) -> Iterator[None]:
    """SQLite's errors that a person can do something about, in words."""
    try:
        yield
    except (DatabaseError, sqlite3.DatabaseError) as error:
        said = str(getattr(error, "orig", error))
        if "disk is full" in said:
            raise DatabaseFull(f"The disk that holds {path} is full: nothing of this change was kept. Free some space; "
                               "reading goes on.") from error
        if "malformed" in said or "not a database" in said:
            raise DatabaseDamaged(f"{path} is damaged ({said}). Keep the file, and restore the newest backup beside "
                                  "it.") from error
        if "disk I/O error" in said:
            raise OutcomeUnknown(f"The disk that holds {path} failed: whether the last change was kept is not known. "
                                 "Close the console, check the disk, and start again.") from error
        if "readonly" in said or "unable to open" in said:
            raise NotWritable(f"{path} cannot be written ({said}). Check the owner and mode of the file and its "
                              "folder.") from error
        if "database is locked" in said:
            raise DatabaseBusy(f"{path} was kept busy by another process for {BUSY_MS // 1000} s. Try "
                               "again.") from error
        raise


def _copy(path: Path, target: Path) -> None:
    """The online backup of SQLite: to a temporary name, checked, synced, renamed."""
    if target.exists():
        raise StoreError(f"{target} exists already and is not overwritten.")
    partial = target.with_name(f".{target.name}.partial")
    try:
        partial.unlink(missing_ok=True)
        os.close(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        with contextlib.closing(sqlite3.connect(path)) as source, contextlib.closing(sqlite3.connect(partial)) as copy:
            source.backup(copy, pages=4096)
            copy.execute("PRAGMA journal_mode=DELETE")
            if copy.execute("PRAGMA quick_check").fetchall() != [("ok",)]:
                raise DatabaseDamaged(f"The copy of {path} does not pass its check, so no backup was made.")
        _sync(partial)
        partial.rename(target)
        _sync(target.parent)
    except OSError as error:
        raise StoreError(f"The backup {target} cannot be written: {error.strerror}.") from error
    finally:
        partial.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
