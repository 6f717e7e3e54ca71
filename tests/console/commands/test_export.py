"""`token-console export usage`: rows to standard output or whole files, and what cannot be is refused in words."""

from __future__ import annotations

import csv
import json
import stat
from decimal import Decimal
from pathlib import Path

import pytest

from console.pricing import PriceBook
from store.database import Database
from tests.support.command_line import token_console
from tests.support.used import fill

SPAN = ("export", "usage", "--from", "2026-11-20", "--to", "2026-11-21")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export")
    assert token_console("init", cwd=folder).returncode == 0
    [path] = folder.rglob("*.db")
    database = Database.open(f"sqlite:///{path}")
    with database.write() as tx:
        fill(tx, PriceBook(), hours=24)
    database.close()
    return folder


def test_rows_go_to_standard_output_and_what_they_come_to_to_standard_error(home: Path) -> None:
    done = token_console(*SPAN, cwd=home)
    assert done.returncode == 0, done.stderr
    rows = list(csv.DictReader(done.stdout.splitlines()))
    assert f"{len(rows)} rows, {sum(Decimal(row['BilledCost']) for row in rows):.2f} USD." in done.stderr


def test_a_file_is_its_owner_s_alone_with_its_metadata_beside_it(home: Path) -> None:
    done = token_console(*SPAN, "--by", "hour", "-o", "usage.csv", cwd=home)
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    for name in ("usage.csv", "usage.csv.metadata.json"):
        assert stat.S_IMODE((home / name).stat().st_mode) == 0o600
    assert (home / "usage.csv").read_bytes().count(b"\r\n") > 24
    assert json.loads((home / "usage.csv.metadata.json").read_text())["FocusVersion"] == "1.2"


def test_files_that_are_there_are_kept_unless_they_are_forced(home: Path) -> None:
    (home / "kept.csv.metadata.json").write_text("mine")
    done = token_console(*SPAN, "-o", "kept.csv", cwd=home)
    assert done.returncode == 73
    assert "kept.csv.metadata.json exists already" in done.stderr
    assert not (home / "kept.csv").exists()
    assert token_console(*SPAN, "-o", "kept.csv", "--force", cwd=home).returncode == 0


def test_a_span_without_usage_is_said_to_be_so(home: Path) -> None:
    done = token_console("export", "usage", "--format", "csv", "--from", "2026-01-01", "--to", "2026-01-02", cwd=home)
    assert done.returncode == 0
    assert done.stdout.startswith("start,end,workload")
    assert done.stdout.count("\n") == 1
    assert "No usage between 2026-01-01T00:00:00Z and 2026-01-02T00:00:00Z" in done.stderr


@pytest.mark.parametrize(("start", "end", "said"), [
    ("2026-11-02", "2026-11-01", "not after its beginning"), ("yesterday", "2026-11-01", "nor a day"),
    ("2026-11-01", "2026-11-31", "nor a day"), ("2026-11-01T00:00", "2026-11-02", "nor a day"),
    ("2026-11-01", "2999-01-01", "has not come yet"), ("2026-11-01T00:30:00Z", "2026-11-02", "whole hours"),
])
def test_a_span_that_cannot_be_ends_with_2(home: Path, start: str, end: str, said: str) -> None:
    done = token_console("export", "usage", "--from", start, "--to", end, cwd=home)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
