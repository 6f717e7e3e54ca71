"""What `doctor` says of usage rules that count the same calls twice."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from console.config import SourceSettings
from console.operations.checkup import Health
from console.operations.checkup_tells import of_usage
from store import registry
from tests.support.database import fresh_database
from tests.support.kills import NIGHT, entry
from tests.support.mbom import CONFIG


def test_workloads_that_name_a_gateway_beside_its_provider_are_named_with_what_to_do(tmp_path: Path) -> None:
    config = replace(CONFIG, sources=(SourceSettings("anthropic", "anthropic", "env:KEY"),
                                      SourceSettings("gateway", "litellm", "env:KEY")))
    database = fresh_database(tmp_path)
    with database.write() as tx:
        registry.put_workload(tx, entry("alone"), by="maria", at=NIGHT)
    assert of_usage(config, database).health is Health.OK
    twice = {**entry("twice"), "usage": [{"source": "anthropic", "api_key_id": "a"},
                                         {"source": "gateway", "team_id": "b"}]}
    with database.write() as tx:
        registry.put_workload(tx, twice, by="maria", at=NIGHT)
        registry.put_workload(tx, {**twice, "slug": "over", "status": "retired"}, by="maria", at=NIGHT)
    found = of_usage(config, database)
    database.close()
    assert found.health is Health.WARNING
    assert found.said.startswith("twice: 'gateway' and 'anthropic' are both in usage")
    assert found.said.endswith("In the MBOM, name one of the two; calls past the gateway are a workload of their own.")
