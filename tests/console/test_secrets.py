"""Secrets by reference: each place, each fault, and never another place instead."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

import keyring.backends.fail
import pytest

from console import secrets
from console.secrets import Secret, SecretError, SecretMissingError, forget, keyring_problem, resolve, store
from tests.support.keyrings import Hanging, Locked, PlainText, Unlocked, active_keyring


def private(path: Path, text: str, mode: int = 0o600) -> Path:
    path.write_text(text)
    path.chmod(mode)
    return path


def refusal(reference: str, base: Path | None = None) -> str:
    with pytest.raises(SecretError) as caught:
        resolve(reference, base=base)
    return str(caught.value)


def test_a_secret_shows_a_mask_wherever_it_is_printed() -> None:
    secret = Secret("sk-ant-canary")
    assert "canary" not in f"{secret} {secret!r} {[secret]}"
    assert secret.reveal() == "sk-ant-canary"


def test_a_variable_leaves_the_environment_and_is_still_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TC_TEST_KEY", "first")
    assert resolve("env:TC_TEST_KEY") == "first"
    assert "TC_TEST_KEY" not in os.environ
    assert resolve("env:TC_TEST_KEY") == "first"
    monkeypatch.setenv("TC_TEST_KEY", "renewed")
    assert resolve("env:TC_TEST_KEY") == "renewed"


def test_a_variable_that_is_not_set() -> None:
    with pytest.raises(SecretMissingError, match=r"read -rs TC_UNSET && export TC_UNSET"):
        resolve("env:TC_UNSET")


def test_a_file_is_found_from_where_the_configuration_lies(tmp_path: Path) -> None:
    private(tmp_path / "key", "value\n")
    assert resolve("file:key", base=tmp_path) == "value"
    assert resolve(f"file:{tmp_path}/key") == "value"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_file_that_others_can_read_is_refused_with_the_command_that_mends_it(tmp_path: Path, mode: int) -> None:
    path = private(tmp_path / "key", "value", mode)
    message = refusal("file:key", tmp_path)
    assert f"chmod 600 {path}" in message
    assert "value" not in message


def test_a_symbolic_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(private(tmp_path / "key", "value"))
    assert "symbolic link" in refusal("file:link", tmp_path)


def test_a_folder_that_others_can_change_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "open"
    folder.mkdir()
    folder.chmod(0o777)
    private(folder / "key", "value")
    assert f"chmod go-w {folder}" in refusal("file:open/key", tmp_path)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "nothing there"),
        ("two\nlines", "more than one line"),
        ("x" * 9000, "more than 8 KiB"),
        ("k\x00y", "one line of printable ASCII"),
        ("clé", "printable ASCII"),
    ],
)
def test_what_is_no_secret(tmp_path: Path, content: str, says: str) -> None:
    private(tmp_path / "key", content)
    assert says in refusal("file:key", tmp_path)


def test_a_missing_file_is_told_with_the_command_that_writes_it(tmp_path: Path) -> None:
    assert f"install -m 600 /dev/stdin {tmp_path}/key" in refusal("file:key", tmp_path)


def test_a_service_credential(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "LoadCredential=admin" in refusal("cred:admin")
    private(tmp_path / "admin", "value\n")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert resolve("cred:admin") == "value"


def command(program: str) -> str:
    return "command:" + json.dumps([sys.executable, "-c", program])


def test_a_command_prints_one_line_and_no_shell_reads_it(tmp_path: Path) -> None:
    assert resolve(command("print('value')")) == "value"
    assert resolve('command:["echo", "$HOME; id"]') == "$HOME; id"


@pytest.mark.parametrize(
    ("program", "says"),
    [
        ("raise SystemExit('canary')", "ended with 1"),
        ("print('a'); print('b')", "more than one line"),
        ("print('x' * 100_000_000)", "more than 8 KiB"),
        ("", "nothing there"),
    ],
)
def test_a_command_that_does_not_answer_as_it_should(program: str, says: str) -> None:
    message = refusal(command(program))
    assert says in message


def test_a_command_that_asks_or_leaves_a_child_behind_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets, "COMMAND_DEADLINE_S", 0.5)
    started = time.monotonic()
    assert "no answer within 0.5 s" in refusal('command:["sh", "-c", "sleep 60 & sleep 60"]')
    assert time.monotonic() - started < 30


def test_a_program_that_is_not_there() -> None:
    assert "cannot be started: No such file" in refusal('command:["/none/such"]')


def test_what_is_no_reference_is_not_repeated() -> None:
    assert "canary" not in refusal("sk-ant-canary")


def test_the_desktop_keyring_stores_gives_and_forgets() -> None:
    with active_keyring(Unlocked()):
        with pytest.raises(SecretMissingError, match="token-console secret set admin"):
            resolve("keyring:admin")
        store("admin", "value")
        assert resolve("keyring:admin") == "value"
        assert keyring_problem() is None
        forget("admin")
        with pytest.raises(SecretMissingError):
            forget("admin")


def four_alternatives(message: str) -> bool:
    return all(way in message for way in ("install -m 600", "read -rs", "command:[", "LoadCredential=")) and all(
        form in message for form in ("file:", "env:", "cred:")
    )


def test_a_server_without_a_keyring_is_told_four_alternatives() -> None:
    with active_keyring(keyring.backends.fail.Keyring()):  # type: ignore[no-untyped-call]
        message = refusal("keyring:admin")
        assert "no desktop keyring" in message
        assert four_alternatives(message)
        assert keyring_problem() is not None


def test_a_locked_keyring_is_not_an_empty_one() -> None:
    with active_keyring(Locked()):
        message = refusal("keyring:admin")
        assert "Failed to unlock the collection" in message
        assert four_alternatives(message)


def test_a_keyring_that_hangs_is_given_up_at_the_deadline() -> None:
    with active_keyring(Hanging()):
        started = time.monotonic()
        message = refusal("keyring:admin")
        assert 2.5 < time.monotonic() - started < 30
        assert "did not answer within 3 s" in message
        assert four_alternatives(message)


def test_a_plain_text_backend_is_never_used() -> None:
    backend = PlainText()
    with active_keyring(backend):
        with pytest.raises(SecretError, match=r"found keyrings\.alt\.file\.PlainText"):
            store("admin", "value")
        assert backend.kept == {}
