"""The audit log: append-only, chained, and honest about where it breaks."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from store import audit
from store.database import Database
from store.sqlite import sqlite3
from tests.support.database import fresh_database

AT = datetime(2026, 11, 18, 12, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path) -> Database:
    database = fresh_database(tmp_path)
    with database.write() as tx:
        for number in range(1, 6):
            audit.append(tx, at=AT, actor="maria", action="alert.acknowledged", object=f"alert:{number}",
                         detail={"reason": "läuft \x1b[31m", "number": number})
    return database


def verdict(database: Database) -> audit.Verdict:
    with database.read() as tx:
        return audit.verify(tx)


def tamper(database: Database, statement: str) -> None:
    """What somebody with the file and a SQLite shell could do: drop the guard, then write."""
    with sqlite3.connect(database.path) as connection:
        connection.execute("DROP TRIGGER audit_entry_no_update")
        connection.execute("DROP TRIGGER audit_entry_no_delete")
        connection.execute(statement)


def test_an_untouched_chain_holds(database: Database) -> None:
    assert verdict(database) == audit.Verdict(5, None, 5)


def test_an_empty_log_holds(tmp_path: Path) -> None:
    assert verdict(fresh_database(tmp_path)) == audit.Verdict(0, None, None)


@pytest.mark.parametrize("statement", ["UPDATE audit_entry SET actor = 'x'", "DELETE FROM audit_entry"])
def test_the_database_refuses_changes(database: Database, statement: str) -> None:
    with pytest.raises(IntegrityError, match="append-only"), database.write() as tx:
        tx.connection().exec_driver_sql(statement)


@pytest.mark.parametrize(("statement", "first_bad", "reason"), [
    ("UPDATE audit_entry SET body = replace(body, 'maria', 'nobody') WHERE seq = 3", 3, "does not match its hash"),
    ("UPDATE audit_entry SET actor = 'nobody' WHERE seq = 3", 3, "columns differ"),
    ("UPDATE audit_entry SET at = at + 1 WHERE seq = 2", 2, "columns differ"),
    ("DELETE FROM audit_entry WHERE seq = 2", 2, "entry 2 is missing"),
    ("DELETE FROM audit_entry WHERE seq = 1", 1, "entry 1 is missing"),
    ("UPDATE audit_entry SET previous_hash = 'x' WHERE seq = 4", 4, "does not follow"),
])
def test_the_first_bad_entry_is_named(database: Database, statement: str, first_bad: int, reason: str) -> None:
    tamper(database, statement)
    found = verdict(database)
    assert found.first_bad == first_bad
    assert found.last_good == (first_bad - 1 or None)
    assert reason in found.reason


def test_a_rewritten_hash_breaks_the_next_link(database: Database) -> None:
    tamper(database, "UPDATE audit_entry SET hash = 'forged' WHERE seq = 2")
    assert verdict(database).first_bad == 2


def test_entries_come_newest_first_and_in_pages(database: Database) -> None:
    with database.read() as tx:
        assert [entry.seq for entry in audit.entries(tx, limit=2)] == [5, 4]
        assert [entry.seq for entry in audit.entries(tx, limit=9, before=3)] == [2, 1]
        assert [entry.seq for entry in audit.entries(tx, object="alert:4")] == [4]


def test_an_undone_change_leaves_no_entry(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.write() as tx:
        assert audit.append(tx, at=AT, actor="maria", action="x.y", object="z", detail={}).seq / 0
    assert verdict(database) == audit.Verdict(5, None, 5)
