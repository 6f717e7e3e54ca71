"""Connections to the file: one kept for writing, a few kept for reading (operations 4.2).

They are kept because closing the last connection to a WAL database copies the whole log into the file and deletes it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.pool import QueuePool

from store.sqlite import sqlite3

BUSY_MS = 5000
FIXED_SINCE = (3, 51, 3)
BACK_PORTS = {(3, 44): 6, (3, 50): 7}
"""Release lines before FIXED_SINCE whose patch level carries the fix of the WAL-reset defect."""

MAX_READERS = 32
"""More at once than any thread pool of ours holds; four of them are kept."""

_EVERY = (f"busy_timeout={BUSY_MS}", "synchronous=FULL", "foreign_keys=ON", "trusted_schema=OFF", "cell_size_check=ON",
          "temp_store=MEMORY", f"journal_size_limit={64 * 2**20}")
_WRITER = ("cache_size=-8192", "wal_autocheckpoint=1000")
_READER = ("cache_size=-8192", "wal_autocheckpoint=0", "query_only=ON")
"""Caches beyond this do not help: what is read over and over is more than any of them, and the system has it."""


def wal_is_safe(version: tuple[int, int, int]) -> bool:
    """Whether this SQLite is free of the WAL-reset defect (3.7.0 to 3.51.2; operations 4.1)."""
    return version >= FIXED_SINCE or version[2] >= BACK_PORTS.get(version[:2], 10_000)


def writer(path: Path) -> Engine:
    """One connection; its transactions begin as writers, because one that turns into a writer may fail at once."""
    mode = "WAL" if wal_is_safe(sqlite3.sqlite_version_info) else "TRUNCATE"
    return _engine(path, "BEGIN IMMEDIATE", (*_EVERY, f"journal_mode={mode}", *_WRITER), kept=1, most=1)


def readers(path: Path) -> Engine:
    """Connections that cannot write, each with one consistent view for the length of its transaction."""
    return _engine(path, "BEGIN", (*_EVERY, *_READER), kept=4, most=MAX_READERS)


def journal_mode(engine: Engine) -> str:
    """`wal` or `truncate`, as the writing connection has it: TRUNCATE is not kept in the file."""
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode")
        (mode,) = cursor.fetchone() or ("",)
        return str(mode)
    finally:
        connection.close()


def _engine(path: Path, begin: str, pragmas: tuple[str, ...], *, kept: int, most: int) -> Engine:
    engine = create_engine(
        f"sqlite:///{path}", module=sqlite3, poolclass=QueuePool, pool_size=kept, max_overflow=most - kept,
        pool_use_lifo=True,  # whoever comes next gets the cache that is warm, and the others' stay small
        connect_args={"timeout": BUSY_MS / 1000, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _: object) -> None:
        connection.isolation_level = None  # the driver begins nothing: it is done below
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Any) -> None:
        connection.exec_driver_sql(begin)

    return engine
