"""`residue`: metered against billed by day, source, model and key, and what no workload claims."""

from __future__ import annotations

import argparse
import asyncio

from console.cadences.documents import document
from console.cadences.residue.value import WAYS, Residue, ResidueLine, UnclaimedLine
from console.clock import rfc3339
from console.commands.context import actor_at, open_desk, print_json, print_table, say
from console.figures import percent
from console.money import MicroUsd, display


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("month", nargs="?", metavar="MONTH", help="2026-10 (default: the present month)")
    parser.add_argument("--by", choices=WAYS, default="source", help="how to break it down (default: %(default)s)")
    parser.add_argument("--json", action="store_true", help="print one JSON document, with every way")


def run(args: argparse.Namespace) -> int:
    desk = open_desk(args)
    from console.operations.residue import residue

    found = asyncio.run(residue(desk, actor_at(desk), month=args.month))
    if args.json:
        print_json(document(found))
    else:
        _print(found, args.by)
    return 0


def _print(found: Residue, way: str) -> None:
    simulated = " · SIMULATED" if found.simulated else ""
    say(f"{found.organisation} · {found.month}{' so far' if found.partial else ''} · USD{simulated}")
    for why in found.unknown:
        say(f"Not whole: {why}.")
    say(f"Metered {display(found.metered)}; billed, of whole days closed before {rfc3339(found.closed_until)}: "
        f"{_or(found.billed)}; no workload claims {display(found.unclaimed)}.")
    print()
    places = [0, *range(2, 7)] if way == "source" else list(range(7))  # by source it stands there already
    cells = [("SOURCE", way.upper(), "NAME", "CLAIMED BY", "METERED", "BILLED", "GAP"), *map(_row, found.by(way))]
    title, *body = [tuple(row[place] for place in places) for row in cells]
    print_table(title, body, right=tuple(range(len(places) - 3, len(places))))
    print()
    if not found.unclaimed_lines:
        say("Every dollar has a workload.")
        return
    say("What no workload claims:")
    print_table(("SOURCE", "KEY", "NAME", "SPENT", "SHARE", "SINCE", "LAST", "MODELS"),
                [_unclaimed(line) for line in found.unclaimed_lines], right=(3, 4))
    say(f"To claim the first: give a workload usage = [{found.unclaimed_lines[0].rule}]")


def _row(line: ResidueLine) -> tuple[str, ...]:
    return (line.source, line.what or "none", line.name, line.claimed_by,
            f"{display(line.metered)}{'~' if line.estimated else ''}", _or(line.billed), _or(line.gap))


def _unclaimed(line: UnclaimedLine) -> tuple[str, ...]:
    return (line.source, line.key or "none", line.name, f"{display(line.spent)}{'~' if line.estimated else ''}",
            percent(line.share), line.first_day, line.last_day, ", ".join(line.models))


def _or(amount: MicroUsd | None) -> str:
    return "?" if amount is None else display(amount)
