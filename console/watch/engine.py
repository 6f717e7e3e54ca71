"""The running system: under a lease, poll, judge, act, tell, and publish one frozen Daily a tick."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from console.cadences import daily as daily_value
from console.cadences.daily import Daily
from console.cadences.reading import Reader
from console.clock import Clock
from console.config import Config
from console.kinds import polled
from console.memory import share_one_heap
from console.pricing import PriceBook
from console.watch import (
    anchoring,
    attributing,
    drill_duties,
    endpoints,
    finding_duties,
    housekeeping,
    ledger_duties,
    sealing,
    wiring,
)
from console.watch.automatic import Automatic
from console.watch.confirming import Confirming
from console.watch.drill_duties import DrillDuties
from console.watch.endpoints import Endpoints
from console.watch.exception_turn import ExceptionTurn
from console.watch.execution import Held, Overtaken
from console.watch.finding_duties import FindingDuties
from console.watch.housekeeping import Housekeeping
from console.watch.intake import Intake, Poll
from console.watch.judgement import Judge, Judged, Trip
from console.watch.leadership import RENEW_S, Leadership, check
from console.watch.ledger_duties import LedgerDuties
from console.watch.listening import Listening
from console.watch.notify import Sender
from console.watch.polling import Polling
from console.watch.repricing import reprice_if_needed
from console.watch.schedule import Schedule
from store import audit, snapshots
from store.database import Database
from store.errors import CannotStore, DatabaseDamaged, OutcomeUnknown, StoreError

Publish = Callable[[Daily], None]
FOLLOW_S = 1.0
AGAIN_S = 5.0
LASTING = ("ties", "poll of ", "audit log", "damage", "exceptions")
"""Faults that are looked at in every turn. A duty cures its own; any other one is over when a turn is finished."""
LATE_TURNS = 5
"""So many poll periods without a finished turn, and the screen says that the engine hangs."""
OUTBOX_S = 5.0
SEAL_S = 10.0
DRAIN_S = 10.0

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Cycle:
    """What one turn of the engine did."""

    at: datetime
    polls: tuple[Poll, ...]
    judged: Judged
    trips: tuple[Trip, ...]
    intents: tuple[str, ...] = ()
    """Kill intents that this cycle wrote down."""


@dataclass(slots=True)
class Engine:
    """One per process. `run` leads where it can and follows where another process leads."""

    config: Config
    database: Database
    clock: Clock
    publish: Publish = lambda _: None
    holder: str = field(default_factory=wiring.this_process)
    prices: PriceBook = field(init=False)
    leadership: Leadership = field(init=False)
    automatic: Automatic = field(init=False)
    _judge: Judge = field(init=False)
    _exceptions: ExceptionTurn = field(init=False)
    _polling: Polling = field(init=False)
    _confirming: Confirming = field(init=False)
    _listening: Listening = field(init=False)
    _sender: Sender = field(init=False)
    _housekeeping: Housekeeping = field(init=False)
    _ledger: LedgerDuties = field(init=False)
    _findings: FindingDuties = field(init=False)
    _drills: DrillDuties = field(init=False)
    _endpoints: Endpoints = field(init=False)
    _stop: asyncio.Event = field(default_factory=asyncio.Event)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _faults: dict[str, str] = field(default_factory=dict)
    _duties: set[str] = field(default_factory=set)  # what is seen to beside the turns
    _version: int = 0
    _last: Daily | None = None
    _turned: float = field(default_factory=time.monotonic)
    _unsure: bool = False
    """Whether the last change was kept is not known."""

    def __post_init__(self) -> None:
        self.prices = PriceBook(self.config.prices)
        self.leadership = Leadership(self.database, self.holder)
        reader = Reader(self.config, self.prices)
        self._judge = Judge(self.config, self.database, reader)
        self._exceptions = ExceptionTurn(self.config, self.database, reader.registered)
        self.automatic = Automatic(self.config, self.database, self.clock, self.holder, self.leadership.number)
        self._sender = Sender(self.config, self.database)
        self._housekeeping = Housekeeping(self.database)
        self._ledger = LedgerDuties(self.config, self.database, self.clock)
        self._drills = DrillDuties(self.config, self.database, self.clock, self.automatic)
        self._findings = FindingDuties(self.config, self.database, self.clock, self.prices)
        self._endpoints = Endpoints(self.config, self.clock)
        asked = polled(self.config)
        self._polling = Polling([
            Intake(settings, wiring.source(self.config, settings, self.clock, self.database), self.database,
                   self.prices, lambda *_: None, phase=place / len(asked))
            for place, settings in enumerate(asked)
        ], self._fault, min((settings.poll_s for settings in self.config.sources), default=60.0))
        self._confirming = Confirming(self._polling, self._judge, self.clock)
        self._listening = wiring.listening(self.database, self.prices, reader.called, self._judge, self.automatic,
                                           self.leadership.number, self._fault, self.redraw)

    async def run(self) -> None:
        """Until `stop`: lead if the lease can be had, else follow the leader's published pictures."""
        share_one_heap()
        try:
            while not self._stop.is_set():
                try:
                    if self.database.damage is not None:
                        await self._only_show(self.database.damage)
                    else:
                        await (self._lead() if await self.leadership.take() else self._follow())
                        self._faults.pop("engine", None)
                except DatabaseDamaged:
                    log.exception("the database is damaged")
                except Exception as error:
                    log.exception("the engine failed and starts again")
                    self._fault("engine", error)
                    await self._wait(AGAIN_S)
        finally:
            await self.close()

    async def follow(self) -> None:
        """Until `stop`: show what the leader publishes and never lead (a read-only console)."""
        try:
            while not self._stop.is_set():
                try:
                    await self._follow()
                    self._faults.pop("engine", None)
                except Exception as error:
                    log.exception("the leader's pictures could not be followed; it is tried again")
                    self._fault("engine", error)
                    await self._wait(AGAIN_S)
        finally:
            await self.close()

    def stop(self) -> None:
        """End soon; a running kill step is finished first or left to recovery."""
        self._stop.set()

    async def close(self) -> None:
        """Finish what runs, close connections, give up the lease."""
        await self._listening.stop()
        await self.automatic.drain(DRAIN_S)
        await self._polling.stop()
        for intake in self._polling.intakes:
            await intake.source.close()
        with contextlib.suppress(Exception):  # a database that is gone cannot take the lease back; it expires
            await self.leadership.give_up()

    async def once(self) -> Cycle:
        """One turn now, with its kills carried to their end. The caller holds the lease."""
        await self._prepare()
        cycle = await self.cycle(force=True, whole=True)
        await self.automatic.drain(self.config.breaker.validity_s)
        await self._seal()
        await self._publish(self.leadership.number())
        await self._sender.drain(self.clock.now())
        return cycle

    async def cycle(self, *, force: bool = False, whole: bool = False) -> Cycle:
        """Poll, judge, trip, settle, publish. Turns never overlap. `force`: a person asked for it.

        whole: every source is read to its end first, however long it takes.
        """
        async with self._turn:
            now, held = self.clock.now(), self.leadership.number()  # what it begins under: a machine may sleep in it
            await asyncio.to_thread(self._new_rules)
            polls = await self._polling.turn(now, held, mended=force, whole=whole)
            polls += await self._listening.turn(held)
            judged = await asyncio.to_thread(self._judge.judge, self.clock.now(), held)
            trips = await self._confirming.trips(judged, polls, held)
            intents = await self.automatic.trip(trips, held)
            await self.automatic.settle(judged.facts, held)
            await self._publish(held)
            await self._see_exceptions(judged, held)
            await asyncio.to_thread(self._judge.learn)
            return Cycle(now, polls, judged, trips, intents)

    async def listen(self) -> None:
        """Take in what is pushed from now on, until it is closed or leads no more."""
        await asyncio.to_thread(self._new_rules)
        await self._listening.start()

    async def redraw(self) -> None:
        """Publish what the store says now, without polling: somebody acted."""
        if self.leadership.leads:
            await self._publish(self.leadership.number())

    async def _lead(self) -> None:
        schedule = Schedule(self.clock.speed, self._fault, self._jumped)
        schedule.every(RENEW_S * self.clock.speed, "lease", self._renew)
        self._unsure = False
        self._judge.forget()
        self._exceptions.forget()
        self._confirming.forget()
        schedule.start()  # a first turn that reads months may outlast the lease: it is renewed from here on
        serving = partial(self._duty, "endpoints", self._endpoints.look)
        try:
            await serving()
            schedule.every(endpoints.AGAIN_S * self.clock.speed, "endpoints", serving)
            await self._prepare()
            await self.listen()
            schedule.every(OUTBOX_S * self.clock.speed, "outbox", self._drain_outbox)
            schedule.every(SEAL_S * self.clock.speed, "seal", self._seal)
            await self._guarded_cycle()
            period = self._polling.period_s
            schedule.every(period, "poll", self._guarded_cycle, jitter_s=period / 20)
            schedule.every(housekeeping.EVERY_S * self.clock.speed, "housekeeping",
                           partial(self._duty, "backup", self._housekeeping.look))
            schedule.every(housekeeping.EVERY_S * self.clock.speed, "calls",
                           partial(self._duty, "calls", self._listening.keep_house))
            schedule.every(drill_duties.EVERY_S, "drills",
                           partial(self._duty, "drills", lambda: self._drills.look(self.leadership.number())))
            schedule.every(finding_duties.TICK_S * self.clock.speed, "findings",
                           partial(self._duty, "findings", lambda: self._findings.look(self.leadership.number())))
            schedule.every(ledger_duties.EVERY_S, "ledger",
                           partial(self._duty, "ledger", lambda: self._ledger.look(self.leadership.number())))
            while self.leadership.leads and not self._stop.is_set() and not self._unsure \
                    and self.database.damage is None:
                await self._wait(FOLLOW_S)
                late = time.monotonic() - self._turned > LATE_TURNS * period / self.clock.speed + AGAIN_S
                if late and "hangs" not in self._faults:
                    self._fault("hangs", TimeoutError(f"no turn was finished within {LATE_TURNS} poll periods"))
        finally:
            await self._listening.stop()
            schedule.stop()
            await self._polling.stop()
            await self._endpoints.close()

    async def _prepare(self) -> None:
        """What comes before the first turn: a sound file, today's prices, and what another process left under way."""
        damage = await asyncio.to_thread(self.database.quick_check)
        if damage:
            raise self.database.condemn(damage[0])
        await asyncio.to_thread(reprice_if_needed, self.config, self.database, self.prices, self.clock.now())
        await self.automatic.recover()

    async def _only_show(self, damage: str) -> None:
        """The file is damaged: everybody is told, past the database, and the last picture goes on being shown."""
        self._fault("damage", DatabaseDamaged(damage))
        await self._follow()

    async def _duty(self, what: str, look: Callable[[], Awaitable[str | None]]) -> None:
        """What is seen to beside the turns: what fails is told and tried again, and is never in the way of a turn."""
        self._duties.add(what)
        try:
            word = await look()
            self._fault(what, None if word is None else StoreError(word))
        except Overtaken:
            pass  # another leads, and sees to it
        except Exception as error:
            log.exception("the %s could not be seen to", what)
            self._fault(what, error)

    async def _follow(self) -> None:
        """Show what the leader publishes, and look again whether there still is one."""
        await self._republish()
        for _ in range(5):
            if not self._stop.is_set():
                await self._wait(FOLLOW_S)
                await self._republish()

    async def _wait(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stop.wait()

    async def _guarded_cycle(self) -> None:
        """A turn that fails is shown and logged; the next one comes all the same."""
        try:
            await self.cycle()
            self._turned = time.monotonic()
            for over in [what for what in self._faults if not what.startswith(LASTING) and what not in self._duties]:
                del self._faults[over]
        except DatabaseDamaged:
            log.exception("the database is damaged")
        except Exception as error:
            log.exception("a turn of the engine failed")
            self._fault("cycle", error)
            self._unsure = isinstance(error, OutcomeUnknown)  # begin anew: the file opened, what is under way looked at

    def _fault(self, what: str, error: BaseException | None) -> None:
        """Keep a fault on screen until it is cured (None), whatever else cannot be done."""
        if error is None:
            self._faults.pop(what, None)
            return
        self._faults[what] = f"{what}: {error}"
        if isinstance(error, CannotStore):
            self.automatic.alarm.cannot_store(error)
        seen = self._last or Daily(self.clock.now(), self.config.organisation.name,
                                   self.config.organisation.time_zone, simulated=self.config.simulated)
        self.publish(replace(seen, notices=tuple(dict.fromkeys((*seen.notices, *self._faults.values())))))

    async def _renew(self) -> None:
        await self.leadership.take()

    async def _seal(self) -> None:
        """Sign the audit log if a checkpoint is due, and tell the places outside. Never in the way of a turn."""
        try:
            await asyncio.to_thread(sealing.seal, self.config, self.database, self.clock.now())
            await asyncio.to_thread(anchoring.tell, self.config, self.database, self.clock.now())
            self._faults.pop("audit log", None)
        except Exception as error:
            log.exception("the audit log could not be sealed")
            self._fault("audit log", error)

    async def _jumped(self, seconds: float) -> None:
        """The machine's clock was set, or it slept: whoever reads the log must know which times to compare."""
        def write() -> None:
            with self.database.write() as tx:
                audit.append(tx, at=self.clock.now(), actor="engine", action="clock.jumped", object="clock",
                             detail={"seconds": round(seconds, 3)})

        try:
            await asyncio.to_thread(write)
        except StoreError as error:
            self._fault("audit log", error)

    async def _drain_outbox(self) -> None:
        await self._sender.drain(self.clock.now())

    async def _see_exceptions(self, judged: Judged, held: Held | None) -> None:
        """What goes wrong here is shown, and keeps nobody from being watched."""
        try:
            await asyncio.to_thread(self._exceptions.turn, judged, self.clock.now(), held)
            self._faults.pop("exceptions", None)
        except (StoreError, Overtaken):
            raise
        except Exception as error:
            log.exception("the exceptions could not be brought up to date")
            self._fault("exceptions", error)

    def _new_rules(self) -> None:
        """Attribution by the MBOM as it is now, for what is read from now on; ties are said on screen."""
        rules, covering, tied = attributing.rules_now(self.config, self.database)
        self._listening.attribute_by(rules, covering)
        for intake in self._polling.intakes:
            intake.attribute_by(rules.workload_of, covering)
        self._faults.pop("ties", None)
        self._faults |= {} if tied is None else {"ties": tied}

    async def _publish(self, held: Held | None) -> None:
        leader = await self.leadership.leader()
        now = self.clock.now()
        self._last = await asyncio.to_thread(self._draw, now, leader, held)
        self._version = self._last.version
        self.publish(self._last)

    def _draw(self, now: datetime, leader: str, held: Held | None) -> Daily:
        notices: Sequence[str] = (*self._faults.values(), *self._listening.notices)
        drawn = self._judge.draw(now, leader=leader, notices=tuple(notices))
        try:
            with self.database.write() as tx:
                check(tx, held)
                version = snapshots.publish(tx, "daily", now, daily_value.to_document(drawn))
        except StoreError as error:  # a full disk must not keep the picture from this screen
            return replace(drawn, version=self._version, notices=(*drawn.notices, str(error)))
        return replace(drawn, version=version)

    async def _republish(self) -> None:
        path = self.database.path
        row = None if path is None else await asyncio.to_thread(snapshots.newest, path, "daily")
        if row is not None and row[0] != self._version:
            self._version, self._last = row[0], (seen := daily_value.from_document(row[1]))
            own = [said for what, said in self._faults.items() if what not in self._duties]  # it leads no more
            self.publish(replace(seen, notices=tuple(dict.fromkeys((*seen.notices, *own)))))
