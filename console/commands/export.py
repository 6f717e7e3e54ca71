"""`export usage`: what was used and what it cost, for a FinOps platform or a spreadsheet. It streams."""

from __future__ import annotations

import argparse
import asyncio
import io
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from console.clock import rfc3339
from console.commands.context import actor_at, open_desk, say
from console.commands.files import written_whole
from console.errors import CannotWrite
from console.money import display

if TYPE_CHECKING:
    from console.operations.desk import Desk
    from console.operations.usage_export import Exported, Sink


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=("usage",))
    parser.add_argument("--format", choices=("focus", "csv"), default="focus",
                        help="FinOps FOCUS 1.2 (default), or plain CSV")
    parser.add_argument("--from", dest="start", required=True, metavar="TIME",
                        help="2026-11-01, or 2026-11-01T06:00:00Z")
    parser.add_argument("--to", dest="end", required=True, metavar="TIME", help="the first instant that is left out")
    parser.add_argument("--by", choices=("day", "hour"), default="day",
                        help="one row a day (UTC) or an hour (default: %(default)s)")
    parser.add_argument("-o", "--output", metavar="FILE", type=Path,
                        help="write to this file, which must not be there, and FOCUS metadata to FILE.metadata.json")
    parser.add_argument("--force", action="store_true", help="replace files that are there")


def run(args: argparse.Namespace) -> int:
    start, end = _begin("--from", args.start), _begin("--to", args.end)
    desk = open_desk(args)
    if args.output is None:
        out = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", newline="", write_through=False)
        try:
            done = _export(args, desk, start, end, out)
            out.flush()
        finally:
            out.detach()
    else:
        done = _to_files(args, desk, start, end)
    if not done.rows:
        say(f"No usage between {rfc3339(start)} and {rfc3339(end)}: there is a header, and no row.", error=True)
    else:
        say(f"{done.rows:,} rows, {display(done.spent)} USD.", error=True)
    return 0


def _export(args: argparse.Namespace, desk: Desk, start: datetime, end: datetime, sink: Sink) -> Exported:
    from console.operations.usage_export import export_usage

    return asyncio.run(export_usage(desk, actor_at(desk), start=start, end=end, sink=sink, form=args.format,
                                    by=args.by))


def _to_files(args: argparse.Namespace, desk: Desk, start: datetime, end: datetime) -> Exported:
    about: Path = args.output.with_name(f"{args.output.name}.metadata.json")
    for path in (args.output, about) if args.format == "focus" else (args.output,):
        if path.exists() and not args.force:
            raise CannotWrite(f"{path} exists already; nothing was written. Name another file, or replace it with "
                              "--force.")
    with written_whole(args.output, force=args.force) as file:
        done = _export(args, desk, start, end, file)
    if done.metadata:
        with written_whole(about, force=args.force) as file:
            file.write(f"{done.metadata}\n")
    return done


def _begin(option: str, text: str) -> datetime:
    """An instant, or the UTC midnight of a day: the day that providers bill by. Raises UsageError."""
    from console.cadences.instants import span

    return span(text, "UTC", option)[0]
