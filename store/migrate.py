"""Bring an old file to the newest schema: back up, then every step in one transaction, checked before it is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from store import audit, backups
from store.errors import StoreError
from store.schema import VERSION

Step = Callable[[], None]
"""What a migration module's `upgrade` is: it works through `alembic.op`."""


def bring_up_to_date(engine: Engine, path: Path, version: int, back_up: Callable[[Path], None]) -> None:
    """Migrate a file of an older schema, after backing it up. After an error it is as it was."""
    if version < VERSION:
        back_up(backups.before_migration(path, version, datetime.now(UTC)))
        migrate(engine, path, steps())


def steps() -> dict[int, Step]:
    """Every migration by the schema that it leads to."""
    return {number: import_module(f"store.migrations.m{number:04d}").upgrade for number in range(1, VERSION + 1)}


def migrate(engine: Engine, path: Path, by_version: Mapping[int, Step]) -> None:
    """Run the steps that the file has not had yet, all or none."""
    try:
        with engine.connect() as connection:
            # Inside a transaction the pragma would do nothing, so it goes to the driver before one begins. While it is
            # off, a table can be made anew without its rows' dependants being deleted.
            cast(Any, connection.connection.driver_connection).execute("PRAGMA foreign_keys=OFF")
            with connection.begin():
                _run(connection, by_version)
                _refuse_broken(connection, path)
    except IntegrityError as error:
        raise StoreError(f"{path} was not migrated: a row of it is not as the newer schema needs it ({error.orig}). "
                         f"Nothing was changed, and a backup lies in the folder {backups.FOLDER} beside it.") from error
    finally:
        engine.dispose()  # that connection would go on without foreign keys


def _refuse_broken(connection: Connection, path: Path) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if broken:
        raise StoreError(f"{path} was not migrated: {len(broken)} rows would refer to rows that are not there. Nothing "
                         f"was changed, and a backup lies in the folder {backups.FOLDER} beside it.")


def _run(connection: Connection, by_version: Mapping[int, Step]) -> None:
    from alembic.migration import MigrationContext
    from alembic.operations import Operations

    reached = int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())  # another process may have been here
    with Operations.context(MigrationContext.configure(connection)):
        for version, step in sorted(by_version.items()):
            if version > reached:
                step()
                connection.exec_driver_sql(f"PRAGMA user_version={version:d}")
    newest = max(by_version, default=reached)
    if newest > reached:
        with Session(connection) as tx:
            audit.append(tx, at=datetime.now(UTC), actor="console", action="database.migrated", object="database",
                         detail={"from": reached, "to": newest})
