"""One holder at a time, and a number that tells an old holder from the present one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from store import leases
from store.database import Database
from store.tables import Lease
from tests.support.database import fresh_database

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return fresh_database(tmp_path)


def acquire(database: Database, holder: str, now: datetime = NOW) -> Lease | None:
    with database.write() as tx:
        return leases.acquire(tx, "engine", holder, now)


def test_a_second_holder_waits_until_the_lease_ends(database: Database) -> None:
    first = acquire(database, "one")
    assert first is not None
    assert acquire(database, "two") is None
    second = acquire(database, "two", NOW + timedelta(seconds=31))
    assert second is not None
    assert second.fencing == first.fencing + 1


def test_an_old_holder_can_neither_renew_nor_act(database: Database) -> None:
    first = acquire(database, "one")
    acquire(database, "two", NOW + timedelta(seconds=31))
    assert first is not None
    with database.write() as tx:
        assert not leases.renew(tx, first, NOW + timedelta(seconds=32))
        assert not leases.holds(tx, "engine", first.fencing)
        leases.release(tx, first)
        assert leases.holds(tx, "engine", first.fencing + 1)


def test_a_released_lease_is_free_at_once(database: Database) -> None:
    first = acquire(database, "one")
    assert first is not None
    with database.write() as tx:
        leases.release(tx, first)
    assert acquire(database, "two") is not None


def test_of_many_at_once_one_gets_it(tmp_path: Path) -> None:
    fresh_database(tmp_path).close()
    several = [Database.open(f"sqlite:///{tmp_path / 'console.db'}") for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        got = list(pool.map(acquire, several, [f"holder {number}" for number in range(6)]))
    assert sum(lease is not None for lease in got) == 1


def test_a_lease_that_was_taken_before_the_clock_was_set_back_keeps_nobody_waiting(database: Database) -> None:
    assert acquire(database, "first", NOW + timedelta(days=1)) is not None
    second = acquire(database, "second", NOW)
    assert second is not None
    assert second.fencing == 2
