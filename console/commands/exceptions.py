"""`exceptions`: what waits for a decision, as text or JSON. Exit 1 while any is open."""

from __future__ import annotations

import argparse
import asyncio

from console.cadences.documents import document
from console.commands.context import actor_at, open_desk, print_json, say
from console.commands.weekly import print_exceptions


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument("--all", action="store_true", help="also those decided, and those closed this week")
    parser.add_argument("--workload", metavar="SLUG", help="only those of one workload")


def run(args: argparse.Namespace) -> int:
    desk = open_desk(args)
    from console.operations import exceptions

    week = asyncio.run(exceptions.weekly(desk, actor_at(desk)))
    of_it = [line for line in week.exceptions if args.workload in (None, line.workload)]
    undecided = [line for line in of_it if line.state == "open"]
    shown = of_it if args.all else undecided
    if args.json:
        print_json([document(line) for line in shown])
    elif shown:
        print_exceptions(shown)
    else:
        say("No exception is open." if not args.all else "There is no exception.")
    return 1 if undecided else 0
