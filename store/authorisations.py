"""Requests for a disarm, and reviews of break-glass."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, select

from store.tables import DisarmRequest, Review

WAITING = "awaiting_approval"


def add_request(tx: Session, row: DisarmRequest) -> DisarmRequest:
    """Store a request and give it its number."""
    tx.add(row)
    tx.flush()
    return row


def request(tx: Session, number: int) -> DisarmRequest | None:
    """One request by its number."""
    return tx.get(DisarmRequest, number)


def requests(tx: Session) -> list[DisarmRequest]:
    """Requests that nobody has decided, oldest first."""
    return list(tx.exec(select(DisarmRequest).where(DisarmRequest.state == WAITING).order_by(col(DisarmRequest.id))))


def overdue_requests(tx: Session, at: datetime) -> list[DisarmRequest]:
    """Requests that nobody granted in time."""
    return [row for row in requests(tx) if row.grant_until <= at]


def add_review(tx: Session, row: Review) -> Review:
    """Open a review and give it its number."""
    tx.add(row)
    tx.flush()
    return row


def review(tx: Session, number: int) -> Review | None:
    """One review by its number."""
    return tx.get(Review, number)


def review_of(tx: Session, intent: str) -> Review | None:
    """The review of an intent; None where it took no break-glass."""
    return tx.exec(select(Review).where(Review.intent == intent)).first()


def open_reviews(tx: Session) -> list[Review]:
    """Reviews that nobody has closed, oldest first."""
    return list(tx.exec(select(Review).where(col(Review.closed_at).is_(None)).order_by(col(Review.id))))
