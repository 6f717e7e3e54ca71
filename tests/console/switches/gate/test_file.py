"""The file of a gate: replaced whole, readable for those who should, and trusted only where nobody else could write."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from console.errors import NotPermitted
from console.switches.gate import file

NOW = datetime(2026, 11, 23, 2, 14, 7, tzinfo=UTC)
TARGET = "claims-triage"


def closed(folder: Path, key: str = "key-1") -> None:
    file.turn(folder, TARGET, file.CLOSED, key, NOW)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "gates"
    assert file.read(folder, TARGET) is None
    closed(folder)
    assert file.read(folder, TARGET) == file.Turn(TARGET, "closed", "2026-11-23T02:14:07Z", "key-1")
    file.turn(folder, TARGET, file.OPEN, "key-2", NOW)
    assert file.read(folder, TARGET) == file.Turn(TARGET, "open", "2026-11-23T02:14:07Z", "key-2")
    assert [path.name for path in folder.iterdir()] == [f"{TARGET}.json"]


def test_others_can_neither_read_nor_write_it(tmp_path: Path) -> None:
    folder = tmp_path / "gates"
    closed(folder)
    assert folder.stat().st_mode & 0o027 == 0
    assert file.path_of(folder, TARGET).stat().st_mode & 0o777 == 0o640
    assert file.path_of(folder, TARGET).stat().st_gid == folder.stat().st_gid


def test_a_folder_that_others_can_write_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    with pytest.raises(NotPermitted, match="can be changed by others"):
        closed(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"closed", b"[]", b'{"target":"other","state":"closed","since":"","key":""}',
                                     b'{"target":"claims-triage","state":"ajar","since":"","key":""}', b"\xff\xfe",
                                     b'{"target":"claims-triage","state":"closed"}', b"[" * 4000])
def test_garbage_is_never_taken_for_a_state(tmp_path: Path, content: bytes) -> None:
    file.path_of(tmp_path, TARGET).write_bytes(content)
    with pytest.raises(file.GateUnreadable):
        file.read(tmp_path, TARGET)


def test_a_file_that_others_can_write_is_not_believed(tmp_path: Path) -> None:
    closed(tmp_path)
    file.path_of(tmp_path, TARGET).chmod(0o666)
    with pytest.raises(file.GateUnreadable, match="chmod go-w"):
        file.read(tmp_path, TARGET)


@pytest.mark.parametrize("call", ["fchmod", "fsync", "replace"])
@pytest.mark.parametrize("after", [False, True])
def test_a_process_killed_at_any_moment_leaves_the_old_gate_or_the_new(tmp_path: Path, call: str, after: bool) -> None:
    file.turn(tmp_path, TARGET, file.OPEN, "old", NOW)
    child = os.fork()
    if child == 0:
        _die_at(call, after)
        closed(tmp_path, "new")
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL
    found = file.read(tmp_path, TARGET)
    assert found is not None
    assert (found.key, found.state) in {("old", "open"), ("new", "closed")}
    closed(tmp_path, "again")
    assert getattr(file.read(tmp_path, TARGET), "key", None) == "again"


def _die_at(name: str, after: bool) -> None:
    true: Callable[..., object] = getattr(os, name)

    def deadly(*arguments: object, **named: object) -> object:
        done = true(*arguments, **named) if after else None
        os.kill(os.getpid(), signal.SIGKILL)
        return done

    setattr(os, name, deadly)


@pytest.mark.parametrize("target", ["", ".hidden", "../other", "a/b", "a\x00b", "ä", "-dash", "x" * 101, "a b"])
def test_a_target_that_is_no_plain_file_name_is_refused(target: str) -> None:
    assert file.check_target(target) is not None


def test_an_acknowledgement_is_kept_beside_the_gate(tmp_path: Path) -> None:
    assert file.heeded(tmp_path, TARGET) is None
    file.heed(tmp_path, TARGET, "key-1", "worker-3", NOW)
    assert file.heeded(tmp_path, TARGET) == file.Heeded("key-1", "worker-3", "2026-11-23T02:14:07Z")
    (tmp_path / f"{TARGET}.heeded").write_bytes(b"garbage")
    assert file.heeded(tmp_path, TARGET) is None
