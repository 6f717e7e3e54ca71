"""`drill WORKLOAD`: rehearse its breaker, on its test target or dry, and tell how long it took."""

from __future__ import annotations

import argparse
import asyncio
from typing import TYPE_CHECKING

from console.cadences.drill import DRY_RUN, DrillLine, DrillPlan
from console.commands.acts import NOT_WELL, confirm
from console.commands.context import print_json, say
from console.errors import InputError

if TYPE_CHECKING:
    from console.operations.actor import Actor
    from console.operations.desk import Desk


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("workload", help="the workload's slug")
    parser.add_argument("--dry-run", action="store_true", help="everything but the writes, though it has a test target")
    parser.add_argument("--yes", action="store_true", help="do not ask for the name to be typed")
    parser.add_argument("--json", action="store_true", help="what came of it as a JSON document")


def run(args: argparse.Namespace) -> int:
    from console.commands.context import open_desk
    from console.operations import breakers
    from console.operations.identity import current_actor

    desk = open_desk(args)

    async def work() -> DrillLine:
        try:
            return await _drilled(desk, current_actor(desk.config), args)
        finally:
            await breakers.automatic(desk).drain(10.0)

    try:
        done = asyncio.run(work())
    finally:
        desk.database.close()
    if args.json:
        print_json(done.document())
    else:
        say(told(done))
    return 0 if done.outcome == "passed" else NOT_WELL


async def _drilled(desk: Desk, actor: Actor, args: argparse.Namespace) -> DrillLine:
    from console.operations import drilling
    from console.operations.permissions import allowed

    if allowed(actor, "drill"):  # else the operation itself refuses, and writes the attempt down
        plan = await drilling.drill_plan(desk, actor, workload=args.workload, dry_run=args.dry_run)
        say(plan_text(plan), error=True)
        if plan.refusal is not None:
            raise InputError(plan.refusal)
        if plan.sort != DRY_RUN and not args.yes:
            confirm(args.workload, "drill")
    return await drilling.drill(desk, actor, workload=args.workload, dry_run=args.dry_run)


def plan_text(plan: DrillPlan) -> str:
    """What a drill does, for a person."""
    if plan.sort == DRY_RUN:
        return (f"drill {plan.name} ({plan.workload}) as a dry run: everything of a kill but the writes. It shows that "
                "the plan can be made and every target read, not that a switch works.")
    lines = [f"drill {plan.name} ({plan.workload}) on its test target; its own switches are not touched:"]
    return "\n".join(lines + [f"  {act.verb} {act.target}: -> {act.wanted} by {act.switch}" for act in plan.targets])


def told(done: DrillLine) -> str:
    """What came of it, in one line."""
    what = f"drill of {done.workload} ({'a dry run' if done.sort == DRY_RUN else done.target}): {done.outcome}"
    if done.requested_s is not None and done.confirmed_s is not None:
        took = ("planned in {:.1f} s, every target read in {:.1f} s; nothing was sent" if done.sort == DRY_RUN else
                "asked after {:.1f} s, read back as stopped after {:.1f} s")
        what += f". {took.format(done.requested_s, done.confirmed_s)}"
    return f"{what}. {done.detail}".rstrip(". ") + "."
