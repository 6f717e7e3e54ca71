"""`report CADENCE [PERIOD]`: a cadence as a document for people who do not open the console."""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

from console.commands.context import actor_at, open_desk, say
from console.commands.files import write_whole
from console.errors import UsageError

CADENCES = ("daily", "weekly", "monthly", "quarterly", "annual")
FORMATS = ("md", "html", "pdf", "csv")


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("cadence", choices=CADENCES)
    parser.add_argument("period", nargs="?", metavar="PERIOD",
                        help="2026-10 (monthly), 2026-Q4 (quarterly), 2026 (annual), a time (daily, weekly); "
                             "the present one else")
    parser.add_argument("--format", choices=FORMATS, help="default: by the file's ending, else md")
    parser.add_argument("-o", "--output", metavar="FILE", type=Path, help="write to this file, which must not be there")
    parser.add_argument("--force", action="store_true", help="replace a file that is there")


def run(args: argparse.Namespace) -> int:
    form = _format(args)
    desk = open_desk(args)
    from console.operations.reporting import report

    made = asyncio.run(report(desk, actor_at(desk), cadence=args.cadence, period=args.period, form=form))
    if args.output is None:
        sys.stdout.buffer.write(made.content)
        sys.stdout.buffer.flush()
    else:
        write_whole(args.output, made.content, force=args.force)
        say(f"Wrote {args.output} ({len(made.content):,} bytes).", error=True)
    return 0


def _format(args: argparse.Namespace) -> str:
    """What was asked for, or what the file's name says. Raises UsageError for a PDF that would go to a terminal."""
    ending = args.output.suffix.removeprefix(".").lower() if args.output is not None else ""
    form: str = args.format or (ending if ending in FORMATS else "md")
    if form == "pdf" and args.output is None and sys.stdout.isatty():
        raise UsageError("A PDF is not for a terminal. Give it a file: -o report.pdf")
    return form
