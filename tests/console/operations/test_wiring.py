"""What the console is wired to, from its configuration, its MBOM and what each kind declares."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from console import kinds
from console.config import SourceSettings, load_text
from console.operations import wiring
from console.operations.identity import login_name
from console.operations.mbom import file
from store import registry
from tests.support.command_line import token_console
from tests.support.desks import NOON, VIEWER, open_desk
from tests.support.ledgers import read

ENTRY = """
[[workload]]
slug = "claims"
name = "Claims"
switches = [{ kind = "anthropic-api-key", source = "anthropic", target = "apikey_01Claims" },
            { kind = "aws-deny", source = "bedrock", target = "arn:aws:iam::111122223333:role/claims", stage = 2 }]
"""
SOURCES = """
[[sources]]
name = "anthropic"
kind = "anthropic"
secret = "env:KEY"
[[sources]]
name = "bedrock"
kind = "bedrock"
regions = ["us-east-1"]
"""


async def test_a_source_says_what_it_tells_and_how_it_stands(tmp_path: Path) -> None:
    with open_desk(tmp_path) as desk:
        (never,) = await wiring.sources(desk, VIEWER)
        with desk.database.write() as tx:
            read(tx, NOON.replace(hour=1), NOON)
        (fresh,) = await wiring.sources(desk, VIEWER)
    assert (never.state, never.data_until, never.measured_lag_s) == ("never", None, None)
    assert (fresh.state, fresh.data_until) == ("ok", NOON)
    assert (fresh.bucket_s, fresh.cost, fresh.requests) == ((60, 3600, 86_400), True, False)


@pytest.mark.parametrize("asks", [True, False])
def test_cost_is_told_only_where_the_source_is_set_to_ask_for_it(asks: bool) -> None:
    settings = SourceSettings("bedrock", "bedrock", None, options={"regions": ["us-east-1"], "cost_explorer": asks})
    assert kinds.told_of(settings).reports_cost is asks


async def test_every_kind_of_switch_is_there_with_the_workloads_that_it_stops(tmp_path: Path) -> None:
    config = load_text(SOURCES, tmp_path / "token-console.toml")
    with open_desk(tmp_path) as desk:
        with desk.database.write() as tx:
            for entry in file.read(ENTRY, "mbom", config).entries:
                registry.put_workload(tx, entry.data, by="maria", at=NOON)
        found = {each.kind: each for each in await wiring.switches(desk, VIEWER)}
    assert found.keys() == set(kinds.switch_names())
    [use] = found["aws-deny"].used_by
    assert (use.workload, use.source, use.stage) == ("claims", "bedrock", 2)
    assert (found["aws-deny"].wanted, found["aws-deny"].action_class) == ("denied", "K2")
    assert found["gate"].works_at is None


def test_both_are_printed_and_given_as_json(tmp_path: Path) -> None:
    architect = f'[[operators]]\nuser = "{login_name()}"\nroles = ["token_architect"]\n'
    (tmp_path / "token-console.toml").write_text(architect + SOURCES)
    (tmp_path / "token-console.toml").chmod(0o600)
    (tmp_path / "mbom.toml").write_text(ENTRY)
    token_console("init", cwd=tmp_path)
    token_console("mbom", "import", "mbom.toml", cwd=tmp_path)
    assert "bedrock" in token_console("sources", cwd=tmp_path).stdout
    assert "claims: aws-deny at bedrock" in token_console("switches", cwd=tmp_path).stdout
    said = json.loads(token_console("sources", "--json", cwd=tmp_path).stdout)["sources"]
    assert [(each["name"], each["cost"], each["measured_lag_s"]) for each in said] == [
        ("anthropic", True, None), ("bedrock", False, None)]
    switches = json.loads(token_console("switches", "--json", cwd=tmp_path).stdout)["switches"]
    assert {each["kind"] for each in switches} == set(kinds.switch_names())
