"""`findings` at a shell: what is found with its evidence, what people decided on it, and what cannot be told."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from console.__main__ import main
from console.clock import day_start
from console.operations.identity import login_name
from console.prompts.documents import document_of
from console.prompts.version import Version
from console.watch import finding_keeping
from console.watch.exceptions import Seen, open_or_refresh
from store import prompts, registry
from store.database import Database
from store.tables import PromptFile
from tests.support.evaluations import answers
from tests.support.ledgers import a_day, spend

Shell = Callable[..., tuple[int, str, str]]
TODAY = day_start(datetime.now(UTC))


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    """An organisation with a workload that nobody owns."""
    database = Database.create(f"sqlite:///{tmp_path / 'console.db'}")
    with database.write() as tx:
        registry.put_workload(tx, {"slug": "adrift", "name": "Adrift", "status": "live"}, by="maria",
                              at=TODAY - timedelta(days=90))
        spend(tx, "adrift", a_day(TODAY - timedelta(days=20), 20, 1_000_000))
        open_or_refresh(tx, Seen("adrift", "finding", finding_keeping.kind("Orphaned Workload"), "nobody's"), TODAY)
    database.close()
    (tmp_path / "token-console.toml").write_text(
        '[organisation]\nname = "Example Ltd"\ntime_zone = "Europe/London"\n[database]\nurl = "sqlite:///console.db"\n'
        f'[[operators]]\nuser = "{login_name()}"\nroles = ["token_architect"]\n')

    def run(*words: str) -> tuple[int, str, str]:
        code = main(["--config", str(tmp_path / "token-console.toml"), *words])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def test_a_finding_has_its_dollars_its_evidence_and_its_exception(shell: Shell) -> None:
    code, out, _ = shell("findings", "--json")
    assert code == 1
    told = json.loads(out)
    (found,) = [each for each in told["findings"] if each["anti_pattern"] == "Orphaned Workload"]
    assert (found["workload"], found["number"], found["exception"]["state"]) == ("adrift", 10, "open")
    assert set(found["stake_usd_a_month"]) == {"low", "likely", "high"}
    assert told["workloads"] == 1


def test_a_longer_look_takes_in_what_a_week_does_not(shell: Shell) -> None:
    spent = {}
    for since in ("", f"{TODAY - timedelta(days=15):%Y-%m-%d}"):
        _, out, _ = shell("findings", "--json", *(("--since", since) if since else ()))
        spent[since] = json.loads(out)["since"]
    assert len(set(spent.values())) == 2


def test_what_is_dismissed_is_told_with_its_reason_and_no_longer_fails(shell: Shell) -> None:
    assert shell("decide", "1", "--verdict", "dismissed", "--rationale", "a sandbox until spring")[0] == 0
    code, out, _ = shell("findings", "--explain")
    assert "a sandbox until spring" in out
    assert code == 0


def test_a_time_to_come_and_nonsense_are_refused(shell: Shell) -> None:
    assert shell("findings", "--since", "2999-01-01")[0] == 2
    assert shell("findings", "--since", "yesterday-ish")[0] == 2


def test_a_workload_that_is_not_there_is_refused(shell: Shell) -> None:
    code, out, _ = shell("findings", "--workload", "nobody", "--json")
    assert code == 2
    assert out == ""


def test_answers_recorded_in_a_file_are_judged_beside_usage_in_one(shell: Shell, tmp_path: Path) -> None:
    usage = tmp_path / "usage.csv"
    usage.write_text("minute_utc,workload,model,requests,uncached_input_tokens,cache_read_tokens,cache_write_tokens,"
                     "output_tokens\n" + "".join(f"2026-11-19T{hour:02}:00:00Z,claims,claude-opus-4-6,100,1000000,0,0,"
                                                 "100000\n" for hour in range(24)))
    answers_file = tmp_path / "answers.csv"
    answers_file.write_text(answers({"workhorse": range(150), "frontier": range(1, 151)}))
    code, out, _ = shell("findings", "--usage", str(usage), "--evaluation", f"claims:tier:{answers_file}", "--json")
    (found,) = json.loads(out)["findings"]
    assert (code, found["anti_pattern"], found["confidence"]) == (1, "Opus Habit", "high")
    # 24 million in and 2.4 million out are 180 USD at Opus and 108 at Sonnet.
    assert found["excess_usd"] == "72.000000"
    code, out, _ = shell("findings", "--usage", str(usage), "--json")
    assert (code, json.loads(out)["findings"]) == (0, [])
    assert "write it like claims-triage:tier:answers.csv" in shell(
        "findings", "--usage", str(usage), "--evaluation", "claims:best:a.csv")[2]


def test_what_others_wrote_moves_no_cursor_of_the_terminal(shell: Shell, tmp_path: Path) -> None:
    version = Version("a" * 40, "prompts/adrift/system.md", "Eve\x1b[2J\nFix: none", TODAY, "more", "b" * 40, None,
                      70_000, 20_000, 1, 0)
    database = Database.open(f"sqlite:///{tmp_path / 'console.db'}")
    with database.write() as tx:
        prompts.keep(tx, "r", [prompts.Found(PromptFile(
            repository="r", workload="adrift", path=version.path, kind="system prompt", model="claude-haiku-4-5",
            cached="whole", checkout="/x", scanned_at=TODAY), frozenset(),
            [prompts.Told(version.commit, looked_at=False, document=document_of(version))])], (), TODAY)
    database.close()
    _, out, _ = shell("findings", "--explain")
    assert "author Eve" in out
    assert "\x1b" not in out
    assert "\nFix: none" not in out


def test_files_in_which_nothing_is_are_refused_as_that(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "calls.jsonl").write_text("\n")
    code, out, said = shell("findings", "--calls", str(tmp_path / "calls.jsonl"))
    assert (code, out) == (1, "")
    assert "No usage and no call is in these files" in said


def test_without_a_workload_nothing_is_said_to_be_healthy(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Database.create(f"sqlite:///{tmp_path / 'console.db'}").close()
    (tmp_path / "token-console.toml").write_text(
        '[organisation]\nname = "Example Ltd"\n[database]\nurl = "sqlite:///console.db"\n')
    assert main(["--config", str(tmp_path / "token-console.toml"), "findings"]) == 0
    said = capsys.readouterr().out
    assert "Nothing was looked at: the MBOM has no workload." in said
    assert "No anti-pattern" not in said
