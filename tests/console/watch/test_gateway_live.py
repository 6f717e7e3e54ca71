"""A gateway that tells of each call and is polled too: seen at once, counted once, and corrected by its log."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from console.clock import ManualClock, from_epoch
from console.config import Config, load_text
from console.providers.source import PushedCall, Tokens
from console.simulator.litellm.server import RunningGateway
from console.watch.engine import Engine
from store import registry, windows
from store.database import Database
from tests.support.database import fresh_database
from tests.support.listening import free_port, until
from tests.support.litellm_gateway import CLAIMS, NOW, T0, VIEWER_SECRET, call, gateway

SLUG = "claims-triage"
RECORDED = Path(__file__).parents[1] / "providers" / "litellm_callback" / "recorded.json"
ONE_USD_MICRO = 3393
SINCE, CALLS = T0 + 1740, 12


def payload(number: int, ended: float) -> dict[str, Any]:
    """What the gateway tells of the call that it logs under this number."""
    told: dict[str, Any] = json.loads(RECORDED.read_text())[0][0]
    told |= {"id": f"msg_{number:06}", "startTime": ended - 1.5, "endTime": ended}
    told["metadata"] |= {"user_api_key_hash": CLAIMS}
    return told


def configured(folder: Path, base_url: str, port: int) -> Config:
    for name, secret in (("read", VIEWER_SECRET), ("push", "a-secret-of-the-gateway")):
        (folder / name).write_text(secret)
        (folder / name).chmod(0o600)
    return load_text(f"""
        [[sources]]
        name = "gateway"
        kind = "litellm"
        base_url = "{base_url}"
        secret = "file:read"
        backfill = "1d"
        [[sources]]
        name = "gateway-calls"
        kind = "litellm-callback"
        listen = "127.0.0.1:{port}"
        secret = "file:push"
    """, folder / "token-console.toml")


class Live:
    """The gateway, and an engine that polls it and listens to it."""

    def __init__(self, running: RunningGateway, database: Database, engine: Engine, clock: ManualClock,
                 client: httpx.AsyncClient) -> None:
        self.running, self.database, self.engine, self.clock, self.client = running, database, engine, clock, client

    async def tell(self, *numbers: int) -> None:
        told = [payload(number, SINCE + number) for number in numbers]
        assert (await self.client.post("/litellm", json=told)).json() == {"taken": len(numbers), "refused": {}}

    async def turn(self, minutes: float = 1) -> None:
        self.clock.advance(60 * minutes)
        await self.engine.cycle()

    def spent(self) -> int:
        with self.database.read() as tx:
            found = windows.period_spend(tx, T0, T0 + 7200).get(SLUG)
        return found.cost if found is not None else 0


@pytest.fixture
async def live(tmp_path: Path) -> AsyncIterator[Live]:
    clock, port = ManualClock(NOW), free_port()
    with RunningGateway(gateway(), clock) as running:
        config, database = configured(tmp_path, running.base_url, port), fresh_database(tmp_path)
        with database.write() as tx:
            registry.put_workload(tx, {
                "slug": SLUG, "name": "Claims triage", "environment": "production", "status": "live",
                "usage": [{"source": "otel", "service": "claims"},
                          *({"source": source, "api_key_id": CLAIMS} for source in ("gateway", "gateway-calls"))],
            }, by="maria", at=NOW - timedelta(days=1))
        engine = Engine(config, database, clock)
        assert await engine.leadership.take()
        await engine.cycle()
        await engine.listen()
        headers = {"authorization": "Bearer a-secret-of-the-gateway"}
        try:
            await until(lambda: engine._listening._sources[0].reception().address is not None)
            place = f"http://127.0.0.1:{port}"
            async with httpx.AsyncClient(base_url=place, headers=headers, trust_env=False) as client:
                yield Live(running, database, engine, clock, client)
        finally:
            await engine.close()
            database.close()


async def test_a_call_is_spent_as_soon_as_the_gateway_tells_of_it_and_once_when_its_log_is_read(live: Live) -> None:
    await live.tell(*range(CALLS))
    assert live.spent() == CALLS * ONE_USD_MICRO

    live.running.gateway.log(*(call(number, SINCE + number - 1.5) for number in range(CALLS)))
    await live.turn()
    for _ in range(6):
        await live.turn()
        assert live.spent() == CALLS * ONE_USD_MICRO


async def test_a_call_over_the_edge_of_a_minute_is_one_figure_at_every_moment(live: Live) -> None:
    await live.tell(61)  # it began 0.5 s before the minute, and ended in it
    live.running.gateway.log(call(61, SINCE + 61 - 1.5))
    for _ in range(4):
        assert live.spent() == ONE_USD_MICRO
        await live.turn()


async def test_what_the_callback_lost_is_found_in_the_log(live: Live) -> None:
    await live.tell(1, 2)
    live.running.gateway.log(*(call(number, SINCE + number - 1.5) for number in range(CALLS)))
    await live.turn(6)
    assert live.spent() == CALLS * ONE_USD_MICRO


async def test_a_call_that_is_told_of_twice_is_counted_once(live: Live) -> None:
    await live.tell(1, 2, 3)
    await live.tell(2, 3, 4)
    assert live.spent() == 4 * ONE_USD_MICRO


async def test_a_client_its_gateway_and_the_gateways_log_tell_of_one_call_and_are_one_figure(live: Live) -> None:
    """The client counts all input as fresh and is corrected by the gateway, whichever of them comes first."""
    spans = [PushedCall(
        at=from_epoch(SINCE + number), key=f"anthropic/msg_{number:06}", rank=30, provider="anthropic", session="run-1",
        model="claude-sonnet-4-5-20250929", tokens=Tokens(5321, output=17), dimensions=(("service", "claims"),),
    ) for number in (2, 3)]
    await live.engine._listening.live.take("otel", spans[:1])
    alone = live.spent()
    assert alone > ONE_USD_MICRO
    await live.tell(2, 3)
    await live.engine._listening.live.take("otel", spans[1:])
    assert live.spent() == 2 * ONE_USD_MICRO

    live.running.gateway.log(*(call(number, SINCE + number - 1.5) for number in (2, 3)))
    for _ in range(6):
        await live.turn()
        assert live.spent() == 2 * ONE_USD_MICRO
