"""`review [NUMBER --finding TEXT]`: what one person did alone by break-glass, and a second person's word on it."""

from __future__ import annotations

import argparse
import asyncio

from console.clock import rfc3339
from console.commands.context import actor_at, open_desk, print_json, print_table, say
from console.errors import UsageError


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("number", nargs="?", type=int, help="the review to close; without it, those that are open")
    parser.add_argument("--finding", help="what you found, for whoever reads the audit log")
    parser.add_argument("--json", action="store_true", help="the open reviews as a JSON document")


def run(args: argparse.Namespace) -> int:
    from console.operations import reviewing

    desk = open_desk(args)
    if args.number is not None:
        if not args.finding:
            raise UsageError("A review is closed with what you found: --finding TEXT")
        asyncio.run(reviewing.close_review(desk, actor_at(desk), args.number, args.finding))
        say(f"Review {args.number} is closed.")
        return 0
    rows = asyncio.run(reviewing.reviews(desk, actor_at(desk)))
    if args.json:
        print_json([{"review": row.id, "intent": row.intent, "workload": row.workload, "opened_by": row.opened_by,
                     "opened_at": rfc3339(row.opened_at), "due_at": rfc3339(row.due_at), "reason": row.reason}
                    for row in rows])
    elif rows:
        print_table(("NO", "WORKLOAD", "INTENT", "BY", "DUE", "REASON"),
                    [(str(row.id), row.workload, row.intent, row.opened_by, rfc3339(row.due_at), row.reason)
                     for row in rows], right=(0,), last=200)
    else:
        say("Nothing waits for a review.")
    return 0
