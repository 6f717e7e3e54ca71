"""What waits for a person whatever the usage says: a kill that is not confirmed, the next stage of one, a break-glass
that nobody reviewed.

These alerts come from what is written down here, so they need no fresh data, and no silence mutes them (AL-22).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from sqlmodel import Session

from console.cadences.banners import review_due
from console.watch import alerts, outcomes
from console.watch import breaker as machine
from console.watch.alerts import Change
from console.watch.intents import OPEN
from console.watch.rules.rule import Signal
from store import authorisations, incidents
from store.tables import Alert, Intent, Step

UNCONFIRMED = "unconfirmed"
REVIEW = "review"
STAGE = "next stage"
RULES = frozenset({UNCONFIRMED, REVIEW, STAGE})


def evaluate(tx: Session, standing: Iterable[Alert], at: datetime) -> list[Change]:
    """What changes of these alerts; `standing` are all that are not resolved."""
    signals = [*_unconfirmed(tx), *_unreviewed(tx, at), *_proposed(tx)]
    before = [alert for alert in standing if alert.rule in RULES]
    slugs = {alert.workload for alert in before} | {slug for slug, _ in signals}
    seen = {slug: [signal for one, signal in signals if one == slug] for slug in slugs}
    return alerts.evaluate(before, seen, dict.fromkeys(slugs, True), {}, at)


def _unconfirmed(tx: Session) -> Iterator[tuple[str, Signal]]:
    """Breakers that are tripped though their kill has ended: something of it was refused, or nobody knows."""
    for slug, row in incidents.breakers(tx).items():
        intent = incidents.intent(tx, row.intent) if row.state == machine.TRIPPED and row.intent else None
        if intent is not None and intent.state not in OPEN:
            yield slug, _of(intent, incidents.steps(tx, intent.id))


def _proposed(tx: Session) -> Iterator[tuple[str, Signal]]:
    """Later stages of kills that wait for a person while the workload spends on."""
    for intent in incidents.open_intents(tx):
        if intent.escalates is not None and intent.state == "awaiting_approval":
            yield intent.workload, Signal(
                rule=STAGE, window=intent.id, severity="critical", active=True, clears=False, keep_s=0.0,
                summary=f"{intent.reason}. It waits for a person: {intent.note}.",
                advice=f"Look at its trip sheet, then: token-console approve {intent.id} --reason TEXT")


def _unreviewed(tx: Session, at: datetime) -> Iterator[tuple[str, Signal]]:
    """Acts of one person alone; critical once the time for a second one to look is over."""
    for review in authorisations.open_reviews(tx):
        yield review.workload, Signal(
            rule=REVIEW, window=f"review {review.id}", severity="critical" if at >= review.due_at else "error",
            active=True, clears=False, keep_s=0.0, summary=f"{review_due(review, at)}.",
            advice=f"Somebody other than {review.opened_by}: look at the trip sheet, then "
                   f"token-console review {review.id} --finding TEXT",
        )


def _of(intent: Intent, steps: Sequence[Step]) -> Signal:
    done = sum(step.state == "done" for step in steps)
    left = ", ".join(f"{step.target} is {step.state}" for step in steps if step.state != "done")
    return Signal(
        rule=UNCONFIRMED, window=intent.id, severity="critical", active=True, clears=False, keep_s=0.0,
        summary=f"The kill of {intent.workload} is {intent.state}: {done} of {len(steps)} targets are read back as "
                f"stopped. {left}".rstrip(),
        advice=f"It may still be spending. {outcomes.next_step(intent)}",
    )
