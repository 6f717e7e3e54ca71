"""The first schema, as it was released."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None

BEFORE_TRIGGERS = "CREATE TRIGGER"


def upgrade() -> None:
    """Run `first.sql`, statement by statement: a trigger's body has semicolons of its own."""
    text = (Path(__file__).parent / "first.sql").read_text()
    plain, *triggers = text.split(BEFORE_TRIGGERS)
    for statement in plain.split(";\n"):
        if statement.strip():
            op.get_bind().exec_driver_sql(statement)
    for trigger in triggers:
        op.get_bind().exec_driver_sql(BEFORE_TRIGGERS + trigger.rstrip().rstrip(";"))
    op.get_bind().exec_driver_sql(
        "INSERT INTO setting (name, value) VALUES ('identifier', lower(hex(randomblob(16))))")
