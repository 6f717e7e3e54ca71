"""What every channel is told at once, past the database, when nothing can be written down."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from console.clock import ManualClock
from console.config import Config, Notification
from console.operations import breakers
from console.operations.desk import Desk
from console.watch.alarm import Alarm
from console.watch.engine import Engine
from store.errors import DatabaseFull
from tests.support import kills
from tests.support.automatic import trip
from tests.support.http_server import Reply, Server, serving
from tests.support.key_server import Keys, key_server
from tests.support.kills import KEY, NIGHT, SLUG

FULL = DatabaseFull("The disk is full.")


@pytest.fixture
def keys() -> Iterator[Keys]:
    with key_server(**{KEY: "active"}) as served:
        yield served


@pytest.fixture
def pager() -> Iterator[Server]:
    with serving(lambda asked: Reply(200, b"{}")) as server:
        yield server


@pytest.fixture(autouse=True)
async def closed() -> AsyncIterator[None]:
    """Whatever desk a test made is closed after it."""
    yield
    await kills.close_desks()


def told(config: Config, folder: Path, **addresses: str) -> Config:
    """The same settings with these channels."""
    channels = []
    for name, address in addresses.items():
        secret = folder / name
        secret.write_text(address)
        secret.chmod(0o600)
        channels.append(Notification(name, f"file:{secret}", "critical"))
    return replace(config, notifications=tuple(channels))


def address(server: Server) -> str:
    return server.url.replace("http://", "json://")


@pytest.fixture
def desk(keys: Keys, pager: Server, tmp_path: Path) -> Desk:
    made = kills.kill_desk(told(kills.config(keys.url, tmp_path), tmp_path, pager=address(pager)))
    kills.signed_terms(made)
    return made


async def test_a_kill_that_cannot_be_written_down_is_not_carried_out_and_everybody_is_told(
        desk: Desk, keys: Keys, pager: Server) -> None:
    desk.database.condemn("page 7 is torn")
    engine = breakers.automatic(desk)
    assert await engine.trip([trip()]) == ()
    await engine.drain(5)
    (message,) = pager.asked
    assert f"{SLUG} was NOT killed".encode() in message.body
    assert b"page 7 is torn" in message.body
    assert b"token-console break-glass WORKLOAD --reason TEXT" in message.body
    assert keys.writes == []
    assert keys.states[KEY] == "active"


async def test_an_engine_that_cannot_write_tells_everybody(desk: Desk, pager: Server) -> None:
    engine = Engine(desk.config, desk.database, desk.clock)
    desk.database.condemn("page 7 is torn")
    running = asyncio.create_task(engine.run())
    assert await asyncio.to_thread(pager.heard.wait, 30)
    assert b"Token Console cannot write to its database" in pager.asked[0].body
    engine.stop()
    await running


async def test_the_same_is_told_again_after_half_an_hour(pager: Server, tmp_path: Path) -> None:
    clock = ManualClock(NIGHT)
    alarm = Alarm(told(kills.config("http://localhost", tmp_path), tmp_path, pager=address(pager)), clock)
    for minutes in (0, 29, 2):
        clock.advance(timedelta(minutes=minutes).total_seconds())
        alarm.cannot_store(FULL)
        alarm.kill_withheld(SLUG, FULL)
    await alarm.wait()
    assert len(pager.asked) == 4


async def test_a_channel_that_fails_keeps_nothing_from_the_others(pager: Server, tmp_path: Path) -> None:
    alarm = Alarm(told(kills.config("http://localhost", tmp_path), tmp_path, gone="json://127.0.0.1:9/",
                       pager=address(pager)), ManualClock(NIGHT))
    said = await alarm.sound("title", "body")
    assert said == {"gone": "the channel did not accept the message", "pager": None}
    assert len(pager.asked) == 1
