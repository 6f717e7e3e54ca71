"""What stays on screen in red until it is over: automatic kills that are off, what waits for a second person."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlmodel import Session

from console.clock import rfc3339
from store import authorisations, incidents
from store.tables import Review


def banners(tx: Session, at: datetime) -> tuple[str, ...]:
    """A sentence each, the first word in capitals: what it is, who did it until when, and the command that ends it."""
    return tuple(_sentences(tx, at))


def review_due(review: Review, at: datetime) -> str:
    """What a second person has to look at, and how long they still have."""
    late = "OVERDUE since" if at >= review.due_at else "due by"
    return (f"{review.opened_by} acted alone on {review.workload} by break-glass ({review.intent}): {review.reason}. "
            f"A second person's review is {late} {rfc3339(review.due_at)}")


def _sentences(tx: Session, at: datetime) -> Iterator[str]:
    for disarm in incidents.disarms(tx, at):
        yield (f"DISARMED: no automatic kill of {disarm.workload or 'anything'} until {rfc3339(disarm.ends_at)}, by "
               f"{disarm.created_by}: {disarm.reason}")
    for review in authorisations.open_reviews(tx):
        yield f"REVIEW: {review_due(review, at)}: token-console review {review.id} --finding TEXT"
    for request in authorisations.requests(tx):
        if at < request.grant_until:
            yield (f"ASKED: {request.requested_by} asks to disarm {request.workload or 'everything'} until "
                   f"{rfc3339(request.ends_at)}: {request.reason}. To agree: token-console approve "
                   f"disarm-{request.id} --reason TEXT")
