"""`kill`, `resume`, `approve` and `disarm` as somebody at a shell, or a script, runs them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.operations.desk import Desk
from console.operations.identity import login_name
from tests.support import kills
from tests.support.command_line import environment, token_console
from tests.support.key_server import Keys, key_server
from tests.support.kills import KEY, SLUG

CONFIGURATION = """
[organisation]
name = "Example Ltd"
time_zone = "UTC"

[database]
url = "sqlite:///console.db"

[[operators]]
user = "{user}"
roles = [{roles}]

[[sources]]
name = "anthropic"
kind = "anthropic"
secret = "file:kill-secret"
kill_secret = "file:kill-secret"
base_url = "{url}"

[approvals]
two_person = {two_person}
"""


class Shell:
    """A folder with a configuration and a database, and the command in it."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self.url = folder, url
        self.configure()

    def configure(self, *roles: str, url: str | None = None, two_person: bool = False) -> None:
        held = ", ".join(f'"{role}"' for role in roles or ("on_call", "token_architect"))
        (self.folder / "token-console.toml").write_text(CONFIGURATION.format(
            user=login_name(), roles=held, url=url or self.url, two_person=str(two_person).lower()))

    def __call__(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return token_console(*arguments, cwd=self.folder)


@pytest.fixture
def keys() -> Iterator[Keys]:
    with key_server(**{KEY: "active"}) as served:
        yield served


@pytest.fixture
def desk(keys: Keys, tmp_path: Path) -> Iterator[Desk]:
    made = kills.kill_desk(kills.config(keys.url, tmp_path))
    yield made
    made.database.close()


@pytest.fixture
def shell(desk: Desk, keys: Keys, tmp_path: Path) -> Shell:
    return Shell(tmp_path, keys.url)


def test_a_script_kills_and_resumes(shell: Shell, desk: Desk, keys: Keys) -> None:
    killed = shell("kill", SLUG, "--reason", "243 agents", "--yes", "--json")
    assert killed.returncode == 0, killed.stderr
    document = json.loads(killed.stdout)
    assert document["state"] == "done"
    assert document["workload"] == SLUG
    assert document["intent"].startswith("kill-")
    assert document["spend_stopped"] is None
    assert document["steps"][0]["after"] == "inactive"
    assert keys.states[KEY] == "inactive"

    resumed = shell("resume", SLUG, "--reason", "fixed", "--yes", "--json")
    assert resumed.returncode == 0, resumed.stderr
    assert json.loads(resumed.stdout)["state"] == "done"
    assert keys.states[KEY] == "active"
    assert kills.breaker_state(desk) == "probation"


def test_a_person_sees_the_plan_and_what_became_of_it(shell: Shell) -> None:
    killed = shell("kill", SLUG, "--reason", "243 agents", "--yes")
    assert killed.returncode == 0
    assert f"disable {KEY}: active -> inactive" in killed.stderr
    assert "used by nobody else" in killed.stderr
    assert "resume enables it again" in killed.stderr
    assert "confirmed by reading back" in killed.stdout


def test_without_a_terminal_and_without_yes_nothing_is_sent(shell: Shell, keys: Keys) -> None:
    asked = shell("kill", SLUG, "--reason", "243 agents")
    assert asked.returncode == 2
    assert "--yes" in asked.stderr
    assert keys.writes == []


def test_a_dry_run_shows_the_request_and_sends_nothing(shell: Shell, desk: Desk, keys: Keys) -> None:
    rehearsed = shell("kill", SLUG, "--reason", "rehearsal", "--dry-run", "--json")
    assert rehearsed.returncode == 0, rehearsed.stderr
    assert json.loads(rehearsed.stdout)["state"] == "dry_run"
    assert keys.writes == []
    assert kills.intents_of(desk) == []
    told = shell("kill", SLUG, "--reason", "rehearsal", "--dry-run")
    assert "used by nobody else" in told.stderr
    assert f"would disable {KEY}: active -> inactive (dry run, not sent: POST" in told.stdout


def test_who_may_not_is_told_so_and_it_is_written_down(shell: Shell, desk: Desk, keys: Keys) -> None:
    shell.configure("viewer")
    refused = shell("kill", SLUG, "--reason", "I want to", "--yes")
    assert refused.returncode == 77
    assert "may not kill" in refused.stderr
    assert keys.writes == []
    assert kills.actions(desk) == ["attempt.refused"]


def test_on_call_may_kill_and_not_resume(shell: Shell, keys: Keys) -> None:
    shell.configure("on_call")
    assert shell("kill", SLUG, "--reason", "runaway", "--yes").returncode == 0
    assert shell("resume", SLUG, "--reason", "fine now", "--yes").returncode == 77
    assert keys.states[KEY] == "inactive"


def test_a_refusal_by_the_provider_exits_1(shell: Shell, keys: Keys) -> None:
    keys.write_status = [403]
    killed = shell("kill", SLUG, "--reason", "runaway", "--yes", "--json")
    assert killed.returncode == 1
    assert json.loads(killed.stdout)["state"] == "failed"
    keys.write_status = [403]
    told = shell("kill", SLUG, "--reason", "runaway", "--yes")
    assert "carried on by the engine" in told.stderr
    assert "provider's own console" in told.stderr


def test_a_provider_that_cannot_be_reached_exits_69(shell: Shell, desk: Desk) -> None:
    shell.configure(url="http://127.0.0.1:9")
    killed = shell("kill", SLUG, "--reason", "runaway", "--yes", "--json")
    assert killed.returncode == 69
    assert json.loads(killed.stdout)["state"] == "unknown"
    assert kills.breaker_state(desk) == "tripped"


def test_an_unknown_workload_is_wrong_usage(shell: Shell) -> None:
    missing = shell("kill", "no-such-thing", "--reason", "runaway", "--yes")
    assert missing.returncode == 2
    assert "no-such-thing" in missing.stderr


def test_with_two_persons_a_resume_waits_and_its_requester_cannot_approve_it(shell: Shell, keys: Keys) -> None:
    shell("kill", SLUG, "--reason", "runaway", "--yes")
    shell.configure(two_person=True)
    asked = shell("resume", SLUG, "--reason", "fixed", "--yes", "--json")
    document = json.loads(asked.stdout)
    assert document["state"] == "awaiting_approval"
    own = shell("approve", document["intent"], "--reason", "me too", "--yes")
    assert own.returncode == 77
    assert keys.states[KEY] == "inactive"


def test_a_disarm_needs_an_end_and_can_be_ended(shell: Shell) -> None:
    assert shell("disarm", SLUG, "--reason", "load test", "--until", "2h").returncode == 0
    assert shell("disarm", SLUG, "--reason", "load test", "--until", "90d").returncode == 2
    ended = shell("disarm", SLUG, "--reason", "over", "--end")
    assert "1 disarm ended" in ended.stdout


def test_a_disarm_by_two_persons_waits_and_is_not_agreed_to_by_who_asked(shell: Shell) -> None:
    shell.configure(two_person=True)
    asked = shell("disarm", "--reason", "load test", "--until", "2h")
    assert asked.returncode == 0
    assert "disarm-1 waits for a second person; until then nothing is disarmed" in asked.stdout
    agreed = shell("approve", "disarm-1", "--reason", "yes", "--yes")
    assert agreed.returncode == 77
    assert "off until" in agreed.stderr
    assert "asks to disarm everything until" in shell("status").stdout
    assert shell("status", "--check").returncode == 1


def start(shell: Shell, *arguments: str, stdin: int) -> subprocess.Popen[str]:
    # A test run that was started in the background ignores Ctrl-C, and its children would inherit that.
    return subprocess.Popen([sys.executable, "-m", "console", *arguments], cwd=shell.folder, stdin=stdin,
                            env=environment(shell.folder), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler))


@pytest.mark.parametrize(("typed", "code", "state"), [(SLUG, 0, "inactive"), ("yes", 2, "active"), ("", 2, "active")])
def test_at_a_terminal_the_name_is_typed(shell: Shell, keys: Keys, typed: str, code: int, state: str) -> None:
    ours, theirs = os.openpty()
    process = start(shell, "kill", SLUG, "--reason", "243 agents", stdin=theirs)
    os.write(ours, f"{typed}\n".encode())
    _, said = process.communicate(timeout=60)
    assert f"Type its name ({SLUG})" in said
    assert process.returncode == code
    assert keys.states[KEY] == state
    os.close(ours)
    os.close(theirs)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_lets_the_step_under_way_end(shell: Shell, desk: Desk, keys: Keys, number: signal.Signals) -> None:
    keys.answer_after_s = 1.5
    process = start(shell, "kill", SLUG, "--reason", "243 agents", "--yes", stdin=subprocess.DEVNULL)
    while not keys.writes and process.poll() is None:
        time.sleep(0.02)
    process.send_signal(number)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "Traceback" not in said
    assert len(keys.writes) == 1
    assert kills.intents_of(desk)[0].state == "done"
    assert kills.breaker_state(desk) == "held"


def test_read_only_refuses(shell: Shell, keys: Keys) -> None:
    assert shell("--read-only", "kill", SLUG, "--reason", "runaway", "--yes").returncode == 77
    assert keys.writes == []
