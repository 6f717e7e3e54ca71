"""A backup in the database's place: examined before, alone with the file, and nothing lost."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from store import leases, restoring
from store.database import Database
from store.errors import DatabaseBusy, DatabaseDamaged, DatabaseMissing, ForeignFile, SchemaTooNew, StoreError
from store.sqlite import sqlite3
from store.tables import Setting
from tests.support.database import fresh_database

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database in which `state` was `old` when `backup.db` was made, and is `new` now."""
    database = fresh_database(tmp_path)
    put(database, "old")
    database.backup(tmp_path / "backup.db")
    put(database, "new")
    database.close()
    return database.path


def put(database: Database, value: str) -> None:
    with database.write() as tx:
        tx.merge(Setting(name="state", value=value))


def state(path: Path) -> str:
    database = Database.open(f"sqlite:///{path}")
    with database.read() as tx:
        row = tx.get(Setting, "state")
    database.close()
    assert row is not None
    return row.value


def test_the_backup_takes_the_databases_place_and_what_was_there_is_kept(path: Path) -> None:
    restored = restoring.restore(path, path.with_name("backup.db"), NOW)
    assert state(path) == "old"
    assert restored.replaced is not None
    assert restored.replaced.name == "console.db.replaced-20261123T120000Z"
    assert state(restored.replaced) == "new"
    assert path.stat().st_mode & 0o777 == 0o600
    assert state(path.with_name("backup.db")) == "old"


def test_what_is_only_in_the_log_of_a_killed_process_is_kept_too(path: Path) -> None:
    script = ("import os, sys; from store.database import Database; from store.tables import Setting\n"
              "database = Database.open(sys.argv[1])\n"
              "with database.write() as tx: tx.merge(Setting(name='state', value='in the log'))\n"
              "os.kill(os.getpid(), 9)")
    subprocess.run([sys.executable, "-c", script, f"sqlite:///{path}"], cwd=Path(__file__).parents[2], check=False)
    restored = restoring.restore(path, path.with_name("backup.db"), NOW)
    assert restored.replaced is not None
    assert state(restored.replaced) == "in the log"
    assert state(path) == "old"


def test_a_database_that_is_gone_is_made_anew(path: Path) -> None:
    path.unlink()
    assert restoring.restore(path, path.with_name("backup.db"), NOW).replaced is None
    assert state(path) == "old"


def test_it_waits_for_nobody_who_has_the_database_open(path: Path) -> None:
    database = Database.open(f"sqlite:///{path}")
    with pytest.raises(DatabaseBusy, match="in use by another console"):
        restoring.restore(path, path.with_name("backup.db"), NOW)
    database.close()
    assert state(path) == "new"


def test_a_lease_that_has_not_ended_keeps_it_back(path: Path) -> None:
    database = Database.open(f"sqlite:///{path}")
    with database.write() as tx:
        leases.acquire(tx, "engine", "host:1", NOW, 30.0)
    database.close()
    with pytest.raises(DatabaseBusy, match=r"host:1 polls with it.*ends in 20 s"):
        restoring.restore(path, path.with_name("backup.db"), NOW + timedelta(seconds=10))
    restoring.restore(path, path.with_name("backup.db"), NOW + timedelta(seconds=31))
    assert state(path) == "old"


def damage(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(4096 * 20)
        file.write(b"\xff" * 4096 * 20)


def newer(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 999")


def foreign(path: Path) -> None:
    path.unlink()
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE theirs (x)")


def text(path: Path) -> None:
    path.write_text("no database at all, " * 400)


def dangling(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("INSERT INTO usage_fact VALUES (0, 60, 999, 0, 0, 0, 0, 0, 0, NULL, 0, 0)")


@pytest.mark.parametrize(("spoil", "error"), [
    (damage, DatabaseDamaged), (newer, SchemaTooNew), (foreign, ForeignFile), (text, DatabaseDamaged),
    (dangling, DatabaseDamaged), (Path.unlink, DatabaseMissing),
])
def test_a_backup_that_is_not_good_changes_nothing(path: Path, spoil: object, error: type[StoreError]) -> None:
    assert callable(spoil)
    spoil(path.with_name("backup.db"))
    with pytest.raises(error):
        restoring.restore(path, path.with_name("backup.db"), NOW)
    assert state(path) == "new"
    assert not list(path.parent.glob("*.replaced-*"))


def test_the_database_is_not_a_backup_of_itself(path: Path) -> None:
    with pytest.raises(StoreError, match="is the database itself"):
        restoring.restore(path, path, NOW)


def test_a_damaged_database_is_replaced_all_the_same(path: Path) -> None:
    path.write_bytes(b"\x00" * 9000)
    restored = restoring.restore(path, path.with_name("backup.db"), NOW)
    assert state(path) == "old"
    assert restored.replaced is not None
    assert restored.replaced.read_bytes() == b"\x00" * 9000
