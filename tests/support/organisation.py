"""A whole simulated organisation on a clock that tests move: provider, configuration, signed Charters, database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from console.cadences.daily import Daily, WorkloadLine
from console.config import Config
from console.simulator.everywhere.living import Living
from console.watch.engine import Cycle, Engine
from store import incidents
from store.database import Database
from store.tables import Intent
from tests.support.prepared import prepared
from tests.support.simulator import Provider, provider

RUNAWAY = "claims-triage"


@dataclass
class Paths:
    """What `prepare` asks of a provider."""

    base_url: str
    read_key: str
    kill_key: str
    start: datetime
    living: tuple[Living, ...] = ()


@dataclass
class Organisation:
    provider: Provider
    config: Config
    database: Database
    engine: Engine
    published: list[Daily] = field(default_factory=list)

    async def turn(self, seconds: float = 60.0) -> Cycle:
        """Let so much time pass, then one turn of the engine with its kills carried to their end."""
        self.provider.clock.advance(seconds)
        cycle = await self.engine.cycle()
        await self.engine.automatic.drain(30.0)
        return cycle

    async def until_trip(self, minutes: int) -> datetime | None:
        """Turn once a minute until a kill is written down; None if none is in that time."""
        for _ in range(minutes):
            if (await self.turn()).intents:
                return self.provider.clock.now()
        return None

    def kills(self) -> list[Intent]:
        with self.database.read() as tx:
            return [intent for intent in incidents.intents(tx, None, 50) if intent.verb == "kill"]

    def line(self, slug: str) -> WorkloadLine:
        return next(line for line in self.published[-1].workloads if line.slug == slug)


@asynccontextmanager
async def organisation(folder: Path, story: str = "quiet-day") -> AsyncIterator[Organisation]:
    """The story's organisation at its start, with sixty days behind it, and an engine that leads."""
    with provider(story) as simulated:
        keys = simulated.running.admin_keys
        paths = Paths(f"http://127.0.0.1:{simulated.running.port}", keys["read"], keys["kill"], simulated.clock.now())
        config = await prepared(folder, paths, story)
        database = Database.open(config.database_url)
        published: list[Daily] = []
        engine = Engine(config, database, simulated.clock, published.append)
        assert await engine.leadership.take()
        try:
            yield Organisation(simulated, config, database, engine, published)
        finally:
            await engine.close()
            database.close()
