"""Backups made while the database is in use: named by their time, seven kept, and found again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from store import backups
from store.database import Database
from tests.support.database import fresh_database

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_seven_daily_ones_are_kept_and_those_before_a_migration_are_never_removed(tmp_path: Path) -> None:
    database = fresh_database(tmp_path)
    database.backup(backups.before_migration(database.path, 1, NOON - timedelta(days=1)))
    for day in range(9):
        database.backup(backups.daily_at(database.path, NOON + timedelta(days=day)))
        backups.forget_old(database.path, NOON + timedelta(days=day))
    kept = sorted(file.name for file in (tmp_path / "backups").iterdir())
    assert kept == ["console.db.20261122T120000Z.schema-1.backup",
                    *(f"console.db.202611{day}T120000Z.backup" for day in range(25, 31)),
                    "console.db.20261201T120000Z.backup"]
    assert backups.last_daily(database.path, NOON + timedelta(days=8)) == NOON + timedelta(days=8)


def test_they_are_their_owners_alone_and_whole(tmp_path: Path) -> None:
    database = fresh_database(tmp_path)
    target = backups.daily_at(database.path, NOON)
    database.backup(target)
    assert target.stat().st_mode & 0o777 == 0o600
    assert target.parent.stat().st_mode & 0o777 == 0o700
    assert Database.open(f"sqlite:///{target}").quick_check() == []


def test_another_databases_backups_and_other_files_are_not_ours(tmp_path: Path) -> None:
    database = fresh_database(tmp_path)
    assert backups.newest(database.path) is None
    assert backups.last_daily(database.path, NOON) is None
    (tmp_path / "backups").mkdir()
    for name in ("other.db.20261123T120000Z.backup", "console.db.backup", "notes.txt"):
        (tmp_path / "backups" / name).write_text("x")
    assert backups.newest(database.path) is None
    backups.forget_old(database.path, NOON)
    assert len(list((tmp_path / "backups").iterdir())) == 3
