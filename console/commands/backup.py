"""`backup FILE`: a whole, consistent copy of the database, while it is in use."""

from __future__ import annotations

import argparse
from pathlib import Path

from console.commands.context import actor_at, open_desk, say
from console.errors import CannotWrite
from console.operations import gate
from store import audit


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", type=Path, help="where to write it; nothing is overwritten")


def run(args: argparse.Namespace) -> int:
    desk = open_desk(args)
    actor = actor_at(desk)
    gate.permitted(desk, actor, "backup", "database")
    target: Path = args.file.absolute()
    if target.exists() or target.is_symlink():
        raise CannotWrite(f"{target} exists already; nothing was written. Name a new file.")
    if not target.parent.is_dir():
        raise CannotWrite(f"There is no folder {target.parent}. To make it: mkdir -p {target.parent}")
    desk.database.backup(target)
    with desk.database.write() as tx:
        audit.append(tx, at=desk.clock.now(), actor=actor.user, action="database.backed_up", object=target.name,
                     detail={"bytes": target.stat().st_size})
    say(f"Wrote {target} ({target.stat().st_size:,} bytes).")
    return 0
