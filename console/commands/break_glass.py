"""`break-glass WORKLOAD`: alone, with a long reason and the name typed: a kill that cannot be stored, or a resume."""

from __future__ import annotations

import argparse
import asyncio
import sys
from typing import TYPE_CHECKING

from console.commands import acts
from console.commands.context import load_config, open_desk, say
from console.errors import UsageError

if TYPE_CHECKING:
    from console.cadences.trip_sheet import IntentResult
    from console.operations.actor import Actor
    from console.operations.desk import Desk
    from console.watch.planning import Wired


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("workload", help="the workload's slug; it is asked for once more, to be typed")
    parser.add_argument("--reason", required=True, help="why you act alone, in at least 20 characters")
    parser.add_argument("--resume", action="store_true", help="resume it without a second person (default: kill it)")
    parser.add_argument("--target", action="append", default=[], metavar="KIND:SOURCE:IDENTIFIER",
                        help="what to turn off, where the database cannot be read; may be given several times")
    parser.add_argument("--json", action="store_true", help="what became of it as a JSON document")


def run(args: argparse.Namespace) -> int:
    from console.clock import SystemClock
    from console.operations.breakglass import check
    from console.operations.gate import required_at_hand
    from console.operations.identity import current_actor

    config = load_config(args)
    actor, verb = current_actor(config), "resume" if args.resume else "kill"
    say(f"BREAK-GLASS: you {verb} {args.workload} alone. Every channel is told, and somebody else must review it.",
        error=True)
    typed = _typed(args.workload)
    required_at_hand(config, actor, verb, args.workload, SystemClock().now())
    check(actor, verb, args.workload, args.reason, typed)
    result = _resume(args, actor, typed) if args.resume else _kill(args, actor, typed)
    return acts.told(result, as_json=args.json)


def _resume(args: argparse.Namespace, actor: Actor, typed: str) -> IntentResult:
    from console.operations import breakers, breakglass

    desk = open_desk(args)

    async def act() -> IntentResult:
        plan = await breakers.plan(desk, actor, args.workload, "resume")
        say(acts.plan_text(plan), error=True)
        return await breakglass.resume(desk, actor, args.workload, args.reason, typed, plan.plan_hash)

    try:
        return asyncio.run(acts.protected(desk, act))
    finally:
        desk.database.close()


def _kill(args: argparse.Namespace, actor: Actor, typed: str) -> IntentResult:
    """The ordinary kill where it can be stored: nobody breaks a glass for that. Else by the fallback journal."""
    from store.errors import StoreError

    desk: Desk | None = None
    try:
        desk = open_desk(args)
        return _stored(desk, args, actor)
    except StoreError as error:
        say(f"The kill cannot be stored: {error}", error=True)
        return _unstored(desk, args, actor, typed, str(error))
    finally:
        if desk is not None:
            desk.database.close()


def _stored(desk: Desk, args: argparse.Namespace, actor: Actor) -> IntentResult:
    from console.operations import breakers

    result = asyncio.run(acts.protected(desk, lambda: breakers.kill(desk, actor, args.workload, args.reason)))
    say("It could be stored, so it was an ordinary kill: there is nothing to review.", error=True)
    return result


def _unstored(desk: Desk | None, args: argparse.Namespace, actor: Actor, typed: str, why: str) -> IntentResult:
    from console.clock import SystemClock
    from console.operations import breakglass

    glass = breakglass.Unstored(
        load_config(args), SystemClock(), why, desk.database if desk is not None else None,
        tuple(_wired(text) for text in args.target), lambda line: say(f"journal: {line}", error=True))
    return asyncio.run(breakglass.kill(glass, actor, args.workload, args.reason, typed))


def _wired(text: str) -> Wired:
    from console.watch.planning import Wired

    kind, _, rest = text.partition(":")
    source, _, target = rest.partition(":")
    if not (kind and source and target):
        raise UsageError(f"--target {text!r} is not KIND:SOURCE:IDENTIFIER, such as "
                         "anthropic-api-key:anthropic:apikey_01Example. Nothing was sent.")
    return Wired(kind, source, target)


def _typed(name: str) -> str:
    """The name as it is typed, at a terminal or into a pipe: no option takes its place."""
    print(f"Type its name ({name}): ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip()
