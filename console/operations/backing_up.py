"""A whole, consistent copy of the database while it is in use, and who made it."""

from __future__ import annotations

import asyncio
from pathlib import Path

from console.errors import CannotWrite
from console.operations import gate
from console.operations.actor import Actor
from console.operations.desk import Desk
from store import audit


async def back_up(desk: Desk, actor: Actor, *, path: Path) -> int:
    """Write the copy to a file that is not there yet; its bytes. Raises NotPermitted, CannotWrite, StoreError."""
    await asyncio.to_thread(gate.permitted, desk, actor, "backup", "database")
    gate.writable(desk, "no backup is made in it: who made one is written down in the database")
    return await asyncio.to_thread(_write, desk, actor, path)


def _write(desk: Desk, actor: Actor, path: Path) -> int:
    if path.exists() or path.is_symlink():
        raise CannotWrite(f"{path} exists already; nothing was written. Name a new file.")
    if not path.parent.is_dir():
        raise CannotWrite(f"There is no folder {path.parent}. To make it: mkdir -p {path.parent}")
    desk.database.backup(path)
    size = path.stat().st_size
    with desk.database.write() as tx:
        audit.append(tx, at=desk.clock.now(), actor=actor.user, action="database.backed_up", object=path.name,
                     detail={"bytes": size})
    return size
