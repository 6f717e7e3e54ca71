"""Planned changes: announced, in force for a while, withdrawn before their end."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, select

from store.tables import PlannedChange


def add(tx: Session, row: PlannedChange) -> PlannedChange:
    """Store a change and give it its number."""
    tx.add(row)
    tx.flush()
    return row


def get(tx: Session, number: int) -> PlannedChange | None:
    """One change by its number."""
    return tx.get(PlannedChange, number)


def unfinished(tx: Session, at: datetime) -> list[PlannedChange]:
    """Changes that hold at an instant or will hold after it, the first to begin first."""
    return list(tx.exec(select(PlannedChange).where(
        PlannedChange.ends_at > at, col(PlannedChange.withdrawn_at).is_(None)).order_by(
            col(PlannedChange.starts_at), col(PlannedChange.id))))
