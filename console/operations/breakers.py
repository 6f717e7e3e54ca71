"""Breakers: plan, kill, resume, approve, trip sheet. Every attempt is permission-checked and audited."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

from sqlmodel import Session

from console.cadences import trip_sheets
from console.cadences.gathering import today_start
from console.cadences.trip_sheet import IntentResult, Plan, TripSheet
from console.clock import epoch, from_epoch, month_bounds, rfc3339
from console.errors import InputError, NotPermitted, ProviderUnreachable, UsageError
from console.kinds import polled
from console.operations import audit_log, gate
from console.operations.actor import Actor
from console.operations.desk import Desk
from console.operations.permissions import MAY, require
from console.watch import drafting, intents, outcomes, rehearsing
from console.watch.automatic import Automatic
from console.watch.drafting import Draft
from console.watch.intents import OPEN, Request
from store import incidents, streams, windows
from store.tables import Intent

PATIENCE_S = 60.0
"""How long to wait for another process that carries the same intent out."""


async def plan(desk: Desk, actor: Actor, workload: str, verb: str) -> Plan:
    """What a kill or resume would do now, to what, and how it is undone. Asks the provider, changes nothing."""
    if verb not in ("kill", "resume"):
        raise UsageError(f"There is no verb {verb!r}: kill or resume.")
    draft = await drafted(desk, workload, verb)
    rate, today, month = await asyncio.to_thread(_spending, desk, workload)
    return Plan(
        workload=workload, name=draft.name, environment=draft.environment, verb=verb, plan_hash=draft.plan_hash,
        rate_per_hour=rate, today=today, month=month, targets=draft.targets, warnings=draft.warnings,
        refusal=draft.refusal, needs_second_person=verb == "resume" and desk.config.approvals.two_person,
        later=draft.later,
    )


async def kill(
    desk: Desk, actor: Actor, workload: str, reason: str, plan_hash: str | None = None, dry_run: bool = False
) -> IntentResult:
    """Turn a workload off and verify it. One already under way, or in force, is returned and not repeated.

    plan_hash: of the plan that the person saw; where it no longer holds, nothing is done and UsageError says so.
    """
    await gate.required(desk, actor, "kill", workload, reason, dry_run=dry_run)
    if dry_run:
        return await rehearsing.rehearse(desk.config, desk.database, desk.clock, workload, "kill")
    standing = await gate.read(desk, lambda tx: _open_kill(tx, workload))
    joined = await _join(desk, actor, standing, reason) if standing is not None else None
    if joined is not None:
        return joined
    draft = await drafted(desk, workload, "kill")
    hold_to(draft, plan_hash)
    request = request_of(desk, actor, draft, reason)
    recorded = await gate.write(desk, lambda tx: intents.record(
        tx, replace(request, evidence={**request.evidence, **_seen(tx, desk, workload)}), automatic(desk).notify))
    if not recorded.created:
        return await _wait_for(desk, recorded.intent.id, existing=True)
    return await carry_out(desk, recorded.intent.id)


async def resume(
    desk: Desk, actor: Actor, workload: str, reason: str, plan_hash: str | None = None, dry_run: bool = False
) -> IntentResult:
    """Restore what the kill turned off, into probation. With two persons it waits for another one's approval."""
    role = await gate.required(desk, actor, "resume", workload, reason, dry_run=dry_run)
    if dry_run:
        return await rehearsing.rehearse(desk.config, desk.database, desk.clock, workload, "resume")
    waiting = await gate.read(desk, lambda tx: waiting_resume(tx, workload))
    if waiting is not None:
        return await _wait_for(desk, waiting.id, existing=True)
    draft = await drafted(desk, workload, "resume")
    if draft.unreachable:
        raise ProviderUnreachable(f"{workload} was not resumed, and nothing was sent: {' '.join(draft.warnings)}")
    hold_to(draft, plan_hash)
    two = desk.config.approvals.two_person
    request = replace(request_of(desk, actor, draft, reason), state="awaiting_approval" if two else "approved",
                      role="" if two else role)
    intent = await gate.write(desk, lambda tx: record_resume(tx, desk, request, draft))
    return await _result(desk, intent) if two else await carry_out(desk, intent)


async def approve(desk: Desk, actor: Actor, intent: str, reason: str) -> IntentResult:
    """Authorise what somebody else asked for, exactly as it was planned, and carry it out."""
    row = await gate.read(desk, lambda tx: incidents.intent(tx, intent))
    if row is None:
        raise UsageError(f"There is no intent {intent!r}. The alerts and `token-console kill` name them.")
    role = await gate.required(desk, actor, "kill" if row.verb == "kill" else "approve", f"intent:{intent}", reason)
    if row.verb == "resume" and desk.config.approvals.two_person and row.requested_by == actor.user:
        await gate.refused(desk, actor, "approve", f"intent:{intent}", "the same person asked for it")
        raise NotPermitted(f"{actor.user} asked for this resume; somebody else must approve it.")
    if row.state != "awaiting_approval":
        raise UsageError(f"{intent} is {row.state.replace('_', ' ')}; there is nothing to approve.")
    draft = await drafted(desk, row.workload, row.verb)
    if draft.unreachable and row.verb == "resume":
        raise ProviderUnreachable(f"Nothing was approved or sent: {' '.join(draft.warnings)}")
    why_not = await gate.write(desk, lambda tx: _approve(tx, desk, actor, intent, role, reason, draft))
    if why_not is not None:
        raise UsageError(why_not)
    return await carry_out(desk, intent)


async def trip_sheet(
    desk: Desk, actor: Actor, intent: str | None = None, workload: str | None = None
) -> TripSheet | None:
    """The trip sheet of an intent, or of the workload's newest kill; None where there never was one."""
    return await gate.read(desk, lambda tx: trip_sheets.build(
        tx, intent=intent, workload=workload, at=desk.clock.now(), resume_roles=MAY["resume"],
        two_person=desk.config.approvals.two_person, config=desk.config))


def automatic(desk: Desk) -> Automatic:
    """The engine's executor where the engine runs here, else one of this desk's own."""
    if desk.engine is not None:
        return desk.engine.automatic
    if desk.automatic is None:
        desk.automatic = Automatic(desk.config, desk.database, desk.clock)
    return desk.automatic


async def drafted(desk: Desk, workload: str, verb: str) -> Draft:
    """The plan as the store and the provider have it now."""
    make = drafting.kill if verb == "kill" else drafting.resume
    return await make(desk.config, desk.database, automatic(desk).board, workload)


def hold_to(draft: Draft, plan_hash: str | None) -> None:
    """Raises where it cannot be done, or is no longer the plan that a person saw."""
    if draft.refusal is not None:
        raise InputError(draft.refusal)
    if plan_hash is not None and plan_hash != draft.plan_hash:
        raise UsageError(f"What would be done to {draft.workload} changed while you were looking at it. "
                         "Nothing was sent; look again.")


def request_of(desk: Desk, actor: Actor, draft: Draft, reason: str) -> Request:
    """What is written down of a person's wish."""
    return Request(
        workload=draft.workload, verb=draft.verb, origin="manual", reason=reason.strip(), requested_by=actor.user,
        at=desk.clock.now(), valid_s=desk.config.breaker.validity_s, plan_hash=draft.plan_hash, targets=draft.targets,
        evidence={"by_hand": list(draft.by_hand),
                  "shared": {item.target: list(item.shared_with) for item in draft.targets}},
        drifted=draft.drifted, reverses=draft.reverses,
    )


async def carry_out(desk: Desk, intent: str) -> IntentResult:
    """Run it here, or wait while another process does, and tell what came of it."""
    await automatic(desk).executor.run(intent)
    result = await _wait_for(desk, intent)
    await audit_log.seal(desk)
    if desk.engine is not None:
        await desk.engine.redraw()
    return result


async def _join(desk: Desk, actor: Actor, standing: Intent, reason: str) -> IntentResult | None:
    """A kill is open already. One that waits for a person is this person's to release; None: its plan was void."""
    if standing.state != "awaiting_approval":
        return await _wait_for(desk, standing.id, existing=True)
    draft = await drafted(desk, standing.workload, "kill")
    role = require(actor, "kill")
    why_not = await gate.write(desk, lambda tx: _approve(tx, desk, actor, standing.id, role, reason, draft))
    return None if why_not is not None else await carry_out(desk, standing.id)


async def _wait_for(desk: Desk, intent: str, *, existing: bool = False) -> IntentResult:
    """The intent as it ends, if it does in good time."""
    waited = 0.0
    result = await _result(desk, intent, existing=existing)
    while result.state in OPEN - {"awaiting_approval"} and waited < PATIENCE_S:
        await desk.clock.sleep(0.5)
        waited += 0.5
        result = await _result(desk, intent, existing=existing)
    return result


async def _result(desk: Desk, intent: str, *, existing: bool = False) -> IntentResult:
    return await gate.read(desk, lambda tx: _tell(tx, intent, existing=existing))


def _tell(tx: Session, intent_id: str, *, existing: bool) -> IntentResult:
    row = incidents.intent(tx, intent_id)
    assert row is not None
    steps = trip_sheets.step_lines(tx, row)
    silent = bool(steps) and all(step.state == "unknown" and step.after is None for step in steps)
    return IntentResult(row.id, row.workload, row.verb, row.state, steps, row.spend_stopped_at, existing, silent,
                        row.note)


def _open_kill(tx: Session, workload: str) -> Intent | None:
    return next((row for row in incidents.intents(tx, workload, 50) if row.verb == "kill" and row.state in OPEN), None)


def waiting_resume(tx: Session, workload: str) -> Intent | None:
    """A resume of the workload that is open already."""
    return next((row for row in incidents.intents(tx, workload, 50)
                 if row.verb == "resume" and row.state in OPEN), None)


def record_resume(tx: Session, desk: Desk, request: Request, draft: Draft) -> str:
    """The resume, and the end of a kill that still waited for somebody to release it. Raises InputError where another
    workload was killed since it was drafted that needs the same target stopped."""
    waiting = waiting_resume(tx, request.workload)
    if waiting is not None:
        return waiting.id
    if why_not := drafting.held_since(tx, automatic(desk).board, draft):
        raise InputError(why_not)
    stale = _open_kill(tx, request.workload)
    if stale is not None and stale.state == "awaiting_approval":
        stale.finished_at = request.at
        outcomes.set_intent_state(tx, stale, "rejected", request.at, by=request.requested_by, reason=request.reason)
    return intents.record(tx, request, automatic(desk).notify).intent.id


def _approve(
    tx: Session, desk: Desk, actor: Actor, intent_id: str, role: str, reason: str, draft: Draft
) -> str | None:
    """Record the approval of exactly this plan. Returns why it could not be; a plan that changed is void."""
    intent, now = incidents.intent(tx, intent_id), desk.clock.now()
    if intent is None or intent.state != "awaiting_approval":
        return f"{intent_id} is no longer waiting for approval."
    if now >= intent.valid_until:
        outcomes.expire(tx, intent, now, automatic(desk).notify, "nobody approved it in time")
        return f"{intent_id} has expired; ask for it again."
    refusal = draft.refusal or drafting.held_since(tx, automatic(desk).board, draft)
    if refusal is not None or draft.plan_hash != intent.plan_hash:
        outcomes.expire(tx, intent, now, automatic(desk).notify, "what it would do changed before it was approved")
        return (f"What {intent_id} would do changed since it was planned, so it is void. "
                f"{refusal or 'Ask for it again, and look at the new plan.'}")
    tx.add(intents.authorisation(intent, by=actor.user, role=role, reason=reason.strip(), at=now))
    intent.valid_until = now + timedelta(seconds=desk.config.breaker.validity_s)
    outcomes.set_intent_state(tx, intent, "approved", now, by=actor.user, role=role, reason=reason.strip(),
                              plan_hash=intent.plan_hash)
    if intent.escalates is not None:
        intents.trip_breaker(tx, intent, by=actor.user, at=now)
    return None


def _seen(tx: Session, desk: Desk, workload: str) -> dict[str, object]:
    """What the data showed when a person decided: how old they were, and the month's usage as evidence."""
    now = desk.clock.now()
    until = _data_until(tx, desk)
    return {
        "summary": "A person decided.", "window": "month",
        "window_start": epoch(month_bounds(now)[0]), "window_end": epoch(now),
        "data_until": rfc3339(from_epoch(until)) if until else None,
        "data_age_s": epoch(now) - until if until else None,
    }


def _data_until(tx: Session, desk: Desk) -> int | None:
    """End of the newest bucket that every source has read whole; None while one never was."""
    marks = [streams.get(tx, source.name, "usage").watermark
             for source in polled(desk.config) or desk.config.sources]
    return None if not marks or None in marks else min(mark for mark in marks if mark is not None)


def _spending(desk: Desk, workload: str) -> tuple[int | None, int | None, int | None]:
    """(dollars an hour, today, this month) in micro-dollars; None where nothing was read yet."""
    now = desk.clock.now()
    with desk.database.read() as tx:
        until = _data_until(tx, desk)
        if until is None:
            return None, None, None
        rate = windows.window_spend(tx, until, [3600]).get(workload, {}).get(3600, 0)
        today = windows.period_spend(tx, epoch(today_start(now, desk.config.organisation.time_zone)), epoch(now))
        month = windows.period_spend(tx, epoch(month_bounds(now)[0]), epoch(now))
    return rate, today[workload].cost if workload in today else 0, month[workload].cost if workload in month else 0
