"""A simulated organisation that also listens for OpenTelemetry, and a sender that it trusts."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from console.config import FILE_NAME, load
from console.operations import registry
from console.operations.desk import Desk
from console.operations.identity import current_actor
from console.watch.engine import Engine
from tests.support.organisation import RUNAWAY, Organisation, organisation

SECRET = "a-secret-that-senders-bear"


@dataclass
class Listened:
    """The organisation with its engine, which listens, and a client for the receiver."""

    whole: Organisation
    client: httpx.AsyncClient

    @property
    def engine(self) -> Engine:
        return self.whole.engine


@asynccontextmanager
async def listened(folder: Path, *, secret: bool = True, rule: str = 'service = "triage"',
                   story: str = "quiet-day") -> AsyncIterator[Listened]:
    """The runaway's workload has a rule for what is pushed, beside its key. `secret`: senders must bear one."""
    async with organisation(folder, story) as whole:
        port = free_port()
        _configure(folder, port, secret)
        config = load(folder / FILE_NAME)
        desk = Desk(whole.config, whole.database, whole.provider.clock)
        mbom = (folder / "mbom.toml").read_text()
        at = mbom.index("usage = [", mbom.index(f'slug = "{RUNAWAY}"')) + len("usage = [")
        await registry.import_mbom(desk, current_actor(config), name="mbom.toml",
                                   text=f'{mbom[:at]}{{ source = "otel", {rule} }}, {mbom[at:]}')
        await whole.engine.leadership.give_up()
        engine = Engine(config, whole.database, whole.provider.clock, whole.published.append)
        whole.engine = engine
        assert await engine.leadership.take()
        await engine.cycle()
        await engine.listen()
        headers = {"authorization": f"Bearer {SECRET}"} if secret else {}
        address = f"http://127.0.0.1:{port}"
        try:
            await until(lambda: engine._listening._sources[0].reception().address is not None)
            async with httpx.AsyncClient(base_url=address, headers=headers, trust_env=False) as client:
                yield Listened(whole, client)
        finally:
            await engine.close()


async def until(true: Callable[[], bool], within_s: float = 10.0) -> None:
    """Returns as soon as it is true. Raises TimeoutError."""
    async with asyncio.timeout(within_s):
        while True:
            if true():
                return
            await asyncio.sleep(0.01)


def _configure(folder: Path, port: int, secret: bool) -> None:
    path = folder / "secrets" / "otel"
    path.touch(mode=0o600)
    path.write_text(SECRET)
    line = 'secret = "file:secrets/otel"\n' if secret else ""
    with (folder / FILE_NAME).open("a") as file:
        file.write(f'\n[[sources]]\nname = "otel"\nkind = "otel"\n{line}listen = "127.0.0.1:{port}"\n')


def free_port() -> int:
    """A port of loopback that nobody listens at now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
