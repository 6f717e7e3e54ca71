"""What was said in the quarterly reviews: lessons, recommendations, and the decisions that ended them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from store.tables import QuarterNote

ENDING = ("reaffirm", "revise", "retire")
"""Kinds of the note that ends a review."""


def add(tx: Session, note: QuarterNote) -> QuarterNote:
    """Store a note and give it its number."""
    tx.add(note)
    tx.flush()
    return note


def of_quarter(tx: Session, quarter: str, workload: str | None = None) -> list[QuarterNote]:
    """Every note of a quarter, oldest first; on one workload where it is named."""
    query = select(QuarterNote).where(QuarterNote.quarter == quarter)
    if workload is not None:
        query = query.where(QuarterNote.workload == workload)
    return list(tx.exec(query.order_by(col(QuarterNote.id))))


def last_ended(tx: Session, before: datetime, other_than: str) -> dict[str, datetime]:
    """When each workload's newest review was ended before an instant, in any quarter but the one named."""
    rows = tx.exec(select(QuarterNote.workload, func.max(QuarterNote.said_at)).where(
        col(QuarterNote.kind).in_(ENDING), QuarterNote.said_at < before, QuarterNote.quarter != other_than)
        .group_by(QuarterNote.workload))
    return {workload: at for workload, at in rows if at is not None}


def endings(tx: Session, quarters: list[str]) -> dict[tuple[str, str], datetime]:
    """When the review of each workload was ended, by workload and quarter."""
    rows = tx.exec(select(QuarterNote.workload, QuarterNote.quarter, QuarterNote.said_at).where(
        col(QuarterNote.kind).in_(ENDING), col(QuarterNote.quarter).in_(quarters)))
    return {(workload, quarter): at for workload, quarter, at in rows}
