"""`decide`: what becomes of exceptions, singly or as a whole pattern, always with a rationale."""

from __future__ import annotations

import argparse
import asyncio
from datetime import datetime

from console.cadences.documents import document
from console.cadences.weekly import VERDICTS
from console.commands.context import actor_at, ends_at, open_desk, print_json, say
from console.errors import UsageError


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("exceptions", nargs="*", type=int, metavar="ID", help="numbers, as `exceptions` shows them")
    parser.add_argument("--pattern", metavar="KIND", help='all open ones of a kind, such as "drift: model"')
    parser.add_argument("--verdict", required=True, choices=tuple(VERDICTS),
                        help="; ".join(f"{key}: {said}" for key, said in VERDICTS.items()))
    parser.add_argument("--rationale", required=True, help="why, for whoever reads it next quarter")
    parser.add_argument("--until", help="when it is looked at again: a length such as 30d, or a time such as "
                                        "2026-12-31T17:00Z")
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def run(args: argparse.Namespace) -> int:
    if bool(args.exceptions) == (args.pattern is not None):
        raise UsageError('Name exceptions by their numbers, or a whole pattern with --pattern "drift: model".')
    desk = open_desk(args)
    from console.operations import exceptions

    actor, until = actor_at(desk), _until(args, desk.clock.now())

    async def decide() -> list[dict[str, object]]:
        week = await exceptions.weekly(desk, actor)
        chosen = args.exceptions or [line.id for line in week.exceptions
                                     if line.state == "open" and line.kind == args.pattern]
        if not chosen:
            kinds = ", ".join(f'"{pattern.kind}"' for pattern in week.patterns if pattern.open) or "none"
            raise UsageError(f"No open exception is of the pattern {args.pattern[:80]!r}. Patterns with open ones: "
                             f"{kinds}.")
        chosen = list(dict.fromkeys(chosen))
        done = await exceptions.decide(desk, actor, exceptions=chosen, verdict=args.verdict, rationale=args.rationale,
                                       ends_at=until)
        return [{"exception": number, "decision": document(line)} for number, line in zip(chosen, done, strict=True)]

    done = asyncio.run(decide())
    if args.json:
        print_json({"decided": done})
    else:
        end = f" until {until:%Y-%m-%d %H:%MZ}" if until else ""
        numbers = ", ".join(str(each["exception"]) for each in done)
        say(f"Decided as {VERDICTS[args.verdict]}{end}: {numbers}.")
    return 0


def _until(args: argparse.Namespace, now: datetime) -> datetime | None:
    return None if args.until is None else ends_at(args.until, now)
