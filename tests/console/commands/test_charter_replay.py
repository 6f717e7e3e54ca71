"""`charter replay`, as a person at a shell reads it before signing."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from console.clock import ManualClock
from console.config import load
from console.operations.desk import Desk
from store.database import Database
from tests.console.commands.test_registry_commands import CONFIGURATION
from tests.console.operations.charter.test_replay import SECOND, usage
from tests.support.charters import CLAIMS_TRIAGE
from tests.support.command_line import token_console
from tests.support.desks import NOON
from tests.support.kills import spend
from tests.support.mbom import CLAIMS


def console(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return token_console("--config", str(home / "token-console.toml"), *arguments, cwd=home)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder with nine days of minutes, of which two had an hour of forty dollars, and no Charter yet."""
    for name, text in (("token-console.toml", CONFIGURATION), ("mbom.toml", CLAIMS), ("first.toml", CLAIMS_TRIAGE),
                       ("second.toml", SECOND)):
        (tmp_path / name).write_text(text)
    Database.create(f"sqlite:///{tmp_path / 'console.db'}").close()
    console(tmp_path, "mbom", "import", "mbom.toml")
    config = load(tmp_path / "token-console.toml")
    database = Database.open(config.database_url)
    spend(Desk(config, database, ManualClock(NOON)), usage(), slug="claims-triage")
    database.close()
    return tmp_path


def test_a_person_reads_how_often_and_on_which_days(home: Path) -> None:
    done = console(home, "charter", "replay", "claims-triage", "second.toml")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[:3] == [
        "claims-triage: the quarter to 2026-11-23T11:01:00Z",
        "  by the minute from 2026-11-14T12:00:00Z to 2026-11-23T11:01:00Z",
        "  not judged from 2026-08-23T11:01:00Z to 2026-11-14T12:00:00Z: no usage of it is known"]
    assert lines[3] == "in force: no Charter; nothing would have been killed automatically"
    assert lines[4].startswith("proposed (second.toml) would have alerted")
    assert lines[4].endswith("and tripped twice (on 2026-11-15, 2026-11-19)")
    assert sum("TRIP      $20.00 in 1h; the cap is $20.00" in line for line in lines) == 2
    assert lines[-1].startswith("Each trip is taken as resumed by a person after 12 hours")


def test_a_program_reads_the_same(home: Path) -> None:
    console(home, "charter", "import", "first.toml")
    for role in ("business_owner", "platform_lead", "finance_partner", "risk_officer"):
        console(home, "charter", "sign", "claims-triage", "--role", role, "--yes")
    told = json.loads(console(home, "charter", "replay", "claims-triage", "second.toml", "--json").stdout)
    assert (told["in_force"]["charter"], told["in_force"]["trips"]) == ("version 1, signed", [])
    trip = told["proposed"]["trips"][0]
    assert (trip["at"], trip["signs"], trip["usd_seen"]) == ("2026-11-15T13:33:10Z", ["cap"], "70.000000")
    assert told["judged"] == {
        "by_minute": {"from": "2026-11-14T12:00:00Z", "to": "2026-11-23T11:01:00Z"}, "by_hour": None,
        "not": {"from": "2026-08-23T11:01:00Z", "to": "2026-11-14T12:00:00Z"}}
    assert {alert["kind"] for alert in told["proposed"]["alerts"]} >= {"cap"}


def test_a_malformed_file_lists_every_problem_and_replays_nothing(home: Path) -> None:
    (home / "bad.toml").write_text(SECOND.replace('monthly_usd = "1860"', "monthly_usd = 1860")
                                   .replace("multiple = 15", 'multiple = "lots"'))
    done = console(home, "charter", "replay", "claims-triage", "bad.toml")
    assert (done.returncode, done.stdout) == (1, "")
    assert "bad.toml:25" in done.stderr
    assert "bad.toml:34" in done.stderr
