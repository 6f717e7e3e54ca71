"""`token-console report`: to standard output or to a file that nobody else can read, never over one that is there."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.command_line import environment, token_console


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reports")
    assert token_console("init", cwd=folder).returncode == 0
    return folder


def test_a_report_goes_to_standard_output(home: Path) -> None:
    done = token_console("report", "daily", cwd=home)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("# Daily report")


def test_a_file_is_written_for_its_owner_only_in_the_format_of_its_ending(home: Path) -> None:
    done = token_console("report", "daily", "-o", "today.html", cwd=home)
    assert done.returncode == 0, done.stderr
    written = home / "today.html"
    assert stat.S_IMODE(written.stat().st_mode) == 0o600
    assert written.read_text().startswith("<!DOCTYPE html>")
    assert not [name for name in os.listdir(home) if name.endswith(".part")]


def test_a_file_that_is_there_is_kept_unless_it_is_forced(home: Path) -> None:
    kept = home / "kept.md"
    kept.write_text("mine")
    done = token_console("report", "daily", "-o", "kept.md", cwd=home)
    assert done.returncode == 73
    assert "exists already" in done.stderr
    assert kept.read_text() == "mine"
    assert token_console("report", "daily", "-o", "kept.md", "--force", cwd=home).returncode == 0
    assert kept.read_text().startswith("# Daily report")


def test_what_is_not_a_file_is_never_replaced(home: Path) -> None:
    os.mkfifo(home / "pipe.md")
    for name in ("pipe.md", "."):
        done = token_console("report", "daily", "--format", "md", "-o", name, "--force", cwd=home)
        assert done.returncode == 73
        assert "is not a file" in done.stderr
    assert stat.S_ISFIFO((home / "pipe.md").stat().st_mode)


def test_a_folder_that_is_not_there_ends_with_73(home: Path) -> None:
    done = token_console("report", "daily", "-o", "nowhere/a.md", cwd=home)
    assert done.returncode == 73
    assert "nowhere/a.md cannot be written" in done.stderr


@pytest.mark.parametrize("line", ["report hourly", "report daily --format docx", "report daily yesterday"])
def test_wrong_usage_ends_with_2(home: Path, line: str) -> None:
    done = token_console(*line.split(), cwd=home)
    assert (done.returncode, done.stdout) == (2, "")


@pytest.mark.parametrize(("form", "drawn"), [("md", False), ("pdf", True)])
def test_what_draws_paper_is_imported_for_paper_only(home: Path, form: str, drawn: bool) -> None:
    program = (f"import sys\nimport console.__main__ as m\nm.main(['report', 'daily', '--format', '{form}', '-o', "
               f"'lazy.{form}', '--force'])\nprint(*sys.modules)")
    done = subprocess.run([sys.executable, "-c", program], cwd=home, env=environment(home), capture_output=True,
                          text=True, check=True)
    assert ({"fpdf", "fontTools"} <= set(done.stdout.split())) == drawn
    assert "textual" not in done.stdout.split()
