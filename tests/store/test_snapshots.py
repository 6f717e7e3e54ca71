"""The newest picture: published in a transaction, read with nothing heavy."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from store import snapshots
from tests.support.database import fresh_database

AT = datetime(2026, 11, 18, 12, tzinfo=UTC)


def test_each_publication_is_one_version_later(tmp_path: Path) -> None:
    database = fresh_database(tmp_path)
    with database.write() as tx:
        assert snapshots.publish(tx, "daily", AT, "first") == 1
    with database.write() as tx:
        assert snapshots.publish(tx, "daily", AT, "second") == 2
    assert snapshots.newest(database.path, "daily") == (2, "second")


def test_a_picture_that_was_never_committed_is_never_seen(tmp_path: Path) -> None:
    database = fresh_database(tmp_path)
    with database.write() as tx:
        snapshots.publish(tx, "daily", AT, "kept")
    with database.write() as tx:
        snapshots.publish(tx, "daily", AT, "undone")
        tx.rollback()
    assert snapshots.newest(database.path, "daily") == (1, "kept")


def test_there_may_be_none(tmp_path: Path) -> None:
    assert snapshots.newest(tmp_path / "missing.db", "daily") is None
    assert not (tmp_path / "missing.db").exists()
    database = fresh_database(tmp_path)
    assert snapshots.newest(database.path, "daily") is None


def test_a_picture_can_be_read_while_another_is_written(tmp_path: Path) -> None:
    database = fresh_database(tmp_path)
    with database.write() as tx:
        snapshots.publish(tx, "daily", AT, "first")
    if database.journal_mode != "wal":
        return
    with database.write() as tx:
        snapshots.publish(tx, "daily", AT, "second")
        tx.flush()
        assert snapshots.newest(database.path, "daily") == (1, "first")


def test_reading_one_imports_nothing_heavy() -> None:
    script = "import sys, store.snapshots; print(sorted({'sqlalchemy', 'sqlmodel', 'pydantic'} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True,
                          cwd=Path(__file__).parents[2])
    assert done.stdout.strip() == "[]"
