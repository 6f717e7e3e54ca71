"""The readings of a turn: each source as often as it is set to, and none that is slow keeps the others waiting."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from console.watch.execution import Held, Overtaken
from console.watch.intake import Intake, Poll
from store.errors import StoreError

PATIENCE_S = 10.0
"""So long a turn waits for a reading. One that takes longer goes on beside the turns, and is the next one's."""

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Polling:
    """The intakes of one engine. `fault` is told of a source that fails as nobody foresaw, and when it does no more.

    period_s: how often there is a turn.
    """

    intakes: Sequence[Intake]
    fault: Callable[[str, BaseException | None], None]
    period_s: float = 60.0
    patience_s: float = PATIENCE_S
    _under_way: dict[str, asyncio.Task[Poll]] = field(default_factory=dict)
    _begun: dict[str, datetime] = field(default_factory=dict)

    async def turn(self, now: datetime, held: Held | None, *, mended: bool = False,
                   whole: bool = False) -> tuple[Poll, ...]:
        """What became of every reading that is due. `whole`: however long they take, and whether or not they are due.

        mended: a person asked for it. Raises StoreError and Overtaken.
        """
        due = [intake for intake in self.intakes if whole or mended or self._due(intake, now)]
        return await self._read(due, now, held, mended=mended, patience_s=None if whole else self.patience_s)

    async def again(self, names: Collection[str], now: datetime, held: Held | None) -> tuple[Poll, ...]:
        """A fresh reading of these sources, of the whole last hour, however long it takes: something hangs on it."""
        named = [intake for intake in self.intakes if intake.settings.name in names]
        under_way = [intake for intake in named if intake.settings.name in self._under_way]
        await self._read(under_way, now, held, patience_s=None)  # what has begun already may read less than an hour
        return await self._read(named, now, held, patience_s=None, hour=True)

    async def stop(self) -> None:
        """Let go of what is still being read; nothing of it is stored."""
        tasks, self._under_way = list(self._under_way.values()), {}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _due(self, intake: Intake, now: datetime) -> bool:
        name, poll_s = intake.settings.name, intake.settings.poll_s
        begun = self._begun.get(name)
        # Turns come a little early or late; half a one decides which of them is the source's own.
        wait = timedelta(seconds=poll_s - self.period_s / 2)
        return begun is None or name in self._under_way or poll_s <= self.period_s or not begun <= now < begun + wait

    async def _read(self, intakes: Sequence[Intake], now: datetime, held: Held | None, *, patience_s: float | None,
                    mended: bool = False, hour: bool = False) -> tuple[Poll, ...]:
        for intake in intakes:
            name = intake.settings.name
            if name not in self._under_way:
                self._begun[name] = now
                self._under_way[name] = asyncio.create_task(self._one(intake, now, held, mended, hour))
        tasks = [self._under_way[intake.settings.name] for intake in intakes]
        if tasks:
            try:
                await asyncio.wait(tasks, timeout=patience_s)
            except asyncio.CancelledError:
                await self.stop()
                raise
        return tuple([self._ended(intake.settings.name, task) for intake, task in zip(intakes, tasks, strict=True)])

    def _ended(self, name: str, task: asyncio.Task[Poll]) -> Poll:
        if not task.done():
            return Poll(name, ok=False, error=f"{name} has not answered whole within {self.patience_s:g} s. It goes on "
                                              "being read, and the other sources are judged without it.")
        self._under_way.pop(name, None)
        return task.result()

    async def _one(self, intake: Intake, now: datetime, held: Held | None, mended: bool, hour: bool) -> Poll:
        """A source that fails as nobody foresaw must not keep the others from being judged."""
        name = intake.settings.name
        try:
            polled = await intake.poll(now, mended=mended, held=held, hour=hour)
        except (StoreError, Overtaken):  # nothing can be written, or not by us: there is nothing to judge with
            raise
        except Exception as error:
            log.exception("%s could not be polled", name)
            self.fault(f"poll of {name}", error)
            return Poll(name, ok=False, error=f"{type(error).__name__}: {error}")
        self.fault(f"poll of {name}", None)
        return polled
