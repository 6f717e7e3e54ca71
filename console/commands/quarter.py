"""`quarter learn|recommend|end WORKLOAD`: take part in a workload's quarterly review."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from console.cadences.quarterly import DECISIONS, JOINTLY, NoteLine
from console.commands.context import actor_at, open_desk, print_json, say
from console.commands.files import read_text
from console.settings import ROLES

LIMIT = 64 * 1024
_KINDS = {"learn": "learned", "recommend": "recommended"}


def arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    learn = verbs.add_parser("learn", help="write down what the quarter taught")
    recommend = verbs.add_parser("recommend", help="recommend a change; business owner and platform lead do so jointly")
    end = verbs.add_parser("end", help="end the review: " + ", ".join(DECISIONS))
    for verb, roles in ((learn, ROLES), (recommend, JOINTLY)):
        verb.add_argument("workload", help="the workload's slug")
        verb.add_argument("--role", choices=roles, help="in which you speak, where you hold several")
    end.add_argument("workload", help="the workload's slug")
    end.add_argument("decision", choices=tuple(DECISIONS),
                     help="; ".join(f"{name}: {what}" for name, what in DECISIONS.items()))
    for verb in (learn, recommend, end):
        verb.add_argument("--quarter", help="of the fiscal year, such as 2026-Q4 (default: the present)")
        words = verb.add_mutually_exclusive_group(required=True)
        words.add_argument("--text", help="for whoever reads it next quarter")
        words.add_argument("--file", type=Path, help="a file that says so; - is standard input")
        verb.add_argument("--json", action="store_true", help="one JSON document on standard output")


def run(args: argparse.Namespace) -> int:
    text = args.text if args.file is None else read_text(args.file, LIMIT)
    desk = open_desk(args)
    from console.cadences import periods
    from console.cadences.documents import document
    from console.operations import audit_log, quarters

    name = args.quarter or periods.quarter_of(desk.clock.now(), desk.config.fiscal_year_month).name
    actor = actor_at(desk)
    if args.verb == "end":
        done = asyncio.run(quarters.end_review(desk, actor, workload=args.workload, quarter=name,
                                               decision=args.decision, text=text))
        asyncio.run(audit_log.seal(desk))  # no engine runs here that would
    else:
        done = asyncio.run(quarters.note(desk, actor, workload=args.workload, quarter=name, kind=_KINDS[args.verb],
                                         text=text, role=args.role))
    if args.json:
        print_json({"workload": args.workload, "quarter": name, "note": document(done)})
    else:
        say(_told(args.workload, name, done))
    return 0


def _told(workload: str, quarter: str, done: NoteLine) -> str:
    if done.kind in DECISIONS:
        return f"The review of {workload} for {quarter} is ended by {done.by} as {done.role}: {done.kind}. {done.says}"
    return f"It is written down for {quarter} of {workload}: {done.kind} by {done.by} as {done.role}."
