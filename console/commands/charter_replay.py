"""`charter replay`: before signing, what the proposed Charter would have done on the usage that there was.

A verb of its own, beside `check`: it needs the database and takes a while, and `check` stays a linter of files.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from console import toml
from console.cadences.charter import on_days, times
from console.clock import rfc3339
from console.commands.context import actor_at, open_desk, print_json, say
from console.commands.files import read_text
from console.money import display, usd
from console.operations.charter import replay as charter_replay
from console.operations.charter.replay import Amendment, Told


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("workload")
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help="default: the newest version")


def run(args: argparse.Namespace) -> int:
    file = None if args.file is None else (str(args.file), read_text(args.file, toml.CONFIGURATION_LIMIT))
    desk = open_desk(args)
    found = asyncio.run(charter_replay.replay_charter(desk, actor_at(desk), workload=args.workload, file=file))
    if args.json:
        print_json({"workload": found.workload, "from": rfc3339(found.judged_from), "to": rfc3339(found.end),
                    "judged": _judged(found), "before_usd": usd(found.before), "by_hour_beside_usd": usd(found.beside),
                    "in_force": _document(found.in_force) if found.in_force else None,
                    "proposed": _document(found.proposed)})
        return 0
    say(f"{found.workload}: the quarter to {rfc3339(found.end)}")
    for line in found.parts(rfc3339):
        say(f"  {line}")
    if found.in_force is None:
        say("in force: no Charter; nothing would have been killed automatically")
    else:
        _say_told("in force", found.in_force)
    _say_told("proposed", found.proposed)
    if found.proposed.trips or (found.in_force and found.in_force.trips):
        say(f"Each trip is taken as resumed by a person after {charter_replay.RESUME_S // 3600} hours; what was used "
            "meanwhile counts as it was.")
    return 0


def _say_told(name: str, told: Told) -> None:
    say(f"{name} ({told.charter}) would have alerted {times(len(told.alerts))}{_on(each.at for each in told.alerts)} "
        f"and tripped {times(len(told.trips))}{_on(trip.at for trip in told.trips)}")
    for at, line in sorted([(each.at, f"{each.severity:8}  {each.kind}: {each.summary}") for each in told.alerts]
                           + [(trip.at, f"TRIP      {trip.signal.summary}; ${display(trip.true)} by then")
                              for trip in told.trips]):
        say(f"  {rfc3339(at)}  {line}")


def _on(instants: Iterable[datetime]) -> str:
    """` (on 2026-11-03, 2026-11-09 twice)`; nothing where there are none."""
    days = on_days(instants)
    return f" (on {days})" if days else ""


def _judged(found: Amendment) -> dict[str, Any]:
    spans = {"by_minute": (found.first, found.end) if found.first < found.end else None,
             "by_hour": (found.hours_from, found.first) if found.hours_from else None, "not": found.not_judged}
    return {name: None if span is None else {"from": rfc3339(span[0]), "to": rfc3339(span[1])}
            for name, span in spans.items()}


def _document(told: Told) -> dict[str, Any]:
    return {
        "charter": told.charter,
        "alerts": [{"at": rfc3339(each.at), "kind": each.kind, "window": each.window, "severity": each.severity,
                    "summary": each.summary} for each in told.alerts],
        "trips": [{"decided_at": rfc3339(trip.decided_at), "at": rfc3339(trip.at), "signs": list(trip.signs),
                   "reason": trip.signal.summary, "usd_seen": usd(trip.seen), "usd_true": usd(trip.true)}
                  for trip in told.trips],
    }
