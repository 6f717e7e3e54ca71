"""A simulated Google Cloud: two projects, who reads, who kills, a workload's account, and a source that reads it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import cache

from console.clock import ManualClock
from console.gcp.credential import READING, Credential
from console.providers.vertex.source import VertexSource
from console.simulator.vertex.cloud import Account, Cloud
from console.simulator.vertex.routes import READS
from console.simulator.vertex.server import RunningCloud

T0 = 1_795_442_400
"""2026-11-23T14:00:00Z"""
NOW = datetime(2026, 11, 23, 14, 30, tzinfo=UTC)
CLAIMS, SEARCH = "claims-prod", "search-prod"
READER, KILLER = "console-read@ops-prod.iam.gserviceaccount.com", "console-kill@ops-prod.iam.gserviceaccount.com"
AGENT = "claims-agent@claims-prod.iam.gserviceaccount.com"
SWITCHES = frozenset({f"iam.serviceAccounts.{verb}" for verb in ("get", "disable", "enable")}
                     | {f"iam.denypolicies.{verb}" for verb in ("get", "create", "update", "delete")})


def cloud() -> Cloud:
    accounts = (Account(READER, frozenset(READS)), Account(KILLER, SWITCHES), Account(AGENT))
    return Cloud(ManualClock(NOW), (CLAIMS, SEARCH), {each.email: each for each in accounts})


@cache
def stranger() -> str:
    """The key of an account that the cloud has never heard of."""
    return Account("nobody@elsewhere.iam.gserviceaccount.com").credential("http://127.0.0.1:9/token")


@asynccontextmanager
async def reading(found: Cloud, *projects: str, deadline_s: float = 5.0,
                  ) -> AsyncIterator[tuple[VertexSource, RunningCloud]]:
    with RunningCloud(found) as running:
        secret = running.credential(found.accounts[READER])
        source = VertexSource("vertex", running.base_url, Credential(lambda: secret, READING, found.clock.now),
                              projects or (CLAIMS,), clock=found.clock, deadline_s=deadline_s)
        try:
            yield source, running
        finally:
            await source.close()
