"""`init`: a configuration that loads, an empty database, and nothing ever overwritten."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from console import kinds
from console.config import load
from console.operations.identity import login_name
from store.database import Database
from tests.support.command_line import token_console


def test_it_writes_a_private_configuration_and_an_empty_database(tmp_path: Path) -> None:
    done = token_console("init", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "token-console doctor" in done.stdout
    config = load(tmp_path / "token-console.toml")
    assert config.operators[0].user == login_name()
    assert config.sources[0].kill_reference != config.sources[0].secret
    for name in ("token-console.toml", "token-console.db"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
    database = Database.open(config.database_url)
    assert database.quick_check() == []
    database.close()
    assert token_console("status", cwd=tmp_path).returncode == 0


def test_it_overwrites_nothing(tmp_path: Path) -> None:
    token_console("init", cwd=tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    done = token_console("init", cwd=tmp_path)
    assert done.returncode == 73
    assert f"{tmp_path}/token-console.toml and {tmp_path}/token-console.db exist already" in done.stderr
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()} == before


def test_a_database_without_a_configuration_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "token-console.db").write_text("something of mine")
    done = token_console("init", cwd=tmp_path)
    assert done.returncode == 73
    assert (tmp_path / "token-console.db").read_text() == "something of mine"
    assert not (tmp_path / "token-console.toml").exists()


def test_a_configuration_without_its_database_is_kept_and_gets_one(tmp_path: Path) -> None:
    token_console("init", cwd=tmp_path)
    (tmp_path / "token-console.db").unlink()
    before = (tmp_path / "token-console.toml").read_bytes()
    done = token_console("init", cwd=tmp_path)
    assert done.returncode == 0
    assert (tmp_path / "token-console.db").exists()
    assert (tmp_path / "token-console.toml").read_bytes() == before


def test_another_place(tmp_path: Path) -> None:
    done = token_console("--config", "ops/mine.toml", "init", cwd=tmp_path)
    assert done.returncode == 0
    assert "token-console --config ops/mine.toml doctor" in done.stdout
    assert (tmp_path / "ops/token-console.db").exists()
    assert stat.S_IMODE((tmp_path / "ops").stat().st_mode) == 0o700


def test_read_only_writes_nothing(tmp_path: Path) -> None:
    done = token_console("--read-only", "init", cwd=tmp_path)
    assert done.returncode == 77
    assert list(tmp_path.glob("token-console*")) == []


@pytest.mark.parametrize("mode", [0o777, 0o775])
def test_a_folder_in_which_the_file_could_not_be_trusted_is_refused_at_once(tmp_path: Path, mode: int) -> None:
    folder = tmp_path / "shared"
    folder.mkdir()
    folder.chmod(mode)
    done = token_console("init", cwd=folder)
    assert done.returncode == 77
    assert f"chmod go-w {folder}" in done.stderr
    assert list(folder.glob("token-console*")) == []


def test_its_help_and_its_file_name_the_kinds_that_there_are(tmp_path: Path) -> None:
    told = " ".join(token_console("init", "--help", cwd=tmp_path).stdout.split()).replace("- ", "-")
    assert [kind for kind in (*kinds.source_names(), *kinds.switch_names()) if kind not in told] == []
    token_console("init", cwd=tmp_path)
    assert ", ".join(kinds.source_names()) in (tmp_path / "token-console.toml").read_text()
