"""A simulated LiteLLM gateway with a few keys, and a source that reads it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from decimal import Decimal

from console.clock import ManualClock
from console.providers.litellm.source import LitellmSource
from console.simulator.litellm.gateway import ADMIN, USER, VIEWER, Call, Gateway, Key, Team, hash_of
from console.simulator.litellm.server import RunningGateway

T0 = 1_795_442_400
"""2026-11-23T14:00:00Z"""
NOW = datetime(2026, 11, 23, 14, 30, tzinfo=UTC)
ADMIN_SECRET, VIEWER_SECRET, USER_SECRET = "sk-admin-secret", "sk-viewer-secret", "sk-user-secret"
MASTER_SECRET = "sk-master-secret"
CLAIMS, SEARCH = hash_of("sk-claims"), hash_of("sk-search")


def gateway() -> Gateway:
    """Two keys of one team, one key of none, a user of each role, and the master key, which has no row."""
    found = Gateway({ADMIN_SECRET: ADMIN, VIEWER_SECRET: VIEWER, USER_SECRET: USER, MASTER_SECRET: ADMIN})
    found.teams["team-1"] = Team("team-1", "Claims")
    found.keys |= {CLAIMS: Key(CLAIMS, "claims-triage", "team-1"), SEARCH: Key(SEARCH, "search")}
    for secret, name in ((ADMIN_SECRET, "console-kill"), (USER_SECRET, "somebody")):
        found.keys[hash_of(secret)] = Key(hash_of(secret), name)
    return found


def call(number: int, at: float, key: str = CLAIMS, **changes: object) -> Call:
    """Anthropic's 21 uncached + 5000 read + 100 and 200 written, as LiteLLM logs it."""
    usual: dict[str, object] = {
        "prompt": 5321, "completion": 17, "cache_read": 5000, "cache_write_5m": 100, "cache_write_1h": 200,
        "spend": Decimal("0.003393"), "team": "team-1" if key == CLAIMS else None}
    return Call(f"msg_{number:06}", at, key, **(usual | changes))  # type: ignore[arg-type]


@asynccontextmanager
async def reading(found: Gateway, *, secret: str = VIEWER_SECRET, rows_a_page: int = 1000, at: datetime = NOW,
                  deadline_s: float = 5.0) -> AsyncIterator[tuple[LitellmSource, RunningGateway, ManualClock]]:
    clock = ManualClock(at)
    with RunningGateway(found, clock) as running:
        source = LitellmSource("gateway", running.base_url, lambda: secret, clock=clock, rows_a_page=rows_a_page,
                               deadline_s=deadline_s)
        try:
            yield source, running, clock
        finally:
            await source.close()
