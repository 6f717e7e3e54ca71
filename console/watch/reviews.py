"""What one person did alone by break-glass, until a second one has looked at it (CB-33)."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import Session

from console.clock import rfc3339
from store import audit, authorisations
from store.tables import Intent, Review

DUE_WITHIN = timedelta(hours=72)


def open_review(tx: Session, intent: Intent, *, by: str, reason: str, at: datetime, claimed: object = None) -> Review:
    """The review that this act now owes, with its audit entry, in the transaction of the act's own record."""
    review = authorisations.add_review(tx, Review(
        intent=intent.id, workload=intent.workload, opened_by=by, opened_at=at, reason=reason,
        due_at=at + DUE_WITHIN))
    audit.append(tx, at=at, actor=by, action="breakglass.used", object=f"intent:{intent.id}",
                 detail={"workload": intent.workload, "verb": intent.verb, "reason": reason, "review": review.id,
                         "review_due": rfc3339(review.due_at), "claimed": claimed})
    return review
