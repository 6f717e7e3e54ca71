"""Outcomes asked of a database of the organisation's: what it says comes in, and nothing can be written by asking."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.cadences.month.outcome_rows import Cells
from console.errors import InputError
from console.settings import OutcomeQuery
from console.watch.outcome_queries import asked
from store.sqlite import sqlite3
from tests.support import postgres

SELECT = "SELECT slug AS workload, day AS period, closed AS outcomes, worth AS value_usd FROM claim ORDER BY day"
WRITES = ("INSERT INTO claim VALUES ('x', 'y', 1, 1)", "DELETE FROM claim", "UPDATE claim SET closed = 0",
          "DROP TABLE claim", "CREATE TABLE other (a)", "PRAGMA journal_mode = DELETE", "PRAGMA query_only = OFF",
          "PRAGMA user_version = 9", "ATTACH 'other.db' AS other", "VACUUM INTO 'copy.db'", "BEGIN IMMEDIATE",
          "SELECT load_extension('evil')", "SELECT * FROM pragma_table_info('claim')",
          "WITH gone AS (SELECT 1) DELETE FROM claim", "INSERT INTO claim SELECT * FROM claim RETURNING slug",
          f"{SELECT}; DELETE FROM claim")


@pytest.fixture
def books(tmp_path: Path) -> Path:
    """A database of the organisation's, in the folder of the configuration."""
    with contextlib.closing(sqlite3.connect(tmp_path / "books.db")) as connection:
        connection.execute("CREATE TABLE claim (slug TEXT, day TEXT, closed INTEGER, worth REAL)")
        connection.executemany("INSERT INTO claim VALUES (?, ?, ?, ?)", [
            ("claims-triage", "2026-10-01", 10, 12.1), ("claims-triage", "2026-10-02", 20, None),
            ("claims-triage", "2026-10-03", 0, 0.1 + 0.2)])
        connection.commit()
    return tmp_path


def ask(folder: Path, sql: str = SELECT, time_s: float = 30) -> list[Cells]:
    return asked(OutcomeQuery("books", "sqlite:///books.db", sql), folder, time_s)


def everything(folder: Path) -> tuple[bytes, list[str]]:
    return (folder / "books.db").read_bytes(), sorted(path.name for path in folder.iterdir())


def test_rows_come_as_a_file_would_have_them_and_null_is_unknown(books: Path) -> None:
    first, second, third = ask(books)
    assert dict(first.cells) == {"workload": "claims-triage", "period": "2026-10-01", "outcomes": "10",
                                 "value_usd": "12.100000"}
    assert (first.line, first.places["value_usd"]) == (1, 4)
    assert "value_usd" not in second.cells
    assert third.cells["value_usd"] == "0.300000"


@pytest.mark.parametrize("sql", WRITES)
def test_asking_writes_nothing(books: Path, sql: str) -> None:
    before = everything(books)
    with pytest.raises(InputError, match="query books: "):
        ask(books, sql)
    assert everything(books) == before


def test_a_query_that_writes_is_told_so(books: Path) -> None:
    with pytest.raises(InputError, match=r"does something else than read \(not authorized.*Write one SELECT"):
        ask(books, "DELETE FROM claim")


def test_a_query_that_takes_too_long_is_stopped(books: Path) -> None:
    endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT COUNT(*) AS workload FROM n"
    with pytest.raises(InputError, match=r"it took longer than 0\.2 s, and was stopped"):
        ask(books, endless, 0.2)


def test_more_rows_than_anybody_enters_are_refused(books: Path) -> None:
    many = ("WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) "
            "SELECT 'claims-triage' AS workload, '2026-10' AS period, x AS outcomes FROM n LIMIT 100001")
    with pytest.raises(InputError, match="more than 100,000 rows"):
        ask(books, many)


def test_a_column_that_is_none_of_ours_and_a_file_that_is_not_there_are_named(books: Path) -> None:
    with pytest.raises(InputError, match="query books: column 1: there is no column 'slug_name'"):
        ask(books, "SELECT slug AS slug_name, day AS period FROM claim")
    with pytest.raises(InputError, match="SQLite says: no such column: nonesuch"):
        ask(books, "SELECT nonesuch FROM claim")
    with pytest.raises(InputError, match=r"cannot be opened|unable to open"):
        asked(OutcomeQuery("books", "sqlite:///none.db", SELECT), books)
    assert not (books / "none.db").exists()


def test_a_postgresql_takes_a_package_and_the_message_says_which(monkeypatch: pytest.MonkeyPatch, books: Path) -> None:
    monkeypatch.setenv("BOOKS", "postgresql:///books")
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(InputError, match=r"pip install 'token-console\[postgres\]'"):
        asked(OutcomeQuery("books", "env:BOOKS", SELECT), books)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    psycopg = pytest.importorskip("psycopg")
    programs = postgres.programs()
    if programs is None:
        pytest.skip("this machine has no PostgreSQL that this user may run")
    with postgres.server(programs) as address:
        with psycopg.connect(address) as connection:
            connection.execute("CREATE TABLE claim (slug TEXT, day DATE, closed INTEGER, worth NUMERIC, "
                               "at TIMESTAMPTZ)")
            connection.execute("INSERT INTO claim VALUES ('claims-triage', '2026-10-01', 10, 12.10, "
                               "'2026-10-01T08:00:00Z'), ('claims-triage', '2026-10-02', 20, NULL, NULL)")
        yield address


def test_a_postgresql_is_asked_and_cannot_be_written_to(address: str, monkeypatch: pytest.MonkeyPatch,
                                                        tmp_path: Path) -> None:
    def ask_it(sql: str, time_s: float = 30) -> list[Cells]:
        monkeypatch.setenv("BOOKS", address)
        return asked(OutcomeQuery("books", "env:BOOKS", sql), tmp_path, time_s)

    first, second = ask_it(f"{SELECT} -- 100 % of them")
    assert dict(first.cells) == {"workload": "claims-triage", "period": "2026-10-01", "outcomes": "10",
                                 "value_usd": "12.100000"}
    assert "value_usd" not in second.cells
    span = ask_it("SELECT slug AS workload, at AS \"from\", at + interval '1 hour' AS \"to\", 1 AS outcomes FROM claim "
                  "WHERE at IS NOT NULL")
    assert (span[0].cells["from"], span[0].cells["to"]) == ("2026-10-01T08:00:00Z", "2026-10-01T09:00:00Z")
    for sql in ("DELETE FROM claim", "SELECT 1; DELETE FROM claim", "COMMIT; DELETE FROM claim",
                "WITH gone AS (DELETE FROM claim RETURNING slug) SELECT slug AS workload FROM gone",
                "SELECT slug AS workload, set_config('transaction_read_only', 'off', false) FROM claim",
                "SELECT nonesuch FROM claim"):
        with pytest.raises(InputError, match="query books: "):
            ask_it(sql)
    with pytest.raises(InputError, match=r"took longer than 0\.2 s"):
        ask_it("SELECT 'x' AS workload, '2026-10' AS period, pg_sleep(5) AS outcomes", 0.2)
    assert len(ask_it(SELECT)) == 2


