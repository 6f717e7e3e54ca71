"""What was left unknown is looked at again, ever less often, until a read-back says what came of it. It only reads.

An unknown step is done as soon as its wanted state is seen, and failed once its plan is no longer valid and another
state is seen. While nothing can be read it stays unknown; when its plan is no longer valid, people are told so.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlmodel import Session

from console.watch import acting, outcomes
from console.watch.execution import Executor, Overtaken
from console.watch.planning import declared
from store import incidents
from store.tables import Intent, Step

SOONEST, LATEST = timedelta(seconds=30), timedelta(hours=1)
SHARE_OF_AGE = 0.25
"""The pause before the next look, as a share of how long ago the provider was asked."""

REPLACED_BY = frozenset({"approved", "executing", "verifying", "done", "partial", "failed", "unknown"})
"""States of a later intent that make an earlier one's outcome history."""


class Rechecks:
    """Remembers when each unknown step was last looked at. A new process looks at once."""

    def __init__(self) -> None:
        self._looked: dict[int, datetime] = {}

    async def look(self, executor: Executor) -> None:
        """Begin to look at what is due, in tasks of the executor."""
        now = executor.clock.now()
        unknown = await asyncio.to_thread(_unknown, executor)
        self._looked = {step.id: self._looked[step.id] for _, step in unknown if step.id in self._looked}
        for intent, step in unknown:
            if step.id is not None and self._due(step, now) and not executor.begun(intent.id):
                self._looked[step.id] = now
                executor.protect(intent.id, _look_again(executor, intent, step))

    def _due(self, step: Step, now: datetime) -> bool:
        last = self._looked.get(step.id or 0)
        age = now - (step.claimed_at or now)
        return last is None or now - last >= min(LATEST, max(SOONEST, age * SHARE_OF_AGE))


def latest(intents: Iterable[Intent]) -> Intent | None:
    """Of one workload's intents, newest first, the one whose outcome counts."""
    return next((intent for intent in intents if intent.state in REPLACED_BY), None)


def _unknown(executor: Executor) -> list[tuple[Intent, Step]]:
    with executor.database.read() as tx:
        return [(intent, step) for intent in incidents.with_unknown_steps(tx) if _counts(tx, intent)
                for step in incidents.steps(tx, intent.id) if step.state == "unknown"]


def _counts(tx: Session, intent: Intent) -> bool:
    last = latest(each for each in incidents.intents(tx, intent.workload, 50) if each.verb != "drill")
    return intent.finished_at is not None and last is not None and _kill_of(last) == _kill_of(intent)


def _kill_of(intent: Intent) -> str:
    """What an earlier stage left unknown still counts while a later one is taken."""
    return intent.escalates or intent.id


async def _look_again(executor: Executor, intent: Intent, step: Step) -> None:
    switch = executor.switchboard(step.switch, step.source)
    seen = await acting.look_once(switch, step.target, declared(switch, step.verb, step.wanted))
    with contextlib.suppress(Overtaken):
        await asyncio.to_thread(_record, executor, intent.id, step, seen)


def _record(executor: Executor, intent_id: str, looked_at: Step, seen: acting.Seen) -> None:
    now = executor.clock.now()
    with executor.database.write() as tx:
        executor.checked_lease(tx)
        intent, step = tx.get(Intent, intent_id), tx.get(Step, looked_at.id)
        if intent is None or step is None or step.state != "unknown" or not _counts(tx, intent):
            raise Overtaken
        over = now >= intent.valid_until
        if seen.satisfied:
            step.state, step.error, step.confirmed_at = "done", "seen when it was looked at again", now
        elif over and seen.state is not None:
            step.state, step.error = "failed", f"it had no effect: it still shows {seen.state} instead of {step.wanted}"
        elif over:
            executor.notify(tx, outcomes.still_unknown(intent, incidents.steps(tx, intent.id)))
        if step.state != "unknown":
            step.after = seen.state
            outcomes.audit_step(tx, step, now, by=executor.holder, was="unknown")
            outcomes.conclude_late(tx, intent, now, executor.notify)
