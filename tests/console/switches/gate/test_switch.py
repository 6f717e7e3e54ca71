"""The gate as a switch: what it reads back, what it refuses, and what a dry run leaves alone."""

from __future__ import annotations

import asyncio
import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from console.switches.gate import file
from console.switches.gate.options import GateOptions
from console.switches.gate.switch import Gate
from console.switches.switch import Outcome, SwitchError

NOW = datetime(2026, 11, 23, 2, 14, 7, tzinfo=UTC)
TARGET = "claims-triage"


def gate(folder: Path, *, acknowledge: bool = False, rehearsal: bool = False) -> Gate:
    return Gate(GateOptions(folder, acknowledge=acknowledge), lambda: NOW, rehearsal=rehearsal)


async def act(switch: Gate, verb: str, key: str = "key-1") -> Outcome:
    return (await switch.act(TARGET, switch.verbs[verb], key)).outcome


async def test_it_closes_opens_and_reads_its_file_back(tmp_path: Path) -> None:
    switch = gate(tmp_path / "gates")
    assert await switch.read(TARGET) == "absent"
    assert await act(switch, "disable") is Outcome.ACCEPTED
    assert await switch.read(TARGET) == "closed"
    assert await act(switch, "enable", "key-2") is Outcome.ACCEPTED
    assert await switch.read(TARGET) == "open"


async def test_a_gate_without_a_file_is_neither_stopped_nor_resumed(tmp_path: Path) -> None:
    switch = gate(tmp_path)
    state = await switch.read(TARGET)
    assert not any(verb.satisfied_by(state) for verb in switch.verbs.values())


async def test_it_counts_as_closed_only_when_a_client_heeds_this_very_turn(tmp_path: Path) -> None:
    switch = gate(tmp_path, acknowledge=True)
    await act(switch, "disable", "key-1")
    assert await switch.read(TARGET) == "closing"
    file.heed(tmp_path, TARGET, "key-0", "worker-3", NOW)
    assert await switch.read(TARGET) == "closing"
    file.heed(tmp_path, TARGET, "key-1", "worker-3", NOW)
    assert await switch.read(TARGET) == "closed"
    assert switch.verbs["disable"].propagation_s > gate(tmp_path).verbs["disable"].propagation_s


async def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    switch = gate(tmp_path, rehearsal=True)
    answer = await switch.act(TARGET, switch.verbs["disable"], "key")
    assert (answer.outcome, "dry run" in answer.detail) == (Outcome.REFUSED, True)
    assert os.listdir(tmp_path) == []


async def test_a_folder_that_cannot_be_trusted_is_a_refusal_with_a_remedy(tmp_path: Path) -> None:
    os.chmod(tmp_path, 0o777)
    switch = gate(tmp_path)
    answer = await switch.act(TARGET, switch.verbs["disable"], "key")
    assert answer.outcome is Outcome.REFUSED
    assert "chmod go-w" in answer.detail


async def test_a_failing_disk_is_no_refusal_because_it_may_be_tried_again(tmp_path: Path,
                                                                        monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert await act(gate(tmp_path), "disable") is Outcome.UNKNOWN
    assert os.listdir(tmp_path) == []


async def test_garbage_in_the_file_is_no_state(tmp_path: Path) -> None:
    file.path_of(tmp_path, TARGET).write_text("closed")
    with pytest.raises(SwitchError, match="not readable"):
        await gate(tmp_path).read(TARGET)


@pytest.mark.parametrize("target", ["../../etc/passwd", "a/b", ""])
async def test_no_target_leads_out_of_the_folder(tmp_path: Path, target: str) -> None:
    switch = gate(tmp_path / "gates")
    with pytest.raises(SwitchError, match="correct it in the MBOM"):
        await switch.read(target)
    assert (await switch.act(target, switch.verbs["disable"], "key")).outcome is Outcome.REFUSED
    assert os.listdir(tmp_path) == []


def test_what_a_person_types_instead_is_read_back_too(tmp_path: Path) -> None:
    switch = gate(tmp_path)
    subprocess.run(["/bin/sh", "-c", switch.by_hand(TARGET, switch.verbs["disable"])], check=True)
    assert asyncio.run(switch.read(TARGET)) == "closed"
