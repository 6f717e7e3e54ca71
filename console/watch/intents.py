"""A kill or a resume as a row, before it is a request: recorded whole, with its steps, in one transaction."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from console.cadences.trip_sheet import PlannedTarget
from console.config import BreakerSettings
from console.watch import breaker as machine
from console.watch.planning import Surroundings, idempotency_key
from store import audit, incidents, registry, streams, usage
from store.tables import Approval, Breaker, Intent, Step

OPEN = frozenset(incidents.OPEN)
"""States of an intent that has not come to its end."""

GRANT_WITHIN = timedelta(hours=24)
"""How long an intent waits for the person who may approve it."""

USE_WITHIN = timedelta(minutes=15)
"""How long an approval may be used once it was given."""

BLAST_WINDOW = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that people must hear of, in the transaction that made it so."""

    subject: str
    """`intent:ID`."""
    transition: int
    severity: str
    title: str
    body: str


Notify = Callable[[Session, Notice], None]


@dataclass(frozen=True, slots=True)
class Request:
    """Everything that is written down of a kill or resume before anything is asked of a provider."""

    workload: str
    verb: str
    """kill, resume, drill."""
    origin: str
    """automatic, manual, drill."""
    reason: str
    requested_by: str
    at: datetime
    valid_s: float
    plan_hash: str
    targets: Sequence[PlannedTarget]
    state: str = "approved"
    """approved, awaiting_approval, observed."""
    note: str = ""
    evidence: Mapping[str, Any] = field(default_factory=dict)
    reverses: str | None = None
    role: str = ""
    """The role under which a person authorised their own resume; empty where there is nothing to authorise."""
    drifted: bool = False
    """The breaker is held, and yet a target works: a person may have it turned off once more."""
    escalates: str | None = None
    """The kill of which this is a later stage, and `stage` which; each is written once."""
    stage: int = 1
    expired: int = 0
    """How often this stage was written before, and expired without anything being sent."""


@dataclass(frozen=True, slots=True)
class Recorded:
    intent: Intent
    created: bool
    """False: a kill was under way or holds the breaker already, and this is it; nothing was written."""


def record(tx: Session, request: Request, notify: Notify) -> Recorded:
    """Intent, steps, breaker, audit entry and message, or the kill that stands already. No call before this commits."""
    standing = standing_kill(tx, request) if request.verb == "kill" else None
    if standing is not None:
        return Recorded(standing, created=False)
    intent = _intent(request)
    incidents.add_intent(tx, intent, [_step(intent, place, item) for place, item in enumerate(request.targets)])
    proposed = request.escalates is not None and request.state == "awaiting_approval"  # the stage before holds it
    if request.verb == "kill" and request.state != "observed" and not proposed:
        trip_breaker(tx, intent, by=request.requested_by, at=request.at)
    if request.role:
        tx.add(authorisation(intent, by=request.requested_by, role=request.role, reason=request.reason, at=request.at))
    audit.append(tx, at=request.at, actor=request.requested_by, action="intent.requested", object=f"intent:{intent.id}",
                 detail=_requested(request))
    notify(tx, _announcement(request, intent))
    return Recorded(intent, created=True)


def standing_kill(tx: Session, request: Request) -> Intent | None:
    """The kill that makes a further one needless: one under way, or the one that holds the breaker.

    An automatic kill is also needless while the breaker is tripped at all: what then remains is for a person. And
    what was observed once (same rule and window) is not written down again for a day. A later stage is needless only
    where it was written before.
    """
    if request.escalates is not None:
        return incidents.intent(tx, _number(request))
    intents = [intent for intent in incidents.intents(tx, request.workload, 50) if intent.verb == "kill"]
    for intent in intents:
        if intent.state in OPEN:
            return intent
    row = incidents.breaker(tx, request.workload)
    needless = {machine.HELD} if not request.drifted else set()
    if request.origin == "automatic":
        needless = {machine.TRIPPED, machine.HELD}
    if row is not None and row.state in needless and row.intent is not None:
        return incidents.intent(tx, row.intent)
    if request.state != "observed":
        return None
    return next((intent for intent in intents if intent.state == "observed" and _same_sign(intent, request)), None)


def authorisation(intent: Intent, *, by: str, role: str, reason: str, at: datetime) -> Approval:
    """One person's leave for exactly this plan, to be used within the quarter of an hour."""
    return Approval(intent=intent.id, plan_hash=intent.plan_hash, approved_by=by, role=role, reason=reason,
                    approved_at=at, expires_at=at + USE_WITHIN)


def surroundings(tx: Session, protected: Sequence[str]) -> Surroundings:
    """What the store knows around any target: live entries, provider names, protected identifiers."""
    entries = {row.slug: row.entry for row in registry.workloads(tx) if row.status != "retired"}
    names = {(source, identifier): row.name for (source, _, identifier), row in streams.names(tx, None).items()}
    return Surroundings(entries, names, frozenset(protected), _seen(tx))


def _seen(tx: Session) -> dict[tuple[str, str], frozenset[str]]:
    """Who uses what, by the usage itself: a rule on a model or a workspace claims rows of keys that it never names."""
    users: dict[tuple[str, str], set[str]] = {}
    for series in usage.all_series(tx):
        if series.workload is not None:
            for identifier in filter(None, usage.dimensions(series).values()):
                users.setdefault((series.source, identifier), set()).add(series.workload)
    return {key: frozenset(slugs) for key, slugs in users.items()}


def needs_person(tx: Session, targets: Sequence[PlannedTarget], settings: BreakerSettings, at: datetime,
                 besides: Container[str] = ()) -> str | None:
    """Why an automatic kill of these targets must wait for a person; None where it need not. `besides`: intents of the
    very kill that this goes on with.

    Protected targets always wait. The first kill of an hour may stop its workload's own, unshared targets, however many
    those are: that is what was signed for. As soon as a target is shared, or automatic kills hit others within the last
    hour, all of them count together.
    """
    protected = [item.target for item in targets if item.protected]
    if protected:
        return f"{', '.join(protected)} is protected: no automatic kill may touch it"
    lately = _hit_lately(tx, at, besides)
    shared = any(item.shared_with for item in targets)
    if not shared and not lately:
        return None
    hit = {item.target for item in targets} | lately
    why = "with shared targets" if shared else "with the automatic kills of the last hour"
    if len(hit) > settings.max_targets:
        return (f"{why} this would make {len(hit)} targets stopped within an hour, "
                f"and breaker.max_targets is {settings.max_targets}")
    live = _live_keys(tx)
    if len(hit) > settings.max_share * live:
        return (f"{why} this would stop {len(hit)} of {live} live keys, "
                f"and breaker.max_share is {settings.max_share:.0%}")
    return None


def set_standing(tx: Session, workload: str, standing: machine.Standing) -> None:
    """Write where the breaker stands."""
    incidents.set_breaker(tx, Breaker(workload=workload, state=standing.state, since=standing.since,
                                      intent=standing.intent, probation_until=standing.probation_until))


def get_standing(tx: Session, workload: str) -> machine.Standing | None:
    """Where the breaker stands; None: it never tripped."""
    row = incidents.breaker(tx, workload)
    return None if row is None else machine.Standing(row.state, row.since, row.intent, row.probation_until)


def trip_breaker(tx: Session, intent: Intent, *, by: str, at: datetime) -> None:
    """Tripped by this kill, which is the one that counts from now on."""
    before = get_standing(tx, intent.workload)
    if before is not None and before.state in (machine.TRIPPED, machine.HELD):
        after = machine.retry(before, intent=intent.id, at=at)
    else:
        after = machine.trip(before, intent=intent.id, at=at)
    set_standing(tx, intent.workload, after)
    audit.append(tx, at=at, actor=by, action=f"breaker.{after.state}", object=intent.workload,
                 detail={"was": before.state if before else machine.ARMED, "intent": intent.id})


def _intent(request: Request) -> Intent:
    valid = GRANT_WITHIN if request.state == "awaiting_approval" else timedelta(seconds=request.valid_s)
    return Intent(
        id=_number(request),
        workload=request.workload, verb=request.verb, origin=request.origin, state=request.state,
        reason=request.reason, requested_by=request.requested_by, requested_at=request.at,
        valid_until=request.at + valid, plan_hash=request.plan_hash, evidence=dict(request.evidence),
        reverses=request.reverses, escalates=request.escalates, note=request.note,
        finished_at=request.at if request.state == "observed" else None,
    )


def _number(request: Request) -> str:
    """A later stage's is that of its kill and the stage: the key of its row keeps it from being written twice. Once it
    has expired, the next one counts on."""
    if request.escalates is not None:
        return f"{request.escalates}.{request.stage}{f'.{request.expired + 1}' if request.expired else ''}"
    return f"{request.verb}-{request.at:%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}"


def _step(intent: Intent, position: int, target: PlannedTarget) -> Step:
    return Step(
        intent=intent.id, position=position, switch=target.switch, source=target.source, target=target.target,
        verb=target.verb, wanted=target.wanted, stage=target.stage, before=target.state_now,
        idempotency_key=idempotency_key(intent.id, target),
    )


def _requested(request: Request) -> dict[str, object]:
    return {
        "workload": request.workload, "verb": request.verb, "origin": request.origin, "state": request.state,
        "reason": request.reason, "plan_hash": request.plan_hash, "reverses": request.reverses, "note": request.note,
        "role": request.role, "escalates": request.escalates, "evidence": dict(request.evidence),
        "targets": [{"switch": item.switch, "source": item.source, "target": item.target, "verb": item.verb,
                     "wanted": item.wanted, "before": item.state_now, "stage": item.stage} for item in request.targets],
    }


_SAID = {
    ("kill", "approved"): ("critical", "Killing {workload}"),
    ("kill", "awaiting_approval"): ("critical", "A kill of {workload} waits for a person"),
    ("kill", "observed"): ("warning", "{workload} would have been killed (observing only)"),
    ("resume", "approved"): ("warning", "Resuming {workload}"),
    ("resume", "awaiting_approval"): ("warning", "A resume of {workload} waits for a second person"),
    ("drill", "approved"): ("info", "Drilling {workload}"),
}


def _announcement(request: Request, intent: Intent) -> Notice:
    severity, title = _SAID[request.verb, request.state]
    targets = ", ".join(item.target for item in request.targets)
    body = f"{request.reason} (by {request.requested_by}; targets: {targets or 'none'}). {request.note}".strip()
    which = request.workload if request.escalates is None else f"{request.workload}, stage {request.stage},"
    return Notice(f"intent:{intent.id}", 0, severity, title.format(workload=which).rstrip(","), body)


def _same_sign(intent: Intent, request: Request) -> bool:
    same = all(intent.evidence.get(key) == request.evidence.get(key) for key in ("rule", "window"))
    return same and request.at - intent.requested_at < timedelta(days=1)


def _hit_lately(tx: Session, at: datetime, besides: Container[str]) -> set[str]:
    lately = [intent for intent in incidents.intents(tx, None, 500)
              if intent.origin == "automatic" and intent.verb == "kill" and intent.id not in besides
              and intent.state not in ("observed", "expired")
              and at - intent.requested_at < BLAST_WINDOW]
    return {step.target for intent in lately for step in incidents.steps(tx, intent.id)}


def _live_keys(tx: Session) -> int:
    """Keys that the provider says are active; where it was never asked, the targets that the MBOM names."""
    active = [row for row in streams.names(tx, None).values() if row.kind == "api_key" and row.status == "active"]
    if active:
        return len(active)
    return len({line.get("target") for row in registry.workloads(tx) for line in row.entry.get("switches") or ()})
