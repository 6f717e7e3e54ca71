"""The newest published picture of each cadence. Reading one needs plain SQL and nothing heavy."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from store.sqlite import sqlite3

if TYPE_CHECKING:
    from sqlmodel import Session


def publish(tx: Session, name: str, at: datetime, body: str) -> int:
    """Replace the picture; returns its version, one more than the last."""
    from store.tables import Snapshot

    row = tx.get(Snapshot, name) or Snapshot(name=name, version=0, at=at, body=body)
    row.version, row.at, row.body = row.version + 1, at, body
    tx.add(row)
    return row.version


def newest(path: Path, name: str) -> tuple[int, str] | None:
    """(version, body) of the newest picture in the database file; None where there is none that can be read."""
    try:
        with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, timeout=1.0)) as connection:
            row = connection.execute("SELECT version, body FROM snapshot WHERE name = ?", (name,)).fetchone()
    except sqlite3.Error:
        return None
    return None if row is None else (int(row[0]), str(row[1]))
