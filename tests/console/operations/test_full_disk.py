"""A kill on a disk that is really full: it is written down with the room of the ballast, carried out, and read back."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from console.operations import breakers
from console.operations.desk import Desk
from store import audit, room
from tests.support import kills
from tests.support.desks import person
from tests.support.key_server import Keys
from tests.support.kills import KEY, SLUG
from tests.support.small_disk import fill, small_disk

ON_CALL = person("otto", "on_call")


@pytest.fixture
async def full(tmp_path: Path, keys: Keys) -> AsyncIterator[Desk]:
    """A desk whose ballast was there before the disk filled to the last byte."""
    with small_disk(tmp_path, 300) as disk:
        desk = kills.kill_desk(kills.config(keys.url, disk))
        assert room.keep_ballast(desk.database.path)
        fill(disk)
        assert shutil.disk_usage(disk).free < 2**20
        yield desk
        await kills.close_desks()


async def test_it_is_done_and_nothing_of_the_log_is_lost(full: Desk, keys: Keys) -> None:
    result = await breakers.kill(full, ON_CALL, SLUG, "the disk is full and it is burning")
    assert result.state == "done"
    assert keys.states[KEY] == "inactive"
    assert kills.breaker_state(full) == "held"
    assert not room.ballast_of(full.database.path).exists()
    assert "intent.done" in kills.actions(full)
    with full.database.read() as tx:
        assert audit.verify(tx).first_bad is None
    assert full.database.integrity_check() == []
