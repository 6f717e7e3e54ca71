"""`explain WORKLOAD --month M`: why a month differs from the Charter, by its business owner or its platform lead."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from console.commands.context import actor_at, open_desk, print_json, say
from console.commands.files import read_text

LIMIT = 64 * 1024


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("workload", help="the workload's slug")
    parser.add_argument("--month", required=True, help="a UTC month such as 2026-10")
    words = parser.add_mutually_exclusive_group(required=True)
    words.add_argument("--text", help="what happened, and what follows from it")
    words.add_argument("--file", type=Path, help="a file that says so; - is standard input")
    parser.add_argument("--role", help="business_owner or platform_lead, where you are both")
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")


def run(args: argparse.Namespace) -> int:
    text = args.text if args.file is None else read_text(args.file, LIMIT)
    desk = open_desk(args)
    from console.cadences.documents import document
    from console.operations.months import explain

    done = asyncio.run(explain(desk, actor_at(desk), workload=args.workload, month=args.month, text=text,
                               role=args.role))
    if args.json:
        print_json({"workload": args.workload, "month": args.month, "explanation": document(done)})
    else:
        say(f"{args.month} of {args.workload} is explained by {done.by} as {done.role}.")
    return 0
