"""`audit` and `secret check --confirm-url` as a shell runs them: exit codes, words, and a stranger without a key."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.operations.identity import login_name
from store.sqlite import sqlite3
from tests.support.anthropic_reports import Reports
from tests.support.audit_log import tamper
from tests.support.command_line import token_console
from tests.support.http_server import Asked, Reply, Server, json_reply, serving
from tests.support.organisation_server import READ


def answer(asked: Asked) -> Reply:
    """An organisation whose keys used nothing."""
    if asked.path.endswith(("api_keys", "workspaces")):
        return json_reply({"data": [], "has_more": False, "first_id": None, "last_id": None})
    if asked.path.endswith("/me"):
        return json_reply({"id": "org-1", "type": "organization", "name": "Example Ltd"})
    return Reports({})(asked)


@pytest.fixture
def own() -> Iterator[Server]:
    with serving(answer) as server:
        yield server


@pytest.fixture
def home(tmp_path: Path, own: Server) -> Path:
    """A console whose checkpoints go to a file beside it, and that has polled once."""
    token_console("init", cwd=tmp_path)
    (tmp_path / "key").write_text(READ)
    (tmp_path / "key").chmod(0o600)
    configure(tmp_path, own)
    token_console("poll", "--once", cwd=tmp_path)
    return tmp_path


def configure(home: Path, server: Server, role: str = "token_architect") -> None:
    (home / "token-console.toml").write_text(
        f'[[operators]]\nuser = "{login_name()}"\nroles = ["{role}"]\n[audit]\nfile = "outside.jsonl"\n'
        f'[[sources]]\nname = "anthropic"\nkind = "anthropic"\nsecret = "file:key"\nbase_url = "{server.url}"\n'
        'backfill = "1d"\n')


def run(home: Path, *arguments: str, code: int = 0) -> str:
    done = token_console(*arguments, cwd=home)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_a_poll_leaves_a_signed_log_that_holds_against_the_file_outside(home: Path) -> None:
    said = run(home, "audit", "verify", "--against", "outside.jsonl")
    assert "The audit log is whole" in said
    assert "1 of them as kept outside" in said
    report = json.loads(run(home, "audit", "verify", "--json", "--key", run(home, "audit", "key").strip()))
    assert (report["whole"], report["checkpoints"]) == (True, 1)


def test_a_broken_log_ends_with_1_and_names_the_first_bad_and_the_last_good_entry(home: Path) -> None:
    tamper(home / "token-console.db", "UPDATE audit_entry SET actor = 'x' WHERE seq = 2")
    assert "broken at entry 2: its columns differ" in run(home, "audit", "verify", code=1)
    assert "The last entry to be trusted is 1." in run(home, "audit", "verify", code=1)


@pytest.mark.parametrize("arguments", [
    ("--against", "no-such-file"), ("--against", "key"), ("--export", "no-such-file"), ("--export", "key"),
    ("--key", "key"), ("--config", "no-such-file"),
])
def test_what_cannot_be_checked_ends_with_2(home: Path, arguments: tuple[str, ...]) -> None:
    assert "could not be checked" in run(home, "audit", "verify", *arguments, code=2)


def test_an_export_is_verified_where_there_is_no_console(home: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    assert "SHA-256" in run(home, "audit", "export", "-o", "log.jsonl")
    assert run(home, "audit", "export", "-o", "log.jsonl", code=73)
    elsewhere = tmp_path_factory.mktemp("auditor")
    for name in ("log.jsonl", "outside.jsonl"):
        (elsewhere / name).write_bytes((home / name).read_bytes())
    said = run(elsewhere, "audit", "verify", "--export", "log.jsonl", "--against", "outside.jsonl")
    assert "The audit log is whole" in said
    lines = (elsewhere / "log.jsonl").read_text().replace("lease.acquired", "lease.stolen")
    (elsewhere / "log.jsonl").write_text(lines)
    assert "broken at entry" in run(elsewhere, "audit", "verify", "--export", "log.jsonl", code=1)


def test_who_has_no_role_may_verify_and_not_export(home: Path, own: Server) -> None:
    configure(home, own, role="viewer")
    run(home, "audit", "verify")
    run(home, "audit", "export", "-o", "log.jsonl", code=77)
    assert "attempt.refused" in run(home, "audit", "show")
    assert not (home / "log.jsonl").exists()


def test_nothing_is_old_enough_to_be_let_go_of(home: Path) -> None:
    assert "No entry is older than 400 days" in run(home, "audit", "retain", "--reason", "spring cleaning")
    run(home, "audit", "retain", code=2)


def test_a_changed_address_gets_no_key_until_it_is_confirmed(home: Path) -> None:
    with serving(answer) as stranger:
        configure(home, stranger)
        said = run(home, "poll", "--once", code=69)
        assert "was not sent" in said
        assert "token-console secret check file:key --confirm-url" in said
        report = json.loads(run(home, "doctor", "--json", code=1))
        failed = {check["name"]: check for check in report["checks"] if check["state"] == "failed"}
        assert failed["source anthropic: connection"]["mend"] == "token-console secret check file:key --confirm-url"
        assert not any("x-api-key" in asked.headers for asked in stranger.asked)
        configure(home, stranger, role="viewer")
        run(home, "secret", "check", "file:key", "--confirm-url", code=77)
        configure(home, stranger)
        assert f"may be sent to {stranger.url}" in run(home, "secret", "check", "file:key", "--confirm-url")
        run(home, "poll", "--once")
        assert any(asked.headers.get("x-api-key") == READ for asked in stranger.asked)
    assert "secret.place_confirmed" in run(home, "audit", "show")
    with sqlite3.connect(home / "token-console.db") as connection:
        assert not any(READ in str(row) for row in connection.execute("SELECT body FROM audit_entry"))
    connection.close()
