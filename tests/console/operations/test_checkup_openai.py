"""`doctor` at an OpenAI organisation: what it tells, whether usage can be read, and which permission is missing."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from console.clock import ManualClock
from console.config import Config, Organisation, SourceSettings
from console.operations import checkup_providers
from console.operations.checkup import Check, Health
from console.simulator.openai.organisation import small
from console.simulator.openai.server import READ, AdminKey, RunningOpenAi

NOW = datetime(2026, 11, 23, 14, 5, 30, tzinfo=UTC)


async def checks(openai: RunningOpenAi, folder: Path) -> dict[str, Check]:
    for name in ("read", "kill"):
        (folder / name).write_text(openai.key(name))
        (folder / name).chmod(0o600)
    config = Config(path=folder / "token-console.toml", organisation=Organisation(), database_url="sqlite:///x",
                    sources=(SourceSettings("openai", "openai", "file:read", "file:kill", openai.base_url),))
    found = await checkup_providers.of_sources(config, ManualClock(NOW), "token-console", None)
    return {check.name.removeprefix("source openai: "): check for check in found}


@pytest.fixture
def openai() -> RunningOpenAi:
    return RunningOpenAi(small(ManualClock(NOW)))


async def test_it_says_what_the_source_tells_and_that_its_usage_can_be_read(
    openai: RunningOpenAi, tmp_path: Path
) -> None:
    with openai:
        found = await checks(openai, tmp_path)
    assert {check.health for check in found.values()} == {Health.OK}
    assert found["tells"].said == (
        "openai tells usage by the minute, about 300 s late, with numbers of calls, by api_key_id, batch, model, "
        "modality, project_id, service_tier and user_id; what was read from a cache, and written to one for how long; "
        "the provider's own cost a day")
    assert found["usage"].said == "can be read; 2026-11-23T13:54:00Z has 4 rows"


async def test_a_key_that_may_list_projects_and_not_read_usage_is_told_apart(
    openai: RunningOpenAi, tmp_path: Path
) -> None:
    openai.simulator.admin_keys["read"] = AdminKey(openai.key("read"), frozenset({READ}))
    with openai:
        found = await checks(openai, tmp_path)
    assert found["connection"].health is Health.OK
    assert found["usage"].health is Health.FAILED
    assert "The permission api.usage.read is missing" in found["usage"].said
    assert found["usage"].mend == f"install -m 600 /dev/stdin {tmp_path / 'read'}"
