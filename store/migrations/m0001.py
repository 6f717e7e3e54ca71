"""The first schema, as it was released."""

from __future__ import annotations

from pathlib import Path

from alembic import op

TRIGGER = "CREATE TRIGGER"


def upgrade() -> None:
    """Run `m0001.sql`, statement by statement: a trigger's body has semicolons of its own."""
    text = Path(__file__).with_suffix(".sql").read_text()
    plain, *triggers = text.split(TRIGGER)
    for statement in plain.split(";\n"):
        if statement.strip():
            op.get_bind().exec_driver_sql(statement)
    for trigger in triggers:
        op.get_bind().exec_driver_sql(TRIGGER + trigger.rstrip().rstrip(";"))
    op.get_bind().exec_driver_sql(
        "INSERT INTO setting (name, value) VALUES ('identifier', lower(hex(randomblob(16))))")
