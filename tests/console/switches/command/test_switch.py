"""The command switch, with real programs: what they are given, how their ends are read, and that they end."""

from __future__ import annotations

import json
import os
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from console.switches.command.options import REFUSALS, CommandOptions
from console.switches.command.switch import Command, check_target
from console.switches.switch import Outcome, SwitchError, SwitchUnreachable

SECRET = "the-kill-secret"


def program(folder: Path, body: str, name: str = "llmctl") -> str:
    """A program of `/bin/sh` with this body."""
    path = folder / name
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return str(path)


def options(path: str, **changes: object) -> CommandOptions:
    usual = CommandOptions((path, "stop", "{target}"), (path, "start", "{target}"), (path, "state", "{target}"),
                           "stopped", "running", 5, 5, REFUSALS, {})
    return replace(usual, **changes)  # type: ignore[arg-type]


def command(path: str, *, secret: str | None = None, rehearsal: bool = False, **changes: object) -> Command:
    return Command("batch", options(path, **changes), None if secret is None else lambda: secret,
                   rehearsal=rehearsal)


async def stop(switch: Command, target: str = "nightly") -> tuple[Outcome, str]:
    answer = await switch.act(target, switch.verbs["disable"], "key-1")
    return answer.outcome, answer.detail


async def test_it_stops_resumes_and_reads_the_state_back(tmp_path: Path) -> None:
    state = tmp_path / "state"
    state.write_text("running")
    switch = command(program(tmp_path, f"""case $1 in
        stop) echo stopped > {state};; start) echo running > {state};; state) cat {state};; esac"""))
    assert await switch.read("nightly") == "running"
    assert (await stop(switch))[0] is Outcome.ACCEPTED
    assert await switch.read("nightly") == "stopped"
    assert (await switch.act("nightly", switch.verbs["enable"], "key-2")).outcome is Outcome.ACCEPTED
    assert await switch.read("nightly") == "running"


@pytest.mark.parametrize("target", ["a b", "$(touch x)", "`id`", "; rm -rf /", "*", "'\"", "ä", "%s", "{target}"])
async def test_the_target_is_one_argument_whatever_it_holds(tmp_path: Path, target: str) -> None:
    told = tmp_path / "told"
    path = program(tmp_path, f'printf "%s|" "$#" "$2" "$TOKEN_CONSOLE_TARGET" > {told}')
    assert (await stop(command(path), target))[0] is Outcome.ACCEPTED
    assert told.read_text() == f"2|{target}|{target}|"


@pytest.mark.parametrize("target", ["", "-rf", "--all", "a\nb", "a\x00b", "\x1b[2J", "x" * 201])
async def test_a_target_that_a_program_could_take_for_something_else_is_not_passed(tmp_path: Path, target: str) -> None:
    path = program(tmp_path, f"touch {tmp_path}/ran; echo running")
    assert check_target(target) is not None
    assert (await stop(command(path), target))[0] is Outcome.REFUSED
    with pytest.raises(SwitchError, match="correct it in the MBOM"):
        await command(path).read(target)
    assert not (tmp_path / "ran").exists()


async def test_it_gets_a_minimal_environment_and_nothing_of_the_consoles(tmp_path: Path,
                                                                        monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_ADMIN_KEY", "not-for-programs")
    told = tmp_path / "told"
    path = program(tmp_path, f"exec {sys.executable} -c "
                             f"'import os, json; json.dump([dict(os.environ), os.getcwd()], open(\"{told}\", \"w\"))'")
    switch = command(path, secret=SECRET, environment={"KUBECONFIG": "/etc/kube"})
    assert (await stop(switch))[0] is Outcome.ACCEPTED
    environment, folder = json.loads(told.read_text())
    assert {name: environment[name] for name in environment if name not in ("PWD", "SHLVL", "_")} == {
        "PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "KUBECONFIG": "/etc/kube",
        "TOKEN_CONSOLE_VERB": "disable", "TOKEN_CONSOLE_WANTED": "stopped", "TOKEN_CONSOLE_KEY": "key-1",
        "TOKEN_CONSOLE_TARGET": "nightly", "TOKEN_CONSOLE_SECRET": SECRET}
    assert folder == "/"


@pytest.mark.parametrize(("code", "outcome"), [
    (0, Outcome.ACCEPTED), (1, Outcome.UNKNOWN), (2, Outcome.UNKNOWN), (75, Outcome.UNKNOWN), (64, Outcome.REFUSED),
    (77, Outcome.REFUSED), (78, Outcome.REFUSED), (126, Outcome.REFUSED), (127, Outcome.REFUSED)])
async def test_an_exit_code_says_whether_it_was_taken_refused_or_is_unknown(tmp_path: Path, code: int,
                                                                           outcome: Outcome) -> None:
    assert (await stop(command(program(tmp_path, f"exit {code}"))))[0] is outcome


async def test_a_team_may_name_its_own_refusals(tmp_path: Path) -> None:
    path = program(tmp_path, "exit 3")
    assert (await stop(command(path, refusals=(3,))))[0] is Outcome.REFUSED


async def test_a_program_that_a_signal_ended_may_have_done_anything(tmp_path: Path) -> None:
    assert (await stop(command(program(tmp_path, "kill -9 $$"))))[0] is Outcome.UNKNOWN


async def test_what_it_says_of_a_failure_is_shown_without_the_secret_and_without_controls(tmp_path: Path) -> None:
    path = program(tmp_path, f'printf "first\\nno right to {SECRET} \\033[2J\\n" >&2; exit 77')
    _, detail = await stop(command(path, secret=SECRET))
    assert detail.endswith("ended with 77: no right to (secret) �[2J")


async def test_at_the_deadline_it_is_killed_with_all_that_it_started(tmp_path: Path) -> None:
    child = tmp_path / "child"
    path = program(tmp_path, f"sleep 60 & echo $! > {child}; wait")
    started = time.monotonic()
    outcome, detail = await stop(command(path, timeout_s=0.3))
    assert outcome is Outcome.UNKNOWN
    assert "did not end within 0.3 s" in detail
    assert time.monotonic() - started < 3
    assert not _runs(int(child.read_text()))


async def test_a_child_left_in_the_background_is_not_waited_for(tmp_path: Path) -> None:
    path = program(tmp_path, "sleep 30 & echo running")
    started = time.monotonic()
    assert await command(path, timeout_s=20).read("nightly") == "running"
    assert time.monotonic() - started < 5


async def test_output_without_end_fills_no_memory(tmp_path: Path) -> None:
    path = program(tmp_path, "head -c 5000000 /dev/zero | tr '\\0' x; exit 0")
    assert (await stop(command(path)))[0] is Outcome.ACCEPTED
    assert len(await command(path).read("nightly")) == 64


@pytest.mark.parametrize(("body", "error", "words"), [
    ("exit 0", SwitchUnreachable, "printed no state"), ("exit 1", SwitchUnreachable, "ended with 1"),
    ("echo no >&2; exit 77", SwitchError, "ended with 77: no")])
async def test_a_state_that_is_not_told_is_an_error_and_never_a_state(tmp_path: Path, body: str,
                                                                     error: type[SwitchError], words: str) -> None:
    with pytest.raises(error, match=words) as raised:
        await command(program(tmp_path, body)).read("nightly")
    assert type(raised.value) is error


async def test_a_read_that_hangs_is_unreachable(tmp_path: Path) -> None:
    with pytest.raises(SwitchUnreachable, match="did not tell the state"):
        await command(program(tmp_path, "exec sleep 60"), timeout_s=0.2).read("nightly")


async def test_a_program_that_others_can_change_or_that_is_not_there_is_not_run(tmp_path: Path) -> None:
    path = program(tmp_path, f"touch {tmp_path}/ran")
    os.chmod(path, 0o777)
    outcome, detail = await stop(command(path))
    assert (outcome, "chmod go-w" in detail) == (Outcome.REFUSED, True)
    assert not (tmp_path / "ran").exists()
    assert (await stop(command(str(tmp_path / "absent"))))[0] is Outcome.REFUSED


async def test_a_dry_run_reads_and_runs_nothing_else(tmp_path: Path) -> None:
    path = program(tmp_path, f'if [ "$1" = state ]; then echo running; else touch {tmp_path}/ran; fi')
    switch = command(path, rehearsal=True)
    assert await switch.read("nightly") == "running"
    outcome, detail = await stop(switch, "night ly")
    assert outcome is Outcome.REFUSED
    assert detail == f"dry run, not run: {path} stop 'night ly'"
    assert not (tmp_path / "ran").exists()


def _runs(process: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
