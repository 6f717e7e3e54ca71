"""The small tables refuse unknown words, and numbers and times out of range.

SQLite can add no check to a table that is there: each is made anew with its rows, indexes and triggers (DB-21, DB-25).
"""

from __future__ import annotations

import re
from pathlib import Path

from alembic import op

MADE = re.compile(r"CREATE TABLE new_(\w+)")


def upgrade() -> None:
    """Take each table of `m0004.sql` in the old one's place. Raises IntegrityError where a row is refused."""
    _, *statements = Path(__file__).with_suffix(".sql").read_text().split("\n\n")
    for statement in statements:
        found = MADE.match(statement)
        assert found is not None
        _make_anew(found[1], statement.rstrip().rstrip(";"))


def _make_anew(table: str, statement: str) -> None:
    connection = op.get_bind()
    columns = ", ".join(f'"{row[1]}"' for row in connection.exec_driver_sql(f"PRAGMA table_info({table})"))
    belonging = [str(row[0]) for row in connection.exec_driver_sql(
        "SELECT sql FROM sqlite_master WHERE tbl_name = ? AND type IN ('index', 'trigger') AND sql IS NOT NULL",
        (table,))]
    connection.exec_driver_sql(statement)
    connection.exec_driver_sql(f"INSERT INTO new_{table} ({columns}) SELECT {columns} FROM {table}")
    connection.exec_driver_sql(f"DROP TABLE {table}")
    connection.exec_driver_sql(f"ALTER TABLE new_{table} RENAME TO {table}")
    for each in belonging:
        connection.exec_driver_sql(each)
