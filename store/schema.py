"""The schema: made whole for a new database, brought up to date by migrations for an old one (operations 4.5)."""

from __future__ import annotations

from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import JSON, BigInteger, Boolean, Connection, Engine, Float, String
from sqlalchemy.dialects import sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import CreateIndex, CreateTable, ExecutableDDLElement
from sqlmodel import SQLModel

import store.tables  # noqa: F401  (every table registers itself)
from store import checks
from store.errors import ForeignFile, SchemaTooNew
from store.files import APPLICATION_ID
from store.sqlite import sqlite3

VERSION = 11
"""The newest schema; `PRAGMA user_version` of the file. One module of `migrations` leads to each."""

APPEND_ONLY = {
    "audit_entry": ("seq", "WHEN NOT EXISTS (SELECT 1 FROM audit_checkpoint WHERE closes >= OLD.seq) "),
    "audit_checkpoint": ("number", ""),
}
"""Tables whose rows are never changed, replaced or deleted: their key, and what a row must be to be deleted after all
(its segment is closed)."""

for _table in SQLModel.metadata.tables.values():
    _table.dialect_options["sqlite"]["strict"] = True
for _name in checks.WORDS:
    checks.add_to(SQLModel.metadata.tables[_name])


@compiles(String, "sqlite")
def _string(kind: String, compiler: Any, **_: Any) -> str:
    return "TEXT"  # STRICT tables know INTEGER, REAL, TEXT and BLOB only; so for the three below


@compiles(Boolean, "sqlite")
@compiles(BigInteger, "sqlite")
def _integer(kind: object, compiler: Any, **_: Any) -> str:
    return "INTEGER"


@compiles(Float, "sqlite")
def _real(kind: object, compiler: Any, **_: Any) -> str:
    return "REAL"


@compiles(JSON, "sqlite")
def _json(kind: JSON, compiler: Any, **_: Any) -> str:
    return "TEXT"


def create(engine: Engine, *, identifier: str) -> None:
    """Every table and trigger, and the database's own identifier, in one transaction."""
    with engine.begin() as connection:
        connection.exec_driver_sql(f"PRAGMA application_id={APPLICATION_ID}")
        for statement in _statements():
            connection.exec_driver_sql(statement)
        add_triggers(connection)
        connection.exec_driver_sql("INSERT INTO setting (name, value) VALUES ('identifier', ?)", (identifier,))
        connection.exec_driver_sql(f"PRAGMA user_version={VERSION}")


@cache
def _statements() -> tuple[str, ...]:
    """What makes every table and its indexes. To compile it takes four times as long as to execute it."""
    made: list[ExecutableDDLElement] = []
    for table in SQLModel.metadata.sorted_tables:
        made += CreateTable(table), *(CreateIndex(index) for index in table.indexes)
    dialect = sqlite.dialect()
    return tuple(str(statement.compile(dialect=dialect)) for statement in made)


def add_triggers(connection: Connection) -> None:
    """Refuse any change to a row of the append-only tables."""
    for table, (key, unless) in APPEND_ONLY.items():
        taken = f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key}) "  # INSERT OR REPLACE deletes in silence
        for act, condition in (("INSERT", taken), ("UPDATE", ""), ("DELETE", unless)):
            connection.exec_driver_sql(
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} {condition}"
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END")


def version_of(path: Path) -> int:
    """The schema of a file of ours, read without touching it. Raises ForeignFile, or SchemaTooNew."""
    with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)) as connection:
        application = connection.execute("PRAGMA application_id").fetchone()[0]
        version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if application != APPLICATION_ID:
        raise ForeignFile(f"{path} is not a Token Console database; it is left alone.")
    if version > VERSION:
        raise SchemaTooNew(f"{path} was written by a newer Token Console (schema {version}; this one knows {VERSION}). "
                           "Update the program; nothing was changed.")
    return version
