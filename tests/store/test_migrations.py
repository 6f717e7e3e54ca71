"""Old files: backed up, migrated whole or not at all, and then the same as new ones."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import op
from sqlalchemy.exc import IntegrityError

from store import audit, connections, in_use, migrate, schema
from store.database import Database
from store.errors import DatabaseBusy, StoreError
from store.files import APPLICATION_ID
from store.migrate import Step
from store.sqlite import sqlite3
from store.tables import Approval, Setting
from tests.support.database import fresh_database

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
NEXT = schema.VERSION + 1


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A file of ours from before the first schema."""
    path = tmp_path / "old.db"
    with sqlite3.connect(path) as connection:
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.close()
    path.chmod(0o600)
    return path


def everything(database: Database) -> list[tuple[str, str, str]]:
    """Every table, index and trigger as SQLite keeps it, whatever the white space and the quotes of a new name."""
    with database.read() as tx:
        rows = tx.connection().exec_driver_sql("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL")
        return sorted((row.type, row.name, "".join(row.sql.replace(f'"{row.name}"', row.name).split())) for row in rows)


def version(path: Path) -> int:
    with sqlite3.connect(path) as connection:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])


def take(path: Path, step: Step) -> None:
    """Migrate a file by one step to the next schema."""
    migrate.migrate(connections.writer(path), path, {NEXT: step})


def test_an_old_file_becomes_what_a_new_one_is(old: Path, tmp_path: Path) -> None:
    migrated, made = Database.open(f"sqlite:///{old}"), fresh_database(tmp_path)
    assert everything(migrated) == everything(made)
    assert version(old) == schema.VERSION
    assert len(migrated.identifier) == len(made.identifier)
    assert migrated.identifier != made.identifier


def test_it_is_backed_up_before(old: Path) -> None:
    Database.open(f"sqlite:///{old}").close()
    (backup,) = (old.parent / "backups").iterdir()
    assert backup.name.endswith(".schema-0.backup")
    assert version(backup) == 0
    assert backup.stat().st_mode & 0o777 == 0o600


def test_a_file_that_is_current_needs_neither_backup_nor_alembic(tmp_path: Path) -> None:
    fresh_database(tmp_path).close()
    script = ("import sys; from store.database import Database; Database.open(sys.argv[1]); "
              "print('alembic' in sys.modules)")
    done = subprocess.run([sys.executable, "-c", script, f"sqlite:///{tmp_path / 'console.db'}"], capture_output=True,
                          text=True, check=True, cwd=Path(__file__).parents[2])
    assert done.stdout.strip() == "False"
    assert not (tmp_path / "backups").exists()


def test_a_migration_is_in_the_audit_log(old: Path) -> None:
    database = Database.open(f"sqlite:///{old}")
    with database.read() as tx:
        (entry,) = audit.entries(tx)
        assert audit.verify(tx).first_bad is None
    assert (entry.action, json.loads(entry.body)["detail"]) == (
        "database.migrated", {"from": 0, "to": schema.VERSION})


def test_foreign_keys_hold_again_after_a_migration(old: Path) -> None:
    database = Database.open(f"sqlite:///{old}")
    with pytest.raises(IntegrityError, match="FOREIGN KEY"), database.write() as tx:
        tx.add(Approval(intent="missing", plan_hash="h", approved_by="maria", role="on_call", reason="r",
                        approved_at=NOW, expires_at=NOW))


def test_a_step_that_fails_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    database = fresh_database(tmp_path)
    before = everything(database)

    def fail() -> None:
        op.execute("CREATE TABLE half_made (x INTEGER) STRICT")
        op.execute("DELETE FROM setting")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        take(database.path, fail)
    assert everything(database) == before
    assert version(database.path) == schema.VERSION
    with database.read() as tx:
        assert tx.get(Setting, "identifier") is not None


def test_a_step_that_breaks_a_reference_is_undone(tmp_path: Path) -> None:
    database = fresh_database(tmp_path)

    def orphan() -> None:
        op.execute("INSERT INTO usage_fact VALUES (0, 60, 999, 0, 0, 0, 0, 0, 0, NULL, 0, 0)")

    with pytest.raises(StoreError, match="was not migrated: 1 rows"):
        take(database.path, orphan)
    assert version(database.path) == schema.VERSION


def test_a_step_is_taken_once_even_by_two_processes_that_both_saw_the_old_file(tmp_path: Path) -> None:
    path = fresh_database(tmp_path).path
    taken = []
    for _ in range(2):
        take(path, lambda: taken.append(op.get_bind()))
    assert len(taken) == 1
    assert version(path) == NEXT


def test_a_file_that_another_console_has_open_is_not_migrated_under_it(old: Path,
                                                                       monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(in_use, "WAIT_S", 0.1)
    other = in_use.Use(old)
    other.share()
    with pytest.raises(DatabaseBusy, match="in use by another console"):
        Database.open(f"sqlite:///{old}")
    assert version(old) == 0
    other.end()
    Database.open(f"sqlite:///{old}").close()
    assert version(old) == schema.VERSION


AT = 1_795_000_000_000_000
INTENT = ("INSERT INTO intent VALUES ('i', 'claims', 'kill', 'manual', '{state}', 'why', 'maria', "
          f"{AT}, {AT + 1}, 'h', '{{{{}}}}', NULL, NULL, NULL, NULL, NULL, '')")
ROWS = (
    f"INSERT INTO alert VALUES (7, 'claims', 'burn', '1h', 'critical', 'firing', {AT}, {AT}, {AT}, {AT}, NULL, 0, 's', "
    "NULL, '', '{}', NULL, NULL, NULL, NULL, 1)",
    INTENT.format(state="done"),
    "INSERT INTO step VALUES (3, 'i', 0, 'webhook', NULL, 't', 'disable', 'off', 'on', 'off', 'done', 'key', 1, NULL, "
    "NULL, NULL, NULL, NULL, NULL)",
    f"INSERT INTO approval VALUES (1, 'i', 'h', 'paul', 'platform_lead', 'r', {AT}, {AT + 1}, NULL)",
    f"INSERT INTO breaker VALUES ('claims', 'held', {AT}, 'i', NULL)",
    f"INSERT INTO disarm VALUES (5, NULL, {AT}, {AT + 1}, 'maria', 'r', NULL)",
    f"INSERT INTO disarm_request VALUES (2, NULL, {AT + 1}, 'r', 'maria', {AT}, {AT}, 'h', 'granted', 'paul', {AT}, 5)",
    f"INSERT INTO outbox_message VALUES (4, 'alert:7', 1, 'pager', 'critical', 't', 'b', {AT}, {AT}, 0, NULL, NULL)",
    f"INSERT INTO workload VALUES ('claims', 'Claims', NULL, 'production', 'live', NULL, NULL, NULL, '{{}}', {AT})",
)


def at_schema(path: Path, number: int, *rows: str) -> None:
    """Bring a file to an earlier schema, and put rows there as the program of that time did."""
    earlier = {version: step for version, step in migrate.steps().items() if version <= number}
    migrate.migrate(connections.writer(path), path, earlier)
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA foreign_keys=ON")
        for row in rows:
            connection.execute(row)
    connection.close()


def stored(path: Path, without: tuple[str, ...] = ("escalates", "stage")) -> dict[str, list[tuple[object, ...]]]:
    """The rows, without the columns that came later."""
    found = {}
    with sqlite3.connect(path) as connection:
        for table in (row.split()[2] for row in ROWS):
            names = [row[1] for row in connection.execute(f"PRAGMA table_info({table})") if row[1] not in without]
            columns = ", ".join(f'"{name}"' for name in names)
            found[table] = connection.execute(f"SELECT {columns} FROM {table}").fetchall()
    return found


def test_small_tables_made_anew_keep_their_rows_indexes_and_references(old: Path) -> None:
    at_schema(old, 3, *ROWS)
    before = stored(old)
    database = Database.open(f"sqlite:///{old}")
    assert stored(old) == before
    with sqlite3.connect(old) as connection:
        assert connection.execute("SELECT stage FROM step").fetchall() == [(1,)]
        assert connection.execute("SELECT escalates FROM intent").fetchall() == [(None,)]
    connection.close()
    assert database.integrity_check() == []
    with pytest.raises(IntegrityError, match="FOREIGN KEY"), database.write() as tx:
        tx.connection().exec_driver_sql("DELETE FROM intent")
    with pytest.raises(IntegrityError, match="UNIQUE"), database.write() as tx:
        tx.connection().exec_driver_sql(ROWS[2].replace("(3,", "(9,").replace("'off', 'on'", "'off', 1, 'on'"))
    with pytest.raises(IntegrityError, match="ck_breaker_state"), database.write() as tx:
        tx.connection().exec_driver_sql("UPDATE breaker SET state = 'broken'")
    database.close()


def test_a_row_that_the_newer_schema_refuses_keeps_the_file_as_it_was_and_is_said(old: Path) -> None:
    at_schema(old, 3, INTENT.format(state="sideways"))
    with pytest.raises(StoreError, match="ck_intent_state"):
        Database.open(f"sqlite:///{old}")
    assert version(old) == 3
    assert list((old.parent / "backups").iterdir())


def test_the_log_still_refuses_to_be_changed_after_every_migration(old: Path) -> None:
    database = Database.open(f"sqlite:///{old}")
    with database.write() as tx:
        audit.append(tx, at=NOW, actor="maria", action="test", object="x", detail={})
    for statement in ("UPDATE audit_entry SET actor = 'nobody'", "DELETE FROM audit_entry"):
        with pytest.raises(IntegrityError, match="append-only"), database.write() as tx:
            tx.connection().exec_driver_sql(statement)
