"""`change` as a workload's owner uses it at a shell."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.console.commands.test_registry_commands import console, home

__all__ = ["home"]


@pytest.fixture
def registered(home: Path) -> Path:
    assert console(home, "mbom", "import", "mbom.toml").returncode == 0
    return home


def test_a_launch_is_announced_shown_and_withdrawn(registered: Path) -> None:
    done = console(registered, "change", "announce", "claims-triage", "--kind", "launch", "--until", "8h", "--multiple",
                   "4", "--models", "claude-opus-4-5", "--reason", "go-live", "--json")
    assert done.returncode == 0, done.stderr
    (announced,) = json.loads(done.stdout)["announced"]
    assert (announced["workload"], announced["multiple"], announced["models"]) == (
        "claims-triage", 4.0, ["claude-opus-4-5"])
    (listed,) = json.loads(console(registered, "change", "list", "--json").stdout)["changes"]
    assert listed == announced
    assert "PLANNED: launch of claims-triage" in console(registered, "status").stdout
    over = console(registered, "change", "withdraw", str(announced["change"]), "--reason", "postponed")
    assert over.stdout.startswith("Change 1 is withdrawn: launch of claims-triage")
    assert "No change is planned" in console(registered, "change", "list").stdout


def test_a_file_of_changes_is_imported_and_a_bad_line_named(registered: Path) -> None:
    (registered / "changes.toml").write_text(
        '[[change]]\nworkload = "claims-triage"\nfrom = 2099-01-01T00:00:00Z\nuntil = 2099-01-02T00:00:00Z\n')
    done = console(registered, "change", "import", "changes.toml", "--reason", "as agreed")
    assert "Change 1 is announced: change of claims-triage" in done.stdout
    (registered / "changes.toml").write_text('[[change]]\nworkload = "claims-triage"\nfrom = "soon"\n')
    wrong = console(registered, "change", "import", "changes.toml", "--reason", "as agreed")
    assert wrong.returncode != 0
    assert "changes.toml line" in wrong.stderr


def test_an_end_before_the_start_is_refused(registered: Path) -> None:
    wrong = console(registered, "change", "announce", "claims-triage", "--from", "2099-01-02T00:00Z", "--until",
                    "2099-01-01T00:00Z", "--reason", "upside down")
    assert (wrong.returncode, "--until lies before --from" in wrong.stderr) == (2, True)
