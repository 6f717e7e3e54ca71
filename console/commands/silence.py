"""`token-console silence WORKLOAD`: mute its messages until an end. A silence never stops a kill."""

from __future__ import annotations

import argparse
import asyncio
from datetime import timedelta

from console.charters.durations import seconds
from console.clock import parse_rfc3339
from console.commands.context import open_desk
from console.errors import UsageError
from console.operations import incidents
from console.operations.identity import current_actor


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("workload", help="the workload's slug")
    parser.add_argument("--reason", required=True, help="why nobody should be called")
    parser.add_argument("--until", default="4h", help="an end such as 4h, 2d or 2026-11-24T08:00:00Z (default: 4h)")
    parser.add_argument("--rule", help="only this rule's alerts")


def run(args: argparse.Namespace) -> int:
    desk = open_desk(args)
    actor = current_actor(desk.config)
    length = seconds(args.until)
    try:
        until = desk.clock.now() + timedelta(seconds=length) if length else parse_rfc3339(args.until)
    except ValueError as error:
        raise UsageError(f"--until {args.until!r} is neither a length such as 4h nor a time: {error}") from error
    number = asyncio.run(incidents.silence(desk, actor, workload=args.workload, reason=args.reason, until=until,
                                           rule=args.rule))
    print(f"Silence {number}: {args.workload} calls nobody until {until:%Y-%m-%d %H:%MZ}. Kills go on as signed.")
    return 0
