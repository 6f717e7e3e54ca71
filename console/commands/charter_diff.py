"""`charter diff`: what changes between two Charters, in the playbook's terms."""

from __future__ import annotations

import argparse
import asyncio
from decimal import Decimal
from pathlib import Path

from console import toml
from console.charters.difference import Change
from console.commands.context import actor_at, open_desk, print_json, say
from console.commands.files import read_text
from console.errors import UsageError
from console.operations import registry
from console.text import clean

SHOWN = 400
"""Characters of one change; all of them are in `--json` and in the files."""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("workload")
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help="a file instead of a stored version")
    parser.add_argument("--from", dest="before", type=int, metavar="VERSION", help="default: the version in force")
    parser.add_argument("--to", dest="after", type=int, metavar="VERSION", help="default: the newest version")


def run(args: argparse.Namespace) -> int:
    if args.file is not None and args.after is not None:
        raise UsageError("Give a FILE or --to, not both.")
    file = None if args.file is None else (str(args.file), read_text(args.file, toml.CONFIGURATION_LIMIT))
    desk = open_desk(args)
    found = asyncio.run(registry.compare_charters(desk, actor_at(desk), workload=args.workload, file=file,
                                                  before=args.before, after=args.after))
    if args.json:
        print_json({"workload": found.workload, "from": found.before, "to": found.after,
                    "changes": [_document(change) for change in found.changes]})
        return 0
    say(f"{found.workload}: {found.before}, against {found.after}")
    if not found.changes:
        say("  nothing changes; a signature on one holds for the other")
    element = ""
    for change in found.changes:
        if change.element != element:
            element = change.element
            say(f"{element}")
        say(f"  {clean(change.text, SHOWN)}")
        if change.meaning:
            say(f"    {clean(change.meaning, SHOWN)}")
    return 0


def _document(change: Change) -> dict[str, str | None]:
    return {"element": change.element, "what": change.what, "from": change.before, "to": change.after,
            "unit": change.unit or None, "change": None if change.share is None else _share(change.share),
            "meaning": change.meaning or None, "text": change.text}


def _share(share: Decimal) -> str:
    """A decimal string: `0.2903` is 29 % more."""
    return f"{share.quantize(Decimal('0.0001')):f}"
