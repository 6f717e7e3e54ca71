"""`poll`, `status`, `audit`, `backup` and `secret`, as a shell runs them against a provider on loopback."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from console.cadences.daily import AlertLine
from console.commands.status import alert_heading
from console.operations.identity import login_name
from store.database import Database
from store.sqlite import sqlite3
from tests.support.anthropic_reports import Reports, error_reply, usage_result
from tests.support.command_line import environment, token_console
from tests.support.http_server import Asked, Reply, json_reply, serving

SECRET = "sk-ant-admin01-canary-of-these-tests"
HOSTILE = "apikey_\x1b]0;owned\x07\u202e[/]01HvLongerThanFortyCharacters"


class Provider:
    """Usage of one key with a hostile name, 20 minutes ago: a million tokens of output."""

    def __init__(self) -> None:
        minute = int(time.time()) // 60 * 60 - 20 * 60
        row = usage_result(api_key_id=HOSTILE, model="claude-sonnet-4-6", output_tokens=1_000_000)
        self.reports = Reports({minute: [row], minute // 3600 * 3600: []})
        self.down = False

    def __call__(self, asked: Asked) -> Reply:
        if self.down or asked.headers.get("x-api-key") != SECRET:
            return error_reply(401, "authentication_error", "\x1b[31mno\x1b[0m")
        if asked.path.endswith(("api_keys", "workspaces")):
            return json_reply({"data": [], "has_more": False, "first_id": None, "last_id": None})
        if asked.path.endswith("/me"):
            return json_reply({"id": "org-1", "type": "organization", "name": "Example Ltd"})
        return self.reports(asked)


@pytest.fixture
def provider() -> Provider:
    return Provider()


@pytest.fixture
def home(tmp_path: Path, provider: Provider) -> Iterator[Path]:
    """A folder with a configuration whose one source is the provider."""
    with serving(provider) as server:
        token_console("init", cwd=tmp_path)
        (tmp_path / "key").write_text(SECRET)
        (tmp_path / "key").chmod(0o600)
        (tmp_path / "token-console.toml").write_text(
            f'[[operators]]\nuser = "{login_name()}"\nroles = ["token_architect"]\n'
            f'[[sources]]\nname = "anthropic"\nkind = "anthropic"\nsecret = "file:key"\nbase_url = "{server.url}"\n'
            'backfill = "1d"\n'
        )
        yield tmp_path


def read(home: Path, *arguments: str, code: int = 0) -> Any:
    done = token_console(*arguments, "--json", cwd=home)
    assert done.returncode == code, done.stderr
    assert "\x1b" not in done.stdout
    return json.loads(done.stdout)


def test_poll_once_says_what_it_read_and_status_shows_it(home: Path) -> None:
    polled = read(home, "poll", "--once")
    [source] = polled["sources"]
    assert (source["name"], source["ok"], source["complete"], source["error"]) == ("anthropic", True, True, None)
    assert source["rows"] >= 1
    assert source["requests"] >= 1
    assert polled["trips"] == []
    status = read(home, "status")
    assert status["stale"] == []
    assert status["workloads"] == []
    [row] = status["unattributed"]["rows"]
    assert row["api_key_id"] == HOSTILE
    assert Decimal(status["unattributed"]["month_usd"]) == Decimal(15)
    assert Decimal(row["month_usd"]) == Decimal(15)


def test_status_as_text_shows_hostile_names_harmlessly(home: Path) -> None:
    token_console("poll", "--once", cwd=home)
    done = token_console("status", cwd=home)
    assert done.returncode == 0
    assert "15.00" in done.stdout
    assert not {"\x1b", "\x07", "\u202e"} & set(done.stdout)
    assert '01HvLongerThanFortyCharacters"\n' in done.stdout
    assert "! anthropic: one secret both reads and kills" in done.stdout
    assert 'api_key_id = "apikey_' in done.stdout
    assert "token-console mbom import FILE" in done.stdout


def test_a_resolved_alert_tells_when_it_began() -> None:
    line = AlertLine(7, "chat", "cap", "critical", "firing", datetime(2026, 3, 1, tzinfo=UTC), "$9 in 10m")
    assert alert_heading(line) == "[critical] chat: cap is firing since 2026-03-01T00:00:00Z (alert 7)"
    resolved = alert_heading(replace(line, state="resolved"))
    assert resolved == "[critical] chat: cap is resolved; it began at 2026-03-01T00:00:00Z (alert 7)"


def test_a_second_poll_changes_nothing(home: Path) -> None:
    read(home, "poll", "--once")
    before = read(home, "status")["unattributed"]
    read(home, "poll", "--once")
    assert read(home, "status")["unattributed"] == before


def test_a_provider_that_refuses_ends_with_69_and_is_stale(home: Path, provider: Provider) -> None:
    provider.down = True
    polled = read(home, "poll", "--once", code=69)
    assert not polled["sources"][0]["ok"]
    assert SECRET not in json.dumps(polled)
    assert read(home, "status")["stale"] == ["anthropic"]
    assert token_console("status", "--check", cwd=home).returncode == 1
    text = token_console("poll", "--once", cwd=home)
    assert "\x1b" not in text.stdout + text.stderr


def test_status_at_another_instant(home: Path) -> None:
    assert read(home, "status", "--at", "2026-01-02T03:04:05Z")["at"] == "2026-01-02T03:04:05Z"
    done = token_console("status", "--at", "yesterday", cwd=home)
    assert done.returncode == 2
    assert "2026-11-23T14:05:00Z" in done.stderr


def test_poll_runs_until_it_is_told_to_end_and_keeps_others_from_polling(home: Path) -> None:
    running = subprocess.Popen([sys.executable, "-m", "console", "poll", "--json"], cwd=home, env=environment(home),
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert running.stdout is not None
    first = json.loads(running.stdout.readline())
    assert first["at"]
    other = token_console("poll", "--once", cwd=home)
    assert other.returncode == 73
    assert "polls already" in other.stderr
    running.send_signal(signal.SIGTERM)
    _, said = running.communicate(timeout=30)
    assert running.returncode == 128 + signal.SIGTERM
    assert "Traceback" not in said
    assert token_console("poll", "--once", cwd=home).returncode == 0


def test_poll_is_not_for_a_read_only_console(home: Path) -> None:
    assert token_console("--read-only", "poll", "--once", cwd=home).returncode == 77


def test_the_audit_log_is_shown_and_verified(home: Path) -> None:
    token_console("poll", "--once", cwd=home)
    entries = read(home, "audit", "show", "--limit", "1")
    assert len(entries) == 1
    assert set(entries[0]) == {"seq", "at", "actor", "action", "object", "detail"}
    verdict = read(home, "audit", "verify")
    assert verdict["whole"]
    assert verdict["entries"] == entries[0]["seq"]
    assert "WHAT" in token_console("audit", "show", cwd=home).stdout


def test_a_backup_is_whole_private_and_never_overwrites(home: Path) -> None:
    token_console("poll", "--once", cwd=home)
    done = token_console("backup", "copy.db", cwd=home)
    assert done.returncode == 0
    assert stat.S_IMODE((home / "copy.db").stat().st_mode) == 0o600
    copy = Database.open(f"sqlite:///{home}/copy.db")
    assert copy.quick_check() == []
    copy.close()
    assert token_console("backup", "copy.db", cwd=home).returncode == 73
    assert token_console("backup", "none/copy.db", cwd=home).returncode == 73


def test_who_has_no_role_makes_no_backup(home: Path) -> None:
    path = home / "token-console.toml"
    path.write_text(path.read_text().replace(f'user = "{login_name()}"', 'user = "somebody-else"'))
    done = token_console("backup", "copy.db", cwd=home)
    assert done.returncode == 77
    assert not (home / "copy.db").exists()
    assert token_console("status", cwd=home).returncode == 0


@pytest.mark.parametrize(("damage", "code"), [("remove", 78), ("open", 77), ("text", 73), ("newer", 78), ("half", 73)])
def test_a_database_that_cannot_be_used_ends_with_its_own_code(home: Path, damage: str, code: int) -> None:
    path = home / "token-console.db"
    if damage == "remove":
        path.unlink()
    elif damage == "open":
        path.chmod(0o644)
    elif damage == "text":
        path.write_text("not a database, but a letter to somebody\n" * 200)
    elif damage == "half":
        os.truncate(path, path.stat().st_size // 2)
    else:
        connection = sqlite3.connect(path)
        connection.execute("PRAGMA user_version = 9999")
        connection.close()
    done = token_console("status", cwd=home)
    assert done.returncode == code, done.stderr
    assert str(path) in done.stderr
    assert "Traceback" not in done.stderr


def test_a_secret_is_stored_checked_and_forgotten(home: Path) -> None:
    env = {"PYTHON_KEYRING_BACKEND": "tests.support.keyrings.InFile", "TC_TEST_KEYRING": str(home / "ring")}
    assert token_console("secret", "check", "admin", cwd=home, env=env).returncode == 78
    stored = token_console("secret", "set", "admin", cwd=home, env=env, stdin="value-of-it\n")
    assert stored.returncode == 0
    assert "value-of-it" not in stored.stdout + stored.stderr
    assert token_console("secret", "check", "admin", cwd=home, env=env).returncode == 0
    assert token_console("secret", "check", "file:key", cwd=home, env=env).returncode == 0
    assert token_console("secret", "forget", "admin", cwd=home, env=env).returncode == 0
    assert token_console("secret", "forget", "admin", cwd=home, env=env).returncode == 78
    told = [(entry["action"], entry["object"]) for entry in read(home, "audit", "show") if "secret." in entry["action"]]
    assert told == [("secret.forgotten", "secret:keyring:admin"), ("secret.set", "secret:keyring:admin")]


@pytest.mark.parametrize(
    ("name", "value"), [("admin", ""), ("admin", "x" * 9000), ("../admin", "x"), ("sk-ant-x", "x")]
)
def test_a_secret_that_cannot_be_stored(home: Path, name: str, value: str) -> None:
    done = token_console("secret", "set", name, cwd=home, stdin=value + "\n")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_without_a_keyring_the_alternatives_are_told(home: Path) -> None:
    done = token_console("secret", "set", "admin", cwd=home, stdin="x\n")
    assert done.returncode == 78
    assert done.stderr.count("\n") >= 5
    assert "LoadCredential=admin" in done.stderr
