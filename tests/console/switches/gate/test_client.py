"""The Python client that the manual shows, as a team would copy it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from console.switches.gate import file
from tests.support.documents import run, shown

NOW = datetime(2026, 11, 23, 2, 14, 7, tzinfo=UTC)
TARGET = "claims-triage"


def runs_typescript() -> bool:
    node = shutil.which("node")
    version = subprocess.run([node, "--version"], capture_output=True, text=True).stdout if node else ""
    found = re.match(r"v(\d+)\.(\d+)", version)
    return found is not None and (int(found[1]), int(found[2])) >= (22, 6)


def client(folder: Path, **choice: bool) -> Any:
    return run(shown("gate.md", "python")[0])["Gate"](TARGET, str(folder), **choice)


def turn(folder: Path, state: str, key: str = "key-1") -> None:
    file.turn(folder, TARGET, state, key, NOW)


def test_it_follows_every_turn_of_the_gate(tmp_path: Path) -> None:
    gate = client(tmp_path)
    assert gate.is_open()
    for number in range(6):
        turn(tmp_path, file.CLOSED if number % 2 == 0 else file.OPEN, f"key-{number}")
        assert gate.is_open() is (number % 2 == 1)
        assert gate.key == f"key-{number}"


def test_where_there_is_no_usable_file_the_team_has_chosen(tmp_path: Path) -> None:
    passing, standing = client(tmp_path), client(tmp_path, without_file=False)
    assert passing.is_open()
    assert not standing.is_open()
    for garbage in (b"", b"closed", b"[]", b'{"state":"ajar","key":""}', b'{"state":[],"key":""}', b"\xff"):
        file.path_of(tmp_path, TARGET).write_bytes(garbage)
        assert passing.is_open()
        assert not standing.is_open()
    turn(tmp_path, file.OPEN)
    assert standing.is_open()
    turn(tmp_path, file.CLOSED)
    assert not passing.is_open()


def test_while_the_gate_turns_it_never_sees_half_a_file(tmp_path: Path) -> None:
    turn(tmp_path, file.CLOSED)
    gate, done, opened = client(tmp_path), threading.Event(), []

    def look() -> None:
        while not done.is_set():
            opened.append(gate.is_open())

    reader = threading.Thread(target=look)
    reader.start()
    for number in range(40):
        turn(tmp_path, file.CLOSED, f"key-{number}")
    done.set()
    reader.join()
    assert opened
    assert not any(opened)


def test_a_program_that_asks_makes_no_call_while_the_gate_is_closed(tmp_path: Path) -> None:
    guard, program = shown("gate.md", "python")[:2]
    names = run(guard + program.replace('Gate("claims-triage")', f'Gate("claims-triage", {str(tmp_path)!r})'))

    class Provider:
        calls = 0

        @property
        def messages(self) -> Provider:
            return self

        def create(self, **question: object) -> str:
            self.calls += 1
            return "answered"

    provider = Provider()
    assert names["ask"](provider, model="m") == "answered"
    turn(tmp_path, file.CLOSED)
    with pytest.raises(RuntimeError, match="spend breaker"):
        names["ask"](provider, model="m")
    assert provider.calls == 1


@pytest.mark.skipif(not runs_typescript(), reason="needs a node that takes TypeScript as it is (22.6 and later)")
def test_the_typescript_client_does_the_same(tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text('{"type":"module"}')
    (tmp_path / "gate.ts").write_text(shown("gate.md", "typescript")[0])
    (tmp_path / "use.ts").write_text("""
        import { Gate } from "./gate.ts";
        import { writeFileSync } from "node:fs";
        const passing = new Gate("claims-triage", "."), standing = new Gate("claims-triage", ".", false);
        const told: boolean[] = [];
        for (const said of [null, "closed", "open", "ajar", "closed"]) {
          if (said) writeFileSync("claims-triage.json", JSON.stringify({ state: said, key: said }));
          told.push(passing.isOpen(), standing.isOpen());
        }
        console.log(JSON.stringify(told));""")
    told = subprocess.run(["node", "--no-warnings", "--experimental-strip-types", "use.ts"], cwd=tmp_path, check=True,
                          capture_output=True, text=True).stdout
    assert json.loads(told) == [True, False, False, False, True, True, True, False, False, False]
