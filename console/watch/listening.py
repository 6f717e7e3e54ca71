"""The push sources of the process that leads: they listen while it does, and what is wrong with one stays on screen."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from console.clock import Clock, epoch, month_bounds
from console.config import Config, SourceSettings
from console.kinds import source as kind_of
from console.providers.source import PushSource, Reception
from console.watch.attribution import Attribution
from console.watch.covering import Covering
from console.watch.execution import Held
from console.watch.intake import Poll
from console.watch.live import Live
from console.watch.push_intake import PushIntake
from store.database import Database

AGAIN_S = 10.0
"""A source that cannot listen tries it again so often."""
MOST_SLICES, BETWEEN_S = 200, 0.02
MOST_REASONS = 4
"""Of what was not taken from senders so many reasons are told, the most frequent ones."""

Fault = Callable[[str, BaseException | None], None]
"""Keep a fault on screen under a name; None: it is cured."""
Build = Callable[[SourceSettings], PushSource]

log = logging.getLogger(__name__)


def pushed(config: Config) -> tuple[SourceSettings, ...]:
    """The configured sources that are told of calls."""
    return tuple(each for each in config.sources if kind_of(each.kind).capabilities.push)


@dataclass(slots=True)
class Listening:
    """One for each engine. Sources are built anew each time that it begins to lead."""

    config: Config
    database: Database
    clock: Clock
    build: Build
    live: Live
    fault: Fault
    _intakes: list[PushIntake] = field(default_factory=list)
    _sources: list[PushSource] = field(default_factory=list)
    _serving: list[asyncio.Task[None]] = field(default_factory=list)

    async def start(self) -> None:
        """Listen with every push source there is. What cannot listen is a fault, and tried again."""
        settings = pushed(self.config)
        if not settings:
            return
        for each in settings:
            self._add(each)
        await self.live.start()
        self._serving = [asyncio.create_task(self._serve(source, intake))
                         for source, intake in zip(self._sources, self._intakes, strict=True)]

    async def stop(self) -> None:
        """Answer what was received whole, then listen no more."""
        for source in self._sources:
            try:
                await source.close()
            except Exception:
                log.exception("%s could not be closed", source.name)
        for task in self._serving:
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)
        await self.live.stop()
        self._sources, self._intakes, self._serving = [], [], []

    def attribute_by(self, rules: Attribution, covering: Covering) -> None:
        """Take new rules for what comes in from now on."""
        self.live.calls.attribute_by(rules, covering)

    async def keep_house(self) -> None:
        """Delete calls that are older than they are kept, some at a time: others are to write in between."""
        for _ in range(MOST_SLICES):
            if not await asyncio.to_thread(self.live.calls.forget_old, self.clock.now()):
                break
            await asyncio.sleep(BETWEEN_S)

    async def turn(self, held: Held | None) -> tuple[Poll, ...]:
        """Write down how far each is known. Raises StoreError, Overtaken."""
        polls = []
        for intake in self._intakes:
            polls.append(await asyncio.to_thread(intake.turn, self.live.calls, self.clock.now(), held))
        return tuple(polls)

    @property
    def notices(self) -> Sequence[str]:
        """What a person should know of them."""
        told = []
        if self.live.dropped:
            told.append(f"{self.live.dropped} pushed calls could not be stored and are in no figure; the log of the "
                        "console says why")
        for source in self._sources:
            reception = source.reception()
            told += [f"{source.name}: {notice}" for notice in (*reception.notices, *_left_out(reception))]
            if not source.authenticated:
                told.append(f"{source.name}: its senders prove nothing, so what they tell raises alerts, and alone "
                            "never kills; give the source a secret that they send")
        return told

    def _add(self, settings: SourceSettings) -> None:
        try:
            source = self.build(settings)
        except Exception as error:  # the others listen all the same
            log.exception("%s cannot be made", settings.name)
            self.fault(f"poll of {settings.name}", error)
            return
        self._sources.append(source)
        self._intakes.append(PushIntake(settings, source.capabilities, self.database))
        told = self.live.calls.told[settings.name]
        told.oldest = epoch(month_bounds(self.clock.now())[0])  # a former process may have died before it said so
        if not source.authenticated:
            self.live.calls.unproven.add(settings.name)

    async def _serve(self, source: PushSource, intake: PushIntake) -> None:
        what = f"poll of {source.name}"
        while True:
            intake.listens(self.clock.now())
            try:
                await source.serve(self.live.sink(source.name))
                return
            except asyncio.CancelledError:
                raise
            except Exception as error:
                log.warning("%s does not listen: %s", source.name, error)
                intake.fails(str(error))
                self.fault(what, error)
                await asyncio.sleep(AGAIN_S)
                self.fault(what, None)


def _left_out(reception: Reception) -> Iterator[str]:
    """What senders told and the console has not, since it began to listen: it is in no figure, or less well placed."""
    for said, counts in (("not taken since it began to listen: ", reception.refused),
                         ("there was no room in memory for ", reception.let_go)):
        most = sorted(((count, what) for what, count in counts.items() if count), reverse=True)
        if most:
            further = f", and {len(most) - MOST_REASONS} more" if len(most) > MOST_REASONS else ""
            yield said + ", ".join(f"{what} ({count:,})" for count, what in most[:MOST_REASONS]) + further
