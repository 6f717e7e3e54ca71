"""`annual` and `predictions` at a shell: what they print, what they refuse, and their exit codes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from console.__main__ import main
from console.operations.identity import login_name
from store.database import Database

Shell = Callable[..., tuple[int, str, str]]
"""A command's words to (exit code, standard output, standard error)."""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    Database.create(f"sqlite:///{tmp_path / 'console.db'}").close()
    (tmp_path / "token-console.toml").write_text(
        '[organisation]\nname = "Example Ltd"\n[database]\nurl = "sqlite:///console.db"\n'
        f'[[operators]]\nuser = "{login_name()}"\nroles = ["token_architect"]\n')
    return tmp_path


@pytest.fixture
def shell(home: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    def run(*words: str) -> tuple[int, str, str]:
        code = main(["--config", str(home / "token-console.toml"), *words])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def test_a_statement_is_written_read_and_signed_at_a_shell(shell: Shell, home: Path) -> None:
    text = home / "2026.md"
    text.write_text("# The year\n\nIt held.\x1b[2J\n")
    code, out, _ = shell("annual", "write", str(text))
    assert code == 0
    content = out.split()[-1]
    assert "not signed" in shell("annual")[1]
    assert shell("annual", "sign", "--content", content)[:2] == (
        0, f"The text of {out.split()[3]} is signed by {login_name()} as token_architect.\n")
    code, out, _ = shell("annual")
    assert f"signed by {login_name()} as token_architect" in out
    assert "It held." in out
    assert "\x1b" not in out
    assert "nothing was changed" in shell("annual", "write", str(text))[1]


def test_a_text_is_written_over_only_by_whoever_names_what_they_read(shell: Shell, home: Path) -> None:
    text = home / "2026.md"
    text.write_text("It held.")
    content = shell("annual", "write", str(text))[1].split()[-1]
    text.write_text("It did not.")
    code, out, error = shell("annual", "write", str(text))
    assert (code, out) == (1, "")
    assert f"write with --content {content}" in error
    assert shell("annual", "write", str(text), "--content", content)[0] == 0


def test_a_signature_on_an_outdated_text_exits_with_1(shell: Shell, home: Path) -> None:
    text = home / "2026.md"
    text.write_text("It held.")
    shell("annual", "write", str(text))
    code, out, error = shell("annual", "sign", "--content", "0" * 64)
    assert (code, out) == (1, "")
    assert "so it is not signed" in error


def test_the_year_says_what_is_not_known(shell: Shell) -> None:
    code, out, _ = shell("annual")
    assert code == 0
    assert "time to kill" in out
    assert "not known" in out
    told = json.loads(shell("annual", "2020", "--json")[1])
    assert (told["year"], told["partial"], len(told["predictions"])) == ("2020", False, 3)
    assert {measure["name"]: measure["figure"] for measure in told["measures"]}["time to kill"] is None


def test_a_prediction_is_judged_at_a_shell(shell: Shell) -> None:
    code, out, _ = shell("predictions", "judge", "2", "--verdict", "holding", "--evidence", "Two of three went back.")
    assert code == 0
    assert out.startswith("Prediction 2, by 2027-12-31: holding.")
    told = json.loads(shell("predictions", "--json")[1])
    assert [line["verdict"] for line in told] == ["open", "holding", "open"]


@pytest.mark.parametrize(("words", "code", "said"), [
    (("annual", "26"), 2, "is no year. Write it like 2026."),
    (("annual", "write"), 2, "annual write FILE"),
    (("annual", "2026", "2027"), 2, "annual [YEAR]"),
    (("annual", "sign"), 2, "--content HASH"),
    (("annual", "sign", "--content", "0"), 2, "Nothing is written of"),
    (("annual", "write", "no-such-file"), 1, "cannot be read"),
    (("predictions", "judge", "one"), 2, "predictions judge NUMBER"),
    (("predictions", "judge", "1", "--verdict", "open"), 2, "A verdict needs both"),
    (("predictions", "judge", "9", "--verdict", "open", "--evidence", "x"), 2, "There is no prediction 9"),
    (("--read-only", "predictions", "judge", "1", "--verdict", "open", "--evidence", "x"), 77, "read-only"),
])
def test_what_cannot_be_is_answered_with_why(shell: Shell, words: tuple[str, ...], code: int, said: str) -> None:
    found, out, error = shell(*words)
    assert (found, out) == (code, "")
    assert said in error
