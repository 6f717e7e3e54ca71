"""Outcomes read from a database that the organisation has, by a query of its own that can only read.

SQLite is opened read-only, with `query_only`, under an authorizer that lets a statement select and nothing else.
PostgreSQL (`pip install token-console[postgres]`) is asked in a transaction that the server keeps read-only and ends
after the time limit. What comes back are the columns of a file of outcomes, and is held to the same rules.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import quote

from console.cadences.month.outcome_csv import MOST_ROWS, cells_of, headings
from console.cadences.month.outcome_rows import Cells
from console.charters.problem import Problem, refuse
from console.clock import rfc3339
from console.errors import InputError
from console.secrets import resolve
from console.settings import OutcomeQuery
from console.text import clean
from store.sqlite import sqlite3

SQLITE = "sqlite:///"
TIME_S = 30
_STEPS = 10_000
"""SQLite's own steps between two looks at the clock."""
_DECIMALS = Decimal("0.000001")

Answer = tuple[Sequence[str], list[Sequence[Any]]]
"""Column names, and rows."""


def asked(query: OutcomeQuery, base: Path, time_s: float = TIME_S) -> list[Cells]:
    """The rows of a query as a file would have them. Raises InputError with what is wrong; SecretError."""
    what = f"query {query.name}"
    address = query.database if query.database.startswith(SQLITE) else resolve(query.database, base=base)
    if address.startswith(SQLITE):
        names, rows = _of_sqlite(base / address.removeprefix(SQLITE), query.sql, what, time_s)
    elif address.startswith(("postgresql://", "postgres://")):
        names, rows = _of_postgres(address, query.sql, what, time_s)
    else:
        raise InputError(f"{what}: its database is neither sqlite:///PATH nor postgresql://…: name one of them.")
    if len(rows) > MOST_ROWS:
        raise InputError(f"{what}: it gives more than {MOST_ROWS:,} rows. Sum them up by day or month in its SQL.")
    problems: list[Problem] = []
    columns = headings(None, list(names), problems)
    refuse(problems, what)
    return [cells_of(line, columns, [_text(value) for value in row]) for line, row in enumerate(rows, 1)]


def _of_sqlite(path: Path, sql: str, what: str, time_s: float) -> Answer:
    try:
        connection = sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, timeout=5)
    except sqlite3.Error as error:
        raise InputError(f"{what}: {path} cannot be opened: {error}.") from error
    with contextlib.closing(connection):
        ends = time.monotonic() + time_s
        try:
            connection.execute("PRAGMA query_only = ON")
            connection.set_authorizer(_only_reads)
            connection.set_progress_handler(lambda: int(time.monotonic() > ends), _STEPS)
            cursor = connection.execute(sql)
            names = [column[0] for column in cursor.description or ()]
            return names, cursor.fetchmany(MOST_ROWS + 1)
        except (sqlite3.Error, sqlite3.Warning) as error:
            raise InputError(f"{what}: {_sqlite_words(str(error), time_s)}") from error


def _only_reads(action: int, first: str | None, second: str | None, *_: str | None) -> int:
    allowed = action in (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_RECURSIVE) or (
        action == sqlite3.SQLITE_FUNCTION and (second or "").lower() != "load_extension")
    return int(sqlite3.SQLITE_OK if allowed else sqlite3.SQLITE_DENY)


def _sqlite_words(said: str, time_s: float) -> str:
    if "not authorized" in said or "prohibited" in said or "readonly" in said:
        return f"it does something else than read ({clean(said, 100)}), and nothing of it was done. Write one SELECT."
    if "interrupted" in said:
        return f"it took longer than {time_s:g} s, and was stopped. Narrow it, or give its table an index."
    return f"SQLite says: {clean(said, 300)}."


def _of_postgres(address: str, sql: str, what: str, time_s: float) -> Answer:
    try:
        import psycopg  # only where somebody asks a PostgreSQL
    except ImportError as error:
        raise InputError(f"{what}: asking a PostgreSQL takes a package that is not installed.",
                         mend="pip install 'token-console[postgres]'") from error
    try:
        # A server that is gone answers nothing: without keepalives nobody is told for hours, and no console closes.
        with psycopg.connect(address, connect_timeout=10, application_name="token-console", keepalives_idle=10,
                             keepalives_interval=5, keepalives_count=4,
                             options="-c default_transaction_read_only=on") as connection:
            connection.read_only = True
            connection.execute(f"SET LOCAL statement_timeout = {int(time_s * 1000):d}")
            with connection.cursor(name="outcomes") as cursor:  # on the server: no more than is asked for comes back
                cursor.execute(sql.encode("utf-8"))
                names = [column.name for column in cursor.description or ()]
                return names, [tuple(row) for row in cursor.fetchmany(MOST_ROWS + 1)]
    except psycopg.errors.QueryCanceled as error:
        raise InputError(f"{what}: {_sqlite_words('interrupted', time_s)}") from error
    except (psycopg.errors.ReadOnlySqlTransaction, psycopg.errors.SyntaxError) as error:
        raise InputError(f"{what}: only one SELECT is asked, and nothing was done: {clean(str(error), 300)}") from error
    except psycopg.Error as error:
        raise InputError(f"{what}: PostgreSQL says: {clean(str(error), 300)}") from error


def _text(value: object) -> str:
    """A value as a cell of a file has it. A float is none of ours: it is rounded to six decimals."""
    if value is None:
        return ""
    if isinstance(value, float | Decimal):
        number = Decimal(repr(value)) if isinstance(value, float) else value
        return f"{number.quantize(_DECIMALS) if number.is_finite() and abs(number) < 10**15 else number:f}"
    if isinstance(value, datetime):
        return rfc3339(value) if value.tzinfo is not None else value.isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)
