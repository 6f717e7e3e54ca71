"""What follows a decision by itself: its time runs out, a Charter is signed after a revision was asked for, or nothing
is seen of it any more. It then reopens where it is still so, and is closed where it is not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from console.watch import breaker as machine
from console.watch.exceptions import close, reopen
from store import exceptions as store
from store import incidents, registry
from store.tables import Alert, CharterException, ExceptionDecision

QUIET = timedelta(days=28)
"""What was dismissed or escalated and not seen for so long is over."""

SETTLED = timedelta(days=1)
"""So long an alert may fire on after the Charter was revised for it: some take hours to resolve."""


@dataclass(frozen=True, slots=True)
class End:
    """A decision that no longer holds, and what becomes of its exception."""

    row: CharterException
    reopens: bool
    why: str


def due(tx: Session, at: datetime, judged_by: Mapping[str, int]) -> list[End]:
    """Every decided exception that it is time for. judged_by: the version of the Charter that drift was judged by."""
    return [End(row, *end) for row, decision in store.to_look_at(tx, at, at - QUIET)
            for end in _ends(tx, row, decision, at, judged_by)]


def attend(tx: Session, at: datetime, judged_by: Mapping[str, int], most: int) -> None:
    """Reopen or close so many of them at most. Twice the same changes nothing."""
    for end in due(tx, at, judged_by)[:most]:
        (reopen if end.reopens else close)(tx, end.row, end.why, at)


def is_there(tx: Session, row: CharterException) -> bool:
    """Whether it is so now. Drift and variance are for as long as they are not closed; an alert that fires; a trip
    whose breaker is still tripped or held by it. A finding is only known by when it was last seen."""
    if row.origin == "alert":
        alert = tx.get(Alert, row.alert) if row.alert is not None else None
        return alert is not None and alert.state != "resolved"
    if row.origin == "trip":
        breaker = incidents.breaker(tx, row.workload)
        return (breaker is not None and breaker.state in (machine.TRIPPED, machine.HELD)
                and row.intent in [each.id for each in incidents.thread(tx, breaker.intent or "")])
    return row.origin != "finding"


def came_again(tx: Session, row: CharterException, decision: ExceptionDecision) -> bool:
    """Whether its alert fired again, or it was found again, after it was decided on."""
    if row.origin == "alert":
        alert = tx.get(Alert, row.alert) if row.alert is not None else None
        return alert is not None and alert.fired_at is not None and alert.fired_at > decision.decided_at
    return row.origin == "finding" and row.last_seen_at > decision.decided_at


def _ends(tx: Session, row: CharterException, decision: ExceptionDecision, at: datetime,
          judged_by: Mapping[str, int]) -> Iterator[tuple[bool, str]]:
    """(reopens, why) where its time has come."""
    if decision.ends_at is not None and decision.ends_at <= at:
        still = is_there(tx, row) or came_again(tx, row, decision)
        yield still, (f"the time that {decision.decided_by} gave it ended on {decision.ends_at:%Y-%m-%d}, and it is "
                      f"{'still' if still else 'no longer'} so")
    elif decision.verdict == "revision":
        yield from _revised(tx, row, decision, at, judged_by)
    elif decision.verdict != "time-bounded" and _last(row, decision) <= at - QUIET and not is_there(tx, row):
        yield False, f"decided, and not seen for {QUIET.days} days"


def _revised(tx: Session, row: CharterException, decision: ExceptionDecision, at: datetime,
             judged_by: Mapping[str, int]) -> Iterator[tuple[bool, str]]:
    """The Charter that was asked for is signed: what it did not mend is asked again. Drift once it is judged by it, an
    alert that fires on after a day. A month's variance is over when it is explained, whatever is signed after it."""
    charter = registry.charter_in_force(tx, row.workload)
    if charter is None or charter.signed_at is None or charter.signed_at <= decision.decided_at:
        return
    signed = f"version {charter.version} of the Charter was signed"
    if row.origin == "alert" and is_there(tx, row):
        if at - charter.signed_at >= SETTLED:
            yield True, f"{signed}, and it still fires"
    elif row.origin in ("trip", "alert", "finding"):
        yield False, signed
    elif row.origin == "drift" and judged_by.get(row.workload) == charter.version:
        yield True, f"{signed}, and it is still so"


def _last(row: CharterException, decision: ExceptionDecision) -> datetime:
    return max(row.last_seen_at, decision.decided_at)
