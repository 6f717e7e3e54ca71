"""Facts about the database itself, by name."""

from __future__ import annotations

from sqlmodel import Session

from store.tables import Setting


def get(tx: Session, name: str) -> str | None:
    """The value, or None where it was never put."""
    row = tx.get(Setting, name)
    return None if row is None else row.value


def put(tx: Session, name: str, value: str) -> None:
    """Keep a value under a name."""
    tx.merge(Setting(name=name, value=value))
