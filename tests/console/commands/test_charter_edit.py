"""`charter edit` as a person at a shell uses it, with a real program as the editor."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from store.database import Database
from tests.console.commands.test_registry_commands import CONFIGURATION
from tests.support.command_line import token_console
from tests.support.editors import editor_that
from tests.support.mbom import CLAIMS
from tests.support.sound_charters import FINANCIAL


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder with a configuration, and a database with a workload and its Charter as a draft."""
    (tmp_path / "token-console.toml").write_text(CONFIGURATION)
    (tmp_path / "mbom.toml").write_text(CLAIMS)
    (tmp_path / "charter.toml").write_text(FINANCIAL)
    Database.create(f"sqlite:///{tmp_path / 'console.db'}").close()
    assert token_console("mbom", "import", "mbom.toml", cwd=tmp_path).returncode == 0
    return tmp_path


def edit(home: Path, script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return token_console("charter", "edit", "claims-triage", *arguments, cwd=home,
                         env={"EDITOR": editor_that(home, script), "TMPDIR": str(home)})


def stored(home: Path) -> str:
    return token_console("charter", "export", "claims-triage", cwd=home).stdout


def test_from_the_template_to_a_draft_in_one_edit_and_a_change_keeps_its_comments(home: Path) -> None:
    done = edit(home, f"cp {home / 'charter.toml'} \"$1\"", "--json")
    assert json.loads(done.stdout) | {"content_hash": ""} == {
        "stored": True, "workload": "claims-triage", "version": 1, "content_hash": "", "outcome": "new", "errors": 0}
    done = edit(home, "sed -i 's/fan_out_cap = 4/fan_out_cap = 3  # fewer/' \"$1\"")
    assert "claims-triage version 1: changed, a draft." in done.stdout
    assert stored(home) == FINANCIAL.replace("fan_out_cap = 4", "fan_out_cap = 3  # fewer")


def test_without_a_terminal_an_unsound_text_is_listed_and_kept_and_nothing_is_stored(home: Path) -> None:
    edit(home, f"cp {home / 'charter.toml'} \"$1\"")
    done = edit(home, "sed -i 's/multiple = 15/multiple = 2/' \"$1\"")
    assert done.returncode == 1
    assert "line 34: [scenarios.runaway] multiple = 2 is not ten to twenty times expected" in done.stderr
    assert "[runaway]" in done.stderr
    kept = Path(done.stderr.strip().rpartition("kept in ")[2])
    assert "multiple = 2" in kept.read_text()
    assert kept.stat().st_mode & 0o777 == 0o600
    assert stored(home) == FINANCIAL


def test_nothing_changed_is_nothing_stored(home: Path) -> None:
    done = edit(home, ":")
    assert (done.returncode, done.stdout) == (0, "Nothing was changed, and nothing was stored.\n")
