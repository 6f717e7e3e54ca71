"""`audit verify|show`: whether the log is whole, and what it says."""

from __future__ import annotations

import argparse
import asyncio
import json
from typing import TYPE_CHECKING

from console.clock import rfc3339
from console.commands.context import actor_at, open_desk, print_json, print_table, say

if TYPE_CHECKING:
    from console.operations.desk import Desk

NOT_WHOLE = 1


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("verb", choices=("verify", "show"))
    parser.add_argument("--limit", type=int, default=50, metavar="N", help="show so many entries (50), newest first")
    parser.add_argument("--about", metavar="OBJECT", help="show entries about one workload, intent or source")
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")


def run(args: argparse.Namespace) -> int:
    desk = open_desk(args)
    return _verify(desk, args) if args.verb == "verify" else _show(desk, args)


def _verify(desk: Desk, args: argparse.Namespace) -> int:
    from console.operations.status import verify_audit

    verdict = asyncio.run(verify_audit(desk, actor_at(desk)))
    whole = verdict.first_bad is None
    if args.json:
        print_json({"whole": whole, "entries": verdict.entries, "first_bad": verdict.first_bad,
                    "last_good": verdict.last_good, "reason": verdict.reason or None})
    elif whole:
        say(f"The audit log is whole: {verdict.entries} entries.")
    else:
        good = f"Entries up to {verdict.last_good} are whole." if verdict.last_good else "No entry before it is whole."
        say(f"The audit log is broken at entry {verdict.first_bad}: {verdict.reason}. {good} "
            "Keep the file as it is, and compare it with the last backup.")
    return 0 if whole else NOT_WHOLE


def _show(desk: Desk, args: argparse.Namespace) -> int:
    from console.operations.status import audit

    lines = asyncio.run(audit(desk, actor_at(desk), limit=max(1, min(args.limit, 10_000)), about=args.about))
    if args.json:
        print_json([
            {"seq": line.seq, "at": rfc3339(line.at), "actor": line.actor, "action": line.action,
             "object": line.object, "detail": json.loads(line.detail)}
            for line in lines
        ])
    else:
        print_table(("NO", "AT (UTC)", "WHO", "WHAT", "OBJECT"),
                    [(str(line.seq), rfc3339(line.at), line.actor, line.action, line.object) for line in lines],
                    right=(0,))
    return 0
