"""`token-console switches`: what each kind of switch does, and which workloads are stopped by it."""

from __future__ import annotations

import argparse
import asyncio

from console.cadences.documents import document
from console.commands.context import actor_at, open_desk, print_json, print_table, say
from console.operations import wiring
from console.operations.wiring import SwitchEntry


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def run(args: argparse.Namespace) -> int:
    desk = open_desk(args)
    found = asyncio.run(wiring.switches(desk, actor_at(desk)))
    if args.json:
        print_json({"switches": document(found)})
        return 0
    print_table(("SWITCH", "WORKS AT", "CLASS", "UNDONE BY A RESUME", "SEEN WITHIN", "WORKLOADS"),
                [_row(each) for each in found], right=(4, 5))
    for each in found:
        for use in each.used_by:
            say(f"\n{use.workload}: {each.kind} at {use.source or 'its only table'}, {use.target}"
                f"{f', stage {use.stage}' if use.stage > 1 else ''}")
            say(f"  {_effect(each)}")
    say("\nK1 limits, K2 disables. Each target's state now: token-console doctor")
    return 0


def _row(each: SwitchEntry) -> tuple[str, ...]:
    return (each.kind, each.works_at or "a table of its own", each.action_class, "yes" if each.reversible else "no",
            f"{each.propagation_s:.0f} s", str(len({use.workload for use in each.used_by})))


def _effect(each: SwitchEntry) -> str:
    """What proves it, and what may go on."""
    said = f"done when it reads as {each.wanted}"
    said += f": {each.read_back}" if each.read_back else ""
    return f"{said}. What may go on: {each.goes_on}" if each.goes_on else said
