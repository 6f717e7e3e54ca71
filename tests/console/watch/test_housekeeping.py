"""What the engine does for its own database: a backup a day, a ballast, and a thorough look at every copy."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from console.clock import ManualClock
from console.watch.housekeeping import Housekeeping
from store import audit, backups, room
from store.database import Database
from store.errors import DatabaseDamaged
from store.tables import Setting
from tests.support.database import fresh_database
from tests.support.small_disk import fill, small_disk

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR = 3600


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = fresh_database(tmp_path)
    yield opened
    opened.close()


def made(database: Database) -> int:
    folder = database.path.with_name("backups")
    return len(list(folder.iterdir())) if folder.exists() else 0


async def test_a_backup_is_made_once_a_day_and_seven_are_kept(database: Database) -> None:
    clock = ManualClock(NOON)
    house = Housekeeping(database, clock)
    assert await house.look() is None
    assert made(database) == 1
    clock.advance(23 * HOUR)
    await house.look()
    assert made(database) == 1
    for _ in range(9):
        clock.advance(24 * HOUR)
        await house.look()
    assert made(database) == 7
    assert backups.last_daily(database.path, clock.now()) == clock.now()
    with database.read() as tx:
        told = [entry.object for entry in audit.entries(tx) if entry.action == "database.backed_up"]
    assert (len(told), told[0]) == (10, backups.daily_at(database.path, clock.now()).name)


async def test_another_engine_that_starts_the_same_day_makes_none(database: Database) -> None:
    clock = ManualClock(NOON)
    await Housekeeping(database, clock).look()
    clock.advance(HOUR)
    await Housekeeping(database, clock).look()
    assert made(database) == 1


async def test_backups_that_a_wrong_clock_dated_in_the_future_stop_none(database: Database) -> None:
    wrong, clock = ManualClock(NOON.replace(year=2031)), ManualClock(NOON)
    for _ in range(7):
        await Housekeeping(database, wrong).look()
        wrong.advance(24 * HOUR)
    for expected in (8, 9):
        for _ in range(2):
            await Housekeeping(database, clock).look()
            assert (made(database), backups.last_daily(database.path, clock.now())) == (expected, clock.now())
        clock.advance(24 * HOUR)


async def test_readers_and_writers_go_on_while_it_is_made(database: Database) -> None:
    with database.write() as tx:
        tx.add_all(Setting(name=f"name-{number}", value="x" * 1000) for number in range(20_000))
    if database.journal_mode != "wal":
        pytest.skip("without WAL a writer waits for readers, and gets in between two parts of the copy")
    with database.read() as reader:
        assert reader.get(Setting, "meanwhile") is None
        assert await Housekeeping(database, ManualClock(NOON)).look() is None
        with database.write() as tx:
            tx.add(Setting(name="meanwhile", value="x"))
    assert made(database) == 1


async def test_the_ballast_is_kept_and_made_again(database: Database) -> None:
    house = Housekeeping(database, ManualClock(NOON))
    await house.look()
    assert room.ballast_of(database.path).stat().st_size == room.BALLAST_BYTES
    room.drop_ballast(database.path)
    await house.look()
    assert room.ballast_of(database.path).exists()


async def test_a_disk_without_room_for_a_backup_is_said_and_tried_again_an_hour_later(tmp_path: Path) -> None:
    with small_disk(tmp_path, 100) as disk:
        database, clock = fresh_database(disk), ManualClock(NOON)
        filling = fill(disk, leave=40 * 2**20)
        house = Housekeeping(database, clock)
        assert "the disk has no room for it" in (await house.look() or "")
        assert made(database) == 0
        filling.unlink()
        assert await house.look() is None
        assert made(database) == 0
        clock.advance(HOUR)
        assert await house.look() is None
        assert made(database) == 1
        database.close()


async def test_a_copy_that_does_not_pass_its_check_is_not_kept_and_the_file_is_looked_at(database: Database) -> None:
    with database.write() as tx:
        tx.add_all(Setting(name=f"name-{number}", value="x" * 2000) for number in range(500))
    database.empty_log()
    with database.path.open("r+b") as file:
        file.seek(4096 * 100)
        file.write(b"\xff" * 4096 * 50)
    with pytest.raises(DatabaseDamaged, match="is damaged"):
        await Housekeeping(database, ManualClock(NOON)).look()
    assert made(database) == 0
    with pytest.raises(DatabaseDamaged), database.write():
        pass


async def test_a_log_that_has_grown_is_taken_into_the_file(database: Database) -> None:
    if database.journal_mode != "wal":
        pytest.skip("there is no log without WAL")
    house = Housekeeping(database, ManualClock(NOON))
    await house.look()
    with database.write() as tx:
        tx.add_all(Setting(name=f"name-{number}", value="x" * 10_000) for number in range(2_000))
    assert database.log_bytes() > 16 * 2**20
    await house.look()
    assert database.log_bytes() == 0
