"""Opening, creating, refusing, migrating and backing up the database."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlmodel import select

from store import backups, schema
from store.connections import wal_is_safe
from store.database import Database
from store.errors import (
    DatabaseDamaged,
    DatabaseFull,
    DatabaseMissing,
    ForeignFile,
    SchemaTooNew,
    StoreError,
    UnsafeFile,
)
from store.sqlite import sqlite3
from store.tables import Setting
from tests.support.database import fresh_database


def url(folder: Path) -> str:
    return f"sqlite:///{folder / 'console.db'}"


def test_a_new_database_is_its_owners_alone(tmp_path: Path) -> None:
    database = Database.create(f"sqlite:///{tmp_path / 'deep' / 'console.db'}")
    assert database.path.stat().st_mode & 0o777 == 0o600
    assert database.path.parent.stat().st_mode & 0o777 == 0o700
    assert database.quick_check() == []


def test_it_never_overwrites(tmp_path: Path) -> None:
    fresh_database(tmp_path).close()
    with pytest.raises(StoreError, match="exists already"):
        fresh_database(tmp_path)


def test_a_missing_database_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(DatabaseMissing, match="token-console init"):
        Database.open(url(tmp_path))


def test_a_file_that_others_can_read_is_refused_with_the_command_that_mends_it(tmp_path: Path) -> None:
    fresh_database(tmp_path).close()
    path = tmp_path / "console.db"
    path.chmod(0o644)
    with pytest.raises(UnsafeFile, match="chmod 600"):
        Database.open(url(tmp_path))
    path.chmod(0o600)
    Database.open(url(tmp_path)).close()


def test_somebody_elses_sqlite_file_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "console.db"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE theirs (x)")
    path.chmod(0o600)
    before = path.read_bytes()
    with pytest.raises(ForeignFile):
        Database.open(url(tmp_path))
    assert path.read_bytes() == before


def test_a_newer_schema_is_refused_with_both_versions(tmp_path: Path) -> None:
    fresh_database(tmp_path).close()
    with sqlite3.connect(tmp_path / "console.db") as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(SchemaTooNew, match=f"schema 99; this one knows {schema.VERSION}") as refused:
        Database.open(url(tmp_path))
    assert refused.value.exit_code == 78


def test_a_damaged_file_is_said_to_be_damaged(tmp_path: Path) -> None:
    path = tmp_path / "console.db"
    path.write_bytes(b"this is no database, " * 300)
    path.chmod(0o600)
    with pytest.raises(DatabaseDamaged):
        Database.open(url(tmp_path))


def test_a_damaged_page_is_said_to_be_damage_and_what_to_do(tmp_path: Path) -> None:
    database = fresh_database(tmp_path)
    with database.write() as tx:
        tx.add_all(Setting(name=f"name-{number}", value="x" * 200) for number in range(500))
    database.backup(backups.daily_at(database.path, datetime(2026, 11, 23, tzinfo=UTC)))
    database.close()
    with database.path.open("r+b") as file:
        file.seek(4096 * 40)
        file.write(b"\xff" * 4096 * 10)
    with pytest.raises(DatabaseDamaged, match=r"token-console restore .*20261123T000000Z\.backup"):
        read_all(tmp_path)


def read_all(folder: Path) -> None:
    with Database.open(url(folder)).read() as tx:
        tx.exec(select(Setting)).all()


def test_a_reader_cannot_write(tmp_path: Path) -> None:
    database = fresh_database(tmp_path)
    with pytest.raises(StoreError, match="readonly"), database.read() as tx:
        tx.add(Setting(name="a", value="b"))


def test_an_error_undoes_the_whole_transaction(tmp_path: Path) -> None:
    database = fresh_database(tmp_path)
    with pytest.raises(ZeroDivisionError), database.write() as tx:
        assert len(tx.merge(Setting(name="a", value="b")).name) / 0
    with database.read() as tx:
        assert tx.exec(select(Setting).where(Setting.name == "a")).first() is None


def test_the_library_decides_the_journal(tmp_path: Path) -> None:
    assert fresh_database(tmp_path).journal_mode == ("wal" if wal_is_safe(sqlite3.sqlite_version_info) else "truncate")


@pytest.mark.parametrize(("version", "safe"), [
    ((3, 40, 1), False), ((3, 44, 5), False), ((3, 44, 6), True), ((3, 50, 7), True), ((3, 51, 2), False),
    ((3, 51, 3), True), ((3, 53, 4), True),
])
def test_only_libraries_without_the_wal_defect_use_wal(version: tuple[int, int, int], safe: bool) -> None:
    assert wal_is_safe(version) is safe


def test_a_backup_is_whole_and_opens(tmp_path: Path) -> None:
    database = fresh_database(tmp_path)
    with database.write() as tx:
        tx.add(Setting(name="kept", value="yes"))
    target = tmp_path / "backup.db"
    database.backup(target)
    assert target.stat().st_mode & 0o777 == 0o600
    copy = Database.open(f"sqlite:///{target}")
    with copy.read() as tx:
        assert tx.get(Setting, "kept") is not None
    with pytest.raises(StoreError, match="not overwritten"):
        database.backup(target)


def test_a_process_killed_in_a_transaction_leaves_what_was_committed_and_nothing_else(tmp_path: Path) -> None:
    fresh_database(tmp_path).close()
    script = textwrap.dedent(f"""
        import sys, time
        from store.database import Database
        from store.tables import Setting
        database = Database.open({url(tmp_path)!r})
        with database.write() as tx:
            tx.add(Setting(name="first", value="committed"))
        with database.write() as tx:
            tx.add(Setting(name="second", value="not"))
            tx.flush()
            print("ready", flush=True)
            time.sleep(60)
    """)
    child = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, cwd=Path(__file__).parents[2])
    assert child.stdout is not None
    assert child.stdout.readline() == b"ready\n"
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    child.stdout.close()
    database = Database.open(url(tmp_path))
    assert database.quick_check() == []
    with database.read() as tx:
        assert tx.get(Setting, "first") is not None
        assert tx.get(Setting, "second") is None


def test_a_full_disk_undoes_the_change_leaves_reading_and_ends_when_there_is_room(tmp_path: Path) -> None:
    """SQLite's own limit on the number of pages stands for the disk: it fails at the same place in the same way."""
    database = fresh_database(tmp_path)
    with database.write() as tx:
        tx.add(Setting(name="kept", value="yes"))
        connection = tx.connection()
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 4}")
    with pytest.raises(DatabaseFull, match="reading goes on") as full, database.write() as tx:
        tx.add(Setting(name="large", value="x" * 10**6))
    assert full.value.exit_code == 73
    with database.read() as tx:
        assert tx.get(Setting, "kept") is not None
        assert tx.get(Setting, "large") is None
    with database.write() as tx:
        tx.connection().exec_driver_sql("PRAGMA max_page_count = 1000000")
        tx.add(Setting(name="large", value="x" * 10**6))
    assert database.quick_check() == []


def test_many_threads_read_and_write_at_once(tmp_path: Path) -> None:
    database = fresh_database(tmp_path)
    with database.write() as tx:
        tx.add(Setting(name="counter", value="0"))

    def raise_it(_: int) -> int:
        with database.write() as tx:
            row = tx.get(Setting, "counter")
            assert row is not None
            row.value = str(int(row.value) + 1)
        with database.read() as tx:
            seen = tx.get(Setting, "counter")
            assert seen is not None
            return int(seen.value)

    with ThreadPoolExecutor(12) as pool:
        seen = list(pool.map(raise_it, range(60)))
    assert max(seen) == 60
    database.close()
    assert not list(tmp_path.glob("*-wal"))


def test_what_was_read_stays_usable_after_the_transaction(tmp_path: Path) -> None:
    database = fresh_database(tmp_path)
    with database.write() as tx:
        written = Setting(name="a", value="b")
        tx.add(written)
    assert written.value == "b"
    with database.read() as tx:
        read = tx.get(Setting, "a")
    assert read is not None
    assert read.value == "b"


def test_a_reader_sees_one_moment_however_long_it_looks(tmp_path: Path) -> None:
    database = fresh_database(tmp_path)
    if database.journal_mode != "wal":
        pytest.skip("without WAL a writer waits for readers instead")
    with database.read() as reader:
        assert reader.get(Setting, "late") is None
        with database.write() as tx:
            tx.add(Setting(name="late", value="x"))
        reader.expire_all()
        assert reader.get(Setting, "late") is None
