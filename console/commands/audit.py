"""`audit verify|show|export|key|retain`: whether the log is whole, what it says, and how it leaves this machine."""

from __future__ import annotations

import argparse
import asyncio
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from console.clock import rfc3339
from console.commands.context import actor_at, open_desk, print_json, print_table, say
from console.errors import ConsoleError, UsageError
from console.operations.door import database_path

if TYPE_CHECKING:
    from console.audit.checkpoint import Checkpoint
    from console.audit.verification import Report

NOT_WHOLE = 1
COULD_NOT_CHECK = 2


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "verify: is the log what it was (0 whole, 1 broken, 2 could not be checked). show: its entries. export: all of "
        "it as JSON lines, which verify --export checks anywhere. key: the public key that signs its checkpoints. "
        "retain: export and drop what is older than audit.retention."
    )
    parser.add_argument("verb", choices=("verify", "show", "export", "key", "retain"))
    parser.add_argument("--limit", type=int, default=50, metavar="N", help="show so many entries (50), newest first")
    parser.add_argument("--about", metavar="OBJECT", help="show entries about one workload, intent or source")
    parser.add_argument("--export", metavar="FILE", help="verify an export; needs neither database nor configuration")
    parser.add_argument("--against", metavar="FILE", help="verify against checkpoints that were kept elsewhere")
    parser.add_argument("--key", action="append", default=[], metavar="KEY",
                        help="verify that this public key signed (hexadecimal, or a file that holds it)")
    parser.add_argument("-o", "--output", metavar="FILE", type=Path, help="export to this file; retain to this folder")
    parser.add_argument("--reason", default="", help="retain: why")
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")


def run(args: argparse.Namespace) -> int:
    verbs = {"verify": _verify, "show": _show, "export": _export, "key": _key, "retain": _retain}
    return verbs[args.verb](args)


def _verify(args: argparse.Namespace) -> int:
    from store.errors import StoreError

    try:
        report = _report(args)
    except (ConsoleError, StoreError, OSError) as error:
        say(f"The audit log could not be checked: {error}", error=True)
        return COULD_NOT_CHECK
    if args.json:
        print_json({"whole": report.first_bad is None, "entries": report.entries, "first_bad": report.first_bad,
                    "last_good": report.last_good, "reason": report.reason or None, "checkpoints": report.checkpoints,
                    "signed_up_to": report.sealed, "compared": report.compared, "keys": list(report.keys),
                    "notes": list(report.notes)})
    else:
        _say(report)
    return 0 if report.first_bad is None else NOT_WHOLE


def _report(args: argparse.Namespace) -> Report:
    from console.audit import exports
    from console.audit.verification import verify

    keys = [_public_key(each) for each in args.key]
    against: Sequence[Checkpoint] = ()
    if args.against:
        with Path(args.against).open(encoding="utf-8", errors="replace") as file:
            against = exports.kept_outside(file, args.against)
    if args.export:
        with Path(args.export).open(encoding="utf-8", errors="replace") as file:
            return verify(exports.read(file, args.export), against, keys)
    from console.operations.audit_log import verify_log

    desk = open_desk(args)
    return asyncio.run(verify_log(desk, actor_at(desk), against=against, keys=keys))


def _say(report: Report) -> None:
    if report.first_bad is None:
        seals = report.checkpoints
        signed = f", signed up to entry {report.sealed} by {seals} checkpoints" if seals else ""
        compared = f", {report.compared} of them as kept outside" if report.compared else ""
        say(f"The audit log is whole: {report.entries} entries{signed}{compared}.")
    else:
        good = f"The last entry to be trusted is {report.last_good}." if report.last_good else \
            "No entry can be trusted."
        say(f"The audit log is broken at entry {report.first_bad}: {report.reason}. {good} "
            "Keep the file as it is, and compare it with the last backup.")
    for note in report.notes:
        say(f"  {note}")


def _public_key(given: str) -> str:
    text = given if re.fullmatch("[0-9a-f]{64}", given) else Path(given).read_text(encoding="utf-8").strip()
    if not re.fullmatch("[0-9a-f]{64}", text):
        raise UsageError(f"{given} holds no public key: 64 hexadecimal digits, as token-console audit key prints them.")
    return text


def _show(args: argparse.Namespace) -> int:
    from console.operations.status import audit

    desk = open_desk(args)
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


def _export(args: argparse.Namespace) -> int:
    from console.operations.audit_log import export_log

    if args.output is None:
        raise UsageError("Name the file: token-console audit export -o FILE")
    desk = open_desk(args)
    done = asyncio.run(export_log(desk, actor_at(desk), path=args.output.absolute()))
    if args.json:
        print_json({"file": str(done.path), "count": done.count, "first": done.first, "last": done.last,
                    "hash": done.hash, "sha256": done.sha256})
    else:
        say(f"Wrote {done.path}: {done.count} entries, SHA-256 {done.sha256}")
        say(f"Anybody can check it: token-console audit verify --export {args.output}")
    return 0


def _key(args: argparse.Namespace) -> int:
    from console.operations.audit_log import public_key

    desk = open_desk(args)
    say(asyncio.run(public_key(desk, actor_at(desk))))
    return 0


def _retain(args: argparse.Namespace) -> int:
    from console.operations.audit_retention import retain_audit

    desk = open_desk(args)
    beside = database_path(desk.config)
    assert beside is not None, "the configuration takes nothing but SQLite"
    folder = args.output.absolute() if args.output else beside.parent / "audit-segments"
    done = asyncio.run(retain_audit(desk, actor_at(desk), folder=folder, reason=args.reason))
    days = desk.config.audit.retention_s // 86400
    if done.waits:
        say(f"Asked for: entries are kept for {days} days only. Another person must agree within 24 h, with the same "
            "command. Nothing was dropped.")
    elif done.dropped is None:
        say(f"No entry is older than {days} days; nothing was dropped.")
    else:
        say(f"Dropped {done.dropped.count} entries, {done.dropped.first} to {done.dropped.last}. They are in "
            f"{done.dropped.path}, whole: keep it where it cannot be lost.")
    return 0
