"""Calls as they are pushed: stored many requests at a time, judged at once, and what kills is asked for within seconds.

A request has its answer when its calls are in the file, so nothing that was acknowledged is lost. While they cannot be
stored it is told to come again. Workloads that calls came in of are judged after each batch, without a poll; a kill
needs two judgements in a row, the second one when more comes in, or a moment later.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from console.clock import Clock
from console.memory import uncollected
from console.providers.source import Busy, PushedCall, Sink
from console.watch.call_store import CallStore
from console.watch.execution import Held, Overtaken
from console.watch.judgement import Judged, Trip
from store import room
from store.errors import DatabaseDamaged, DatabaseFull, NotWritable, StoreError

TOGETHER_S = 0.1
"""So often a transaction is begun at most, unless many calls wait."""
FULL = 2000
"""So many calls are stored without waiting for more."""
MOST_WAITING = 20_000
"""So many calls wait to be stored at most: some seconds' worth, and some tens of megabytes."""
WITHIN_S = 5.0
"""Who has waited so long for a transaction to begin is told to come again."""
AGAIN_S = 0.3
"""So long after a first suspicion it is judged again, where nothing more comes in."""
BUSY_S, FULL_DISK_S, FOLLOWING_S = 1.0, 60.0, 5.0
"""When to come again: while others wait too, while nothing may be written, while another console leads."""

log = logging.getLogger(__name__)


async def _nobody() -> None:
    pass


class Judging(Protocol):
    """Judges some workloads alone."""

    def at_once(self, workloads: Iterable[str], at: datetime, held: Held | None = None) -> Judged: ...


@dataclass(slots=True, eq=False)
class _Waiting:
    """One request whose sender waits."""

    source: str
    calls: Sequence[PushedCall]
    answer: asyncio.Future[None]
    since: float = field(default_factory=time.monotonic)


@dataclass(slots=True)
class Live:
    """One for each engine that leads; `take` is called from its loop."""

    calls: CallStore
    judge: Judging
    clock: Clock
    held: Callable[[], Held | None]
    trip: Callable[[Sequence[Trip], Held | None], Awaitable[object]]
    changed: Callable[[], Awaitable[None]] = _nobody
    """Somebody should see it: an alert fired, or a kill was begun."""
    dropped: int = 0
    """Calls that were let go since the start, because nothing could be made of them."""
    _waiting: list[_Waiting] = field(default_factory=list)
    _number: int = 0
    """Calls that wait."""
    _came: asyncio.Event = field(default_factory=asyncio.Event)
    _last: float = 0.0
    """When the last batch was begun."""
    _suspected: set[str] = field(default_factory=set)
    _work: asyncio.Task[None] | None = None
    _acts: set[asyncio.Task[None]] = field(default_factory=set)

    async def start(self) -> None:
        """Take in from now on; what came in of the last hour is known again."""
        self._suspected = set()  # of whatever was judged before it led
        await asyncio.to_thread(self.calls.recall, self.clock.now())
        self._work = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Store what waits, and take in nothing more. Sources are closed before."""
        work, self._work = self._work, None
        if work is not None:
            self._came.set()
            await work
        self._refuse(list(self._waiting), Busy(FOLLOWING_S, "The console is ending."))
        await asyncio.gather(*self._acts, return_exceptions=True)

    def sink(self, source: str) -> Sink:
        """Where a push source of that name puts its calls."""
        async def take(calls: Sequence[PushedCall]) -> None:
            await self.take(source, calls)

        return take

    async def take(self, source: str, calls: Sequence[PushedCall]) -> None:
        """Store calls; returns when they are in the file. Raises Busy."""
        if not calls:
            return
        if self._work is None:
            raise Busy(FOLLOWING_S, "This console does not lead.")
        if self._number + len(calls) > MOST_WAITING and self._waiting:
            raise Busy(BUSY_S)
        one = _Waiting(source, calls, asyncio.get_running_loop().create_future())
        self._waiting.append(one)
        self._number += len(calls)
        self._came.set()
        await one.answer

    async def _run(self) -> None:
        while self._work is not None or self._waiting:
            batch = await self._next()
            touched = await self._stored(batch) if batch else set()
            if touched or self._suspected:
                await self._judged(touched | self._suspected)

    async def _next(self) -> list[_Waiting]:
        """What is to be stored together; empty where a suspicion is to be looked at again, or it ends."""
        if not self._waiting:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(AGAIN_S if self._suspected else None):
                    await self._came.wait()
        self._came.clear()
        end = self._last + TOGETHER_S  # the first after a pause is stored at once
        while self._waiting and self._number < FULL and self._work is not None and time.monotonic() < end:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(end - time.monotonic()):
                    await self._came.wait()
            self._came.clear()
        self._last = time.monotonic()
        return self._taken()

    def _taken(self) -> list[_Waiting]:
        """The requests that have waited longest, as many as are stored together; who waited too long comes again."""
        late = time.monotonic() - WITHIN_S
        self._refuse([one for one in self._waiting if one.since < late], Busy(BUSY_S))
        batch: list[_Waiting] = []
        number = 0
        for one in self._waiting:
            if batch and number + len(one.calls) > FULL:
                break
            batch.append(one)
            number += len(one.calls)
        del self._waiting[:len(batch)]
        self._number -= number
        return batch

    async def _stored(self, batch: Sequence[_Waiting]) -> set[str]:
        """The workloads whose calls are in the file now; everybody has an answer."""
        try:
            if room.free(self.calls.database.path) < room.STOP_BYTES:
                raise Busy(FULL_DISK_S, "The disk that holds the database is full.")
            touched = await asyncio.to_thread(self._store, batch)
        except Busy as error:
            self._answer(batch, error)
        except Overtaken:
            self._answer(batch, Busy(FOLLOWING_S, "Another console leads by now."))
        except (DatabaseFull, DatabaseDamaged, NotWritable) as error:
            log.error("pushed calls cannot be stored: %s", error)
            self._answer(batch, Busy(FULL_DISK_S, str(error)))
        except StoreError as error:
            log.warning("pushed calls could not be stored now: %s", error)
            self._answer(batch, Busy(BUSY_S, str(error)))
        except (OSError, MemoryError) as error:  # the machine's fault and no call's: each may be stored later
            log.exception("pushed calls could not be stored now")
            self._answer(batch, Busy(BUSY_S, str(error)))
        except Exception as error:
            return await self._salvaged(batch, error)
        else:
            self._answer(batch, None)
            return touched
        return set()

    async def _salvaged(self, batch: Sequence[_Waiting], error: Exception) -> set[str]:
        """One call holds what nobody foresaw: the others are stored without it, which is dropped and never sent again.
        """
        if len(batch) > 1:
            return set().union(*[await self._stored([one]) for one in batch])
        (one,) = batch
        if len(one.calls) == 1:
            log.error("a pushed call was dropped, because it cannot be stored", exc_info=error)
            self.dropped += 1
            self._answer(batch, None)
            return set()
        half = len(one.calls) // 2
        loop = asyncio.get_running_loop()
        parts = [_Waiting(one.source, part, loop.create_future()) for part in (one.calls[:half], one.calls[half:])]
        touched = set().union(*[await self._stored([part]) for part in parts])
        self._answer(batch, next((failed for part in parts if (failed := part.answer.exception())), None))
        return touched

    def _store(self, batch: Sequence[_Waiting]) -> set[str]:
        with uncollected():
            return self.calls.store([(one.source, one.calls) for one in batch], self.clock.now(), self.held())

    async def _judged(self, workloads: set[str]) -> None:
        """Judge these; a kill that two judgements in a row agree on is begun."""
        try:
            judged = await asyncio.to_thread(self.judge.at_once, workloads, self.clock.now(), self.held())
        except Overtaken:
            self._suspected = set()
            return
        except StoreError as error:
            log.warning("calls could not be judged: %s", error)
            return
        except Exception:
            log.exception("calls could not be judged")
            self._suspected = set()
            return
        seen = {trip.facts.workload for trip in judged.trips}
        confirmed = [trip for trip in judged.trips if trip.facts.workload in self._suspected]
        self._suspected = seen - {trip.facts.workload for trip in confirmed}
        if confirmed or judged.changes:
            self._begin(self._act(confirmed))

    async def _act(self, trips: Sequence[Trip]) -> None:
        try:
            if trips:
                await self.trip(trips, self.held())
            await self.changed()
        except Exception:
            log.exception("what calls showed could not be acted on")

    def _begin(self, act: Coroutine[object, object, None]) -> None:
        task = asyncio.create_task(act)
        self._acts.add(task)
        task.add_done_callback(self._acts.discard)

    def _refuse(self, late: Sequence[_Waiting], error: Busy) -> None:
        for one in late:
            self._waiting.remove(one)
            self._number -= len(one.calls)
        self._answer(late, error)

    def _answer(self, batch: Iterable[_Waiting], error: BaseException | None) -> None:
        for one in batch:
            if one.answer.done():  # whoever asked has gone
                continue
            if error is None:
                one.answer.set_result(None)
            else:
                one.answer.set_exception(error)
