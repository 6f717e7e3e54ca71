"""A workload that is stopped on this machine: by its gate, and by a command of the organisation's own."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from console.config import Config, load_text
from console.errors import BadConfiguration
from console.operations import breakers, checkup_providers
from console.operations.checkup import Health
from console.operations.desk import Desk
from console.switches.gate import file
from tests.support import kills
from tests.support.desks import ARCHITECT, person
from tests.support.documents import run, shown
from tests.support.kills import SLUG

ON_CALL = person("otto", "on_call")
GATE = '[[switches]]\nname = "gate"\nkind = "gate"\npath = "gates"\n'


@pytest.fixture
async def closing() -> AsyncIterator[None]:
    yield
    await kills.close_desks()


def settings(folder: Path, text: str) -> Config:
    head = (f'[database]\nurl = "sqlite:///{folder}/console.db"\n[[operators]]\nuser = "otto"\nroles = ["on_call"]\n'
            '[[operators]]\nuser = "maria"\nroles = ["token_architect"]\n')
    return load_text(head + text, folder / "token-console.toml")


def desk_with(folder: Path, text: str, kind: str, target: str = SLUG) -> Desk:
    entry = kills.entry() | {"switches": [{"kind": kind, "source": kind, "target": target}]}
    return kills.kill_desk(settings(folder, text), entry)


@pytest.mark.usefixtures("closing")
async def test_a_kill_closes_the_gate_and_a_resume_opens_it_for_a_program_that_asks(tmp_path: Path) -> None:
    desk = desk_with(tmp_path, GATE, "gate")
    client = run(shown("gate.md", "python")[0])["Gate"](SLUG, str(tmp_path / "gates"))
    assert client.is_open()

    rehearsed = await breakers.kill(desk, ON_CALL, SLUG, "rehearsal", dry_run=True)
    assert rehearsed.steps[0].error is not None
    assert "dry run, not written" in rehearsed.steps[0].error
    assert client.is_open()

    killed = await breakers.kill(desk, ON_CALL, SLUG, "runaway")
    (step,) = killed.steps
    assert (killed.state, step.before, step.after) == ("done", "absent", "closed")
    assert not client.is_open()
    assert client.key == kills.steps_of(desk, killed.intent or "")[0].idempotency_key

    resumed = await breakers.resume(desk, ARCHITECT, SLUG, "mended")
    assert (resumed.state, resumed.steps[0].after) == ("done", "open")
    assert client.is_open()


@pytest.mark.usefixtures("closing")
async def test_a_kill_by_command_runs_it_and_reads_the_state_back(tmp_path: Path) -> None:
    program, state = tmp_path / "llmctl", tmp_path / "state"
    program.write_text(f"#!/bin/sh\ncase $1 in stop) echo stopped > {state};; start) echo running > {state};; "
                       f"*) cat {state};; esac\n")
    program.chmod(0o755)
    state.write_text("running")
    lines = [f'{verb} = ["{program}", "{said}", "{{target}}"]'
             for verb, said in (("disable", "stop"), ("enable", "start"), ("read", "state"))]
    desk = desk_with(tmp_path, '[[switches]]\nname = "command"\nkind = "command"\n' + "\n".join(lines), "command",
                     "nightly batch")
    killed = await breakers.kill(desk, ON_CALL, SLUG, "runaway")
    assert (killed.state, killed.steps[0].before, killed.steps[0].after) == ("done", "running", "stopped")
    resumed = await breakers.resume(desk, ARCHITECT, SLUG, "mended")
    assert (resumed.state, state.read_text().strip()) == ("done", "running")


@pytest.mark.usefixtures("closing")
async def test_a_gate_whose_file_is_garbage_is_replaced_by_a_kill(tmp_path: Path) -> None:
    desk = desk_with(tmp_path, GATE, "gate")
    (tmp_path / "gates").mkdir()
    file.path_of(tmp_path / "gates", SLUG).write_text("garbage")
    killed = await breakers.kill(desk, ON_CALL, SLUG, "runaway")
    assert (killed.state, killed.steps[0].after) == ("done", "closed")


@pytest.mark.parametrize(("text", "words"), [
    (GATE.replace('path = "gates"\n', ""), "path: is missing"),
    (GATE + 'listen = "0.0.0.0:7433"', "not this machine alone"),
    (GATE + 'listen = "7433"', "no place to listen at"),
    (GATE + "acknowledge = true", "needs the endpoint"),
    (GATE + 'without_file = "shut"', "Known: open, closed"),
    (GATE + 'paht = "x"', "did you mean “path”"),
    ('[[switches]]\nname = "c"\nkind = "command"\nenable = ["/bin/true"]\nread = ["/bin/true"]', "disable: is missing"),
    ('[[switches]]\nname = "c"\nkind = "command"\ndisable = ["true"]', "whole path of a program"),
    ('[[switches]]\nname = "c"\nkind = "command"\ndisable = ["/bin/sh", "-c", "stop {target}"]',
     "an argument of its own"),
    ('[[switches]]\nname = "c"\nkind = "command"\nstopped = "off"\nrunning = "off"', "another word"),
    ('[[switches]]\nname = "c"\nkind = "command"\ndisable = ["/a"]\nenable = ["/a"]\nread = ["/a"]\n'
     'environment = { LD-PRELOAD = "x" }', "no name that a variable may have"),
])
def test_a_table_that_says_too_little_or_too_much_is_refused_with_what_to_write(tmp_path: Path, text: str,
                                                                               words: str) -> None:
    with pytest.raises(BadConfiguration, match=words):
        settings(tmp_path, text)


@pytest.mark.usefixtures("closing")
async def test_doctor_says_beforehand_what_would_keep_a_switch_from_acting(tmp_path: Path) -> None:
    program = tmp_path / "llmctl"
    text = GATE + '[[switches]]\nname = "batch"\nkind = "command"\n' + "\n".join(
        f'{verb} = ["{program}", "{verb}"]' for verb in ("disable", "enable", "read"))
    desk = kills.kill_desk(settings(tmp_path, text), kills.entry() | {"switches": []})

    async def said() -> dict[str, tuple[Health, str, str | None]]:
        checks = await checkup_providers.of_switches(desk.config, desk.clock, desk.database)
        return {check.name: (check.health, check.said, check.mend) for check in checks}

    (tmp_path / "gates").mkdir()
    os.chmod(tmp_path / "gates", 0o777)
    found = await said()
    assert found["switch gate"][0] is Health.FAILED
    assert "chmod go-w" in (found["switch gate"][2] or "")
    assert found["switch batch"][0] is Health.FAILED
    os.chmod(tmp_path / "gates", 0o750)
    program.write_text("#!/bin/sh\n")
    found = await said()
    assert found["switch gate"] == (Health.OK, f"gates can be written in {tmp_path / 'gates'}", None)
    assert found["switch batch"][1].startswith(f"{program} cannot be run")
    os.chmod(program, 0o755)
    assert (await said())["switch batch"] == (Health.OK, f"{program} can be run", None)
