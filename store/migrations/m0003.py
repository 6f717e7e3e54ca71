"""Disarms that wait for a second person, and reviews of what one person did alone."""

from __future__ import annotations

from pathlib import Path

from alembic import op


def upgrade() -> None:
    """Run `m0003.sql`, a statement a paragraph."""
    for statement in Path(__file__).with_suffix(".sql").read_text().split("\n\n"):
        op.get_bind().exec_driver_sql(statement.rstrip().rstrip(";"))
