"""`mbom` and `charter` as a person at a shell uses them."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from console.operations.identity import login_name
from store.database import Database
from tests.support.charters import CLAIMS_TRIAGE, edited
from tests.support.command_line import token_console
from tests.support.ledgers import register, sign
from tests.support.mbom import CLAIMS

CONFIGURATION = f"""\
[organisation]
name = "Example Ltd"
time_zone = "Europe/London"

[database]
url = "sqlite:///console.db"

[[operators]]
user = "{login_name()}"
roles = ["token_architect", "business_owner", "platform_lead", "finance_partner", "risk_officer"]

[[sources]]
name = "anthropic"
kind = "anthropic"
secret = "env:ADMIN"
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder with a configuration, an empty database, an MBOM file and a Charter file."""
    (tmp_path / "token-console.toml").write_text(CONFIGURATION)
    (tmp_path / "mbom.toml").write_text(CLAIMS)
    (tmp_path / "claims-triage.toml").write_text(CLAIMS_TRIAGE)
    Database.create(f"sqlite:///{tmp_path / 'console.db'}").close()
    return tmp_path


def console(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return token_console("--config", str(home / "token-console.toml"), *arguments, cwd=home)


def test_from_an_empty_database_to_a_charter_in_force_and_back_out(home: Path) -> None:
    assert "1 added, 0 changed" in console(home, "mbom", "import", "mbom.toml").stdout
    done = console(home, "charter", "import", "claims-triage.toml")
    assert done.returncode == 0
    assert "version 1: new, draft" in done.stdout
    for role in ("business_owner", "platform_lead", "finance_partner"):
        assert console(home, "charter", "sign", "claims-triage", "--role", role, "--yes").returncode == 0
    last = console(home, "charter", "sign", "claims-triage", "--role", "risk_officer", "--yes", "--json")
    assert json.loads(last.stdout)["state"] == "signed"
    assert "version 1" in console(home, "mbom", "list").stdout

    (home / "claims-triage.toml").write_text(edited(("multiple = 15", "multiple = 16")))
    refused = console(home, "charter", "import", "claims-triage.toml")
    assert refused.returncode == 1
    assert "write version = 2" in refused.stderr
    assert "version 1" in console(home, "mbom", "list").stdout
    assert console(home, "audit", "verify").returncode == 0


def test_the_mbom_is_shown_changed_and_brought_out_again(home: Path) -> None:
    console(home, "mbom", "import", "mbom.toml")
    assert console(home, "mbom", "set", "claims-triage", "tier", "frontier").returncode == 0
    assert json.loads(console(home, "mbom", "show", "claims-triage", "--json").stdout)["entry"]["tier"] == "frontier"
    assert 'tier: "workhorse" -> "frontier"' in console(home, "mbom", "history", "claims-triage").stdout
    changes = json.loads(console(home, "mbom", "history", "claims-triage", "--json").stdout)["changes"]
    assert changes[-1]["by"] == login_name()
    exported = console(home, "mbom", "export").stdout
    (home / "exported.toml").write_text(exported)
    assert "0 added, 0 changed, 1 unchanged" in console(home, "mbom", "import", "exported.toml").stdout
    document = json.loads(console(home, "mbom", "export", "--format", "json").stdout)
    assert document["workload"][0]["slug"] == "claims-triage"


def test_a_warning_is_told_from_a_refusal(home: Path) -> None:
    (home / "mbom.toml").write_text(CLAIMS.replace('api_key_id', 'cost_centre'))
    done = console(home, "mbom", "import", "mbom.toml")
    assert done.returncode == 0
    assert "'cost_centre' is no dimension" in done.stderr
    assert "(warning)\n" in done.stderr


def test_a_new_version_is_compared_and_the_file_comes_out_as_it_went_in(home: Path) -> None:
    console(home, "mbom", "import", "mbom.toml")
    console(home, "charter", "import", "claims-triage.toml")
    assert console(home, "charter", "diff", "claims-triage").returncode == 1
    for role in ("business_owner", "platform_lead", "finance_partner", "risk_officer"):
        console(home, "charter", "sign", "claims-triage", "--role", role, "--yes")
    second = edited(("version = 1", "version = 2"), ("multiple = 15", "multiple = 12"))
    (home / "claims-triage.toml").write_text(second)
    console(home, "charter", "import", "claims-triage.toml")
    lines = console(home, "charter", "diff", "claims-triage").stdout.splitlines()
    assert lines == ["claims-triage: version 1, signed, against version 2, draft", "header", "  version 1 → 2",
                     "three scenarios", "  runaway 15 → 12 x expected (-20 %)"]
    third = edited(("version = 1", "version = 3"), ('kill_usd = "9300"', 'kill_usd = "12000"'))
    (home / "third.toml").write_text(third)
    told = json.loads(console(home, "charter", "diff", "claims-triage", "third.toml", "--json").stdout)
    assert (told["from"], told["to"]) == ("version 1, signed", "third.toml")
    assert told["changes"][1] == {
        "element": "three scenarios", "what": "kill threshold", "from": "9,300", "to": "12,000", "unit": "USD",
        "change": "0.2903", "meaning": "a runaway may cost 2,700 USD more",
        "text": "kill threshold 9,300 → 12,000 USD (+29 %)"}
    back = json.loads(console(home, "charter", "diff", "claims-triage", "--from", "2", "--to", "1", "--json").stdout)
    assert [each["text"] for each in back["changes"]] == ["version 2 → 1", "runaway 12 → 15 x expected (+25 %)"]
    (home / "other.toml").write_text(edited(('workload = "claims-triage"', 'workload = "elsewhere"')))
    assert "not of claims-triage" in console(home, "charter", "diff", "claims-triage", "other.toml").stderr
    assert console(home, "charter", "export", "claims-triage").stdout == second
    assert console(home, "charter", "export", "claims-triage", "--version", "1").stdout == CLAIMS_TRIAGE


def test_a_charter_goes_through_review_by_the_shell(home: Path) -> None:
    console(home, "mbom", "import", "mbom.toml")
    console(home, "charter", "import", "claims-triage.toml")
    done = console(home, "charter", "submit", "claims-triage", "--note", "For June")
    assert done.stdout.startswith("claims-triage version 1 is in review. To sign: token-console charter sign")
    assert console(home, "charter", "comment", "claims-triage", "Why 15x?\x1b[2J").returncode == 0
    refused = console(home, "charter", "refuse", "claims-triage", "--role", "risk_officer", "--reason", "No.", "--json")
    told = json.loads(refused.stdout)
    assert (told["state"], told["voided"], told["in_force"]) == ("draft", [], None)
    sign = ("charter", "sign", "claims-triage", "--role", "business_owner", "--yes")
    assert "was refused by" in console(home, *sign).stderr
    console(home, "charter", "submit", "claims-triage")
    shown = json.loads(console(home, "charter", "show", "claims-triage", "--json").stdout)
    assert [note["kind"] for note in shown["notes"]] == ["submission", "comment", "refusal", "submission"]
    assert "comment by" in console(home, "charter", "show", "claims-triage").stdout
    stale = console(home, *sign, "--content", "0123456789abcdef")
    assert stale.returncode == 1
    assert "not what you read" in stale.stderr
    assert console(home, *sign, "--content", shown["content_hash"][:16]).returncode == 0
    assert console(home, "charter", "retire", "claims-triage", "--reason", "Over").returncode == 1
    ended = console(home, "charter", "retire", "claims-triage", "--reason", "Over", "--yes")
    assert ended.stdout == "claims-triage version 1 is retired.\n"
    assert "never killed automatically" in ended.stderr


def test_check_needs_neither_database_nor_configuration(tmp_path: Path) -> None:
    (tmp_path / "claims-triage.toml").write_text(CLAIMS_TRIAGE)
    done = token_console("charter", "check", "claims-triage.toml", cwd=tmp_path)
    assert done.returncode == 0
    assert done.stdout.splitlines() == [
        "claims-triage.toml: can be signed; the expected month is 1,860.00 USD, at today's prices 1,856.25",
        "  stretch (x2.5) is 4,650.00 USD a month, at today's prices 4,640.62",
        "  runaway (x15) is 27,900.00 USD a month, at today's prices 27,843.75",
        "  the kill threshold is 9,300.00 USD"]


def test_check_tells_all_that_is_wrong_and_exits_1(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text(edited(("multiple = 15", "multiple = 50"), ('monthly_usd = "1860" ', "")))
    (tmp_path / "good.toml").write_text(CLAIMS_TRIAGE)
    done = token_console("charter", "check", "bad.toml", "good.toml", "missing.toml", "--json", cwd=tmp_path)
    assert done.returncode == 1
    bad, good, missing = json.loads(done.stdout)["files"]
    assert bad["problems"][0]["text"] == ('bad.toml:24: [scenarios.expected] monthly_usd is missing; '
                                          'write monthly_usd = "1860"')
    assert [problem["rule"] for problem in bad["problems"]] == ["missing", "runaway"]
    assert (good["signable"], missing["signable"]) == (True, False)
    assert "cannot be read" in missing["problems"][0]["text"]


def test_a_new_charter_passes_the_checks_but_for_the_names(tmp_path: Path) -> None:
    made = token_console("charter", "new", "new-thing", cwd=tmp_path)
    (tmp_path / "new-thing.toml").write_text(made.stdout)
    found = json.loads(token_console("charter", "check", "new-thing.toml", "--json", cwd=tmp_path).stdout)
    assert {problem["rule"] for problem in found["files"][0]["problems"]} == {"placeholder"}
    assert token_console("charter", "new", 'x"\n[evil]', cwd=tmp_path).returncode == 2


def test_without_a_terminal_or_yes_nothing_is_signed(home: Path) -> None:
    console(home, "mbom", "import", "mbom.toml")
    console(home, "charter", "import", "claims-triage.toml")
    done = console(home, "charter", "sign", "claims-triage", "--role", "business_owner")
    assert done.returncode == 1
    assert "add --yes" in done.stderr
    shown = json.loads(console(home, "charter", "show", "claims-triage", "--json").stdout)
    assert (shown["state"], len(shown["missing_roles"])) == ("draft", 4)


def test_outside_text_never_reaches_the_terminal_raw(home: Path) -> None:
    database = Database.open(f"sqlite:///{home / 'console.db'}")
    with database.write() as tx:
        register(tx, "claims-triage", name="\x1b]52;c;AAAA\x07\u202eevil")
        sign(tx, edited(("claim triaged", "claim\\u001b[2J triaged")))
    database.close()
    for words in (("mbom", "list"), ("mbom", "show", "claims-triage"), ("charter", "show", "claims-triage"),
                  ("mbom", "history", "claims-triage")):
        shown = console(home, *words)
        assert shown.returncode == 0
        assert not set(shown.stdout) & set("\x1b\x07\u202e\x9b")


def test_a_read_only_console_changes_nothing(home: Path) -> None:
    done = console(home, "--read-only", "mbom", "import", "mbom.toml")
    assert done.returncode == 77
    assert "read-only" in done.stderr


def test_a_person_without_a_role_is_told_who_may(home: Path) -> None:
    (home / "token-console.toml").write_text(CONFIGURATION.replace(login_name(), "somebody-else"))
    done = console(home, "mbom", "import", "mbom.toml")
    assert done.returncode == 77
    assert "it takes one of token_architect" in done.stderr


def test_the_gaps_of_prompt_literacy_are_listed_the_widest_first(home: Path) -> None:
    (home / "more.toml").write_text("".join(
        f'[[workload]]\nslug = "{slug}"\nname = "{slug}"\nprompt_literacy = {literacy}\n'
        for slug, literacy in (("a", "3"), ("b", "{ required = 3, had = 2 }"), ("c", "{ required = 5, had = 2 }"))))
    console(home, "mbom", "import", "more.toml")
    told = json.loads(console(home, "mbom", "literacy", "--json").stdout)
    assert [(line["workload"], line["gap"]) for line in told["workloads"]] == [("c", 3), ("b", 1), ("a", None)]
    assert (told["below"], told["unknown"]) == (2, 1)
    assert "Of 3 workloads, 2 have users below the level that they take; of 1 it is not known." in console(
        home, "mbom", "literacy").stdout
