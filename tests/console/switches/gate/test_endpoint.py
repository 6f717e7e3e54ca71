"""The gates over loopback HTTP: told as the files say, acknowledged, and told to nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from console.listening import Place
from console.switches.gate import file
from console.switches.gate.endpoint import GateEndpoint
from console.switches.gate.options import GateOptions
from tests.support.documents import run, shown

NOW = datetime(2026, 11, 23, 2, 14, 7, tzinfo=UTC)
TARGET = "claims-triage"
GATE = f"/v1/gates/{TARGET}"


@asynccontextmanager
async def asking(folder: Path, without_file: str = file.OPEN) -> AsyncIterator[httpx.AsyncClient]:
    endpoint = GateEndpoint(Place("127.0.0.1", 0), GateOptions(folder, without_file=without_file), lambda: NOW)
    await endpoint.open()
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{endpoint.port}", trust_env=False) as client:
            yield client
    finally:
        await endpoint.close()


async def test_it_tells_what_the_file_says_at_each_request(tmp_path: Path) -> None:
    async with asking(tmp_path) as client:
        assert (await client.get(GATE)).json() == {
            "target": TARGET, "open": True, "state": "absent", "since": None, "key": None}
        file.turn(tmp_path, TARGET, file.CLOSED, "key-1", NOW)
        answer = await client.get(GATE)
        assert answer.json() == {
            "target": TARGET, "open": False, "state": "closed", "since": "2026-11-23T02:14:07Z", "key": "key-1"}
        assert answer.headers["cache-control"] == "no-store"
        file.turn(tmp_path, TARGET, file.OPEN, "key-2", NOW)
        assert (await client.get(GATE)).json()["open"] is True


@pytest.mark.parametrize("garbage", [None, b"closed"])
async def test_without_a_usable_file_it_says_what_the_team_chose(tmp_path: Path, garbage: bytes | None) -> None:
    if garbage is not None:
        file.path_of(tmp_path, TARGET).write_bytes(garbage)
    for without_file, is_open in ((file.OPEN, True), (file.CLOSED, False)):
        async with asking(tmp_path, without_file) as client:
            said = (await client.get(GATE)).json()
            assert (said["open"], said["state"]) == (is_open, "absent")


async def test_the_first_acknowledgement_of_a_turn_is_kept(tmp_path: Path) -> None:
    file.turn(tmp_path, TARGET, file.CLOSED, "key-1", NOW)
    async with asking(tmp_path) as client:
        for worker in ("worker-3", "worker-4"):
            answer = await client.post(f"{GATE}/heeded", json={"key": "key-1", "by": worker})
            assert answer.status_code == 204
    assert file.heeded(tmp_path, TARGET) == file.Heeded("key-1", "worker-3", "2026-11-23T02:14:07Z")


async def test_a_turn_that_is_over_cannot_be_acknowledged(tmp_path: Path) -> None:
    async with asking(tmp_path) as client:
        assert (await client.post(f"{GATE}/heeded", json={"key": "k", "by": "w"})).status_code == 409
        file.turn(tmp_path, TARGET, file.CLOSED, "key-2", NOW)
        assert (await client.post(f"{GATE}/heeded", json={"key": "key-1", "by": "w"})).status_code == 409
    assert file.heeded(tmp_path, TARGET) is None


@pytest.mark.parametrize("body", [b"", b"[]", b"not json", b'{"key":1,"by":"w"}', b'{"key":"k"}',
                                  b'{"key":"","by":"w"}'])
async def test_an_acknowledgement_that_says_nothing_is_refused(tmp_path: Path, body: bytes) -> None:
    async with asking(tmp_path) as client:
        assert (await client.post(f"{GATE}/heeded", content=body)).status_code == 400


async def test_a_web_page_whose_name_points_here_is_refused(tmp_path: Path) -> None:
    async with asking(tmp_path) as client:
        assert (await client.get(GATE, headers={"host": "evil.example"})).status_code == 403
        assert (await client.get(GATE, headers={"host": "localhost:7433"})).status_code == 200


@pytest.mark.parametrize(("method", "path", "status"), [
    ("GET", "/", 404), ("GET", "/v1/gates/", 404), ("GET", "/v1/gates/..%2F..%2Fetc%2Fpasswd", 404),
    ("POST", GATE, 405), ("GET", f"{GATE}/heeded", 405), ("DELETE", GATE, 405)])
async def test_anything_else_is_refused(tmp_path: Path, method: str, path: str, status: int) -> None:
    async with asking(tmp_path) as client:
        assert (await client.request(method, path)).status_code == status


async def test_the_manuals_acknowledgement_works(tmp_path: Path) -> None:
    file.turn(tmp_path, TARGET, file.CLOSED, "key-1", NOW)
    acknowledge = run(shown("gate.md", "python")[2])["acknowledge"]
    async with asking(tmp_path) as client:
        await asyncio.to_thread(acknowledge, "key-1", "worker-3", place=str(client.base_url).rstrip("/"))
    assert getattr(file.heeded(tmp_path, TARGET), "by", None) == "worker-3"


async def test_the_manuals_remote_client_follows_and_stays_as_it_was_while_nobody_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = run(shown("gate.md", "python")[3])
    elapsed = [0.0]
    monkeypatch.setattr(names["time"], "monotonic", lambda: elapsed[0])

    async def is_open(gate: Any, *, after_s: float = 2.0) -> bool:
        elapsed[0] += after_s
        return bool(await asyncio.to_thread(gate.is_open))

    async with asking(tmp_path) as client:
        place = str(client.base_url).rstrip("/")
        gate = names["RemoteGate"](TARGET, place)
        assert await is_open(gate)
        file.turn(tmp_path, TARGET, file.CLOSED, "key-1", NOW)
        assert await is_open(gate, after_s=0.5), "it asks once a second"
        assert not await is_open(gate)
        assert gate.key == "key-1"
    assert not await is_open(gate), "the console is dead"
    assert await is_open(names["RemoteGate"](TARGET, place))
    assert not await is_open(names["RemoteGate"](TARGET, place, without_answer=False))
