"""`token-console ack ALERT`: take an alert on."""

from __future__ import annotations

import argparse
import asyncio

from console.commands.context import open_desk
from console.operations import incidents
from console.operations.identity import current_actor


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("alert", type=int, help="the alert's number, as `alerts` shows it")
    parser.add_argument("--minutes", type=int, default=incidents.ACKNOWLEDGED_MINUTES,
                        help="how long it stays acknowledged (default: %(default)s)")


def run(args: argparse.Namespace) -> int:
    desk = open_desk(args)
    actor = current_actor(desk.config)
    until = asyncio.run(incidents.acknowledge(desk, actor, alert=args.alert, minutes=args.minutes))
    print(f"Alert {args.alert} is acknowledged until {until:%Y-%m-%d %H:%MZ}.")
    return 0
