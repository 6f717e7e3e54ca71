"""`saving declare|list|withdraw`: fixes that were promised to save something, and what they saved."""

from __future__ import annotations

import argparse
import asyncio
from typing import Any

from console.clock import rfc3339
from console.commands.context import TIME, actor_at, open_desk, print_json, print_table, say
from console.commands.dollars import dollars_or_none
from console.money import display


def arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="declare|list|withdraw")
    declare = _verb(verbs, "declare", "say that a fix is in production, and what it should save")
    declare.add_argument("workload", help="the workload's slug")
    declare.add_argument("--what", required=True, help="what was changed")
    declare.add_argument("--promised-usd", metavar="USD", help="what it should save a month (default: what the finding "
                         "of --exception says that it likely would)")
    declare.add_argument("--applied", metavar="TIME", help=f"from when on it is in production: {TIME} (default: now)")
    declare.add_argument("--exception", type=int, help="the exception that it mends")
    shown = _verb(verbs, "list", "every saving, and what it realised in a month")
    shown.add_argument("--month", help="a UTC month such as 2026-10 (default: the present)")
    withdraw = _verb(verbs, "withdraw", "take one back")
    withdraw.add_argument("saving", type=int)


def run(args: argparse.Namespace) -> int:
    return {"declare": _declare, "list": _list, "withdraw": _withdraw}[args.verb](args)


def _verb(verbs: Any, name: str, help_line: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = verbs.add_parser(name, help=help_line, allow_abbrev=False)
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    return parser


def _declare(args: argparse.Namespace) -> int:
    promised = dollars_or_none("--promised-usd", args.promised_usd)
    desk = open_desk(args)
    from console.cadences.instants import span
    from console.operations.months import declare_saving

    applied = span(args.applied, desk.config.organisation.time_zone, "--applied")[0] if args.applied else None

    number = asyncio.run(declare_saving(
        desk, actor_at(desk), workload=args.workload, what=args.what, promised=promised,
        applied_at=applied or desk.clock.now(), exception=args.exception))
    if args.json:
        print_json({"saving": number, "workload": args.workload})
    else:
        say(f"Saving {number} is declared. What it realises from seven days on: token-console saving list")
    return 0


def _list(args: argparse.Namespace) -> int:
    desk = open_desk(args)
    from console.cadences.documents import document
    from console.operations.months import savings

    found = asyncio.run(savings(desk, actor_at(desk), month=args.month))
    if args.json:
        print_json({"savings": document(found)})
    elif found:
        print_table(("NO", "WORKLOAD", "APPLIED", "PROMISED", "REALISED", "WHAT", "MEASURED"),
                    [(str(each.id), each.workload, rfc3339(each.applied_at), display(each.promised),
                      display(each.realised), each.what, each.basis) for each in found], right=(0, 3, 4), last=200)
    else:
        say("No saving is declared.")
    return 0


def _withdraw(args: argparse.Namespace) -> int:
    desk = open_desk(args)
    from console.operations.months import withdraw_saving

    asyncio.run(withdraw_saving(desk, actor_at(desk), saving=args.saving))
    if args.json:
        print_json({"withdrawn": args.saving})
    else:
        say(f"Saving {args.saving} is withdrawn.")
    return 0
