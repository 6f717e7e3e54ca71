"""`quarterly` and `quarter` at a shell: what they print, what they refuse, and their exit codes."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from console.__main__ import main
from console.cadences import periods
from console.operations.identity import login_name
from store.database import Database
from tests.support.charters import CLAIMS_TRIAGE
from tests.support.ledgers import read, register, sign

Shell = Callable[..., tuple[int, str, str]]
"""A command's words to (exit code, standard output, standard error)."""
W = "claims-triage"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder with a configuration and a database in which one Charter has been in force for half a year."""
    database = Database.create(f"sqlite:///{tmp_path / 'console.db'}")
    now = datetime.now(UTC)
    with database.write() as tx:
        register(tx, W)
        sign(tx, CLAIMS_TRIAGE, now - timedelta(days=183))
        read(tx, now - timedelta(days=183), now)
    database.close()
    (tmp_path / "token-console.toml").write_text(
        '[organisation]\nname = "Example Ltd"\n[database]\nurl = "sqlite:///console.db"\n'
        f'[[operators]]\nuser = "{login_name()}"\nroles = ["business_owner", "platform_lead"]\n')
    return tmp_path


@pytest.fixture
def shell(home: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    def run(*words: str) -> tuple[int, str, str]:
        code = main(["--config", str(home / "token-console.toml"), *words])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


@pytest.fixture
def name() -> str:
    """The present quarter."""
    return periods.quarter_of(datetime.now(UTC), 1).name


def test_a_review_is_held_at_a_shell(shell: Shell, name: str) -> None:
    assert shell("quarter", "learn", W, "--text", "Batches are half the price.")[0] == 0
    for _ in range(2):
        code, out, _ = shell("quarter", "recommend", W, "--text", "Keep it.\x1b[31m")
        assert code == 0
    assert out == f"It is written down for {name} of {W}: recommended by {login_name()} as platform_lead.\n"
    code, out, _ = shell("quarter", "end", W, "reaffirm", "--text", "It stands.", "--json")
    assert code == 0
    assert json.loads(out)["note"]["says"] == "Version 1 of its Charter stands."
    code, out, _ = shell("quarterly")
    assert code == 0
    assert f"{name} (running)" in out
    assert f"reaffirm by {login_name()}" in out
    assert "learned by" in out
    assert "\x1b" not in out
    assert "1 of 1 reviews are ended, 0 are overdue" in out


def test_the_document_has_every_figure_and_says_null_where_nothing_is_known(shell: Shell, name: str) -> None:
    code, out, _ = shell("quarterly", "--json", name)
    told = json.loads(out)
    assert (code, told["quarter"], told["partial"]) == (0, name, True)
    (line,) = told["lines"]
    assert (line["slug"], line["charter_version"], line["alpha_net_usd"]) == (W, 1, None)
    assert line["owed"] == ["business_owner", "platform_lead"]
    assert len(line["months"]) == 3


def test_a_quarter_to_come_is_shown_as_not_begun(shell: Shell, name: str) -> None:
    code, out, _ = shell("quarterly", periods.shifted(name, 1))
    assert code == 0
    assert "(not begun)" in out
    assert "Spent ? of ? planned" in out


@pytest.mark.parametrize(("words", "code", "said"), [
    (("quarterly", "2026-4"), 2, "is no quarter. Write it like 2026-Q4."),
    (("quarterly", "--at", "yesterday"), 2, "neither an instant such as"),
    (("quarter", "end", W, "reaffirm", "--text", "It stands."), 2, "business_owner and platform_lead have not"),
    (("quarter", "learn", "nothing", "--text", "x"), 2, "The MBOM has no workload 'nothing'"),
    (("quarter", "learn", W, "--role", "risk_officer", "--text", "x"), 77, "may not learn as risk_officer"),
    (("--read-only", "quarter", "learn", W, "--text", "x"), 77, "read-only"),
    (("quarter", "learn", W, "--file", "no-such-file"), 1, "cannot be read"),
])
def test_what_cannot_be_is_answered_with_why(shell: Shell, words: tuple[str, ...], code: int, said: str) -> None:
    found, out, error = shell(*words)
    assert (found, out) == (code, "")
    assert said in error
