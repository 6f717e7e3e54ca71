"""Run by Alembic: one transaction, foreign keys off while tables are rebuilt, and checked before the commit."""

from __future__ import annotations

from typing import Any, cast

from alembic import context
from sqlalchemy import Engine
from sqlmodel import SQLModel

import store.tables  # noqa: F401
from store.schema import VERSION

engine: Engine = context.config.attributes["engine"]

with engine.connect() as connection:
    # Inside a transaction the pragma would do nothing, so it goes to the driver before one begins.
    cast(Any, connection.connection.driver_connection).execute("PRAGMA foreign_keys=OFF")
    context.configure(connection=connection, target_metadata=SQLModel.metadata, render_as_batch=True,
                      transactional_ddl=True)
    with connection.begin():
        context.run_migrations()
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise RuntimeError(f"the migration would leave {len(broken)} rows without what they refer to")
        connection.exec_driver_sql(f"PRAGMA user_version={VERSION}")
