"""`approve INTENT`: authorise, as a second person, exactly what somebody else asked for."""

from __future__ import annotations

import argparse
import asyncio
from typing import TYPE_CHECKING

from console.commands import acts
from console.commands.context import open_desk, say
from console.errors import UsageError

if TYPE_CHECKING:
    from console.cadences.trip_sheet import IntentResult
    from console.operations.actor import Actor
    from console.operations.desk import Desk


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("intent", help="the intent that waits, as the resume or the alert named it")
    parser.add_argument("--reason", required=True, help="why you approve it")
    parser.add_argument("--yes", action="store_true", help="do not ask for the name to be typed")
    parser.add_argument("--json", action="store_true", help="what became of it as a JSON document")


def run(args: argparse.Namespace) -> int:
    from console.operations.identity import current_actor

    desk = open_desk(args)
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
