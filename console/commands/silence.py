"""`token-console silence WORKLOAD`: mute its messages until an end. A silence never stops a kill."""

from __future__ import annotations

import argparse
import asyncio

from console.commands.context import UNTIL, ends_at, open_desk
from console.operations import incidents
from console.operations.identity import current_actor


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("workload", help="the workload's slug")
    parser.add_argument("--reason", required=True, help="why nobody should be called")
    parser.add_argument("--until", default="4h", help=UNTIL)
    parser.add_argument("--rule", help="only this rule's alerts, such as burn; without it all of the workload's")


def run(args: argparse.Namespace) -> int:
    desk = open_desk(args)
    actor, until = current_actor(desk.config), ends_at(args.until, desk.clock.now())
    number = asyncio.run(incidents.silence(desk, actor, workload=args.workload, reason=args.reason, until=until,
                                           rule=args.rule))
    what = f"the rule {args.rule} of {args.workload}" if args.rule else args.workload
    print(f"Silence {number}: {what} calls nobody until {until:%Y-%m-%d %H:%MZ}. A kill is not held back.")
    return 0
