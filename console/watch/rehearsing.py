"""The dry run: the plan, the switches and the calls of the real thing, on a transport that refuses writes."""

from __future__ import annotations

from console.cadences.trip_sheet import IntentResult, PlannedTarget, StepLine
from console.clock import Clock
from console.config import Config
from console.errors import InputError, ProviderUnreachable
from console.switches.shared.rehearsal import Rehearsal
from console.watch import acting, drafting, planning
from console.watch.planning import Switchboard
from console.watch.switchboard import Board
from store.database import Database


async def rehearse(config: Config, database: Database, clock: Clock, workload: str, verb: str) -> IntentResult:
    """What a kill or resume would send now. Nothing is sent but reads, and nothing is written down."""
    board = Board(config, clock, database, Rehearsal, rehearsal=True)
    try:
        make = drafting.kill if verb == "kill" else drafting.resume
        draft = await make(config, database, board, workload)
        if draft.unreachable:
            raise ProviderUnreachable(" ".join(draft.warnings))
        if draft.refusal is not None:
            raise InputError(draft.refusal)
        steps = tuple([await step(config, clock, board, target) for target in draft.targets])
        return IntentResult(None, workload, verb, "dry_run", steps, note=" ".join(draft.warnings), later=draft.later)
    finally:
        await board.close()


async def step(config: Config, clock: Clock, switchboard: Switchboard, target: PlannedTarget) -> StepLine:
    """What one step would send, on a switchboard that refuses writes, and the state that is read back after it."""
    switch = switchboard(target.switch, target.source)
    verb = planning.declared(switch, target.verb, target.wanted)
    after: str | None = target.state_now
    said: str | None = None
    if verb.satisfied_by(target.state_now):
        said = "it is in this state already; nothing would be sent"
    else:
        key = planning.idempotency_key("dry-run", target)
        answer = await acting.call(switch, target.target, verb, key, config.breaker.act_deadline_s)
        attempt = await acting.verify(switch, target.target, verb, answer, clock)
        after, said = attempt.after, attempt.error
    return StepLine(
        switch=target.switch, target=target.target, target_name=target.name, verb=target.verb,
        before=target.state_now, wanted=target.wanted, after=after, state="dry_run", confirmed_at=None, error=said,
        shared_with=target.shared_with, stage=target.stage,
    )
