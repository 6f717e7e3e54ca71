"""`drill` as somebody at a shell, or a script, runs it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from console.cadences.drill import DrillLine, DrillPlan
from console.commands import drill as command
from tests.console.commands.test_kill import Shell
from tests.support import kills
from tests.support.key_server import key_server
from tests.support.kills import KEY, OTHER_KEY, SLUG, entry

TARGET = {"drill": {"kind": "anthropic-api-key", "source": "anthropic", "target": OTHER_KEY}}


def test_a_drill_is_confirmed_timed_and_seen_in_the_status(tmp_path: Path) -> None:
    with key_server(**{KEY: "active", OTHER_KEY: "active"}) as keys:
        kills.kill_desk(kills.config(keys.url, tmp_path), entry() | TARGET).database.close()
        run = Shell(tmp_path, keys.url)
        refused = run("drill", SLUG)
        assert (refused.returncode, keys.writes) == (2, [])
        assert "add --yes to drill" in refused.stderr
        done = run("drill", SLUG, "--yes", "--json")
        assert done.returncode == 0, done.stderr
        said = json.loads(done.stdout)
        assert (said["sort"], said["target"], said["outcome"]) == ("target", OTHER_KEY, "passed")
        assert said["seconds_to_request"] <= said["seconds_to_confirmed"]
        assert len(keys.writes) == 2
        (line,) = json.loads(run("status", "--json").stdout)["workloads"]
        assert (line["drilled_at"], line["proven"]) == (said["at"], None)


def told(**changes: object) -> DrillLine:
    return DrillLine(**{"workload": SLUG, "at": kills.NIGHT, "by": "otto", "sort": "dry run", "target": KEY,  # type: ignore[arg-type]
                        "requested_s": 0.4, "confirmed_s": 1.2, "outcome": "passed", "detail": "", **changes})


@pytest.mark.parametrize(("done", "says"), [
    (told(), "planned in 0.4 s, every target read in 1.2 s; nothing was sent."),
    (told(sort="target"), "asked after 0.4 s, read back as stopped after 1.2 s."),
    (told(outcome="failed", confirmed_s=None, detail="no secret"), f"drill of {SLUG} (a dry run): failed. no secret."),
])
def test_what_came_of_it_is_one_line(done: DrillLine, says: str) -> None:
    assert says in command.told(done)


def test_a_dry_run_says_what_it_does_not_show() -> None:
    assert "not that a switch works" in command.plan_text(DrillPlan(SLUG, "Claims triage", "dry run", ()))
