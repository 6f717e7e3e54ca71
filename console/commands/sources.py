"""`token-console sources`: what each configured source can tell, and how it stands."""

from __future__ import annotations

import argparse
import asyncio

from console.cadences.documents import document
from console.clock import rfc3339
from console.commands.context import actor_at, open_desk, print_json, print_table, say
from console.operations import wiring
from console.operations.wiring import SourceEntry


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def run(args: argparse.Namespace) -> int:
    desk = open_desk(args)
    found = asyncio.run(wiring.sources(desk, actor_at(desk)))
    if args.json:
        print_json({"sources": document(found)})
        return 0
    if not found:
        say("No source is configured: write a [[sources]] table.")
        return 0
    print_table(("SOURCE", "KIND", "STATE", "DATA UNTIL", "LAG", "DOCUMENTED", "BY", "CALLS", "BILL"),
                [_row(each) for each in found], right=(4, 5))
    for each in found:
        say(f"\n{each.name} tells {each.cache}. A usage rule may match on "
            f"{', '.join((*each.dimensions, 'label.X', 'trace.X') if each.push else each.dimensions)}.")
    say("\nLAG is measured from the data. What each must be permitted, and whether it answers: token-console doctor")
    return 0


def _row(each: SourceEntry) -> tuple[str, ...]:
    return (each.name, each.kind, each.state, "?" if each.data_until is None else rfc3339(each.data_until),
            "?" if each.measured_lag_s is None else f"{each.measured_lag_s:.0f} s", f"{each.documented_lag_s} s",
            "call" if each.push else ", ".join(map(_width, each.bucket_s)), _yes(each.requests), _yes(each.cost))


def _width(seconds: int) -> str:
    return {60: "minute", 3600: "hour", 86_400: "day"}.get(seconds, f"{seconds} s")


def _yes(tells: bool) -> str:
    return "yes" if tells else "no"
