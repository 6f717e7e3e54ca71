"""A disk that is really full: what fails, what is left for a kill, and how it ends."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from store import room
from store.database import Database
from store.errors import DatabaseFull
from store.tables import Setting
from tests.support.database import fresh_database
from tests.support.small_disk import fill, small_disk


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path, 300) as folder:
        yield folder


@pytest.fixture
def database(disk: Path) -> Iterator[Database]:
    opened = fresh_database(disk)
    with opened.write() as tx:
        tx.add(Setting(name="kept", value="yes"))
    yield opened
    opened.close()


def store(database: Database, name: str, size: int) -> None:
    with database.write() as tx:
        tx.add(Setting(name=name, value="x" * size))


def names(database: Database) -> set[str]:
    with database.read() as tx:
        return set(tx.connection().exec_driver_sql("SELECT name FROM setting").scalars())


def test_the_ballast_takes_real_room_and_is_private(disk: Path, database: Database) -> None:
    before = room.free(database.path)
    assert room.keep_ballast(database.path)
    assert before - room.free(database.path) >= room.BALLAST_BYTES
    assert room.ballast_of(database.path).stat().st_mode & 0o777 == 0o600


def test_it_is_not_made_where_the_room_is_needed(disk: Path, database: Database) -> None:
    fill(disk, leave=room.WARN_BYTES)
    assert not room.keep_ballast(database.path)
    assert not room.ballast_of(database.path).exists()


def test_without_ballast_a_full_disk_undoes_the_change_and_leaves_reading(disk: Path, database: Database) -> None:
    filling = fill(disk)
    with pytest.raises(DatabaseFull, match="Free some space"):
        store(database, "large", 2 * 2**20)
    assert "large" not in names(database)
    assert "kept" in names(database)
    filling.unlink()
    store(database, "large", 2 * 2**20)
    assert database.quick_check() == []
    assert "large" in names(database)


def test_on_a_full_disk_the_ballast_goes_and_the_change_is_kept(disk: Path, database: Database) -> None:
    room.keep_ballast(database.path)
    fill(disk)
    assert shutil.disk_usage(disk).free < 2**20
    store(database, "intent", 2 * 2**20)
    assert not room.ballast_of(database.path).exists()
    assert "intent" in names(database)
    assert database.quick_check() == []


def test_it_is_made_again_when_there_is_room(disk: Path, database: Database) -> None:
    room.keep_ballast(database.path)
    filling = fill(disk)
    store(database, "intent", 100)
    assert not room.keep_ballast(database.path)
    filling.unlink()
    assert room.keep_ballast(database.path)


def test_a_change_too_large_for_the_last_room_fails_once_and_then_has_the_ballasts(disk: Path,
                                                                              database: Database) -> None:
    room.keep_ballast(database.path)
    fill(disk, leave=room.LAST_BYTES + 2**20)
    with pytest.raises(DatabaseFull):
        store(database, "intent", 8 * 2**20)
    store(database, "intent", 8 * 2**20)
    assert "intent" in names(database)
