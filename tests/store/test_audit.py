"""The audit log: append-only, chained, and honest about where it breaks."""

from __future__ import annotations

import json
import os
import re
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


@pytest.mark.parametrize("statement", [
    "UPDATE audit_entry SET actor = 'x'",
    "DELETE FROM audit_entry",
    "INSERT OR REPLACE INTO audit_entry SELECT seq, at, 'x', action, object, body, hash, hash FROM audit_entry",
])
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


def test_an_entry_holds_where_it_comes_from(database: Database) -> None:
    with database.read() as tx:
        origin = json.loads(audit.entries(tx, limit=1)[0].body)["origin"]
    assert origin["instance"].endswith(f":{os.getpid()}")
    assert origin["monotonic_ms"] > 0


def test_an_entry_that_was_written_before_the_one_before_it_is_found(database: Database) -> None:
    """Within one boot the machine's running time only grows, whatever its clock is set to."""
    with database.read() as tx:
        rows = [list(row) for row in audit.rows(tx)]
        chain = audit.Chain(*audit.beginning(tx))
    for row in rows[:3]:
        assert chain.take(tuple(row)) == ""  # type: ignore[arg-type]
    late = rows[3]
    late[5] = re.sub(r'"monotonic_ms":[0-9]+', '"monotonic_ms":1', str(late[5]))
    late[7] = audit.chained(str(late[5]), chain.head)
    found = chain.take(tuple(late))  # type: ignore[arg-type]
    assert ("running time" in found) == bool(json.loads(str(late[5]))["origin"]["boot"])
