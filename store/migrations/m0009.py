"""Calls that were pushed, and what they come to by minute; kills in stages, and drills.

SQLite can neither change a check nor add one: `intent` and `step` are made anew with their rows and indexes.
"""

from __future__ import annotations

import re
from pathlib import Path

from alembic import op

MADE_ANEW = re.compile(r"CREATE TABLE new_(\w+)")
ADDED = {"intent": "", "step": "1 AS stage"}
"""What the rows of before get beside the columns they have."""


def upgrade() -> None:
    """Run the statements of `m0009.sql`, which an empty line parts."""
    for statement in Path(__file__).with_suffix(".sql").read_text().split("\n\n"):
        anew = MADE_ANEW.match(statement)
        if anew is None:
            op.get_bind().exec_driver_sql(statement.rstrip().rstrip(";"))
        else:
            _make_anew(anew[1], statement.rstrip().rstrip(";"))


def _make_anew(table: str, statement: str) -> None:
    connection = op.get_bind()
    kept = [f'"{row[1]}"' for row in connection.exec_driver_sql(f"PRAGMA table_info({table})")]
    given = [*kept, ADDED[table]] if ADDED[table] else kept
    columns = ", ".join(each.rpartition(" AS ")[2] for each in given)
    indexes = [str(row[0]) for row in connection.exec_driver_sql(
        "SELECT sql FROM sqlite_master WHERE tbl_name = ? AND type = 'index' AND sql IS NOT NULL", (table,))]
    connection.exec_driver_sql(statement)
    connection.exec_driver_sql(f"INSERT INTO new_{table} ({columns}) SELECT {', '.join(given)} FROM {table}")
    connection.exec_driver_sql(f"DROP TABLE {table}")
    connection.exec_driver_sql(f"ALTER TABLE new_{table} RENAME TO {table}")
    for each in indexes:
        connection.exec_driver_sql(each)
