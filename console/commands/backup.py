"""`backup FILE`: a whole, consistent copy of the database, while it is in use."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from console.commands.context import actor_at, open_desk, say
from console.operations.backing_up import back_up


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", type=Path, help="where to write it; nothing is overwritten")


def run(args: argparse.Namespace) -> int:
    desk = open_desk(args)
    target: Path = args.file.absolute()
    size = asyncio.run(back_up(desk, actor_at(desk), path=target))
    say(f"Wrote {target} ({size:,} bytes).")
    return 0
