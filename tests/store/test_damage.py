"""A file that is really damaged, and a disk that really fails: what is written then, what is read, what is said."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from store.database import Database
from store.errors import DatabaseDamaged
from store.tables import Setting
from tests.support.database import fresh_database

ROOT = Path(__file__).parents[2]


@pytest.fixture
def damaged(tmp_path: Path) -> Database:
    """An open database of whose last pages some were overwritten on the disk; the first ones are whole."""
    database = fresh_database(tmp_path)
    with database.write() as tx:
        tx.add_all(Setting(name=f"name-{number}", value="x" * 2000) for number in range(500))
    database.close()
    with database.path.open("r+b") as file:
        file.seek(-4096 * 100, os.SEEK_END)
        file.write(b"\xff" * 4096 * 50)
    return Database.open(f"sqlite:///{database.path}")


def read_all(database: Database) -> None:
    with database.read() as tx:
        tx.connection().exec_driver_sql("SELECT sum(length(value)) FROM setting").scalar_one()


def test_once_damage_is_met_nothing_more_is_written_and_reading_goes_on(damaged: Database) -> None:
    with damaged.write() as tx:
        tx.merge(Setting(name="before", value="x"))
    with pytest.raises(DatabaseDamaged):
        read_all(damaged)
    before = damaged.path.read_bytes()
    with pytest.raises(DatabaseDamaged, match="no longer written to, and nothing is killed automatically"), \
            damaged.write() as tx:
        tx.merge(Setting(name="after", value="x"))
    with damaged.read() as tx:
        assert tx.get(Setting, "identifier") is not None
        assert tx.get(Setting, "after") is None
    assert damaged.path.read_bytes() == before


def test_both_checks_find_it(damaged: Database) -> None:
    assert damaged.quick_check()
    assert damaged.integrity_check()


def test_a_check_that_finds_damage_ends_writing_before_anything_runs_into_it(damaged: Database) -> None:
    error = damaged.condemn(damaged.quick_check()[0])
    assert "is damaged" in str(error)
    with pytest.raises(DatabaseDamaged), damaged.write():
        pass


def test_a_row_that_refers_to_nothing_is_found_by_the_thorough_check_alone(tmp_path: Path) -> None:
    database = fresh_database(tmp_path)
    with database.write() as tx:
        connection = tx.connection().connection.driver_connection
        assert connection is not None
        connection.execute("COMMIT")
        connection.execute("PRAGMA foreign_keys=OFF")
        connection.execute("BEGIN")
        connection.execute("INSERT INTO usage_fact VALUES (0, 60, 999, 0, 0, 0, 0, 0, 0, NULL, 0, 0)")
    assert database.quick_check() == []
    assert database.integrity_check() == ["a row of usage_fact refers to a row of series that is not there"]


def test_after_a_failed_write_the_outcome_is_unknown_and_the_file_is_opened_anew(tmp_path: Path) -> None:
    """The limit on a file's size makes the kernel refuse a write in the middle of a commit: a real I/O error."""
    fresh_database(tmp_path).close()
    done = subprocess.run([sys.executable, "-c", textwrap.dedent("""
        import resource, sys
        from store.database import Database
        from store.errors import OutcomeUnknown
        from store.tables import Setting
        database = Database.open(sys.argv[1])
        with database.write() as tx:
            tx.add(Setting(name="first", value="x"))
        most = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
        resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, most))
        try:
            with database.write() as tx:
                tx.add(Setting(name="second", value="x" * 1_000_000))
        except OutcomeUnknown as error:
            print(error)
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
        with database.read() as tx:
            print("first" if tx.get(Setting, "first") else "", "second" if tx.get(Setting, "second") else "not second")
        with database.write() as tx:
            tx.add(Setting(name="third", value="x" * 1_000_000))
        print(database.integrity_check())
    """), f"sqlite:///{tmp_path / 'console.db'}"], cwd=ROOT, capture_output=True, text=True, check=True)
    said, seen, found = done.stdout.splitlines()
    assert "whether the last change was kept is not known" in said
    assert seen == "first not second"
    assert found == "[]"


def test_the_log_is_cut_to_nothing_when_asked(tmp_path: Path) -> None:
    database = fresh_database(tmp_path)
    if database.journal_mode != "wal":
        pytest.skip("there is no log without WAL")
    with database.write() as tx:
        tx.add(Setting(name="large", value="x" * 3_000_000))
    assert database.log_bytes() > 3_000_000
    database.empty_log()
    assert database.log_bytes() == 0
    database.close()
    assert database.log_bytes() == 0
