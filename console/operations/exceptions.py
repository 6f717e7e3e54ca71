"""The week's exceptions: read them, decide them singly or together, and take a decision back."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from sqlmodel import Session

from console.cadences.week.reading import exception_lines, read_weekly
from console.cadences.weekly import VERDICTS, DecisionLine, ExceptionLine, Weekly
from console.clock import rfc3339
from console.errors import NotPermitted, UsageError
from console.operations import gate
from console.operations.actor import Actor
from console.operations.desk import Desk
from store import audit
from store import exceptions as store
from store.tables import CharterException, ExceptionDecision

LONGEST = timedelta(days=400)
"""A decision with an end is looked at again within this."""
EVER = datetime(1970, 1, 1, tzinfo=UTC)
UNDO_WITHIN = timedelta(minutes=10)
RATIONALE = 4000
"""Characters of a rationale."""
ENDS = ("time-bounded", "dismissed")
"""Verdicts that may have an end."""


async def weekly(desk: Desk, actor: Actor, *, at: datetime | None = None) -> Weekly:
    """The week that holds an instant, or the present one."""
    return await gate.read(desk, lambda tx: read_weekly(tx, desk.config, at or desk.clock.now()))


async def exception_of(desk: Desk, actor: Actor, *, intent: str | None = None,
                       alert: int | None = None) -> ExceptionLine | None:
    """The exception of a kill or of an alert; None where there is none."""

    def find(tx: Session) -> ExceptionLine | None:
        numbers = [*store.of_intents(tx, [intent] if intent else []).values(),
                   *store.of_alerts(tx, [alert] if alert is not None else []).values()]
        lines = exception_lines(tx, desk.clock.now(), EVER, numbers[0]) if numbers else ()
        return lines[0] if lines else None

    return await gate.read(desk, find)


async def decide(desk: Desk, actor: Actor, *, exceptions: Sequence[int], verdict: str, rationale: str,
                 ends_at: datetime | None = None) -> tuple[DecisionLine, ...]:
    """Decide these, all or none, with one rationale; one that is decided already is decided anew.

    Raises UsageError with every number that is not known or is closed, and for a verdict or an end that cannot be.
    """
    role = await _permitted(desk, actor)
    numbers = tuple(dict.fromkeys(exceptions))
    _refuse_request(numbers, verdict, rationale, ends_at, desk.clock.now())

    def write(tx: Session) -> tuple[DecisionLine, ...]:
        rows = _undecided(tx, numbers)
        batch = secrets.token_hex(6) if len(rows) > 1 else None
        now = desk.clock.now()
        return tuple(_decide(tx, row, ExceptionDecision(
            exception=row.id or 0, verdict=verdict, rationale=rationale.strip(), role=role, decided_by=actor.user,
            decided_at=now, ends_at=ends_at, batch=batch, degree=row.degree)) for row in rows)

    return await gate.write(desk, write)


async def undo_decision(desk: Desk, actor: Actor, *, decisions: Sequence[int]) -> None:
    """Take decisions of one's own back, all or none, within ten minutes; what stood before them stands again."""
    await _permitted(desk, actor)

    def write(tx: Session) -> None:
        numbers = tuple(dict.fromkeys(decisions))
        found = store.decisions(tx, numbers)
        rows = store.by_ids(tx, (each.exception for each in found.values()))
        now = desk.clock.now()
        _refuse_all([why for number in numbers if (why := _not_undone(number, found, rows, actor, now))],
                    "nothing was taken back")
        for number in numbers:
            _undo(tx, rows[found[number].exception], found[number], actor, now)

    await gate.write(desk, write)


async def _permitted(desk: Desk, actor: Actor) -> str:
    if desk.read_only:
        raise NotPermitted("This console is read-only, so it will not decide anything. Start it without --read-only.")
    return await asyncio.to_thread(gate.permitted, desk, actor, "decide_exception", "exceptions")


def _refuse_request(numbers: Sequence[int], verdict: str, rationale: str, ends_at: datetime | None,
                    now: datetime) -> None:
    if not numbers:
        raise UsageError("No exception is named. `token-console exceptions` lists them with their numbers.")
    if verdict not in VERDICTS:
        raise UsageError(f"There is no verdict {verdict[:40]!r}; it is one of: {', '.join(VERDICTS)}.")
    if not rationale.strip():
        raise UsageError("A decision needs a rationale: say why, for whoever reads it next quarter.")
    if len(rationale) > RATIONALE:
        raise UsageError(f"The rationale has {len(rationale):,} characters; shorten it to {RATIONALE:,}.")
    if ends_at is None:
        if verdict == "time-bounded":
            raise UsageError("A time-bounded exception needs its end: until when may it be so?")
    elif verdict not in ENDS:
        raise UsageError(f"A decision of {VERDICTS[verdict]!r} has no end; only {' and '.join(ENDS)} ones have.")
    elif not now < ends_at <= now + LONGEST:
        raise UsageError(f"The end {rfc3339(ends_at)} is not in the future, within {LONGEST.days} days.")


def _undecided(tx: Session, numbers: Sequence[int]) -> list[CharterException]:
    """The rows in the order asked for. Raises UsageError with every one that cannot be decided."""
    found = store.by_ids(tx, numbers)
    _refuse_all([f"there is no exception {number}" if number not in found else
                 f"{_called(found[number])} is closed: {found[number].closed_why}"
                 for number in numbers if number not in found or found[number].state == store.CLOSED],
                "nothing was decided")
    return [found[number] for number in numbers]


def _decide(tx: Session, row: CharterException, decision: ExceptionDecision) -> DecisionLine:
    before = row.decision
    store.add_decision(tx, decision)
    row.state, row.decision = store.DECIDED, decision.id
    tx.add(row)
    audit.append(tx, at=decision.decided_at, actor=decision.decided_by, action="exception.decided", object=row.workload,
                 detail={"exception": row.id, "kind": row.kind, "subject": row.subject, "decision": decision.id,
                         "verdict": decision.verdict, "rationale": decision.rationale, "role": decision.role,
                         "ends_at": rfc3339(decision.ends_at) if decision.ends_at else None, "batch": decision.batch,
                         "replaces": before})
    return DecisionLine(decision.id or 0, decision.verdict, decision.rationale, decision.role, decision.decided_by,
                        decision.decided_at, decision.ends_at, decision.batch)


def _not_undone(number: int, found: dict[int, ExceptionDecision], rows: dict[int, CharterException], actor: Actor,
                now: datetime) -> str:
    """Why a decision cannot be taken back; empty where it can."""
    decision = found.get(number)
    if decision is None:
        return f"there is no decision {number}"
    row = rows[decision.exception]
    if decision.undone_at is not None or row.decision != number:
        return f"decision {number} on {_called(row)} no longer stands"
    if decision.decided_by != actor.user:
        return f"decision {number} on {_called(row)} is {decision.decided_by}'s; decide anew instead"
    if now - decision.decided_at > UNDO_WITHIN:
        return f"decision {number} on {_called(row)} is over ten minutes old; decide anew instead"
    return f"{_called(row)} is closed" if row.state == store.CLOSED else ""


def _undo(tx: Session, row: CharterException, decision: ExceptionDecision, actor: Actor, now: datetime) -> None:
    decision.undone_at = now
    since = row.reopened_at or row.opened_at
    before = [each for each in store.history(tx, row.id or 0)
              if each.undone_at is None and each.decided_at >= since and each.id != decision.id]
    row.decision = before[-1].id if before else None
    row.state = store.DECIDED if before else store.OPEN
    tx.add_all((row, decision))
    audit.append(tx, at=now, actor=actor.user, action="exception.decision_undone", object=row.workload,
                 detail={"exception": row.id, "kind": row.kind, "subject": row.subject, "decision": decision.id,
                         "verdict": decision.verdict, "stands": row.decision})


def _called(row: CharterException) -> str:
    what = f"{row.kind} {row.subject}".strip()
    return f"exception {row.id} ({row.workload}: {what})"


def _refuse_all(faults: Iterable[str], outcome: str) -> None:
    """Every fault one by one, or nothing."""
    said = list(faults)
    if said:
        text = "; ".join(said)
        raise UsageError(f"{text[:1].upper()}{text[1:]}. So {outcome}.")
