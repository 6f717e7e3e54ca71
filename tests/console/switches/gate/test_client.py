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
TYPES = re.compile(r"private (?:readonly )?|(?<=\w|\)): (?:boolean|string|void)(?:\[\])?")
"""What the manual's TypeScript has and JavaScript has not."""


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
    for garbage in (b"", b"closed", b"[]", b'{"state":"ajar","key":""}', b'{"state":[],"key":""}', b"\xff",
                    b'{"target":"claims-triage","state":"clo', b"null"):
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


def test_a_file_that_says_closed_closes_it_whatever_else_it_lacks(tmp_path: Path) -> None:
    file.path_of(tmp_path, TARGET).write_text('{"state":"closed"}')
    gate = client(tmp_path)
    assert (gate.is_open(), gate.key) == (False, "")


def test_a_folder_that_nobody_can_enter_is_no_usable_file(tmp_path: Path) -> None:
    (tmp_path / "no-folder").write_text("")
    assert client(tmp_path / "no-folder").is_open()
    assert not client(tmp_path / "no-folder", without_file=False).is_open()


@pytest.mark.skipif(shutil.which("node") is None, reason="needs node")
def test_the_typescript_client_does_the_same(tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text('{"type":"module"}')
    (tmp_path / "gate.ts").write_text(shown("gate.md", "typescript")[0])
    (tmp_path / "no-folder").write_text("")
    (tmp_path / "use.ts").write_text("""
        import { Gate } from "./gate.ts";
        import { writeFileSync } from "node:fs";
        const passing = new Gate("claims-triage", "."), standing = new Gate("claims-triage", ".", false);
        const told: boolean[] = [];
        for (const said of [null, "closed", "open", "ajar", "closed"]) {
          if (said) writeFileSync("claims-triage.json", JSON.stringify({ state: said, key: said }));
          told.push(passing.isOpen(), standing.isOpen());
        }
        for (const half of ['{"state":"clo', "null", '{"state":"closed"}']) {
          writeFileSync("claims-triage.json", half);
          told.push(passing.isOpen(), standing.isOpen());
        }
        told.push(new Gate("claims-triage", "no-folder").isOpen());
        told.push(new Gate("claims-triage", "no-folder", false).isOpen());
        const long = "no-folder".repeat(1000);  // what is told of by an error and not as missing
        told.push(new Gate("claims-triage", long).isOpen(), new Gate("claims-triage", long, false).isOpen());
        console.log(JSON.stringify(told));""")
    told = subprocess.run(_with_node(tmp_path), cwd=tmp_path, check=True, capture_output=True, text=True).stdout
    assert json.loads(told) == [
        True, False, False, False, True, True, True, False, False, False,
        True, False, True, False, False, False,
        True, False, True, False,
    ]


def _with_node(folder: Path) -> list[str]:
    """How node runs it. One that does not take TypeScript gets it with the types left out, as the newer ones do."""
    if runs_typescript():
        return ["node", "--no-warnings", "--experimental-strip-types", "use.ts"]
    for name in ("gate", "use"):
        text = (folder / f"{name}.ts").read_text().replace('"./gate.ts"', '"./gate.mjs"')
        (folder / f"{name}.mjs").write_text(TYPES.sub("", text))
    return ["node", "use.mjs"]
