"""How steps and intents come to their ends, each in the transaction of whoever found it out.

Every change of state here has exactly one audit entry beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlmodel import Session

from console.cadences.drill import TARGET
from console.errors import NotPermitted
from console.watch import breaker as machine
from console.watch.intents import Notice, Notify, get_standing, set_standing
from store import audit, authorisations, drills, incidents
from store.tables import Approval, Drill, Intent, Step

FINAL = frozenset({"done", "refused", "failed", "unknown", "expired"})
"""States in which a step stays until a person does something; unknown, until a read-back tells."""


ENDED, EXPIRED, STILL_UNKNOWN, LATE = 1, 2, 3, 10
"""Numbers of an intent's messages; several steps that are read back late count on from the last."""


@dataclass(frozen=True, slots=True)
class ResumeTerms:
    """What the configuration says of resumes."""

    two_person: bool
    probation_s: float
    operators: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Who holds which roles, now that it is carried out."""


def outcome(steps: Sequence[Step]) -> str:
    """done, partial, unknown, failed or expired: what the ends of the steps come to together."""
    return outcome_of({step.state for step in steps})


def outcome_of(states: Set[str]) -> str:
    """The same, of the states in which the steps ended."""
    if states <= {"done"}:
        return "done"
    if "done" in states:
        return "partial"
    if "unknown" in states:
        return "unknown"
    return "expired" if states == {"expired"} else "failed"


def conclude(tx: Session, intent: Intent, at: datetime, notify: Notify, terms: ResumeTerms) -> bool:
    """End the intent if all its steps are at theirs: state, breaker, audit and message. Returns whether it ended."""
    steps = incidents.steps(tx, intent.id)
    if any(step.state not in FINAL for step in steps):
        if intent.state == "executing" and all(step.state in FINAL | {"verifying"} for step in steps):
            set_intent_state(tx, intent, "verifying", at)
        return False
    intent.finished_at = at
    set_intent_state(tx, intent, outcome(steps), at, steps=[_line(step) for step in steps])
    if intent.verb == "kill":
        _killed(tx, intent, at)
    elif intent.verb == "drill":
        notify(tx, _drilled(tx, intent, steps))
        return True
    else:
        _resumed(tx, intent, at, terms)
    notify(tx, _notice(intent, steps))
    return True


def conclude_late(tx: Session, intent: Intent, at: datetime, notify: Notify) -> None:
    """A step that was left unknown was read back after the intent had ended: what that makes of the intent."""
    steps = incidents.steps(tx, intent.id)
    after = outcome(steps)
    if after != intent.state:
        set_intent_state(tx, intent, after, at, steps=[_line(step) for step in steps], late=True)
        if intent.verb == "kill":
            _killed(tx, intent, at)
    settled = sum(step.state != "unknown" for step in steps)
    notify(tx, replace(_notice(intent, steps), transition=LATE + settled))


def still_unknown(intent: Intent, steps: Sequence[Step]) -> Notice:
    """Its validity is over, and nobody knows what came of it: who reads this must look, and has the command for it."""
    return replace(_notice(intent, steps), transition=STILL_UNKNOWN,
                   title=f"{intent.verb.capitalize()} of {intent.workload} is still unknown")


def expire(tx: Session, intent: Intent, at: datetime, notify: Notify, why: str) -> None:
    """Nothing more will be done for this intent. Its breaker stays as it is: tripped, for a kill."""
    _left_undone(tx, intent, at, why)
    notify(tx, Notice(f"intent:{intent.id}", EXPIRED, "warning" if intent.verb == "drill" else "critical",
                      f"{intent.verb.capitalize()} of {intent.workload} expired",
                      f"{why[:1].upper()}{why[1:]}. Nothing was sent. {next_step(intent)}"))


def needless(tx: Session, intent: Intent, at: datetime, notify: Notify, why: str) -> None:
    """The same of what was proposed and is not needed any more."""
    _left_undone(tx, intent, at, why)
    notify(tx, Notice(f"intent:{intent.id}", EXPIRED, "info", f"{intent.id} is not needed any more",
                      f"{why[:1].upper()}{why[1:]}. Nothing was sent."))


def _left_undone(tx: Session, intent: Intent, at: datetime, why: str) -> None:
    for step in incidents.steps(tx, intent.id):
        if step.state == "planned":
            step.state = "expired"
            audit_step(tx, step, at, by="engine", was="planned")
    intent.finished_at, intent.note = at, why
    set_intent_state(tx, intent, "expired", at, why=why)


def spend_authorisation(tx: Session, intent: Intent, at: datetime, terms: ResumeTerms) -> None:
    """Use up the approval of this very plan. A resume cannot begin without one. Raises NotPermitted."""
    approvals = [row for row in incidents.approvals(tx, intent.id) if row.plan_hash == intent.plan_hash]
    if not approvals:
        if intent.verb == "resume":
            raise NotPermitted(f"Nobody has authorised {intent.id}; the breaker of {intent.workload} stays as it is.")
        return
    row = approvals[-1]
    if row.role not in terms.operators.get(row.approved_by, ()):
        raise NotPermitted(f"{row.approved_by} no longer holds the role {row.role} under which this was authorised; "
                           "somebody who does must ask for it again.")
    alone = authorisations.review_of(tx, intent.id) is not None  # by break-glass: a second person looks at it after
    two = terms.two_person and intent.verb == "resume" and not alone
    row.used_at = _authorisation(row, intent).spend(plan_hash=intent.plan_hash, two_person=two, at=at).used_at
    tx.add(row)
    audit.append(tx, at=at, actor=row.approved_by, action="approval.used", object=f"intent:{intent.id}",
                 detail={"role": row.role, "plan_hash": row.plan_hash})


def holds_breaker(tx: Session, intent: Intent) -> bool:
    """Whether the breaker stands tripped by this very kill."""
    standing = get_standing(tx, intent.workload)
    return standing is not None and standing.state == machine.TRIPPED and standing.intent == intent.id


def set_intent_state(
    tx: Session, intent: Intent, state: str, at: datetime, *, by: str = "engine", **detail: object
) -> None:
    """Move the intent to a state, with its audit entry."""
    was, intent.state = intent.state, state
    tx.add(intent)
    audit.append(tx, at=at, actor=by, action=f"intent.{state}", object=f"intent:{intent.id}",
                 detail={"workload": intent.workload, "verb": intent.verb, "was": was, **detail})


def audit_step(tx: Session, step: Step, at: datetime, *, by: str, was: str, **detail: object) -> None:
    """Write a step's new state into the audit log, beside the change itself."""
    tx.add(step)
    audit.append(tx, at=at, actor=by, action=f"step.{step.state}", object=f"intent:{step.intent}",
                 detail={**_line(step), "switch": step.switch, "credential": step.source, "was": was, **detail})


def _killed(tx: Session, intent: Intent, at: datetime) -> None:
    standing = get_standing(tx, intent.workload)
    if intent.state == "done" and standing is not None:
        _move(tx, intent, standing, machine.confirm(standing, intent=intent.id, at=at), at)


def _drilled(tx: Session, intent: Intent, steps: Sequence[Step]) -> Notice:
    """What the drill came to, stored; the breaker stays as it is. Its target was switched off, then on again."""
    stop = steps[0]
    left = "; ".join(f"{step.verb} {step.target}: {step.state} ({step.error or 'no reason known'})"
                     for step in steps if step.state != "done")
    doubt = any(step.state == "unknown" for step in steps)
    state = "passed" if intent.state == "done" else "unknown" if doubt else "failed"
    drill = drills.add(tx, Drill(
        workload=intent.workload, at=intent.requested_at, drilled_by=intent.requested_by, sort=TARGET,
        target=stop.target, requested_s=_after(intent, stop.requested_at), outcome=state, detail=left,
        confirmed_s=_after(intent, stop.confirmed_at), intent=intent.id))
    audit.append(tx, at=intent.finished_at or intent.requested_at, actor=drill.drilled_by, action=f"drill.{state}",
                 object=intent.workload, detail=drill_detail(drill))
    if state == "passed":
        return Notice(f"intent:{intent.id}", ENDED, "info", f"The drill of {intent.workload} passed",
                      f"{stop.target} was read back as stopped after {drill.confirmed_s:.1f} s, and works again.")
    return Notice(f"intent:{intent.id}", ENDED, "error", f"The drill of {intent.workload} {_WENT[state]}",
                  f"{left}. The test target may still be off. {next_step(intent)}")


_WENT = {"failed": "failed", "unknown": "came to no clear end"}


def drill_detail(drill: Drill) -> dict[str, object]:
    """A drill as the audit log keeps it."""
    return {"sort": drill.sort, "target": drill.target, "seconds_to_request": drill.requested_s,
            "seconds_to_confirmed": drill.confirmed_s, "detail": drill.detail, "intent": drill.intent}


def _after(intent: Intent, at: datetime | None) -> float | None:
    return None if at is None else (at - intent.requested_at).total_seconds()


def _resumed(tx: Session, intent: Intent, at: datetime, terms: ResumeTerms) -> None:
    """Into probation as soon as anything may spend again; a resume that was refused whole leaves the breaker held."""
    standing = get_standing(tx, intent.workload)
    if standing is None or standing.state == machine.ARMED or intent.state not in ("done", "partial", "unknown"):
        return
    row = incidents.approvals(tx, intent.id)[-1]
    after = machine.resume(standing, _authorisation(row, intent), plan_hash=intent.plan_hash,
                           probation_s=terms.probation_s, at=at)
    _move(tx, intent, standing, after, at)
    for kill in incidents.unsettled_kills(tx):
        if kill.workload == intent.workload:
            kill.settled_at = at
            kill.note = f"{kill.note} Resumed by {intent.requested_by} before the feed had settled.".strip()
            tx.add(kill)
            audit.append(tx, at=at, actor="engine", action="intent.settled", object=f"intent:{kill.id}",
                         detail={"workload": intent.workload, "resumed_by": intent.id})


def _move(tx: Session, intent: Intent, before: machine.Standing, after: machine.Standing, at: datetime) -> None:
    if after == before:
        return
    set_standing(tx, intent.workload, after)
    audit.append(tx, at=at, actor="engine", action=f"breaker.{after.state}", object=intent.workload,
                 detail={"was": before.state, "intent": intent.id})


def _authorisation(row: Approval, intent: Intent) -> machine.Authorisation:
    return machine.Authorisation(row.plan_hash, intent.requested_by, row.approved_by, row.expires_at, row.used_at)


def _line(step: Step) -> dict[str, object]:
    return {"position": step.position, "target": step.target, "verb": step.verb, "wanted": step.wanted,
            "before": step.before, "after": step.after, "state": step.state, "attempt": step.attempt,
            "idempotency_key": step.idempotency_key, "error": step.error}


def _notice(intent: Intent, steps: Sequence[Step]) -> Notice:
    done = sum(step.state == "done" for step in steps)
    told = f"{done} of {len(steps)} confirmed by reading back."
    if intent.state == "done":
        return Notice(f"intent:{intent.id}", ENDED, "critical" if intent.verb == "kill" else "warning",
                      f"{intent.verb.capitalize()} of {intent.workload} is confirmed",
                      f"{told} Whether spending stopped shows in the usage of the next minutes.")
    left = "; ".join(f"{step.target}: {step.state} ({step.error or 'no reason known'})"
                     for step in steps if step.state != "done")
    title = f"{intent.verb.capitalize()} of {intent.workload}: {intent.state}"
    return Notice(f"intent:{intent.id}", ENDED, "critical", title, f"{told} {left}. {next_step(intent)}")


def next_step(intent: Intent) -> str:
    """What a person does about an intent that did not end well, with the exact command for doing it by hand."""
    commands = intent.evidence.get("by_hand") or ()
    by_hand = f" Or by hand: {' && '.join(commands)}" if commands else ""
    if intent.verb == "drill":
        return f"Look at the test target, then: token-console drill {intent.workload}.{by_hand}"
    return f"Look at the trip sheet, then: token-console {intent.verb} {intent.workload} --reason TEXT.{by_hand}"
