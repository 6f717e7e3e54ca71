"""Break-glass: one person alone, where that is otherwise not allowed or not possible (operations CB-33, CB-47).

A resume without the second person, and a kill while the database cannot be written. Either is recorded before anything
is sent, told to every channel at once, and owes a review by somebody else.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlmodel import Session

from console.cadences.trip_sheet import IntentResult, PlannedTarget, StepLine
from console.clock import Clock
from console.config import Config
from console.errors import InputError, ProviderUnreachable, UsageError
from console.operations import breakers, gate
from console.operations.actor import Actor
from console.operations.desk import Desk
from console.operations.permissions import require
from console.watch import drafting, outcomes, planning, reviews
from console.watch.alarm import Alarm
from console.watch.execution import this_process
from console.watch.intents import Request
from console.watch.journalled import End, JournalledKill, Order, journal_of
from console.watch.notify import Sender
from console.watch.planning import Surroundings, Wired, Wish
from console.watch.switchboard import Board
from store.database import Database
from store.errors import StoreError
from store.tables import Intent

LEAST_REASON = 20


@dataclass(frozen=True, slots=True)
class Unstored:
    """What there is to work with while nothing can be written down."""

    config: Config
    clock: Clock
    why: str
    """What keeps the database from being written."""
    database: Database | None
    """To read the targets from; None where it cannot even be read."""
    named: Sequence[Wired] = ()
    """Targets as the person named them, where the database cannot tell."""
    say: Callable[[str], None] = lambda _: None
    """Takes every journal entry as a line, for standard error."""
    checkpoint: Callable[[str], None] = lambda _: None


def check(actor: Actor, verb: str, workload: str, reason: str, typed: str) -> str:
    """The role that carries it. Raises NotPermitted, or UsageError for a short reason or another name."""
    role = require(actor, verb)
    if len(reason.strip()) < LEAST_REASON:
        raise UsageError(f"Break-glass needs a reason of at least {LEAST_REASON} characters: say what is going on, for "
                         "whoever reviews it.")
    if typed != workload:
        raise UsageError("That is not its name. Nothing was sent.")
    return role


async def resume(desk: Desk, actor: Actor, workload: str, reason: str, typed: str,
                 plan_hash: str | None = None) -> IntentResult:
    """Resume alone what would take a second person's approval. A request that waits for one is rejected."""
    await gate.required(desk, actor, "resume", workload, reason)
    role = check(actor, "resume", workload, reason, typed)
    if not desk.config.approvals.two_person:
        raise UsageError(f"One person may resume here: token-console resume {workload} --reason TEXT")
    draft = await breakers.drafted(desk, workload, "resume")
    if draft.unreachable:
        raise ProviderUnreachable(f"{workload} was not resumed, and nothing was sent: {' '.join(draft.warnings)}")
    breakers.hold_to(draft, plan_hash)
    request = replace(breakers.request_of(desk, actor, draft, reason), role=role,
                      note="By break-glass: one person alone.")
    intent = await gate.write(desk, lambda tx: _record(tx, desk, actor, request, draft))
    result, _ = await asyncio.gather(breakers.carry_out(desk, intent), _tell(desk))
    return result


async def kill(glass: Unstored, actor: Actor, workload: str, reason: str, typed: str) -> IntentResult:
    """Turn a workload off by the fallback journal. Raises JournalFailed where not even that can be written."""
    check(actor, "kill", workload, reason, typed)
    board = Board(glass.config, glass.clock, glass.database, rehearsal=True)  # it may look there, and writes nothing
    alarm = Alarm(glass.config, glass.clock)
    try:
        targets, by_hand = await _targets(glass, board, workload)
        order = _order(glass, actor, workload, reason.strip(), targets, by_hand)
        carrying = JournalledKill(journal_of(glass.config), board, glass.clock, glass.say,
                                  act_deadline_s=glass.config.breaker.act_deadline_s, checkpoint=glass.checkpoint)
        ends, _ = await asyncio.gather(carrying.run(order), alarm.sound(
            f"{actor.user} kills {workload} by break-glass", f"{order.reason} The database cannot be written: "
            f"{glass.why} A second person must look at it within {reviews.DUE_WITHIN.total_seconds() / 3600:.0f} h."))
        return _result(order, ends)
    finally:
        await board.close()


def _record(tx: Session, desk: Desk, actor: Actor, request: Request, draft: drafting.Draft) -> str:
    """The resume and the review that it owes; a request that waits for a second person is over."""
    waiting = breakers.waiting_resume(tx, request.workload)
    if waiting is not None and waiting.state != "awaiting_approval":
        raise UsageError(f"{waiting.id} is under way already; look at its trip sheet.")
    if waiting is not None:
        waiting.finished_at = request.at
        outcomes.set_intent_state(tx, waiting, "rejected", request.at, by=actor.user, reason=request.reason)
    number = breakers.record_resume(tx, desk, request, draft)
    intent = tx.get_one(Intent, number)
    reviews.open_review(tx, intent, breakers.automatic(desk).notify, by=actor.user, reason=request.reason,
                        at=request.at, claimed=dict(actor.claimed))
    return number


async def _tell(desk: Desk) -> None:
    """Send what was just queued now, whoever runs the engine."""
    await Sender(desk.config, desk.database).drain(desk.clock.now())


async def _targets(glass: Unstored, board: Board, workload: str) -> tuple[Sequence[PlannedTarget], Sequence[str]]:
    """What is to be turned off and how it is done by hand: as the store says, else as the person named it."""
    if glass.named:
        found = await planning.look([Wish(line, "disable") for line in glass.named], board,
                                    Surroundings({}, {}, frozenset()), workload)
        refusal = next((item.refusal for item in found if item.refusal), None)
        targets = [item.target for item in found]
        by_hand = [_by_hand(board, item) for item in targets]
    else:
        draft = await _from_store(glass, board, workload)
        refusal, targets, by_hand = draft.refusal, list(draft.targets), list(draft.by_hand)
    if refusal is not None:
        raise InputError(refusal)
    return targets, by_hand


async def _from_store(glass: Unstored, board: Board, workload: str) -> drafting.Draft:
    remedy = ("Name what is to be turned off: --target KIND:SOURCE:IDENTIFIER, such as "
              "anthropic-api-key:anthropic:apikey_01Example")
    if glass.database is None:
        raise InputError(f"The database cannot be read, so nothing tells what {workload} works with. {remedy}")
    try:
        return await drafting.kill(glass.config, glass.database, board, workload)
    except StoreError as error:
        raise InputError(f"{error} {remedy}") from error


def _by_hand(board: Board, target: PlannedTarget) -> str:
    switch = board(target.switch, target.source)
    return switch.by_hand(target.target, planning.declared(switch, target.verb, target.wanted))


def _order(glass: Unstored, actor: Actor, workload: str, reason: str, targets: Sequence[PlannedTarget],
           by_hand: Sequence[str]) -> Order:
    at = glass.clock.now()
    return Order(
        intent=f"kill-{at:%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}", workload=workload, reason=reason, by=actor.user,
        claimed=dict(actor.claimed), holder=this_process(), why=glass.why, at=at,
        valid_until=at + timedelta(seconds=glass.config.breaker.validity_s),
        plan_hash=planning.plan_hash(workload, "kill", targets), targets=targets, by_hand=by_hand,
    )


def _result(order: Order, ends: Sequence[End]) -> IntentResult:
    steps = tuple(StepLine(
        switch=end.target.switch, target=end.target.target, target_name=end.target.name, verb=end.target.verb,
        before=end.target.state_now, wanted=end.target.wanted, after=end.after, state=end.state, confirmed_at=None,
        error=end.error, shared_with=end.target.shared_with) for end in ends)
    state = outcomes.outcome_of({end.state for end in ends})
    silent = all(end.state == "unknown" and end.after is None for end in ends)
    return IntentResult(order.intent, order.workload, "kill", state, steps, unreachable=silent,
                        note="Written into the fallback journal; it is taken into the database when that can be "
                             "written again.")
