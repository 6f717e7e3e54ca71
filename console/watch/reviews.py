"""What one person did alone by break-glass, until a second one has looked at it (CB-33)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlmodel import Session

from console.clock import rfc3339
from console.watch.intents import Notice, Notify
from store import audit, authorisations
from store.tables import Intent, Review

DUE_WITHIN = timedelta(hours=72)


def open_review(
    tx: Session, intent: Intent, notify: Notify, *, by: str, reason: str, at: datetime, claimed: Mapping[str, str]
) -> Review:
    """The review that this act owes from now on, its audit entry and its message, in the transaction of its record."""
    review = authorisations.add_review(tx, Review(
        intent=intent.id, workload=intent.workload, opened_by=by, opened_at=at, reason=reason,
        due_at=at + DUE_WITHIN))
    audit.append(tx, at=at, actor=by, action="breakglass.used", object=f"intent:{intent.id}",
                 detail={"workload": intent.workload, "verb": intent.verb, "reason": reason, "review": review.id,
                         "review_due": rfc3339(review.due_at), "claimed": dict(claimed)})
    notify(tx, Notice(
        f"review:{review.id}", 0, "critical", f"{by} acts alone: {intent.verb} of {intent.workload} by break-glass",
        f"{reason} ({rfc3339(at)}). A second person must look at it by {rfc3339(review.due_at)}: "
        f"token-console review {review.id} --finding TEXT"))
    return review
