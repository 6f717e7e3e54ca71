"""What is read before anybody asks: it makes the first opening of a cadence quick, and never says anything."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.cadences import commitments
from console.operations.ahead import read_ahead
from console.operations.desk import Desk
from tests.support.charters import CLAIMS_TRIAGE
from tests.support.desks import ARCHITECT, open_desk
from tests.support.ledgers import register, sign


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with open_desk(tmp_path) as desk:
        with desk.database.write() as tx:
            register(tx, "claims-triage")
            sign(tx, CLAIMS_TRIAGE)
        commitments._remembered.clear()
        yield desk


async def test_charters_are_understood_once_the_console_shows_something(desk: Desk) -> None:
    shows: list[bool] = []
    reading = asyncio.create_task(read_ahead(desk, ARCHITECT, lambda: bool(shows), asyncio.Event(), 0.001))
    await asyncio.sleep(0.02)
    assert not commitments._remembered
    shows.append(True)
    await reading
    assert len(commitments._remembered) == 1


async def test_what_fails_is_left_for_the_person_who_asks(desk: Desk) -> None:
    with desk.database.write() as tx:
        tx.connection().exec_driver_sql("DROP TABLE outcome")
    await read_ahead(desk, ARCHITECT, lambda: True, asyncio.Event(), 0)
    assert len(commitments._remembered) == 1  # of the year, which has no outcomes in it


async def test_a_console_that_closes_is_not_held_up(desk: Desk) -> None:
    closing = asyncio.Event()
    closing.set()
    await read_ahead(desk, ARCHITECT, lambda: True, closing)
    assert not commitments._remembered
