"""The front door: which command is found, what is imported for it, and how each end is told."""

from __future__ import annotations

import json
import os
import pty
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from console.__main__ import main
from console.commands.table import COMMANDS
from console.redaction import redact, remember
from tests.support.command_line import environment, token_console

HEAVY = {"textual", "rich", "sqlmodel", "sqlalchemy", "httpx", "asyncio", "apscheduler", "plotext", "keyring",
         "sqlite3", "tomllib", "dataclasses", "platformdirs", "unicodedata"}


def loaded_after(statement: str, cwd: Path) -> set[str]:
    program = f"import sys\n{statement}\nprint('\\n'.join(sys.modules), file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", program], cwd=cwd, env=environment(cwd), capture_output=True,
                          text=True, check=True)
    return set(done.stderr.split())


def test_help_imports_nothing_but_the_argument_parser(tmp_path: Path) -> None:
    modules = loaded_after("import console.__main__ as m; m.main(['--help'])", tmp_path)
    assert "console.__main__" in modules
    assert modules.isdisjoint(HEAVY)
    assert {name for name in modules if name.startswith(("console", "store", "screens"))} == {
        "console", "console.__main__", "console.commands", "console.commands.table"
    }


def test_a_command_imports_its_own_code_only(tmp_path: Path) -> None:
    modules = loaded_after("import console.__main__ as m; m.main(['secret', '--help'])", tmp_path)
    assert "console.commands.secret" in modules
    assert modules.isdisjoint({"textual", "sqlmodel", "httpx", "console.commands.kill", "console.commands.status"})


def test_help_names_every_command_and_the_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    said = capsys.readouterr().out
    assert all(f"\n  {name} " in said for name in COMMANDS)
    assert "78 bad configuration" in said


def test_version(tmp_path: Path) -> None:
    done = token_console("--version", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "token-console 0.1.0\n")


@pytest.mark.parametrize("line", ["sttus", "--conf x", "secret", "secret lose x", "init --oops"])
def test_wrong_usage_ends_with_2(tmp_path: Path, line: str) -> None:
    done = token_console(*line.split(), cwd=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "usage: token-console" in done.stderr


@pytest.mark.parametrize("line", ["ack 99999999999999999999",
                                  "decide 1 9223372036854775808 --verdict dismissed --rationale x"])
def test_a_number_that_no_row_can_have_is_wrong_usage(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(line.split()) == 2
    assert "is larger than any number that there is" in capsys.readouterr().err


def test_a_word_that_is_not_utf_8_is_told_by_its_place(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable.encode(), b"-m", b"console", b"explain", b"caf\xe9"], cwd=tmp_path,
                          env=environment(tmp_path), capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (2, b"")
    assert rb"Word 2 of the command, caf\udce9, is not UTF-8" in done.stderr


@pytest.mark.parametrize("term", ["dumb", "", "xterm"])
def test_without_a_terminal_the_console_names_the_command_that_needs_none(tmp_path: Path, term: str) -> None:
    done = token_console(cwd=tmp_path, env={"TERM": term})
    assert done.returncode == 2
    assert done.stderr == "The console needs a terminal. The same as text: token-console status\n"


def test_without_a_configuration_the_console_offers_the_demo(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    os.write(ours, b"n\n")
    done = subprocess.run([sys.executable, "-m", "console"], cwd=tmp_path, env=environment(tmp_path), stdin=theirs,
                          stdout=theirs, stderr=subprocess.PIPE, check=False, timeout=60)
    said = os.read(ours, 10_000).decode()
    os.close(ours)
    os.close(theirs)
    assert done.returncode == 0
    assert "token-console demo" in said
    assert "token-console init" in said


def test_a_command_without_a_configuration_says_how_to_get_one(tmp_path: Path) -> None:
    done = token_console("status", cwd=tmp_path)
    assert done.returncode == 78
    assert "token-console init" in done.stderr


def test_options_may_stand_before_the_command_or_after_it(tmp_path: Path) -> None:
    for arguments in (["--config", "none.toml", "status"], ["status", "--config", "none.toml"]):
        done = token_console(*arguments, cwd=tmp_path)
        assert done.returncode == 78
        assert f"There is no {tmp_path}/none.toml. To mend it: token-console --config" in done.stderr


def test_a_bad_configuration_is_told_harmlessly_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "token-console.toml").write_text('"\\u001b[31m" = 1\n')
    done = token_console("status", cwd=tmp_path)
    assert done.returncode == 78
    assert "token-console.toml, line 1: " in done.stderr
    assert "\x1b" not in done.stderr


def run_with_command(tmp_path: Path, body: str) -> subprocess.CompletedProcess[str]:
    """The front door with one more command, whose `run` is `body`."""
    program = (
        "import sys, types\n"
        "module = types.ModuleType('console.commands.status')\n"
        f"def run(args):\n    {body}\n"
        "module.run, module.arguments = run, lambda parser: None\n"
        "sys.modules['console.commands.status'] = module\n"
        "from console.__main__ import main\nsys.exit(main(['status']))\n"
    )
    return subprocess.run([sys.executable, "-c", program], cwd=tmp_path, env=environment(tmp_path), capture_output=True,
                          text=True, check=False, timeout=60)


def test_an_interrupt_ends_with_130_and_no_traceback(tmp_path: Path) -> None:
    done = run_with_command(tmp_path, "raise KeyboardInterrupt")
    assert (done.returncode, done.stderr) == (130, "")


def test_an_error_of_the_store_ends_with_its_own_code(tmp_path: Path) -> None:
    body = "raise type('StoreError', (Exception,), {'exit_code': 73})('The disk is\\x1b full.')"
    done = run_with_command(tmp_path, body)
    assert (done.returncode, done.stderr) == (73, "The disk is\N{REPLACEMENT CHARACTER} full.\n")


def test_an_unexpected_error_leaves_a_private_report_without_secrets(tmp_path: Path) -> None:
    body = "from console.redaction import remember; remember('canary-value'); " \
           "raise ValueError('https://u:pw@host/?key=abc canary-value Authorization: Bearer xyz sk-ant-admin01-abcdef')"
    done = run_with_command(tmp_path, body)
    assert done.returncode == 70
    assert done.stderr.count("\n") == 1
    assert "ValueError" in done.stderr
    report = next((tmp_path / ".state/token-console/crashes").iterdir())
    assert str(report) in done.stderr
    assert stat.S_IMODE(report.stat().st_mode) == 0o600
    text = report.read_text()
    assert "in run" in text
    for secret in ("canary-value", "pw@", "abc ", "xyz", "sk-ant"):
        assert secret not in text.split("ValueError:")[-1]


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run([sys.executable, "-m", "console", "--version"], cwd=tmp_path, env=environment(tmp_path),
                          stdout=writing, stderr=subprocess.PIPE, check=False, timeout=60)
    os.close(writing)
    assert done.stderr == b""


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("x-api-key: sk-ant-1", "x-api-key: [removed]"),
        ("key sk-ant-admin01-abcdef end", "key [removed] end"),
        ("https://user:pw@host/a?b=c&d=e", "https://[removed]@host/a?b=[removed]&d=[removed]"),
        ("nothing to hide", "nothing to hide"),
        (json.dumps({"authorization": "Bearer abcdefghij"}), '{"authorization": [removed]}'),
    ],
)
def test_redaction(text: str, left: str) -> None:
    assert redact(text) == left


def test_a_remembered_secret_is_removed_wherever_it_stands() -> None:
    remember("hunter2-canary")
    assert redact("a hunter2-canary b") == "a [removed] b"
