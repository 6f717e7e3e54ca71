"""`token-console change`: what a workload's owner announces beforehand, a launch or a backfill, and takes back."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path
from typing import Any

from console import toml
from console.cadences.announcements import Announced
from console.cadences.changes import Change
from console.clock import rfc3339
from console.commands.context import UNTIL, actor_at, ends_at, open_desk, print_json, print_table, say
from console.commands.files import read_text
from console.errors import UsageError
from console.operations import announcing


def arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="announce|list|withdraw|import")
    announce = _verb(verbs, "announce", "say that more spend or other models are meant for a while")
    announce.add_argument("workload", help="the workload's slug")
    announce.add_argument("--kind", default="change", help="launch, backfill, migration, … (default: %(default)s)")
    announce.add_argument("--from", dest="starts", metavar="TIME", help="when it begins (default: now)")
    announce.add_argument("--until", default="8h", help=UNTIL)
    announce.add_argument("--multiple", type=float, default=1.0, metavar="N",
                          help="how many times the plan is meant (default: %(default)g)")
    announce.add_argument("--models", nargs="+", default=[], metavar="MODEL", help="meant beside those of the Charter")
    announce.add_argument("--reason", required=True, help="why, for whoever reads the audit log")
    _verb(verbs, "list", "changes that hold or will hold")
    withdraw = _verb(verbs, "withdraw", "end one now")
    withdraw.add_argument("number", type=int)
    withdraw.add_argument("--reason", required=True, help="why, for whoever reads the audit log")
    take = _verb(verbs, "import", "announce every [[change]] of a file, all or none")
    take.add_argument("file", type=Path)
    take.add_argument("--reason", required=True, help="why, for whoever reads the audit log")


def run(args: argparse.Namespace) -> int:
    handler = {"announce": _announce, "list": _list, "withdraw": _withdraw, "import": _import}
    return handler[args.verb](args)


def _verb(verbs: Any, name: str, help_line: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = verbs.add_parser(name, help=help_line, allow_abbrev=False)
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    return parser


def _announce(args: argparse.Namespace) -> int:
    desk = open_desk(args)
    now = desk.clock.now()
    starts = now if args.starts is None else ends_at(args.starts, now)
    ends = ends_at(args.until, max(now, starts))
    if ends <= starts:
        raise UsageError("--until lies before --from.")
    change = Change(args.workload, args.kind, starts, ends, args.multiple, tuple(args.models))
    done = asyncio.run(announcing.announce(desk, actor_at(desk), change, args.reason))
    return _tell(args, [done], "announced")


def _import(args: argparse.Namespace) -> int:
    text = read_text(args.file, toml.REGISTRY_LIMIT)
    desk = open_desk(args)
    done = asyncio.run(announcing.import_changes(desk, actor_at(desk), text=text, name=str(args.file),
                                                 reason=args.reason))
    return _tell(args, done, "announced")


def _withdraw(args: argparse.Namespace) -> int:
    desk = open_desk(args)
    done = asyncio.run(announcing.withdraw(desk, actor_at(desk), args.number, args.reason))
    return _tell(args, [done], "withdrawn")


def _list(args: argparse.Namespace) -> int:
    desk = open_desk(args)
    found = asyncio.run(announcing.planned(desk, actor_at(desk)))
    if args.json:
        print_json({"changes": [_document(each) for each in found]})
    elif found:
        print_table(("CHANGE", "WORKLOAD", "KIND", "FROM", "UNTIL", "PLAN", "MODELS", "BY", "REASON"),
                    [_cells(each) for each in found], right=(0, 5))
    else:
        print("No change is planned. To announce one: token-console change announce WORKLOAD --until 8h --multiple 4 "
              "--reason TEXT")
    return 0


def _tell(args: argparse.Namespace, done: list[Announced], what: str) -> int:
    if args.json:
        print_json({what: [_document(each) for each in done]})
        return 0
    for each in done:
        say(f"Change {each.number} is {what}: {each.says}")
    if what == "announced":
        say("While it holds, what it allows kills nothing; the Charter's caps stand. To end it early: "
            f"token-console change withdraw {done[-1].number} --reason TEXT")
    return 0


def _document(each: Announced) -> dict[str, Any]:
    change = each.change
    return {"change": each.number, "workload": change.workload, "kind": change.kind, "from": rfc3339(change.starts),
            "until": rfc3339(change.ends), "multiple": change.multiple, "models": list(change.models),
            "reason": each.reason, "announced_by": each.by, "announced_at": rfc3339(each.at)}


def _cells(each: Announced) -> tuple[str, ...]:
    change = each.change
    return (str(each.number), change.workload, change.kind, f"{change.starts:%Y-%m-%d %H:%MZ}",
            f"{change.ends:%Y-%m-%d %H:%MZ}", f"{change.multiple:g}x", ", ".join(change.models), each.by, each.reason)
