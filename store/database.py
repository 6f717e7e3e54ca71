"""Open, create, migrate and back up the database; short readers, one writer at a time (operations 4)."""

from __future__ import annotations

import contextlib
import os
import secrets
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import NullPool
from sqlmodel import Session

from store import files, schema
from store.errors import DatabaseDamaged, DatabaseFull, StoreError
from store.sqlite import sqlite3

BUSY_MS = 5000
FIXED_SINCE = (3, 51, 3)
BACK_PORTS = {(3, 44): 6, (3, 50): 7}
"""Release lines before FIXED_SINCE whose patch level carries the fix of the WAL-reset defect."""


def wal_is_safe(version: tuple[int, int, int]) -> bool:
    """Whether this SQLite is free of the WAL-reset defect (3.7.0 to 3.51.2; operations 4.1)."""
    return version >= FIXED_SINCE or version[2] >= BACK_PORTS.get(version[:2], 10_000)


class Database:
    """One SQLite file. Thread-safe: `read` and `write` are called from worker threads."""

    def __init__(self, path: Path, engine: Engine) -> None:
        self.path = path
        self._engine = engine
        self._writer = threading.Lock()
        self.sqlite_version: str = sqlite3.sqlite_version
        with self.read() as tx:
            self.identifier = str(tx.connection().exec_driver_sql(
                "SELECT value FROM setting WHERE name = 'identifier'").scalar_one())
            self.journal_mode = str(tx.connection().exec_driver_sql("PRAGMA journal_mode").scalar_one())

    @classmethod
    def create(cls, url: str) -> Database:
        """A new, empty database. Raises StoreError where a file is there already or cannot be made."""
        path = files.path_of(url)
        old = os.umask(0o077)
        try:
            files.prepare(path)
            with _translated(path):
                engine = _engine(path)
                schema.create(engine, identifier=secrets.token_hex(16))
                return cls(path, engine)
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
            engine = _engine(path)
            schema.bring_up_to_date(engine, path, version, lambda target: _copy(path, target))
            return cls(path, engine)

    @contextlib.contextmanager
    def read(self) -> Iterator[Session]:
        """A short transaction that cannot write. Close it before waiting for anything."""
        with _translated(self.path), self._engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA query_only=ON")
            with Session(connection, expire_on_commit=False) as session, session.begin():
                yield session

    @contextlib.contextmanager
    def write(self) -> Iterator[Session]:
        """A transaction that begins as a writer and commits at its end; undone, whole, by an error."""
        with self._writer, _translated(self.path), self._engine.connect() as connection:
            connection = connection.execution_options(immediate=True)
            with Session(connection, expire_on_commit=False) as session, session.begin():
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
        self._engine.dispose()


def _engine(path: Path) -> Engine:
    engine = create_engine(f"sqlite:///{path}", module=sqlite3, poolclass=NullPool,
                           connect_args={"timeout": BUSY_MS / 1000, "check_same_thread": False})
    mode = "WAL" if wal_is_safe(sqlite3.sqlite_version_info) else "TRUNCATE"

    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _: object) -> None:
        connection.isolation_level = None  # transactions are begun below, as readers or as writers
        for pragma in (f"busy_timeout={BUSY_MS}", f"journal_mode={mode}", "synchronous=FULL", "foreign_keys=ON",
                       "trusted_schema=OFF", "cell_size_check=ON", "cache_size=-65536", "temp_store=MEMORY",
                       f"journal_size_limit={64 * 2**20}"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Any) -> None:
        immediate = connection.get_execution_options().get("immediate")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

    return engine


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
        if "readonly" in said or "unable to open" in said:
            raise StoreError(f"{path} cannot be written ({said}). Check the owner and mode of the file and its "
                             "folder.") from error
        if "database is locked" in said:
            raise StoreError(f"{path} was kept busy by another process for {BUSY_MS // 1000} s. Try again.") from error
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


