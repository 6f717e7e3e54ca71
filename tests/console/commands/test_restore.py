"""`restore`, as a shell runs it: a backup takes the database's place, audited, and never under somebody's feet."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from console.operations.identity import login_name
from tests.support.command_line import environment, token_console

ENTRY = '[[workload]]\nslug = "triage"\nname = "Triage"\nstatus = "live"\n'


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A console whose MBOM got an entry after the backup was made."""
    assert token_console("init", cwd=tmp_path).returncode == 0
    assert token_console("backup", "before.db", cwd=tmp_path).returncode == 0
    (tmp_path / "mbom.toml").write_text(ENTRY)
    done = token_console("mbom", "import", "mbom.toml", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    return tmp_path


def workloads(home: Path) -> str:
    return token_console("mbom", "list", cwd=home).stdout


def test_it_is_as_it_was_and_the_audit_log_says_who_did_it(home: Path) -> None:
    assert "triage" in workloads(home)
    done = token_console("restore", "before.db", cwd=home)
    assert (done.returncode, done.stderr) == (0, "")
    assert "triage" not in workloads(home)
    assert token_console("audit", "verify", cwd=home).returncode == 0
    shown = token_console("audit", "show", cwd=home).stdout
    assert "database.restored" in shown
    assert login_name() in shown
    replaced = done.stdout.split("is kept: ")[1].splitlines()[0]
    assert token_console("restore", replaced, cwd=home).returncode == 0
    assert "triage" in workloads(home)


def test_a_damaged_database_says_the_command_and_the_command_mends_it(home: Path) -> None:
    (home / "backups").mkdir(mode=0o700)
    (home / "before.db").rename(home / "backups" / "token-console.db.20261123T120000Z.backup")
    (home / "token-console.db").write_bytes(b"\x00" * 100 + b"not a database any more" * 1000)
    for name in ("token-console.db-wal", "token-console.db-shm"):
        (home / name).unlink(missing_ok=True)
    done = token_console("status", cwd=home)
    assert done.returncode == 73
    command = done.stderr.split("then restore the newest backup: ")[1].split()
    assert command[:2] == ["token-console", "restore"]
    assert token_console(*command[1:], cwd=home).returncode == 0
    assert token_console("status", cwd=home).returncode == 0
    assert json.loads(token_console("audit", "verify", "--json", cwd=home).stdout)["first_bad"] is None


def test_it_refuses_while_a_console_watches(home: Path) -> None:
    watching = subprocess.Popen([sys.executable, "-m", "console", "poll"], cwd=home, env=environment(home), text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        assert watching.stderr is not None
        assert "Watching" in watching.stderr.readline()
        done = token_console("restore", "before.db", cwd=home)
        assert done.returncode == 73
        assert "in use by another console" in done.stderr
        assert "triage" in workloads(home)
    finally:
        os.kill(watching.pid, signal.SIGTERM)
        watching.communicate(timeout=30)
    assert token_console("restore", "before.db", cwd=home).returncode == 0


def test_who_may_not_and_read_only_change_nothing(home: Path) -> None:
    assert token_console("--read-only", "restore", "before.db", cwd=home).returncode == 77
    path = home / "token-console.toml"
    path.write_text(path.read_text().replace(f'user = "{login_name()}"', 'user = "somebody-else"'))
    assert token_console("restore", "before.db", cwd=home).returncode == 77
    assert not list(home.glob("*.replaced-*"))
    assert token_console("audit", "show", cwd=home).stdout.count("attempt.refused") == 1


def test_a_read_only_console_makes_no_backup(home: Path) -> None:
    done = token_console("--read-only", "backup", "other.db", cwd=home)
    assert (done.returncode, done.stdout) == (77, "")
    assert "no backup is made" in done.stderr
    assert not (home / "other.db").exists()


def test_a_file_that_is_no_backup_is_refused(home: Path) -> None:
    assert token_console("restore", "mbom.toml", cwd=home).returncode == 73
    assert token_console("restore", "none.db", cwd=home).returncode == 78
    assert "triage" in workloads(home)
