"""Put a backup in the database's place, and write down in it who did so."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from console.config import Config
from console.operations.actor import Actor
from console.operations.gate import required_at_hand
from store import audit, files, restoring
from store.database import Database
from store.restoring import Restored


def restore_backup(config: Config, actor: Actor, backup: Path, now: datetime) -> Restored:
    """What `store.restoring.restore` does, by somebody who may. Raises NotPermitted or StoreError."""
    role = required_at_hand(config, actor, "restore", "database", now)
    restored = restoring.restore(files.path_of(config.database_url), backup, now)
    database = Database.open(config.database_url)
    try:
        with database.write() as tx:
            audit.append(tx, at=now, actor=actor.user, action="database.restored", object=backup.name, detail={
                "backup": str(backup), "schema": restored.schema, "entries": restored.entries, "role": role,
                "replaced": restored.replaced and str(restored.replaced)})
    finally:
        database.close()
    return restored
