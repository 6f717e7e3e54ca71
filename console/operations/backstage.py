"""Open everything that a console needs behind its door, run the engine, and close it again."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import replace

from console.cadences.daily import Daily
from console.clock import Clock
from console.config import Config
from console.operations.desk import Desk
from console.operations.identity import current_actor
from console.operations.opening import introduce
from console.watch.engine import Engine
from store.database import Database


@contextlib.asynccontextmanager
async def opened_desk(config: Config, clock: Clock, publish: Callable[[Daily], None], *,
                      read_only: bool = False) -> AsyncIterator[Desk]:
    """A desk with its engine running in the background. A read-only console only follows."""
    database = await asyncio.to_thread(Database.open, config.database_url)
    shown = replace(config, read_only=read_only or config.read_only)
    await asyncio.to_thread(introduce, database, shown, current_actor(config), clock)
    engine = Engine(config, database, clock, publish)
    desk = Desk(config, database, clock, engine, read_only=read_only)
    running = asyncio.create_task(engine.follow() if read_only else engine.run())
    try:
        yield desk
    finally:
        engine.stop()
        with contextlib.suppress(Exception):  # what the engine died of was published while it lived
            await running
        database.close()
