"""What a process that died, or lost its way, left under way: finished or reported, never guessed (operations 2.4).

    approved or executing, steps planned, still valid    carried on at the claim
    the same, validity over, breaker resumed, or the
    Charter that ordered it no longer in force           expired
    a step executing or verifying, its process gone      read back first; see `Executor.finish`
    awaiting approval past its time                      expired
"""

from __future__ import annotations

import asyncio
import os
import socket
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from console.watch import mandate, outcomes
from console.watch.execution import Executor
from store import audit, incidents
from store.tables import Intent, Step

STALE = timedelta(seconds=120)
"""A claim this old is nobody's any more, whatever its process; longer than any one attempt takes."""


@dataclass(frozen=True, slots=True)
class _Left:
    """One open intent, and what of it is to be taken up."""

    intent: str
    begin: bool
    steps: tuple[int, ...]
    in_order: bool
    """What was begun is finished before anything else of it: a resume goes stage by stage, a drill act by act."""


async def recover(executor: Executor, *, at_least: timedelta = timedelta()) -> list[str]:
    """Take up what was left under way, as tasks of the executor. Returns the intents taken up.

    at_least: leave intents alone that are younger; whoever wrote them may be about to carry them out.
    """
    found = await asyncio.to_thread(_find, executor, at_least)
    for left in found:
        if left.begin and left.steps and left.in_order:
            executor.carry_on(left.intent, left.steps)
            continue
        if left.begin:
            executor.start(left.intent)
        for step in left.steps:
            executor.finish(left.intent, step)
    return [left.intent for left in found]


def _find(executor: Executor, at_least: timedelta) -> list[_Left]:
    now = executor.clock.now()
    with executor.database.read() as tx:
        if not incidents.open_intents(tx):
            return []
    with executor.database.write() as tx:
        looked = [_look(tx, executor, intent, now, at_least) for intent in incidents.open_intents(tx)
                  if not executor.begun(intent.id)]
    return [left for left in looked if left is not None]


def _look(tx: Session, executor: Executor, intent: Intent, now: datetime, at_least: timedelta) -> _Left | None:
    if intent.state == "awaiting_approval":
        if now >= intent.valid_until:
            outcomes.expire(tx, intent, now, executor.notify, "nobody approved it in time")
        return None
    steps = incidents.steps(tx, intent.id)
    orphans = tuple(step.id for step in steps if step.id is not None and _is_orphan(step, executor.holder, now))
    planned = any(step.state == "planned" for step in steps) or not steps
    young = timedelta() <= now - intent.requested_at < at_least
    begin = planned and not young
    unwanted = _unwanted(tx, intent, now) if begin else None
    if unwanted is not None:
        outcomes.expire(tx, intent, now, executor.notify, unwanted)
        begin = False
    if not begin and not orphans:
        return None
    audit.append(tx, at=now, actor=executor.holder, action="intent.recovered", object=f"intent:{intent.id}",
                 detail={"state": intent.state, "steps": {str(step.position): step.state for step in steps}})
    return _Left(intent.id, begin, orphans, intent.verb != "kill")


def _unwanted(tx: Session, intent: Intent, now: datetime) -> str | None:
    """Why a kill is not to be begun any more: its breaker was resumed, or the Charter that ordered it is gone.

    A resume is wanted until it expires, and a drill's target is to be switched on again.
    """
    if intent.verb != "kill":
        return None
    if not outcomes.holds_breaker(tx, intent):
        return "its breaker was resumed meanwhile"
    untouched = intent.state == "approved" and not incidents.approvals(tx, intent.id)
    return mandate.withdrawn(tx, intent, now) if intent.origin == "automatic" and untouched else None


def _is_orphan(step: Step, holder: str, now: datetime) -> bool:
    """Whether nobody carries the step on. Of this process's own, none does: its intent is in no task any more."""
    if step.state not in ("executing", "verifying"):
        return False
    if step.claimed_by == holder or step.claimed_at is None or now - step.claimed_at >= STALE:
        return True
    return _is_gone(step.claimed_by or "", holder)


def _is_gone(claimed_by: str, holder: str) -> bool:
    """Whether the process that claimed is known to have ended: it ran on this host, and runs no more."""
    host, _, rest = claimed_by.rpartition(":")[0].rpartition(":")
    if host != socket.gethostname() or not rest.isdigit():
        return False
    number = int(rest)
    if number == os.getpid():
        return claimed_by != holder
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False
