"""`prompts scan|show|diff` as their user has them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from store.database import Database
from tests.console.commands.test_registry_commands import CONFIGURATION, console
from tests.support.repositories import SYSTEM, Commit, repository


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder with a configuration and an empty database."""
    (tmp_path / "token-console.toml").write_text(CONFIGURATION)
    Database.create(f"sqlite:///{tmp_path / 'console.db'}").close()
    return tmp_path


def test_a_checkout_is_scanned_shown_and_compared(home: Path) -> None:
    folder = repository(home / "shop", Commit({SYSTEM: "You help.\n"}, "one\n\nEvaluation: passed 0.9"),
                        Commit({SYSTEM: "You help.\nToday is {now}.\n"}, "two \x1b[31m", "A\x07nn"))
    done = console(home, "prompts", "scan", str(folder), "--estimate", "--json")
    assert done.returncode == 1
    document = json.loads(done.stdout)
    assert [(each["kind"], each["path"], each["line"], each["column"]) for each in document["findings"]] == [
        ("variable content", SYSTEM, 2, 10), ("ungated change", SYSTEM, 2, 1)]
    [prompt] = document["prompts"]
    assert (prompt["tokens"], prompt["estimated"], prompt["growth"], prompt["gate"]) == (8, True, 5, "ungated")
    assert [version["gate"] for version in prompt["versions"]] == ["ungated", "passed"]
    shown = console(home, "prompts", "show", "claims-triage").stdout
    assert "passed 0.9" in shown
    assert f"{SYSTEM}:2:10: variable content: " + "{now}" in shown
    assert "\x1b" not in shown
    assert "\n+Today is {now}." in console(home, "prompts", "diff", "claims-triage").stdout


def test_what_is_no_checkout_ends_with_one_and_a_wrong_number_with_two(home: Path) -> None:
    for arguments, code, said in (((".",), 1, "is not in a git checkout"), ((".", "--limit", "0"), 2, "--limit")):
        done = console(home, "prompts", "scan", *arguments)
        assert (done.returncode, said in done.stderr) == (code, True)
