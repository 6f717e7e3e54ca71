"""The stages of one kill as its trip sheet shows them: those that were taken, and those that come if spend runs on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session

from console.cadences import stages
from console.cadences.trip_sheet import StageLine
from console.config import Config
from store import incidents
from store.tables import Intent, Workload

ENDED = ("done", "partial", "failed", "unknown")
"""States of a stage that another one may follow."""
EXPIRED = "expired"
"""State of a stage of which nothing was sent in time: it may come again."""
STANDING = ("tripped", "held")


def build(tx: Session, config: Config, row: Intent, entry: Workload | None) -> tuple[StageLine, ...]:
    """Every stage of the kill that the intent belongs to; empty for a resume, and for a kill that has one stage."""
    if row.verb != "kill":
        return ()
    thread = incidents.thread(tx, row.id)
    taken = [StageLine(incidents.stage_of(tx, each.id), each.id, each.state, each.requested_at, each.reason)
             for each in thread]
    to_come = _to_come(tx, config, thread, entry) if entry is not None and entry.status != "retired" else []
    return (*taken, *to_come) if len(taken) + len(to_come) > 1 else ()


def since(tx: Session, last: Intent) -> datetime | None:
    """From when on the next stage's time runs: the state was confirmed, or found failed or unknown."""
    confirmed = [step.confirmed_at for step in incidents.steps(tx, last.id) if step.confirmed_at]
    return max([*confirmed, *filter(None, [last.finished_at])], default=None)


def _to_come(tx: Session, config: Config, thread: Sequence[Intent], entry: Workload) -> list[StageLine]:
    """What is left of the list; only the next one has a time. Nothing once the breaker stands otherwise."""
    last = next((each for each in reversed(thread) if each.state != EXPIRED), thread[0])
    breaker = incidents.breaker(tx, last.workload)
    if breaker is None or breaker.state not in STANDING or breaker.intent not in [each.id for each in thread]:
        return []
    stopped = last.spend_stopped_at is not None
    begun = since(tx, last) if last.state in ENDED and not stopped else None
    found = []
    for each in stages.later(tx, config, entry.entry, incidents.stage_of(tx, last.id)):
        soonest = None if begun is None else begun + timedelta(seconds=each.after_s)
        begun = None
        state = "not needed" if stopped else "to come"
        says = f"{', '.join(each.targets)}, where spend still runs {each.after_s / 60:g} min after the stage before"
        found.append(StageLine(each.stage, None, state, soonest, says))
    return found
