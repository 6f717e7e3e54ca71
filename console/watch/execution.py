"""Carrying out recorded intents: claim, call, classify, read back, record. What is written here is never assumed.

Steps of one intent run side by side, in tasks of their own that outlive whoever asked for them. Every write to the
database checks that the step is still this process's, so that a process that slept cannot overwrite its successor.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import secrets
import socket
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from sqlmodel import Session

from console.clock import Clock
from console.errors import BadConfiguration, InputError, NotPermitted
from console.switches.switch import CallResult, Outcome, Switch
from console.watch import acting, outcomes
from console.watch.intents import Notify
from console.watch.planning import Switchboard, declared
from store import audit, incidents, leases
from store.database import Database
from store.tables import Intent, Step

log = logging.getLogger(__name__)

Answer = TypeVar("Answer")
Held = tuple[str, int]
"""(lease name, fencing number)."""


class Overtaken(Exception):
    """The step, or the lease, went to another process meanwhile: it decides, this one stops without writing."""


def this_process() -> str:
    """A name for this process that no other bears: host, process number and chance."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"


def _no_lease() -> Held | None:
    return None


def _pass(_: str) -> None:
    return None


@dataclass(slots=True)
class _Work:
    """One claimed step, with what it takes to carry it out."""

    step: Step
    switch: Switch
    valid_until: datetime


class Executor:
    """Runs intents. One per process; `wait` before the event loop ends."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        switchboard: Switchboard,
        notify: Notify,
        *,
        terms: outcomes.ResumeTerms,
        act_deadline_s: float = 20.0,
        holder: str | None = None,
        lease: Callable[[], Held | None] = _no_lease,
        checkpoint: Callable[[str], None] = _pass,
    ) -> None:
        self.database = database
        self.clock = clock
        self.switchboard = switchboard
        self.notify = notify
        self.terms = terms
        self.act_deadline_s = act_deadline_s
        self.holder = holder or this_process()
        self.lease = lease
        self.checkpoint = checkpoint
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self, intent: str) -> None:
        """Carry out an approved intent and wait for its end. Cancelling the caller does not cancel the work."""
        await asyncio.shield(self.start(intent))

    def start(self, intent: str) -> asyncio.Task[None]:
        """Begin to carry out an approved intent, in a task of its own."""
        return self.protect(intent, self._run(intent))

    def begun(self, intent: str) -> bool:
        """Whether this executor is carrying the intent out now."""
        return any(task.get_name() == intent for task in self._tasks)

    def finish(self, intent: str, step: int) -> asyncio.Task[None]:
        """Begin to finish one step that another process left under way (see `recovery`)."""
        return self.protect(intent, self._finish(intent, step))

    def carry_on(self, intent: str, steps: Sequence[int]) -> asyncio.Task[None]:
        """Begin to finish these steps, and then to take the others of the intent."""
        async def work() -> None:
            await asyncio.gather(*(self._finish(intent, step) for step in steps))
            await self._run(intent)

        return self.protect(intent, work())

    async def wait(self, timeout_s: float) -> bool:
        """Wait for what runs. False: something still ran when the time was over; recovery will finish it."""
        if not self._tasks:
            return True
        _, running = await asyncio.wait(self._tasks, timeout=timeout_s)
        return not running

    def protect(self, intent: str, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run work on an intent in a task that outlives whoever asked for it."""
        task = asyncio.get_running_loop().create_task(work, name=intent)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("%s was left under way and will be recovered", task.get_name(), exc_info=task.exception())

    async def _run(self, intent: str) -> None:
        self.checkpoint("before claim")
        try:
            steps = await self._write(lambda tx: self._begin(tx, intent))
        except NotPermitted as error:
            why = str(error)
            await self._write(lambda tx: self._not_permitted(tx, intent, why))
            return
        except Overtaken:
            return
        for together in steps:
            ends = await asyncio.gather(*(self._step(intent, step) for step in together), return_exceptions=True)
            for end in ends:
                if isinstance(end, BaseException) and not isinstance(end, Overtaken):
                    raise end

    def _begin(self, tx: Session, intent_id: str) -> list[list[int]]:
        """Approved becomes executing, with its authorisation spent; the numbers of the steps still to take, as many at
        a time as are taken side by side."""
        self.checked_lease(tx)
        intent = _the(incidents.intent(tx, intent_id), intent_id)
        now = self.clock.now()
        if intent.state not in ("approved", "executing"):
            return []
        if now >= intent.valid_until and not (intent.verb == "drill" and intent.state == "executing"):
            outcomes.expire(tx, intent, now, self.notify, "its validity was over before it could begin")
            return []
        if intent.verb == "kill" and not outcomes.holds_breaker(tx, intent):
            outcomes.expire(tx, intent, now, self.notify, "its breaker was resumed before it could begin")
            return []
        if intent.state == "approved":
            outcomes.spend_authorisation(tx, intent, now, self.terms)
            outcomes.set_intent_state(tx, intent, "executing", now, by=self.holder)
        steps = incidents.steps(tx, intent_id)
        outcomes.conclude(tx, intent, now, self.notify, self.terms)
        return _in_order(intent, [step for step in steps if step.state == "planned"])

    def _not_permitted(self, tx: Session, intent_id: str, why: str) -> None:
        outcomes.expire(tx, _the(incidents.intent(tx, intent_id), intent_id), self.clock.now(), self.notify, why)

    async def _step(self, intent: str, step_id: int) -> None:
        work = await self._write(lambda tx: self._claim(tx, intent, step_id))
        self.checkpoint("after claim")
        verb = declared(work.switch, work.step.verb, work.step.wanted)
        if verb.satisfied_by(work.step.before):
            seen = await acting.look_once(work.switch, work.step.target, verb)
            if seen.satisfied:
                await self._record(work, acting.Attempt("done", seen.state, "it was in this state already"))
                return
        await self._attempts(work)

    async def _attempts(self, work: _Work) -> None:
        """Steps 4 to 7 of the protocol, again with the same key while no answer comes."""
        step, switch = work.step, work.switch
        verb = declared(switch, step.verb, step.wanted)
        while True:
            await asyncio.to_thread(self._written_down, step)
            self.checkpoint("before call")
            answer = await acting.call(switch, step.target, verb, step.idempotency_key, self.act_deadline_s)
            self.checkpoint("after call")
            await self._write(partial(self._called, work=work, answer=answer))
            self.checkpoint("after classify")
            attempt = await acting.verify(switch, step.target, verb, answer, self.clock)
            self.checkpoint("after read back")
            if not attempt.again or step.attempt >= acting.MAX_ATTEMPTS:
                break
            pause = acting.pause_s(step.attempt, attempt.retry_after_s)
            if self.clock.now() + timedelta(seconds=pause) >= work.valid_until:
                break
            await self.clock.sleep(pause)
            work.step = step = await self._write(lambda tx: self._again(tx, work))
        await self._record(work, attempt)

    async def _finish(self, intent: str, step_id: int) -> None:
        """What was left under way: read back first; repeat only what may have had no effect."""
        with contextlib.suppress(Overtaken):
            await self._finish_step(intent, step_id)

    async def _finish_step(self, intent: str, step_id: int) -> None:
        taken = await self._write(lambda tx: self._take_over(tx, intent, step_id))
        if taken is None:
            return
        work, left = taken
        step, verb = work.step, declared(work.switch, work.step.verb, work.step.wanted)
        over = (step.claimed_at or self.clock.now()) + timedelta(seconds=verb.propagation_s)
        patience = max(0.0, (over - self.clock.now()).total_seconds())
        seen = await acting.read_back(work.switch, step.target, verb, patience, self.clock)
        if seen.satisfied:
            await self._record(work, acting.Attempt("done", seen.state, "found after restart"))
        elif left == "verifying" or step.attempt >= acting.MAX_ATTEMPTS or self.clock.now() >= work.valid_until:
            reason = seen.error or f"after a restart it shows {seen.state} instead of {verb.wanted}"
            await self._record(work, acting.Attempt("unknown", seen.state, reason))
        else:
            work.step = await self._write(lambda tx: self._again(tx, work))
            await self._attempts(work)

    def _claim(self, tx: Session, intent_id: str, step_id: int) -> _Work:
        intent, now = _the(incidents.intent(tx, intent_id), intent_id), self.clock.now()
        held = self.checked_lease(tx)
        if not incidents.claim_step(tx, step_id, by=self.holder, at=now, fencing=held[1] if held else None):
            raise Overtaken
        step = _the(tx.get(Step, step_id), step_id)
        outcomes.audit_step(tx, step, now, by=self.holder, was="planned")
        return _Work(step, self.switchboard(step.switch, step.source), _until(intent, step, now))

    def _take_over(self, tx: Session, intent_id: str, step_id: int) -> tuple[_Work, str] | None:
        """The step as this process's own, and its state; None where nothing is configured that could read it back."""
        intent, now = _the(incidents.intent(tx, intent_id), intent_id), self.clock.now()
        held = self.checked_lease(tx)
        step = _the(tx.get(Step, step_id), step_id)
        if step.state not in ("executing", "verifying"):
            raise Overtaken
        from_whom, step.claimed_by, step.fencing = step.claimed_by, self.holder, held[1] if held else None
        tx.add(step)
        audit.append(tx, at=now, actor=self.holder, action="step.taken_over", object=f"intent:{step.intent}",
                     detail={"position": step.position, "target": step.target, "from": from_whom, "state": step.state})
        try:
            switch = self.switchboard(step.switch, step.source)
            declared(switch, step.verb)
        except (BadConfiguration, InputError) as error:  # it would be so in every turn, and nobody would be told
            was, step.state, step.error = step.state, "unknown", f"it cannot be read back: {error}"
            outcomes.audit_step(tx, step, now, by=self.holder, was=was)
            outcomes.conclude(tx, intent, now, self.notify, self.terms)
            return None
        return _Work(step, switch, _until(intent, step, now)), step.state

    def _written_down(self, step: Step) -> None:
        """No request without a row that was committed before it, with the very key that the request bears (2.8)."""
        with self.database.read() as tx:
            row = tx.get(Step, step.id)
            if row is None or row.idempotency_key != step.idempotency_key or row.state != "executing":
                raise AssertionError(f"step {step.id} is not written down as being carried out; nothing is sent")

    def _called(self, tx: Session, work: _Work, answer: CallResult) -> None:
        step, now = self._mine(tx, work), self.clock.now()
        was, step.requested_at = step.state, now
        step.error = answer.detail or None
        if answer.outcome is Outcome.ACCEPTED:
            step.state = "verifying"
        outcomes.audit_step(tx, step, now, by=self.holder, was=was, answer=answer.outcome.value)
        outcomes.conclude(tx, _the(incidents.intent(tx, step.intent), step.intent), now, self.notify, self.terms)
        work.step = step

    def _again(self, tx: Session, work: _Work) -> Step:
        step, now = self._mine(tx, work), self.clock.now()
        step.attempt, step.claimed_at = step.attempt + 1, now
        outcomes.audit_step(tx, step, now, by=self.holder, was=step.state)
        return step

    async def _record(self, work: _Work, attempt: acting.Attempt) -> None:
        self.checkpoint("before record")
        await self._write(lambda tx: self._recorded(tx, work, attempt))
        self.checkpoint("after record")

    def _recorded(self, tx: Session, work: _Work, attempt: acting.Attempt) -> None:
        step, now = self._mine(tx, work), self.clock.now()
        if attempt.state == "done" and not declared(
                work.switch, step.verb, step.wanted).satisfied_by(attempt.after):
            raise AssertionError(f"{step.target} is not {step.wanted} by any read-back, so it is not done")
        was, step.state = step.state, attempt.state
        step.after, step.error = attempt.after, attempt.error
        step.confirmed_at = now if attempt.state == "done" else None
        outcomes.audit_step(tx, step, now, by=self.holder, was=was)
        intent = _the(incidents.intent(tx, step.intent), step.intent)
        outcomes.conclude(tx, intent, now, self.notify, self.terms)

    def _mine(self, tx: Session, work: _Work) -> Step:
        """The step as it stands, if it is still this process's attempt. Raises Overtaken."""
        self.checked_lease(tx)
        step = _the(tx.get(Step, work.step.id), work.step.id)
        if step.claimed_by != self.holder or step.attempt != work.step.attempt:
            raise Overtaken
        return step

    def checked_lease(self, tx: Session) -> Held | None:
        """The lease under which this process acts. Raises Overtaken where another leads by now."""
        held = self.lease()
        if held is not None and not leases.holds(tx, *held):
            raise Overtaken
        return held

    async def _write(self, change: Callable[[Session], Answer]) -> Answer:
        return await asyncio.to_thread(self._in_transaction, change)

    def _in_transaction(self, change: Callable[[Session], Answer]) -> Answer:
        with self.database.write() as tx:
            return change(tx)


def _until(intent: Intent, step: Step, now: datetime) -> datetime:
    """How long it may be asked for: a drill's target is switched on again however late a process comes to it."""
    late = intent.verb == "drill" and step.verb == "enable"
    return max(intent.valid_until, now + (intent.valid_until - intent.requested_at)) if late else intent.valid_until


def _in_order(intent: Intent, steps: Sequence[Step]) -> list[list[int]]:
    """All at once; of a resume stage by stage, the last first; of a drill one after the other."""
    if intent.verb == "drill":
        return [[step.id] for step in steps if step.id is not None]
    each = sorted({step.stage for step in steps}, reverse=True) if intent.verb == "resume" else [None]
    return [[step.id for step in steps if step.id is not None and stage in (None, step.stage)] for stage in each]


def _the(row: Answer | None, key: object) -> Answer:
    """A row that must be there: what was committed before does not vanish."""
    if row is None:
        raise LookupError(f"row {key} is gone from the database")
    return row
