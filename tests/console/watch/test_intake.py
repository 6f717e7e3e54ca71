"""One source on its way into the store, over HTTP: what is believed, and what is not yet."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from console.clock import epoch
from console.config import SourceSettings
from console.pricing import PriceBook
from console.providers.anthropic import AnthropicSource
from console.watch.intake import LOSS_BELIEVED_AFTER, Intake
from store import audit, windows
from store.database import Database
from tests.support.anthropic_reports import Reports, error_reply, usage_result
from tests.support.database import fresh_database
from tests.support.http_server import Asked, Reply, serving

NOW = datetime(2026, 11, 23, 14, 0, 30, tzinfo=UTC)
MINUTE = epoch(NOW) // 60 * 60 - 600


class Feed:
    """A source at a provider whose rows a test may change."""

    def __init__(self, database: Database, url: str, reports: Reports) -> None:
        settings = SourceSettings(name="anthropic", kind="anthropic", secret="env:X", backfill_days=2)
        self.database, self.reports, self.now = database, reports, NOW
        self.intake = Intake(settings, AnthropicSource("anthropic", url, lambda: "k"), database, PriceBook(),
                             lambda *_: "claims", random.Random(1))

    async def poll(self, *, mended: bool = False) -> str | None:
        self.now += timedelta(minutes=2)
        return (await self.intake.poll(self.now, mended=mended)).error

    def spent(self) -> int:
        with self.database.read() as tx:
            spend = windows.period_spend(tx, MINUTE - 86_400, MINUTE + 86_400).get("claims")
        return spend.cost if spend else 0


@pytest.fixture
async def feed(tmp_path: Path) -> AsyncIterator[Feed]:
    reports = Reports(rows={MINUTE: [usage_result(api_key_id="a", model="claude-sonnet-4-6", output_tokens=1_000_000),
                                     usage_result(api_key_id="b", model="claude-sonnet-4-6", output_tokens=1_000_000)]})

    def answer(asked: Asked) -> Reply:
        if asked.path.endswith("usage_report/messages"):
            return reports(asked)
        return error_reply(404, "not_found_error", "not here")

    database = fresh_database(tmp_path)
    with serving(answer) as server:
        opened = Feed(database, server.url, reports)
        yield opened
        await opened.intake.source.close()
    database.close()


async def test_usage_is_read_priced_and_attributed(feed: Feed) -> None:
    assert await feed.poll() is None
    assert feed.spent() == 30_000_000


async def test_a_restated_minute_replaces_what_was_read(feed: Feed) -> None:
    await feed.poll()
    row = usage_result(api_key_id="a", model="claude-sonnet-4-6", output_tokens=1_100_000)
    feed.reports.rows = {MINUTE: [row, *feed.reports.rows[MINUTE][1:]]}
    assert await feed.poll() is None
    assert feed.spent() == 31_500_000


async def test_a_sudden_loss_is_not_believed_until_the_provider_insists(feed: Feed) -> None:
    await feed.poll()
    feed.reports.rows = {MINUTE: feed.reports.rows[MINUTE][:1]}
    for _ in range(LOSS_BELIEVED_AFTER):
        assert "no longer reports 50%" in (await feed.poll() or "")
        assert feed.spent() == 30_000_000
    assert await feed.poll() is None
    assert feed.spent() == 15_000_000
    with feed.database.read() as tx:
        assert audit.entries(tx, limit=1)[0].action == "source.loss_believed"


async def test_a_loss_that_passes_leaves_no_trace_in_the_sums(feed: Feed) -> None:
    await feed.poll()
    whole = feed.reports.rows
    feed.reports.rows = {MINUTE: whole[MINUTE][:1]}
    assert await feed.poll() is not None
    feed.reports.rows = whole
    assert await feed.poll() is None
    assert feed.spent() == 30_000_000


async def test_a_refused_credential_is_tried_at_once_when_a_person_polls(feed: Feed) -> None:
    feed.reports.fault = lambda asked: error_reply(401, "authentication_error", "invalid x-api-key")
    assert "refused" in (await feed.poll() or "")
    feed.reports.fault = lambda asked: None
    assert "backed off" in (await feed.poll() or "")
    assert await feed.poll(mended=True) is None


async def test_a_person_cannot_poll_over_what_the_provider_asked_to_wait(feed: Feed) -> None:
    feed.reports.fault = lambda asked: error_reply(429, "rate_limit_error", "slow down", retry_after="900")
    assert await feed.poll() is not None
    feed.reports.fault = lambda asked: None
    assert "backed off" in (await feed.poll(mended=True) or "")
