"""A prepared demo on a clock that a test moves: the simulator, the database, and the engine that watches."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from console.cadences.daily import Daily
from console.clock import ManualClock
from console.commands.demo_report import document
from console.config import Config
from console.watch.engine import Engine
from store.database import Database
from tests.support.prepared import prepared
from tests.support.simulator import Provider, provider


class Simulated:
    """The simulator as the demo holds it."""

    def __init__(self, running: Provider) -> None:
        self.provider = running
        self.start = running.running.world.story.start
        self.base_url = running.running.base_url
        self.read_key = running.running.admin_keys["read"]
        self.kill_key = running.running.admin_keys["kill"]
        self.living = ()

    def state(self, until: datetime | None = None) -> dict[str, Any]:
        return self.provider.running.world.state(until)


@dataclass
class Night:
    """A story under way."""

    story: str
    simulated: Simulated
    config: Config
    database: Database
    engine: Engine
    clock: ManualClock
    published: list[Daily]

    async def watch(self, minutes: int) -> None:
        """Poll once a minute for so many minutes of the story."""
        for _ in range(minutes):
            self.clock.advance(60)
            await self.engine.once()

    def report(self) -> dict[str, Any]:
        """What `demo --headless` would print now."""
        return document(self.simulated, self.database, self.published[-1], story=self.story, seconds=0,
                        until=self.clock.now())


@asynccontextmanager
async def night(folder: Path, story: str, *, seed: int = 1) -> AsyncIterator[Night]:
    """A story, prepared, with the engine leading and nothing polled since its start."""
    with provider(story, seed=seed) as running:
        simulated = Simulated(running)
        config = await prepared(folder, simulated, story, seed)
        database = Database.open(config.database_url)
        published: list[Daily] = []
        engine = Engine(config, database, running.clock, publish=published.append)
        try:
            await engine.leadership.take()
            yield Night(story, simulated, config, database, engine, running.clock, published)
        finally:
            await engine.close()
            database.close()
