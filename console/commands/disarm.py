"""`disarm [WORKLOAD]`: suspend automatic kills until a time, with a reason; `--end` arms them again."""

from __future__ import annotations

import argparse
import asyncio

from console.commands.context import UNTIL, ends_at, open_desk, say
from console.operations.identity import current_actor


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("workload", nargs="?", help="the workload's slug; without it, everything")
    parser.add_argument("--reason", required=True, help="why nothing shall be killed automatically")
    parser.add_argument("--until", default="1h", help=UNTIL)
    parser.add_argument("--end", action="store_true", help="end the disarm now: automatic kills work again")


def run(args: argparse.Namespace) -> int:
    from console.operations import disarming

    desk = open_desk(args)
    actor, what = current_actor(desk.config), args.workload or "everything"
    if args.end:
        ended = asyncio.run(disarming.arm(desk, actor, args.workload, args.reason))
        say(f"{what}: {ended} disarm{'' if ended == 1 else 's'} ended; Charters kill automatically again.")
        return 0
    until = ends_at(args.until, desk.clock.now())
    done = asyncio.run(disarming.disarm(desk, actor, args.workload, until, args.reason))
    if done.state == disarming.AWAITING_APPROVAL:
        say(f"{done.request} waits for a second person; until then nothing is disarmed. They agree to it with: "
            f"token-console approve {done.request} --reason TEXT")
    else:
        say(f"Automatic kills of {what} are off until {until:%Y-%m-%d %H:%MZ}. Alerts go on; a person may still kill.")
    return 0
