"""What was said of a Charter on its way to signatures."""

from __future__ import annotations

from pathlib import Path

from alembic import op


def upgrade() -> None:
    """Run the one statement of `m0007.sql`."""
    op.get_bind().exec_driver_sql(Path(__file__).with_suffix(".sql").read_text().rstrip().rstrip(";"))
