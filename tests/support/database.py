"""A real database in a test's own folder."""

from __future__ import annotations

from pathlib import Path

from store.database import Database


def fresh_database(folder: Path) -> Database:
    """A new, empty database file in `folder`."""
    return Database.create(f"sqlite:///{folder / 'console.db'}")
