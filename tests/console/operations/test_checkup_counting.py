"""`doctor` and the secret that counts prompts: whether it can be had, and where it may be sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from console.clock import ManualClock
from console.config import Config, Organisation, SourceSettings
from console.operations import checkup_providers
from console.operations.checkup import Health
from console.watch import places

SOURCE = SourceSettings("anthropic", "anthropic", "env:NOT_SET", base_url="http://127.0.0.1:9",
                        options={"count_secret": "env:COUNTS"})
CONFIG = Config(path=None, organisation=Organisation(), database_url="sqlite:///x", sources=(SOURCE,))


@pytest.mark.parametrize(("value", "health"), [(None, Health.FAILED), ("sk-ant-api03-x", Health.OK)], ids=["no", "yes"])
async def test_it_says_whether_the_secret_can_be_had(monkeypatch: pytest.MonkeyPatch, value: str | None, health: Health
                                                     ) -> None:
    name = "COUNTS" if value else "COUNTS_NOT"  # a variable is read once, and then known to the process
    config = replace(CONFIG, sources=(replace(SOURCE, options={"count_secret": f"env:{name}"}),))
    if value:
        monkeypatch.setenv(name, value)
    clock = ManualClock(datetime(2026, 11, 23, 14, 5, 30, tzinfo=UTC))
    checks = {check.name: check for check in await checkup_providers.of_sources(config, clock, "token-console", None)}
    found = checks["source anthropic: count secret"]
    assert found.health is health
    assert name in found.said


def test_its_place_is_confirmed_like_that_of_every_other_secret() -> None:
    assert places.users_of(CONFIG, "env:COUNTS") == [SOURCE]
