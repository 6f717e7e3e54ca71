"""`approve INTENT`: authorise, as a second person, exactly what somebody else asked for: a resume, a kill, a disarm."""

from __future__ import annotations

import argparse
import asyncio
from typing import TYPE_CHECKING

from console.clock import rfc3339
from console.commands import acts
from console.commands.context import open_desk, print_json, say
from console.errors import UsageError

if TYPE_CHECKING:
    from console.cadences.trip_sheet import IntentResult
    from console.operations.actor import Actor
    from console.operations.desk import Desk


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("intent", help="what waits: an intent or disarm-N, as `status` and alerts name it")
    parser.add_argument("--reason", required=True, help="why you approve it")
    parser.add_argument("--yes", action="store_true", help="do not ask for the name to be typed")
    parser.add_argument("--json", action="store_true", help="what became of it as a JSON document")


def run(args: argparse.Namespace) -> int:
    from console.operations.identity import current_actor

    desk = open_desk(args)
    if args.intent.startswith("disarm-"):
        return asyncio.run(_disarmed(desk, current_actor(desk.config), args))
    try:
        result = asyncio.run(acts.protected(desk, lambda: _approved(desk, current_actor(desk.config), args)))
    finally:
        desk.database.close()
    return acts.told(result, as_json=args.json)


async def _approved(desk: Desk, actor: Actor, args: argparse.Namespace) -> IntentResult:
    from console.operations import breakers

    sheet = await breakers.trip_sheet(desk, actor, intent=args.intent)
    if sheet is None:
        raise UsageError(f"There is no intent {args.intent!r}.")
    if sheet.state == "awaiting_approval":
        plan = await breakers.plan(desk, actor, sheet.workload, sheet.verb)
        say(f"{sheet.requested_by} asks to {sheet.verb} {sheet.workload}: {sheet.reason}", error=True)
        say(acts.plan_text(plan), error=True)
        if not args.yes:
            acts.confirm(sheet.workload, sheet.verb)
    return await breakers.approve(desk, actor, args.intent, args.reason)


async def _disarmed(desk: Desk, actor: Actor, args: argparse.Namespace) -> int:
    from console.operations import disarming

    asked = await disarming.waiting(desk, actor, args.intent)
    say(f"{asked.requested_by} asks to switch automatic kills of {asked.scope} off until {rfc3339(asked.ends_at)}: "
        f"{asked.reason}", error=True)
    if asked.state == disarming.AWAITING_APPROVAL and not args.yes:
        acts.confirm(asked.scope, "disarm")
    done = await disarming.approve(desk, actor, args.intent, args.reason, asked.content_hash)
    if args.json:
        print_json({"request": done.request, "workload": done.workload, "state": done.state,
                    "until": rfc3339(done.ends_at), "requested_by": done.requested_by})
    else:
        say(f"Automatic kills of {done.scope} are off until {rfc3339(done.ends_at)}. A person may still kill.")
    return 0
