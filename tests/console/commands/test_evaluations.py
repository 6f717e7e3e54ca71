"""`evaluations` as a person at a shell uses it."""

from __future__ import annotations

import json
from pathlib import Path

from tests.console.commands.test_registry_commands import console, home
from tests.support.evaluations import PHANTOM

__all__ = ["home"]


def test_a_file_of_answers_is_recorded_listed_and_shown(home: Path) -> None:
    console(home, "mbom", "import", "mbom.toml")
    (home / "e.csv").write_text(PHANTOM)
    take = ("evaluations", "import", "e.csv", "--workload", "claims-triage", "--kind", "retrieval",
            "--at", "2026-01-20")
    done = console(home, *take)
    assert done.returncode == 0
    assert done.stdout.startswith("Evaluation 1 of claims-triage is recorded.\n")
    assert "both less thinking: 0 points" in done.stdout
    assert "already; nothing changed" in console(home, *take).stdout
    (held,) = json.loads(console(home, "evaluations", "list", "--json").stdout)["evaluations"]
    assert (held["evaluation"], held["at"], held["margin"]) == (1, "2026-01-20T23:59:59Z", 0.05)
    assert [each["verdict"] for each in held["verdicts"]] == ["indistinguishable"] * 3
    shown = json.loads(console(home, "evaluations", "show", "1", "--margin", "0.001", "--correction-usd", "6",
                               "--json").stdout)
    assert shown["margin"] == 0.001
    assert [each["verdict"] for each in shown["results"]["differences"]] == ["cannot tell"] * 3
    assert shown["results"]["differences"][1]["displaced_usd"] == "0.000000"
