"""What was said of a Charter's versions: submissions, comments, refusals, retirements."""

from __future__ import annotations

from sqlmodel import Session, col, select

from store.tables import CharterNote


def add(tx: Session, note: CharterNote) -> CharterNote:
    """Store a note and give it its number."""
    tx.add(note)
    tx.flush()
    return note


def of_version(tx: Session, workload: str, version: int) -> list[CharterNote]:
    """Every note on a version, oldest first."""
    return list(tx.exec(select(CharterNote).where(CharterNote.workload == workload, CharterNote.version == version)
                        .order_by(col(CharterNote.id))))
