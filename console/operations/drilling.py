"""Drills as a person asks for them: the plan, and the rehearsal itself, on the test target or dry."""

from __future__ import annotations

import asyncio

from sqlmodel import Session

from console.cadences.drill import DRY_RUN, TARGET, DrillLine, DrillPlan
from console.errors import InputError
from console.operations import audit_log, breakers, gate
from console.operations.actor import Actor
from console.operations.desk import Desk
from console.watch import drilling
from store import drills
from store.tables import Drill


async def drill_plan(desk: Desk, actor: Actor, *, workload: str, dry_run: bool = False) -> DrillPlan:
    """What a drill would do now. Asks the provider, changes nothing."""
    entry = await gate.read(desk, lambda tx: drilling.entry_of(tx, workload))
    if dry_run or drilling.sort_of(entry.entry) == DRY_RUN:
        draft = await breakers.drafted(desk, workload, "kill")
        return DrillPlan(workload, draft.name, DRY_RUN, draft.targets)
    plan = await drilling.look(desk.config, desk.database, breakers.automatic(desk).board, workload)
    return DrillPlan(workload, plan.name, TARGET, plan.acts, plan.refusal)


async def drill(desk: Desk, actor: Actor, *, workload: str, dry_run: bool = False) -> DrillLine:
    """Rehearse the breaker: on its test target, or dry where it has none or that is asked for. Its state stays as it
    is."""
    await asyncio.to_thread(gate.permitted, desk, actor, "drill", workload)
    gate.writable(desk, "nothing is drilled")
    entry = await gate.read(desk, lambda tx: drilling.entry_of(tx, workload))
    if dry_run or drilling.sort_of(entry.entry) == DRY_RUN:
        done = await drilling.dry_run(desk.config, desk.database, desk.clock, workload, actor.user)
    else:
        done = await _on_target(desk, actor, workload)
    await audit_log.seal(desk)
    if desk.engine is not None:
        await desk.engine.redraw()
    return drilling.line(done)


async def _on_target(desk: Desk, actor: Actor, workload: str) -> Drill:
    engine = breakers.automatic(desk)
    plan = await drilling.look(desk.config, desk.database, engine.board, workload)
    if plan.refusal is not None:
        raise InputError(f"{workload} was not drilled, and nothing was sent: {plan.refusal}")
    now = desk.clock.now()
    intent = await gate.write(desk, lambda tx: drilling.record(tx, desk.config, plan, actor.user, now, engine.notify))
    await engine.executor.run(intent)

    def ended(tx: Session) -> Drill | None:
        return drills.of_intent(tx, intent)

    done = await gate.read(desk, ended)
    if done is None:
        raise InputError(f"{intent} was not carried to its end here; it is recovered, and its end is in the audit log.")
    return done
