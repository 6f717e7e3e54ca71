"""What kill, resume and approve share: the plan as text, the typed name, the signals, and what is told at the end."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from console.cadences.trip_sheet import IntentResult, Plan, PlannedTarget
from console.clock import rfc3339
from console.commands.context import print_json, say
from console.errors import ConsoleError, UsageError
from console.money import display

if TYPE_CHECKING:
    from console.operations.actor import Actor
    from console.operations.desk import Desk

NOT_WELL, UNREACHABLE = 1, 69
DRAIN_S = 10.0
UNDER_WAY = ("Writing it down, sending it, reading it back: minutes, where the provider does not answer. "
             "Cut short, it is carried on by the engine (token-console poll).")
BY_HAND = ("It may still be spending. Turn the targets above off in the provider's own console, and see what is wrong: "
           "token-console doctor")


class InterruptedAct(ConsoleError):
    """A signal came while something was carried out. What was begun is written down."""

    exit_code = NOT_WELL


ENDS = {
    "done": "confirmed by reading back",
    "partial": "only in part; look at the lines above and at the trip sheet",
    "failed": "refused; nothing was changed",
    "unknown": "unknown: it was asked for, and no answer or effect was seen. Check at the provider",
    "expired": "expired before it could begin; nothing was sent",
    "awaiting_approval": "waiting for approval: token-console approve {intent} --reason TEXT",
    "dry_run": "a dry run; nothing was sent and nothing was written down",
}


def options(parser: argparse.ArgumentParser) -> None:
    """The options of kill and resume."""
    parser.add_argument("workload", help="the workload's slug")
    parser.add_argument("--reason", required=True, help="why, for whoever reads the audit log")
    parser.add_argument("--yes", action="store_true", help="do not ask for the name to be typed")
    parser.add_argument("--json", action="store_true", help="what became of it as a JSON document")


def run_plan(args: argparse.Namespace, verb: str, *, dry_run: bool = False) -> int:
    """Show the plan, have the name typed, do it, tell what came of it. Returns the exit code."""
    from console.commands.context import open_desk
    from console.operations.identity import current_actor
    from store.errors import CannotStore

    desk = open_desk(args)
    try:
        result = asyncio.run(protected(desk, lambda: _planned(desk, current_actor(desk.config), args, verb, dry_run)))
    except CannotStore as error:
        if verb == "kill":
            error.args = (f"{error} To stop it all the same: token-console break-glass {args.workload} --reason TEXT",)
        raise
    finally:
        desk.database.close()
    return told(result, as_json=args.json)


async def protected(desk: Desk, work: Callable[[], Coroutine[Any, Any, IntentResult]]) -> IntentResult:
    """Run it; a signal ends the waiting, but a step under way is finished first, within ten seconds."""
    from console.operations import breakers

    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None
    for number in (signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, task.cancel)
    try:
        return await work()
    except asyncio.CancelledError as signalled:
        say("Ending; a step under way is finished first.", error=True)
        ended = await breakers.automatic(desk).drain(DRAIN_S)
        raise InterruptedAct("Ended by a signal. " + ("Nothing is under way any more; the trip sheet tells what was "
                             "done." if ended else "What is under way is recovered when the engine runs again.")
                             ) from signalled
    finally:
        await breakers.automatic(desk).drain(DRAIN_S)


async def _planned(desk: Desk, actor: Actor, args: argparse.Namespace, verb: str, dry_run: bool) -> IntentResult:
    from console.operations import breakers
    from console.operations.permissions import allowed

    act = breakers.kill if verb == "kill" else breakers.resume
    if not allowed(actor, verb):  # the operation itself refuses, and writes the attempt down
        return await act(desk, actor, args.workload, args.reason, dry_run=dry_run)
    plan = await breakers.plan(desk, actor, args.workload, verb)
    say(plan_text(plan), error=True)
    if dry_run:
        return await act(desk, actor, args.workload, args.reason, dry_run=True)
    if plan.refusal is None and not args.yes:
        confirm(args.workload, verb)
    if plan.refusal is None and verb == "kill":
        say(UNDER_WAY, error=True)
    return await act(desk, actor, args.workload, args.reason, plan_hash=plan.plan_hash)


def plan_text(plan: Plan) -> str:
    """The plan for a person: who, what it spends, each target, who else uses it, how it is undone."""
    head = (f"{plan.verb} {plan.name} ({plan.workload}, {plan.environment}): ${display(plan.rate_per_hour)} an hour, "
            f"${display(plan.today)} today, ${display(plan.month)} this month")
    lines = [head, *(_target(item) for item in plan.targets), *(f"  ! {warning}" for warning in plan.warnings)]
    lines += [f"  {each.says}." for each in plan.later]
    if plan.needs_second_person:
        lines.append("  A second person must approve it before anything is sent.")
    return "\n".join(lines)


def _target(item: PlannedTarget) -> str:
    name = f" ({item.name})" if item.name != item.target else ""
    shared = f"; shared with {', '.join(item.shared_with)}" if item.shared_with else "; used by nobody else"
    protected_ = "; PROTECTED" if item.protected else ""
    return (f"  {item.verb} {item.target}{name}: {item.state_now} -> {item.wanted} by {item.switch}"
            f"{shared}{protected_}; {item.undo}")


def confirm(name: str, verb: str) -> None:
    """Have the name typed. Raises UsageError for anything else, and where nobody can type."""
    if not sys.stdin.isatty():
        raise UsageError(f"There is no terminal to confirm at; add --yes to {verb} {name}. Nothing was sent.")
    print(f"Type its name ({name}) to {verb} it: ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip() != name:
        raise UsageError("That is not its name. Nothing was sent.")


def told(result: IntentResult, *, as_json: bool) -> int:
    """Print what became of it; returns the exit code."""
    if as_json:
        print_json(result.document())
    else:
        _say(result)
    if result.state in ("done", "dry_run", "awaiting_approval"):
        return 0
    return UNREACHABLE if result.unreachable else NOT_WELL


def _say(result: IntentResult) -> None:
    if result.existing:
        say(f"{result.intent} is there already; nothing further was asked of the provider.")
    for step in result.steps:
        error = f" ({step.error})" if step.error else ""
        if step.state == "dry_run":
            say(f"  would {step.verb} {step.target}: {step.before} -> {step.wanted}{error}")
            continue
        say(f"  {step.verb} {step.target}: {step.before} -> {step.after or '?'}, {step.state.replace('_', ' ')}{error}")
    for each in result.later:
        say(f"  {each.says}")
    end = ENDS.get(result.state, "still under way; the trip sheet tells its end").format(intent=result.intent)
    say(f"{result.verb} of {result.workload}: {end}. {result.note}".rstrip())
    if result.verb == "kill" and result.state in ("failed", "partial", "unknown"):
        say(BY_HAND, error=True)
    if result.verb == "kill" and result.state in ("done", "partial"):
        stopped = result.spend_stopped_at
        say(f"Spending stopped at {rfc3339(stopped)}." if stopped else
            "Whether spending stopped shows in the usage of the next minutes: requests under way may still end.")
