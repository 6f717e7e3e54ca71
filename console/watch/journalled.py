"""A kill that is written into the fallback journal instead of the database: recorded, asked, read back (CB-47).

The same protocol as `execution`: nothing is asked before its entry is on disk, and done is only what was read back.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import platformdirs

from console.cadences.trip_sheet import PlannedTarget
from console.clock import Clock, rfc3339
from console.config import Config
from console.switches.switch import Switch, Verb
from console.watch import acting
from console.watch.planning import Switchboard, declared, idempotency_key
from store.errors import JournalFailed
from store.journal import Journal

REQUESTED = "intent.requested"
EXECUTING, CALLED = "step.executing", "step.called"


@dataclass(frozen=True, slots=True)
class Order:
    """A kill as one person ordered it while the database could not be written."""

    intent: str
    workload: str
    reason: str
    by: str
    claimed: Mapping[str, str]
    """What the environment says of that person; not verified."""
    holder: str
    """This process, as `execution.this_process` names it."""
    why: str
    """What keeps the database from being written."""
    at: datetime
    valid_until: datetime
    plan_hash: str
    targets: Sequence[PlannedTarget]
    by_hand: Sequence[str]


@dataclass(frozen=True, slots=True)
class End:
    """How one target came out."""

    target: PlannedTarget
    state: str
    """done, refused, unknown."""
    after: str | None
    error: str | None


def journal_of(config: Config) -> Journal:
    """The fallback journal of this installation: as configured, or one a database in the user's state directory."""
    place = config.breaker.fallback_journal
    if place is None:
        which = hashlib.sha256(config.database_url.encode()).hexdigest()[:12]
        place = Path(platformdirs.user_state_path("token-console")) / f"journal-{which}.jsonl"
    return Journal(place)


def _pass(_: str) -> None:
    return None


class JournalledKill:
    """Carries one order out. `say` gets every entry as a line, for standard error."""

    def __init__(self, journal: Journal, switchboard: Switchboard, clock: Clock, say: Callable[[str], None], *,
                 act_deadline_s: float, checkpoint: Callable[[str], None] = _pass) -> None:
        self._journal = journal
        self._switchboard = switchboard
        self._clock = clock
        self._say = say
        self._act_deadline_s = act_deadline_s
        self._checkpoint = checkpoint

    async def run(self, order: Order) -> list[End]:
        """Write the order down, then turn every target off and read it back. Raises JournalFailed before any call."""
        with self._journal.held():
            self._checkpoint("before journal")
            self._append(order, REQUESTED, _requested(order))
            self._checkpoint("after journal")
            steps = [asyncio.ensure_future(self._step(order, place)) for place in range(len(order.targets))]
            await asyncio.wait(steps)  # whatever becomes of one, the others go on to their ends (CB-20)
            return [step.result() for step in steps]

    async def _step(self, order: Order, position: int) -> End:
        target = order.targets[position]
        switch = self._switchboard(target.switch, target.source)
        verb = declared(switch, target.verb, target.wanted)
        key = idempotency_key(order.intent, target)
        attempt, end = 0, acting.Attempt("unknown", None, again=True)
        if verb.satisfied_by(target.state_now):
            end = await self._as_it_was(switch, target, verb)
        while end.again and attempt < acting.MAX_ATTEMPTS and self._clock.now() < order.valid_until:
            if attempt:
                await self._clock.sleep(acting.pause_s(attempt, end.retry_after_s))
            attempt += 1
            self._append(order, EXECUTING, {"position": position, "attempt": attempt, "idempotency_key": key})
            self._checkpoint("before call")
            answer = await acting.call(switch, target.target, verb, key, self._act_deadline_s)
            self._checkpoint("after call")
            self._note(order, CALLED, {"position": position, "answer": answer.outcome.value, "error": answer.detail})
            end = await acting.verify(switch, target.target, verb, answer, self._clock)
        self._checkpoint("before end")
        self._note(order, f"step.{end.state}", {"position": position, "target": target.target, "after": end.after,
                                                "error": end.error})
        self._checkpoint("after end")
        return End(target, end.state, end.after, end.error)

    async def _as_it_was(self, switch: Switch, target: PlannedTarget, verb: Verb) -> acting.Attempt:
        seen = await acting.look_once(switch, target.target, verb)
        if seen.satisfied:
            return acting.Attempt("done", seen.state, "it was in this state already")
        return acting.Attempt("unknown", seen.state, seen.error, again=True)

    def _append(self, order: Order, action: str, detail: Mapping[str, object]) -> None:
        entry = self._journal.append(at=self._clock.now(), actor=order.by, action=action,
                                     object=f"intent:{order.intent}", detail=detail)
        self._say(f"{rfc3339(entry.at)} {entry.actor} {entry.action} {entry.about} {detail}")

    def _note(self, order: Order, action: str, detail: Mapping[str, object]) -> None:
        """What came of a call that was made: said at least, where the journal takes no more either."""
        try:
            self._append(order, action, detail)
        except JournalFailed as error:
            self._say(f"{rfc3339(self._clock.now())} {order.by} {action} intent:{order.intent} {detail}; NOT KEPT: "
                      f"{error}")


def _requested(order: Order) -> dict[str, object]:
    return {
        "workload": order.workload, "verb": "kill", "origin": "break-glass", "reason": order.reason,
        "claimed": dict(order.claimed), "holder": order.holder, "why": order.why, "plan_hash": order.plan_hash,
        "valid_until": order.valid_until.isoformat(), "by_hand": list(order.by_hand),
        "targets": [{"switch": item.switch, "source": item.source, "target": item.target, "verb": item.verb,
                     "wanted": item.wanted, "before": item.state_now,
                     "idempotency_key": idempotency_key(order.intent, item)} for item in order.targets],
    }
