"""`lab` at a shell: it needs no configuration."""

from __future__ import annotations

import json
from pathlib import Path

from console.operations.identity import login_name
from store import registry
from store.database import Database
from tests.support.command_line import token_console
from tests.support.desks import NOON


def test_a_topic_is_worked_out_for_machines(tmp_path: Path) -> None:
    done = token_console("lab", "cascade", "--escalate", "0.6", "--misroute", "0.08", "--json", cwd=tmp_path)
    assert done.returncode == 0
    document = json.loads(done.stdout)
    assert list(document) == ["topic", "inputs", "results", "notes"]
    assert document["topic"] == "cascade"
    assert document["inputs"] == {"distilled_usd": "1.000000", "workhorse_usd": "3.000000", "frontier_usd": "5.000000",
                                  "escalate": 0.6, "escalate_frontier": 0.05, "misroute": 0.08,
                                  "rework_usd": "2.000000"}
    # 1 + 0.6 x 3 + 0.6 x 0.05 x 5 + 0.08 x 2 = 3.11; break-even (3 - 1 - 0.16) / 3.25.
    assert document["results"] == {"cost_per_query_usd": "3.110000", "flat_workhorse_usd": "3.000000",
                                   "saving_share": -11 / 300, "break_even_escalation": 184 / 325}


def test_a_topic_is_worked_out_for_people(tmp_path: Path) -> None:
    said = token_console("lab", "cascade", cwd=tmp_path).stdout
    assert "frontier: 30 % x 5 % x $5.00 = $0.075" in said
    assert "break_even_escalation  59.08 %" in said
    assert "\n- Source checked: " in said


def test_answers_are_read_and_given_as_yes_and_no(tmp_path: Path) -> None:
    document = json.loads(token_console("lab", "decomposition", "--stable", "yes", "--json", cwd=tmp_path).stdout)
    assert [document["inputs"][name] for name in ("parallel", "synthesis", "stable")] == [False, False, True]
    assert document["results"]["earns_its_multiplier"] is False


def test_without_a_topic_all_are_listed(tmp_path: Path) -> None:
    said = token_console("lab", cwd=tmp_path).stdout
    for topic in ("prework", "cascade", "review", "cache"):
        assert f"\n{topic} " in said


def test_the_help_of_a_topic_says_units_and_defaults(tmp_path: Path) -> None:
    said = " ".join(token_console("lab", "cascade", "--help", cwd=tmp_path).stdout.split())
    assert "P(O given S): share of these, not of all, that go on to the frontier tier, 0 to 1 (default: 0.05)" in said


def test_bad_input_and_unknown_topics_are_wrong_usage(tmp_path: Path) -> None:
    refused = token_console("lab", "review", "--error-rate", "-0.1", cwd=tmp_path)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr == "--error-rate '-0.1' is not a share from 0 to 1: write it like 0.02.\n"
    assert token_console("lab", "alchemy", cwd=tmp_path).returncode == 2


def with_workload(folder: Path) -> None:
    """A configuration, and a database with one workload whose prompt is known."""
    url = f"sqlite:///{folder / 'console.db'}"
    (folder / "token-console.toml").write_text(
        f'[organisation]\nname = "Example Ltd"\n[database]\nurl = "{url}"\n'
        f'[[operators]]\nuser = "{login_name()}"\nroles = ["viewer"]\n')
    database = Database.create(url)
    with database.write() as tx:
        registry.put_workload(tx, {"slug": "claims", "name": "Claims", "prompt": {"tokens": 3400}}, by="maria", at=NOON)
    database.close()


def test_a_topic_begins_from_a_workload_and_options_go_before_it(tmp_path: Path) -> None:
    with_workload(tmp_path)
    done = token_console("lab", "eviction", "--workload", "claims", "--turns", "12", "--json", cwd=tmp_path)
    document = json.loads(done.stdout)
    assert document["inputs"]["system_tokens"] == 3400
    assert {document["origins"][name] for name in ("system_tokens", "turns", "kept_turns")} == {
        "MBOM entry", "yours", "playbook's example"}
    said = token_console("lab", "eviction", "--workload", "claims", cwd=tmp_path).stdout
    assert "--system-tokens" in said
    assert "MBOM entry" in said


def test_a_result_is_kept_in_the_charter_by_who_may_write_it(tmp_path: Path) -> None:
    with_workload(tmp_path)
    refused = token_console("lab", "cache", "--workload", "claims", "--keep", "comment", cwd=tmp_path)
    assert refused.returncode == 77
    (file := tmp_path / "token-console.toml").write_text(file.read_text().replace("viewer", "token_architect"))
    done = token_console("lab", "cache", "--workload", "claims", "--keep", "figures", "--json", cwd=tmp_path)
    assert json.loads(done.stdout)["topic"] == "cache"
    assert done.stderr == "Kept in version 1 of the Charter of claims, a draft.\n"
    assert "# The lab of claims" in token_console("charter", "export", "claims", cwd=tmp_path).stdout
    homeless = token_console("lab", "cache", "--keep", "comment", cwd=tmp_path)
    assert (homeless.returncode, homeless.stdout) == (2, "")


def test_a_workload_that_nobody_knows_is_wrong_usage(tmp_path: Path) -> None:
    with_workload(tmp_path)
    refused = token_console("lab", "eviction", "--workload", "claim", cwd=tmp_path)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "Did you mean claims?" in refused.stderr


def test_a_recorded_evaluation_is_compared(tmp_path: Path) -> None:
    answers = "".join(f"q{number},{arm},{'pass' if number < right else 'fail'},{cost}\n"
                      for arm, right, cost in (("off", 120, "0.01"), ("on", 150, "0.03")) for number in range(200))
    (tmp_path / "e.csv").write_text(f"case,arm,score,cost_usd\n{answers}")
    document = json.loads(token_console("lab", "thinking", "--results", "e.csv", "--correction-usd", "2", "--json",
                                        cwd=tmp_path).stdout)
    assert list(document) == ["topic", "inputs", "results", "notes"]
    assert document["inputs"] == {"results": "e.csv", "margin": 0.05, "confidence": 0.95, "power": 0.8,
                                  "correction_usd": "2.000000"}
    (difference,) = document["results"]["differences"]
    assert (difference["verdict"], difference["paired"], difference["difference"]) == ("differs", True, 0.15)
    assert (difference["added_usd"], difference["displaced_usd"], difference["earns_its_place"]) == (
        "0.020000", "0.300000", True)
    assert document["results"]["cheapest_per_correct"] == "off"


def test_a_bad_evaluation_is_refused_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "e.csv").write_text("case,arm,score\nq1,thinking,1.5\n")
    refused = token_console("lab", "retrieval", "--results", "e.csv", cwd=tmp_path)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == "e.csv:2: score: 1.5 is more than 1; write a share from 0 to 1: 85 % is 0.85\n"
    typed = token_console("lab", "thinking", "--results", "e.csv", "--errors-with", "0.2", cwd=tmp_path)
    assert (typed.returncode, typed.stderr) == (2, "--errors-with is in the file of --results: leave one of the two "
                                                   "out.\n")
    measured = token_console("lab", "thinking", "--results", "e.csv", "--workload", "claims", cwd=tmp_path)
    assert (measured.returncode, "--workload goes with" in measured.stderr) == (2, True)
