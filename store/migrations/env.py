"""Run by Alembic: one transaction, foreign keys off while tables are rebuilt, and checked before the commit."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Engine
from sqlmodel import SQLModel

import store.tables  # noqa: F401
from store.schema import VERSION

engine: Engine = context.config.attributes["engine"]

with engine.connect() as plain:
    plain.exec_driver_sql("PRAGMA foreign_keys=OFF")
    with plain.execution_options(immediate=True) as connection:
        context.configure(connection=connection, target_metadata=SQLModel.metadata, render_as_batch=True)
        with context.begin_transaction():
            context.run_migrations()
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
            if broken:
                raise RuntimeError(f"the migration would leave {len(broken)} rows without what they refer to")
            connection.exec_driver_sql(f"PRAGMA user_version={VERSION}")
