"""What a demo stands on: a folder with configuration, secrets and a database that already knows sixty days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from console.clock import ManualClock
from console.commands import demo_ledger
from console.config import FILE_NAME, Config, load
from console.errors import ConsoleError
from console.operations import registry
from console.operations.desk import Desk
from console.operations.identity import current_actor, login_name
from console.simulator.everywhere.living import Living
from console.simulator.portfolio import KILL_FILE, READ_FILE, SOURCE, SeededPortfolio, portfolio
from console.watch import reading_plan
from console.watch.engine import Engine
from console.watch.intake import Poll
from store.database import Database

SIGNED_BEFORE = timedelta(days=75)
"""The Charters were signed so long before the story starts."""


class Provider(Protocol):
    """A simulated provider, wherever it runs."""

    base_url: str
    read_key: str
    kill_key: str
    start: datetime

    @property
    def living(self) -> Sequence[Living]:
        """Where workloads live that are not at Anthropic alone."""


async def prepare(folder: Path, provider: Provider, story: str) -> Config:
    """Fill an empty folder (mode 0700) for the story, up to its start. Raises ConsoleError or StoreError."""
    files = portfolio(story, provider.start, base_url=provider.base_url, user=login_name(),
                      living=provider.living)
    config = _write(folder, provider, files)
    database = Database.create(config.database_url)
    try:
        await _sign(config, database, files, provider.start - SIGNED_BEFORE)
        await _backfill(config, database, provider.start)
        await demo_ledger.fill(config, database, provider.start)
    finally:
        database.close()
    return config


def _write(folder: Path, provider: Provider, files: SeededPortfolio) -> Config:
    _private(folder / FILE_NAME, files.config_toml)
    _private(folder / "mbom.toml", files.mbom_toml)
    for charter in files.charters:
        _private(folder / "charters" / f"{charter.workload}.toml", charter.toml)
    _private(folder / READ_FILE, provider.read_key)
    _private(folder / KILL_FILE, provider.kill_key)
    for name, secret in (each for place in provider.living for each in place.secrets.items()):
        _private(folder / name, secret)
    return load(folder / FILE_NAME)


def _private(path: Path, text: str) -> None:
    path.parent.mkdir(mode=0o700, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")


async def _sign(config: Config, database: Database, files: SeededPortfolio, at: datetime) -> None:
    """Import the MBOM and the Charters, and sign them, through the same door as a person does."""
    desk, actor = Desk(config, database, ManualClock(at)), current_actor(config)
    await registry.import_mbom(desk, actor, text=files.mbom_toml, name="mbom.toml")
    for charter in files.charters:
        await registry.import_charter(desk, actor, text=charter.toml, name=f"charters/{charter.workload}.toml")
        for role in charter.roles:
            await registry.sign(desk, actor, workload=charter.workload, role=role)


async def _backfill(config: Config, database: Database, at: datetime) -> None:
    """Turns of the engine at the story's start, until the first screen is whole and Anthropic's week is known by the
    minute. The other sources' week follows while the story runs: it is not worth waiting for."""
    alone = replace(config, sources=tuple(each for each in config.sources if each.name == SOURCE))
    await _turns(alone, database, at, reading_plan.FINE_DAYS - 2)
    polls = await _turns(config, database, at, 1)
    failed = [poll.error or "" for poll in polls if not poll.ok]
    if failed:
        raise ConsoleError(f"The demo's own provider could not be read: {failed[0]}")


async def _turns(config: Config, database: Database, at: datetime, turns: int) -> Sequence[Poll]:
    """So many turns. Returns what the last of them read."""
    engine = Engine(config, database, ManualClock(at))
    try:
        await engine.leadership.take()
        for _ in range(turns):
            cycle = await engine.once()
    finally:
        await engine.close()
    return cycle.polls
