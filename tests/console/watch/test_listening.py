"""Push sources listen while their process leads; one that cannot is shown, tried again, and in nobody's way."""

from __future__ import annotations

import socket
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from console.clock import ManualClock
from console.config import SourceSettings
from console.errors import BadConfiguration
from console.kinds import SourceTools
from console.listening import place
from console.providers import build_push
from console.providers.source import PushSource, Reception
from console.watch import listening as listening_module
from console.watch.execution import Overtaken
from console.watch.listening import Listening
from console.watch.live import Live
from store import streams
from store.database import Database
from tests.console.watch.test_live_store import Judge
from tests.support.database import fresh_database
from tests.support.listening import free_port, until
from tests.support.mbom import CONFIG
from tests.support.pushing import NOON, call, call_store


def made(folder: Path, port: int) -> tuple[Listening, dict[str, str], Database]:
    settings = SourceSettings("otel", "otel", None, options={
        "listen": place(f"127.0.0.1:{port}"), "attributes": (), "most_per_s": 1000, "largest_mib": 1})
    config = replace(CONFIG, sources=(settings,))
    clock, database = ManualClock(NOON), fresh_database(folder)
    faults: dict[str, str] = {}

    def fault(what: str, error: BaseException | None) -> None:
        faults.pop(what, None)
        faults.update({} if error is None else {what: str(error)})

    live = Live(call_store(database), Judge(), clock, lambda: None, _nothing)
    tools = SourceTools(lambda: "", clock, folder)
    return Listening(config, database, clock, lambda each: build_push(each, tools), live, fault), faults, database


async def _nothing(*_: object) -> None: ...


async def test_a_place_that_another_program_holds_is_a_fault_until_it_is_free(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(listening_module, "AGAIN_S", 0.05)
    port = free_port()
    listening, faults, database = made(tmp_path, port)
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        await listening.start()
        await until(lambda: "poll of otel" in faults)
        assert f"cannot listen at 127.0.0.1:{port}" in faults["poll of otel"]
        (poll,) = await listening.turn(None)
        assert not poll.ok
        with database.read() as tx:
            assert "cannot listen" in (streams.get(tx, "otel", "usage").error or "")
    await until(lambda: listening._sources[0].reception().address is not None)
    await listening.stop()
    database.close()


async def test_a_source_that_was_never_told_anything_is_neither_fresh_nor_stale(tmp_path: Path) -> None:
    listening, faults, database = made(tmp_path, free_port())
    await listening.start()
    (poll,) = await listening.turn(None)
    assert (poll.ok, poll.complete, poll.rows) == (True, False, 0)
    with database.read() as tx:
        assert streams.get(tx, "otel", "usage").watermark is None
    await listening.live.take("otel", [call(60)])
    (poll,) = await listening.turn(None)
    assert (poll.rows, poll.ok, faults) == (1, True, {})
    assert any("prove nothing" in notice for notice in listening.notices)
    await listening.stop()
    database.close()


async def test_what_was_not_taken_of_senders_is_told_with_its_reasons(tmp_path: Path) -> None:
    port = free_port()
    listening, _, database = made(tmp_path, port)
    await listening.start()
    await until(lambda: listening._sources[0].reception().address is not None)
    before = [notice for notice in listening.notices if "not taken" in notice]
    async with httpx.AsyncClient(trust_env=False) as client:
        for _ in range(2):
            await client.post(f"http://127.0.0.1:{port}/v1/traces", content=b"x" * (2 * 2**20),
                              headers={"content-type": "application/json"})
    (told,) = [notice for notice in listening.notices if "not taken" in notice]
    assert (before, told) == ([], "otel: not taken since it began to listen: requests: too large (2)")
    await listening.stop()
    database.close()


def test_of_many_reasons_the_most_frequent_are_told_and_what_had_no_room() -> None:
    told = listening_module._left_out(Reception(refused={f"records with {each}": each for each in range(7)},
                                                let_go={"completing the oldest calls": 1234}))
    assert list(told) == [
        "not taken since it began to listen: records with 6 (6), records with 5 (5), records with 4 (4), "
        "records with 3 (3), and 2 more",
        "there was no room in memory for completing the oldest calls (1,234)"]


async def test_who_leads_no_more_writes_down_nothing_and_loses_nothing(tmp_path: Path) -> None:
    listening, _, database = made(tmp_path, free_port())
    await listening.start()
    await listening.live.take("otel", [call(60)])
    with pytest.raises(Overtaken):
        await listening.turn(("engine", 99))
    (poll,) = await listening.turn(None)
    assert poll.rows == 1
    await listening.stop()
    database.close()


async def test_a_source_that_cannot_be_made_is_in_nobodys_way(tmp_path: Path) -> None:
    listening, faults, database = made(tmp_path, free_port())

    def fail(_: SourceSettings) -> PushSource:
        raise BadConfiguration("its parts are not installed")

    listening.build = fail
    await listening.start()
    assert faults == {"poll of otel": "its parts are not installed"}
    assert await listening.turn(None) == ()
    await listening.stop()
    database.close()


async def test_calls_that_were_dropped_are_said_on_screen(tmp_path: Path) -> None:
    listening, _, database = made(tmp_path, free_port())
    assert not listening.notices
    listening.live.dropped = 2
    assert "2 pushed calls could not be stored and are in no figure" in listening.notices[0]
    database.close()
