"""When long calls began."""

from __future__ import annotations

from pathlib import Path

from alembic import op


def upgrade() -> None:
    """Run the statements of `m0011.sql`, which an empty line parts."""
    for statement in Path(__file__).with_suffix(".sql").read_text().split("\n\n"):
        op.get_bind().exec_driver_sql(statement.rstrip().rstrip(";"))
