"""A simulated OpenAI on its way into the store: the hours before, the minutes of today, costs and names."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from pathlib import Path

from console.clock import ManualClock, epoch
from console.config import SourceSettings
from console.pricing import PriceBook
from console.providers.openai.source import OpenAiSource
from console.simulator.openai.organisation import small
from console.simulator.openai.server import RunningOpenAi
from console.watch.intake import Intake
from store import streams, windows
from tests.support.database import fresh_database

NOW = datetime(2026, 11, 23, 14, 5, 30, tzinfo=UTC)
BEGAN = epoch(NOW) // 60 * 60 - 6 * 3600


async def test_every_minute_is_stored_once_and_costs_what_openai_bills(tmp_path: Path) -> None:
    clock, database = ManualClock(NOW), fresh_database(tmp_path)
    with RunningOpenAi(small(clock)) as openai:
        settings = SourceSettings("openai", "openai", "env:X", backfill_days=2, base_url=openai.base_url)
        source = OpenAiSource("openai", openai.base_url, lambda: openai.key("read"), clock=clock)
        intake = Intake(settings, source, database, PriceBook(), lambda _, said: said["project_id"], random.Random(1))
        for _ in range(3):
            polled = await intake.poll(clock.now())
            assert polled.error is None
            clock.advance(60)
        await source.close()
        shown = epoch(clock.now()) // 60 * 60 - 60 - 120
        organisation = openai.simulator.organisation
        with database.read() as tx:
            spend = windows.period_spend(tx, BEGAN, shown)
            stream = streams.get(tx, "openai", "usage")
            names = streams.names(tx, "openai")
            billed = sum(day.billed for day in streams.billed_beside_metered(tx, BEGAN - 86_400, shown))
    database.close()
    minutes = (shown - BEGAN) // 60
    a_minute = (9_200 * 2 + 38_000 * 0.2 + 4_000 * 2.5 + 2_750 * 10) + (20_000 * 0.05 + 5_000 * 0.25) + 60_000 * 0.02
    assert abs(spend["proj_alpha"].cost - round(a_minute * minutes)) < minutes
    assert spend["proj_beta"].cost == round((1_000 * 2.5 + 500 * 1.25 + 300 * 10) * minutes)
    assert stream.newest_bucket is not None
    assert stream.newest_bucket <= shown
    assert names["openai", "workspace", "proj_alpha"].name == "Alpha"
    assert billed > 0
    assert organisation.projects
