"""Open, create, migrate and back up the database; short readers, one writer at a time (operations 4)."""

from __future__ import annotations

import contextlib
import os
import secrets
import threading
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import Session

from store import backups, connections, files, in_use, room, schema
from store.connections import BUSY_MS
from store.errors import CannotStore, DatabaseDamaged, DatabaseFull, OutcomeUnknown, StoreError
from store.in_use import Use
from store.migrate import bring_up_to_date
from store.sqlite import sqlite3
from store.translation import damage, translated


class Database:
    """One SQLite file. Thread-safe: `read` and `write` are called from worker threads."""

    def __init__(self, path: Path, writer: Engine, use: Use) -> None:
        self.path = path
        self.damage: str | None = None
        """What a person is told, once damage was met: from then on nothing is written, and reading goes on."""
        self.origin: dict[str, object] = {}
        """What audit entries of this process say beside who and what: its program, its configuration, its user."""
        self._use = use
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
            with translated(path), files.removed_on_failure(path), _shared(path) as use:
                writer = connections.writer(path)
                schema.create(writer, identifier=secrets.token_hex(16))
                return cls(path, writer, use)
        except OSError as error:
            raise StoreError(f"{path} cannot be created: {error.strerror}.") from error
        finally:
            os.umask(old)

    @classmethod
    def open(cls, url: str) -> Database:
        """An existing database, migrated where its schema is old. Raises StoreError."""
        path = files.path_of(url)
        files.inspect(path)
        with translated(path), _shared(path) as use:
            writer = connections.writer(path)
            if schema.version_of(path) < schema.VERSION:
                _migrate(writer, path, use)
            return cls(path, writer, use)

    @contextlib.contextmanager
    def read(self) -> Iterator[Session]:
        """A short transaction that cannot write. Close it before waiting for anything."""
        with self._minding(), Session(self._readers, expire_on_commit=False) as session, session.begin():
            yield session

    @contextlib.contextmanager
    def write(self) -> Iterator[Session]:
        """A transaction that begins as a writer and commits at its end; undone, whole, by an error.

        Raises CannotStore where the database takes no change; after OutcomeUnknown the next transaction opens the file
        anew, and whoever asked looks there for what became of the change.
        """
        if self.damage is not None:
            raise DatabaseDamaged(self.damage)
        room.make_for_a_transaction(self.path)
        with self._one_at_a_time, self._minding(), \
                Session(self._writer, expire_on_commit=False, info=self.origin) as session, session.begin():
            yield session

    def backup(self, target: Path) -> None:
        """A checked copy at `target`, complete or not there at all. Raises StoreError."""
        with self._minding():
            backups.copy(self.path, target)

    def quick_check(self) -> list[str]:
        """What SQLite finds wrong with the file's structure; empty where it finds nothing."""
        try:
            with self.read() as tx:
                found = [str(row[0]) for row in tx.connection().exec_driver_sql("PRAGMA quick_check(20)")]
        except DatabaseDamaged as error:
            return [str(error)]
        return [] if found == ["ok"] else found

    def integrity_check(self) -> list[str]:
        """What else it finds with time: indexes that disagree with rows, references to rows that are not there."""
        with self.read() as tx:
            connection = tx.connection().connection.driver_connection
            assert connection is not None
            return backups.faults(connection)

    def condemn(self, what: str) -> DatabaseDamaged:
        """A check found damage: write no more. Gives the error to be raised."""
        self.damage = damage(self.path, what)
        return DatabaseDamaged(self.damage)

    def log_bytes(self) -> int:
        """The size of the write-ahead log."""
        try:
            return self.path.with_name(f"{self.path.name}-wal").stat().st_size
        except FileNotFoundError:
            return 0

    def empty_log(self) -> None:
        """Take the write-ahead log into the file and cut it to nothing, unless a reader is in the way."""
        with self._one_at_a_time, self._minding(), contextlib.closing(self._writer.raw_connection()) as connection:
            cursor = connection.cursor()
            cursor.execute("PRAGMA busy_timeout=0")  # it would keep every writer waiting for that reader
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            cursor.fetchall()
            cursor.execute(f"PRAGMA busy_timeout={BUSY_MS}")

    def close(self) -> None:
        """Let go of the file."""
        self._let_go()
        self._use.end()

    @contextlib.contextmanager
    def _minding(self) -> Iterator[None]:
        """Translate what goes wrong, and draw the conclusion from it (operations DB-15 to DB-17)."""
        try:
            with translated(self.path):
                yield
        except CannotStore as error:
            if isinstance(error, DatabaseDamaged):
                self.damage = str(error)
            elif isinstance(error, OutcomeUnknown):
                self._let_go()
            elif isinstance(error, DatabaseFull):
                room.drop_ballast(self.path)
            raise

    def _let_go(self) -> None:
        """Close every connection; the next transaction opens new ones."""
        self._readers.dispose()
        self._writer.dispose()


@contextlib.contextmanager
def _shared(path: Path) -> Iterator[Use]:
    """Used beside others, for as long as the database that the block makes is open."""
    use = Use(path)
    use.share()
    try:
        yield use
    except BaseException:
        use.end()
        raise


def _migrate(writer: Engine, path: Path, use: Use) -> None:
    """Alone with the file: a program of the older schema must not go on working with the newer one."""
    use.alone(in_use.WAIT_S)
    version = schema.version_of(path)  # another process may have migrated it meanwhile
    bring_up_to_date(writer, path, version, lambda target: backups.copy(path, target))
    use.share()
