"""`token-console ack ALERT`: take an alert on."""

from __future__ import annotations

import argparse
import asyncio

from console.commands.context import UNTIL, ends_at, open_desk
from console.operations import incidents
from console.operations.identity import current_actor


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("alert", type=int, help="the alert's number, as `alerts` shows it")
    parser.add_argument("--until", default="4h", help=UNTIL)


def run(args: argparse.Namespace) -> int:
    desk = open_desk(args)
    actor, until = current_actor(desk.config), ends_at(args.until, desk.clock.now())
    asyncio.run(incidents.acknowledge(desk, actor, alert=args.alert, until=until))
    print(f"Alert {args.alert} is acknowledged until {until:%Y-%m-%d %H:%MZ}. A kill is not held back.")
    return 0
