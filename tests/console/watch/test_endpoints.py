"""What switches serve: there for as long as a process leads, and said where it cannot be."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest

from console import kinds
from console.clock import SystemClock
from console.config import SwitchSettings, load_text
from console.errors import BadConfiguration
from console.switches.switch import Endpoint
from console.watch.endpoints import Endpoints
from console.watch.engine import Engine
from tests.support.database import fresh_database


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def text(port: int) -> str:
    return (f'[[switches]]\nname = "gate"\nkind = "gate"\npath = "gates"\nlisten = "127.0.0.1:{port}"\n'
            '[[switches]]\nname = "silent"\nkind = "gate"\npath = "others"\n')


async def status(port: int) -> int:
    async with httpx.AsyncClient(trust_env=False) as client:
        return (await client.get(f"http://127.0.0.1:{port}/v1/gates/claims-triage")).status_code


async def test_an_endpoint_is_there_until_it_is_closed_and_a_second_one_says_that_it_cannot_be(tmp_path: Path) -> None:
    port = free_port()
    config = load_text(text(port), tmp_path / "token-console.toml")
    leading, following = Endpoints(config, SystemClock()), Endpoints(config, SystemClock())
    try:
        assert await leading.look() is None
        assert await status(port) == 200
        word = await following.look()
        assert word is not None
        assert "the switch gate cannot listen" in word
        await leading.close()
        with pytest.raises(httpx.ConnectError):
            await status(port)
        assert await following.look() is None
        assert await status(port) == 200
    finally:
        await leading.close()
        await following.close()


async def test_an_endpoint_that_cannot_be_made_keeps_no_other_from_answering(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    port = free_port()
    broken = text(port).replace('name = "silent"', 'name = "first"').split("[[switches]]")
    config = load_text("[[switches]]".join((broken[0], broken[2], broken[1])), tmp_path / "token-console.toml")
    build = kinds.switch("gate").endpoint

    def endpoint(settings: SwitchSettings, tools: kinds.SwitchTools) -> Endpoint | None:
        if settings.name == "first":
            raise BadConfiguration("no such thing")
        return build(settings, tools)

    monkeypatch.setattr(kinds, "switch", lambda _: SimpleNamespace(endpoint=endpoint))
    endpoints = Endpoints(config, SystemClock())
    try:
        assert await endpoints.look() == "the switch first cannot listen: no such thing"
        assert await status(port) == 200
    finally:
        await endpoints.close()


async def test_the_engine_that_leads_serves_it(tmp_path: Path) -> None:
    port = free_port()
    database = fresh_database(tmp_path)
    engine = Engine(load_text(text(port), tmp_path / "token-console.toml"), database, SystemClock())
    running = asyncio.create_task(engine.run())
    try:
        async with asyncio.timeout(10):
            while True:
                try:
                    assert await status(port) == 200
                    break
                except httpx.ConnectError:
                    await asyncio.sleep(0.01)
    finally:
        engine.stop()
        await running
        database.close()
    with pytest.raises(httpx.ConnectError):
        await status(port)
