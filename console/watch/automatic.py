"""What the engine does on its own: kills that a signed Charter orders, their aftermath, and the end of probations."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from console.cadences import gathering
from console.cadences.facts import Facts
from console.charters import durations
from console.clock import Clock, epoch, rfc3339
from console.config import Config
from console.watch import breaker as machine
from console.watch import (
    disarms,
    drafting,
    intents,
    leadership,
    mandate,
    notify,
    outcomes,
    recovery,
    settling,
    stage_due,
)
from console.watch.alarm import Alarm
from console.watch.drafting import Draft
from console.watch.escalation import Escalation
from console.watch.execution import Executor, Held, this_process
from console.watch.intents import Notice, Notify, Recorded, Request
from console.watch.journalled import journal_of
from console.watch.judgement import Trip
from console.watch.rechecking import Rechecks
from console.watch.rules import signs
from console.watch.switchboard import Board
from console.watch.taking_in import Taking, take_in
from store import audit, incidents, leases, windows
from store.database import Database
from store.errors import CannotStore, JournalFailed
from store.tables import Intent

log = logging.getLogger(__name__)

LEAVE_ALONE = timedelta(seconds=15)
"""An intent this young is still in the hands of whoever wrote it."""

DECIDED_WITHIN = timedelta(seconds=120)
"""A machine may sleep between judging and acting; a decision older than this was made on data that were fresh then."""


def notifier(config: Config, clock: Clock) -> Notify:
    """Queues a notice for every channel that wants its severity, in the transaction of what it tells of."""
    def enqueue(tx: Session, notice: Notice) -> None:
        notify.enqueue(tx, config.notifications, subject=notice.subject, transition=notice.transition,
                       severity=notice.severity, title=notice.title, body=notice.body, at=clock.now())

    return enqueue


def _no_lease() -> Held | None:
    return None


class Automatic:
    """One per process: the executor that every kill and resume of this process goes through, and the engine's part.

    lease: (name, fencing number) while this process leads; a kill is then written only while it still does.
    """

    def __init__(
        self,
        config: Config,
        database: Database,
        clock: Clock,
        holder: str | None = None,
        lease: Callable[[], Held | None] = _no_lease,
    ) -> None:
        self.config = config
        self.database = database
        self.clock = clock
        self.board = Board(config, clock, database)
        self.notify = notifier(config, clock)
        self.alarm = Alarm(config, clock)
        self._rechecks = Rechecks()
        self.executor = Executor(
            database, clock, self.board, self.notify,
            terms=outcomes.ResumeTerms(config.approvals.two_person, config.rules.probation_s,
                                       {person.user: person.roles for person in config.operators}),
            act_deadline_s=config.breaker.act_deadline_s, holder=holder or this_process(), lease=lease,
        )
        self._escalation = Escalation(config, self.executor, self.alarm)

    async def trip(self, trips: Iterable[Trip], held: Held | None = None) -> tuple[str, ...]:
        """Write down and begin the kills that Charters order. Returns the intents that were written now.

        One that cannot be planned (no switch, a source that is not configured) is logged; its alert fires all the same.
        One that cannot be written down is not carried out, and every channel is told at once (CB-47).
        held: the lease under which they were decided on; where another process leads by now, it judges for itself.
        """
        written = []
        for each in trips:
            try:
                recorded = await self._trip(each, held)
            except CannotStore as error:
                self.alarm.kill_withheld(each.facts.workload, error)
                continue
            except Exception:
                log.exception("the kill of %s could not be planned", each.facts.workload)
                continue
            if recorded is not None and recorded.created:
                written.append(recorded.intent.id)
                if recorded.intent.state == "approved":
                    self.executor.start(recorded.intent.id)
        return tuple(written)

    async def recover(self) -> list[str]:
        """At start: take up whatever a former process, or a person with the fallback journal, left under way."""
        await asyncio.to_thread(self._take_in)
        return await recovery.recover(self.executor)

    async def settle(self, facts: Mapping[str, Facts], held: Held | None = None) -> None:
        """Each cycle: what came of kills and which must go further, probations that are over, and what another process
        left behind."""
        await asyncio.to_thread(self._take_in)
        await asyncio.to_thread(self._settle, facts, held)
        await self._escalation.look(facts, held, DECIDED_WITHIN * max(1.0, self.clock.speed))
        await recovery.recover(self.executor, at_least=LEAVE_ALONE)
        await self._rechecks.look(self.executor)

    async def drain(self, timeout_s: float) -> bool:
        """Wait for running steps, then let the connections and kill secrets go. False: some still ran."""
        ended = await self.executor.wait(timeout_s)
        await self.alarm.wait(timeout_s)
        if ended:
            await self.board.close()
        return ended

    async def _trip(self, trip: Trip, held: Held | None) -> Recorded | None:
        facts = trip.facts
        if not facts.fresh or facts.terms is None or not (trip.signal.trips or trip.signal.observes):
            return None
        if await asyncio.to_thread(self._needless, facts.workload):
            return None
        draft = await drafting.kill(self.config, self.database, self.board, facts.workload)
        if draft.refusal is not None:
            log.warning("no automatic kill of %s: %s", facts.workload, draft.refusal)
            return None
        return await asyncio.to_thread(self._record, trip, draft, held)

    def _needless(self, workload: str) -> bool:
        with self.database.read() as tx:
            row = incidents.breaker(tx, workload)
            disarmed = any(disarm.workload in (None, workload) for disarm in incidents.disarms(tx, self.clock.now()))
        return disarmed or (row is not None and row.state in (machine.TRIPPED, machine.HELD))

    def _record(self, trip: Trip, draft: Draft, held: Held | None) -> Recorded | None:
        facts, signal, now = trip.facts, trip.signal, self.clock.now()
        if now - facts.at > DECIDED_WITHIN * max(1.0, self.clock.speed):  # a story told fast has less time to think
            log.warning("no kill of %s: what it was decided on is %s old; it is judged again", facts.workload,
                        now - facts.at)
            return None
        with self.database.write() as tx:
            if held is not None and not leases.holds(tx, *held):
                return None
            lapsed = facts.terms and mandate.lapsed(tx, facts.workload, facts.terms, draft.targets, now)
            if lapsed:
                audit.append(tx, at=now, actor="engine", action="kill.withheld", object=facts.workload,
                             detail={"why": lapsed, "decided_on": signal.summary})
                return None
            why = intents.needs_person(tx, draft.targets, self.config.breaker, now)
            state = "approved" if why is None else "awaiting_approval"
            if facts.terms is not None and facts.terms.mode == "observe":
                state, why = "observed", "The Charter is in observe mode: nothing was sent"
            elif signal.observes:
                state, why = "observed", "The Charter only observes one of these signs: nothing was sent"
            return intents.record(tx, Request(
                workload=facts.workload, verb="kill", origin="automatic", reason=signal.summary, requested_by="engine",
                at=now, valid_s=self.config.breaker.validity_s, plan_hash=draft.plan_hash, targets=draft.targets,
                state=state, note=why or "", evidence=self._evidence(tx, trip, draft, now),
            ), self.notify)

    def _evidence(self, tx: Session, trip: Trip, draft: Draft, now: datetime) -> dict[str, Any]:
        facts, signal = trip.facts, trip.signal
        start, end = self._window(facts, signal.figures.get("window", signal.window))
        figures = dict(signal.figures)
        if signal.rule == signs.NAME:  # of more than two hours ago, single minutes are known to the store alone
            since = 0 if facts.resumed_at is None else epoch(facts.resumed_at)
            start = max(start, -(-since // settling.MINUTE) * settling.MINUTE)
            spent = windows.period_spend(tx, start, end).get(facts.workload)
            figures["spent_microusd"] = str(spent.cost if spent else 0)
        return {
            "rule": signal.rule, "window": signal.window, "summary": signal.summary,
            "charter_line": signal.charter_line, "figures": figures,
            "charter_version": facts.terms.version if facts.terms else None,
            "data_until": rfc3339(facts.data_until) if facts.data_until else None,
            "data_age_s": round((now - facts.data_until).total_seconds()) if facts.data_until else None,
            "window_start": start, "window_end": end,
            "by_hand": list(draft.by_hand), "shared": {item.target: list(item.shared_with) for item in draft.targets},
        }

    def _window(self, facts: Facts, window: str) -> tuple[int, int]:
        """The seconds whose usage the figure was summed over."""
        until = epoch(facts.data_until or facts.at)
        length = durations.seconds(window)
        if length is not None:
            return until - length, until
        start = facts.month_start
        if window == "day":
            start = gathering.today_start(facts.at, self.config.organisation.time_zone)
        return epoch(start), max(until, epoch(facts.at))

    def _take_in(self) -> None:
        taking = Taking(self.notify, self.executor.terms, self.clock.now())
        try:
            take_in(self.database, journal_of(self.config), taking)
        except JournalFailed:
            log.exception("the fallback journal was not taken in")

    def _settle(self, facts: Mapping[str, Facts], held: Held | None) -> None:
        now = self.clock.now()
        with self.database.read() as tx:
            waiting = incidents.unsettled_kills(tx)
            probation = [slug for slug, row in incidents.breakers(tx).items() if row.state == machine.PROBATION]
            disarmed = disarms.due(tx, now)
        if not waiting and not probation and not disarmed:
            return
        with self.database.write() as tx:
            leadership.check(tx, held)
            disarms.attend(tx, self.notify, now)
            for intent in waiting:
                known = facts.get(intent.workload)
                if known is not None and known.data_until is not None:
                    self._settle_one(tx, intent, known, now)
            for slug in probation:
                _end_probation(tx, slug, facts.get(slug), now)

    def _settle_one(self, tx: Session, waiting: Intent, facts: Facts, now: datetime) -> None:
        intent = incidents.intent(tx, waiting.id)
        confirmed = settling.confirmed_at(tx, waiting)
        if intent is None or confirmed is None or facts.data_until is None:
            return
        until = epoch(facts.data_until)
        since = epoch(confirmed)
        settling.settle(
            tx, intent, data_until=until, spent=settling.spent_since(tx, intent.workload, since, until),
            arrived=windows.bucket_spend(tx, intent.workload, since // settling.MINUTE * settling.MINUTE, until),
            freshness_s=facts.lag_s + facts.poll_s, now=now)
        if intent.spend_stopped_at is not None:
            stage_due.withdraw(tx, intent, self.notify, now, "spend was seen to have stopped")


def _end_probation(tx: Session, workload: str, facts: Facts | None, now: datetime) -> None:
    """Armed again when the time is over, on fresh data, with some usage to judge by."""
    before = intents.get_standing(tx, workload)
    if before is None or facts is None or facts.data_until is None:
        return
    since = epoch(before.since) // settling.MINUTE * settling.MINUTE
    spent = windows.bucket_spend(tx, workload, since, epoch(facts.data_until))
    seen = facts.fresh and before.probation_until is not None and facts.data_until >= before.probation_until
    after = machine.tick(before, clean=seen and any(bucket.cost for bucket in spent if bucket.start >= since), at=now)
    if after != before:
        intents.set_standing(tx, workload, after)
        audit.append(tx, at=now, actor="engine", action=f"breaker.{after.state}", object=workload,
                     detail={"was": before.state, "probation": "clean"})
