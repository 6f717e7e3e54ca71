"""`restore FILE`: a backup in the database's place. What was there is kept under another name."""

from __future__ import annotations

import argparse
from pathlib import Path

from console.commands.context import load_config, say
from console.errors import NotPermitted


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", type=Path, help="a backup; it stays as it is")


def run(args: argparse.Namespace) -> int:
    config = load_config(args)
    if config.read_only:
        raise NotPermitted("restore replaces the database, and --read-only was asked for.")
    from console.clock import SystemClock
    from console.operations.identity import current_actor
    from console.operations.restoring import restore_backup

    restored = restore_backup(config, current_actor(config), args.file.absolute(), SystemClock().now())
    say(f"Restored {args.file.absolute()}: {restored.entries} audit entries.")
    if restored.replaced is not None:
        say(f"What was there before is kept: {restored.replaced}")
    say("Kills, resumes and signatures after this backup are known only to the replaced file: compare its audit log. "
        "Usage is read again from the provider. Check everything: token-console doctor")
    return 0
