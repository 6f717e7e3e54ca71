"""Rehearsing a breaker: on a test target, switched off and on again for real; or dry, with everything but the writes.

On a test target the two acts are an intent of their own (`drill`), written down, claimed, read back and recovered like
a kill; it never touches the breaker. What came of it is stored with its end (`outcomes`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlmodel import Session

from console.cadences import stages
from console.cadences.drill import DRY_RUN, TARGET, DrillLine
from console.cadences.trip_sheet import PlannedTarget
from console.clock import Clock
from console.config import Config
from console.errors import ConsoleError, InputError, UsageError
from console.switches.shared.rehearsal import Rehearsal
from console.watch import drafting, intents, outcomes, planning, rehearsing
from console.watch.intents import Notify, Request
from console.watch.planning import Switchboard, Wired, Wish
from console.watch.switchboard import Board
from store import audit, drills, incidents, registry
from store.database import Database
from store.tables import Drill, Workload


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """A test target as it is found now, and what is done to it: off, and back to what it was."""

    workload: str
    name: str
    acts: tuple[PlannedTarget, ...]
    by_hand: tuple[str, ...]
    refusal: str | None = None


def target_of(entry: Mapping[str, Any]) -> Wired | None:
    """The target that the MBOM entry gives for drills; None where it gives none."""
    line = entry.get("drill")
    if not isinstance(line, Mapping) or not isinstance(line.get("kind"), str) or not line.get("target"):
        return None
    return Wired(line["kind"], line.get("source") or line.get("name"), str(line["target"]))


def entry_of(tx: Session, workload: str) -> Workload:
    """The MBOM entry. Raises UsageError where there is none."""
    row = registry.workload(tx, workload)
    if row is None:
        raise UsageError(f"There is no workload {workload!r} in the MBOM. `token-console mbom list` shows them all.")
    return row


async def look(config: Config, database: Database, switchboard: Switchboard, workload: str) -> Rehearsed:
    """The plan of a drill on the test target. Raises ConsoleError; InputError where the entry gives none."""
    row, around = await asyncio.to_thread(_known, database, config, workload)
    line = target_of(row.entry)
    if line is None:
        raise InputError(f"The MBOM entry of {workload} has no test target: write drill = {{ kind = ..., source = ..., "
                         "target = ... }, or rehearse it with --dry-run.")
    (found,) = await planning.look([Wish(line, "disable")], switchboard, around, "")
    stop, switch = found.target, switchboard(line.kind, line.source)
    back = planning.declared(switch, "enable", stop.state_now)
    start = replace(stop, verb=back.name, wanted=back.wanted, action_class=back.action_class.value)
    refusal = found.refusal or found.warning or _unfit(stop, planning.declared(switch, "disable").satisfied_by)
    by_hand = tuple(switch.by_hand(line.target, verb) for verb in (planning.declared(switch, "disable"), back))
    return Rehearsed(workload, row.name, (stop, start), by_hand, refusal)


def record(tx: Session, config: Config, plan: Rehearsed, by: str, at: datetime, notify: Notify) -> str:
    """Write the drill down, before anything is sent. Raises InputError where one of the same target runs already."""
    target = plan.acts[0].target
    for other in incidents.open_intents(tx):
        if other.verb == "drill" and any(step.target == target for step in incidents.steps(tx, other.id)):
            raise InputError(f"{other.id} is drilling {target} at this moment; wait for its end.")
    recorded = intents.record(tx, Request(
        workload=plan.workload, verb="drill", origin="drill", reason=f"a drill on {target}", requested_by=by, at=at,
        valid_s=config.breaker.validity_s, plan_hash=planning.plan_hash(plan.workload, "drill", plan.acts),
        targets=plan.acts, evidence={"by_hand": list(plan.by_hand[1:])}), notify)
    return recorded.intent.id


async def dry_run(config: Config, database: Database, clock: Clock, workload: str, by: str) -> Drill:
    """Plan every stage of a kill, read every target, and try each write on a transport that refuses it.

    What keeps it from that is its outcome, not an error. Raises UsageError where there is no such workload.
    """
    begun = clock.now()
    row, _ = await asyncio.to_thread(_known, database, config, workload)
    board = Board(config, clock, database, Rehearsal, rehearsal=True)
    drill = Drill(workload=workload, at=begun, drilled_by=by, sort=DRY_RUN, outcome="failed")
    try:
        targets: list[PlannedTarget] = []
        for stage in sorted({line.stage for line in stages.lines(row.entry)}) or [stages.FIRST]:
            draft = await drafting.kill(config, database, board, workload, stage)
            drill.detail = drill.detail or draft.refusal or ("; ".join(draft.warnings) if draft.unreachable else "")
            targets += draft.targets
        drill.target, drill.requested_s = ", ".join(each.target for each in targets), _since(begun, clock)
        read = [await rehearsing.step(config, clock, board, each) for each in targets]
        drill.confirmed_s = _since(begun, clock)
        unread = [each.target for each in read if each.after in (None, planning.UNREADABLE)]
        drill.detail = drill.detail or (f"not read: {', '.join(unread)}" if unread else "")
        drill.outcome = "failed" if drill.detail else "passed"
    except ConsoleError as error:
        drill.detail = str(error)
    finally:
        await board.close()
    return await asyncio.to_thread(_keep, database, drill)


def refused(database: Database, plan: Rehearsed, by: str, at: datetime) -> Drill:
    """Keep that the engine could not drill a test target, and why: nobody is there to be told."""
    return _keep(database, Drill(workload=plan.workload, at=at, drilled_by=by, sort=TARGET, target=plan.acts[0].target,
                                 outcome="failed", detail=plan.refusal or ""))


def line(row: Drill) -> DrillLine:
    """The row as a value."""
    return DrillLine(row.workload, row.at, row.drilled_by, row.sort, row.target, row.requested_s, row.confirmed_s,
                     row.outcome, row.detail, row.intent)


def sort_of(entry: Mapping[str, Any]) -> str:
    """On the test target where the entry gives one."""
    return TARGET if target_of(entry) is not None else DRY_RUN


def _known(database: Database, config: Config, workload: str) -> tuple[Workload, planning.Surroundings]:
    with database.read() as tx:
        return entry_of(tx, workload), intents.surroundings(tx, config.breaker.protected)


def _unfit(stop: PlannedTarget, is_stopped: Any) -> str | None:
    """Why this target is no test target: somebody works with it, or there is nothing to switch off."""
    if stop.shared_with:
        return (f"{stop.target} is used by {', '.join(stop.shared_with)}: a test target must be nobody's. Make one for "
                "drills alone.")
    if is_stopped(stop.state_now):
        return f"{stop.target} is {stop.state_now} already; switch it on first, so that there is something to stop."
    return None


def _keep(database: Database, drill: Drill) -> Drill:
    with database.write() as tx:
        drills.add(tx, drill)
        audit.append(tx, at=drill.at, actor=drill.drilled_by, action=f"drill.{drill.outcome}", object=drill.workload,
                     detail=outcomes.drill_detail(drill))
        return drill


def _since(begun: datetime, clock: Clock) -> float:
    return (clock.now() - begun).total_seconds()
