"""Calls that were pushed, and what they come to by minute."""

from __future__ import annotations

from pathlib import Path

from alembic import op


def upgrade() -> None:
    """Run the statements of `m0009.sql`, which an empty line parts."""
    for statement in Path(__file__).with_suffix(".sql").read_text().split("\n\n"):
        op.get_bind().exec_driver_sql(statement.rstrip().rstrip(";"))
