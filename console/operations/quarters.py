"""The Quarterly: each workload's review, what was learned and recommended in it, and the decision that ends it."""

from __future__ import annotations

import asyncio
from datetime import datetime

from sqlmodel import Session

from console.cadences import periods
from console.cadences.periods import Period
from console.cadences.quarter.reading import read_quarterly
from console.cadences.quarterly import DECISIONS, JOINTLY, NoteLine, Quarterly
from console.clock import rfc3339
from console.errors import NotPermitted, UsageError
from console.operations import gate
from console.operations.actor import Actor
from console.operations.desk import Desk
from console.operations.permissions import MAY
from console.operations.quarter_endings import Followed, follow
from console.operations.registry_mbom import existing
from store import audit, quarter_notes
from store import registry as store
from store.tables import QuarterNote

NOTES = {"learned": "learn", "recommended": "recommend"}
"""Kinds of note that a person may write, and the command that each is in the table of permissions."""
LONGEST = 10_000
"""Characters of a note."""


async def quarterly(desk: Desk, actor: Actor, *, quarter: str | None = None, at: datetime | None = None) -> Quarterly:
    """The Quarterly of `2026-Q4`, or of the present quarter; as it stands now, or as stored data put it at an instant.

    A quarter that has not begun has lines in which nothing is known yet. Raises UsageError for what is no quarter.
    """
    now, first = at or desk.clock.now(), desk.config.fiscal_year_month
    period = periods.quarter_of(now, first) if quarter is None else periods.quarter(quarter, first)
    return await gate.read(desk, lambda tx: read_quarterly(tx, desk.config, period, now))


async def note(desk: Desk, actor: Actor, *, workload: str, quarter: str, kind: str, text: str,
               role: str | None = None) -> NoteLine:
    """Write down what was learned, or what is recommended in one of the roles that recommend jointly.

    Of one role the newest recommendation stands. `role` may be left out: it is then the first that may, of a
    recommendation the first that still owes one.
    """
    if kind not in NOTES:
        raise UsageError(f"A note is {' or '.join(NOTES)}, not {kind[:40]!r}.")
    command = NOTES[kind]
    await asyncio.to_thread(_permitted, desk, actor, command, workload)
    period, said = _begun(desk, quarter), _said(text, "A note")
    if role is not None and (role not in actor.roles or role not in MAY[command]):
        await gate.refused(desk, actor, command, workload, f"not in the role {role[:40]}")
        raise NotPermitted(f"{actor.user} may not {command} as {role[:40]}: it takes one of {', '.join(MAY[command])}, "
                           f"and {actor.user} holds {', '.join(actor.roles)}.")

    def write(tx: Session) -> NoteLine:
        existing(tx, workload)
        notes = quarter_notes.of_quarter(tx, period.name, workload)
        _refuse_ended(notes, workload, period)
        given = {each.role: each.said_by for each in notes if each.kind == "recommended"}
        spoken = role or _role(actor, command, given)
        if kind == "recommended":
            _refuse_alone(desk, {**given, spoken: actor.user}, period)
        return _write(tx, desk, actor, _note(tx, desk, actor, workload, period, kind, said, spoken), f"quarter.{kind}")

    return await gate.write(desk, write)


async def end_review(desk: Desk, actor: Actor, *, workload: str, quarter: str, decision: str, text: str) -> NoteLine:
    """End a workload's review once both have recommended: reaffirm its Charter, revise it (a new draft), or retire.

    What follows is carried out before the decision is written down, so a decision that stands was carried out; where it
    fails half-way, the same decision again does the rest. Raises UsageError with what is missing.
    """
    if decision not in DECISIONS:
        raise UsageError(f"A review ends with one of {', '.join(DECISIONS)}, not with {decision[:40]!r}.")
    await asyncio.to_thread(_permitted, desk, actor, "end_quarterly_review", workload)
    period, said = _begun(desk, quarter), _said(text, "A decision")
    role = next(each for each in MAY["end_quarterly_review"] if each in actor.roles)

    def check(tx: Session) -> int | None:
        existing(tx, workload)
        notes = quarter_notes.of_quarter(tx, period.name, workload)
        _refuse_ended(notes, workload, period)
        _refuse_unrecommended(desk, notes, workload, period)
        held = store.charter_in_force(tx, workload)
        return held.version if held else None

    version = await gate.read(desk, check)
    followed = await follow(desk, actor, decision, workload, version, said)

    def write(tx: Session) -> NoteLine:
        _refuse_ended(quarter_notes.of_quarter(tx, period.name, workload), workload, period)
        row = _note(tx, desk, actor, workload, period, decision, said, role)
        row.charter_version, row.draft_version = version, followed.draft_version
        return _write(tx, desk, actor, row, "quarter.ended", followed)

    return await gate.write(desk, write)


def _permitted(desk: Desk, actor: Actor, command: str, workload: str) -> None:
    gate.permitted(desk, actor, command, workload)
    if desk.read_only:
        raise NotPermitted("This console is read-only, so no review is written in it. Start it without --read-only.")


def _begun(desk: Desk, quarter: str) -> Period:
    """The quarter. Raises UsageError where it is none, or has not begun."""
    period = periods.quarter(quarter, desk.config.fiscal_year_month)
    if period.start > desk.clock.now():
        raise UsageError(f"{period.name} has not begun: it starts on {period.start:%Y-%m-%d}.")
    return period


def _said(text: str, what: str) -> str:
    said = text.strip()
    if not said:
        raise UsageError(f"{what} needs words: say it for whoever reads it next quarter.")
    if len(said) > LONGEST:
        raise UsageError(f"{what} has {LONGEST:,} characters at most; this one has {len(said):,}.")
    return said


def _role(actor: Actor, command: str, given: dict[str, str]) -> str:
    held = [role for role in MAY[command] if role in actor.roles]
    return next((role for role in held if role not in given), held[0])


def _refuse_ended(notes: list[QuarterNote], workload: str, period: Period) -> None:
    for each in notes:
        if each.kind in DECISIONS:
            raise UsageError(f"The review of {workload} for {period.name} was ended by {each.said_by} on "
                             f"{rfc3339(each.said_at)}: {each.kind}. What comes up since belongs to the next one.")


def _refuse_unrecommended(desk: Desk, notes: list[QuarterNote], workload: str, period: Period) -> None:
    given = {each.role: each.said_by for each in notes if each.kind == "recommended"}
    missing = [role for role in JOINTLY if role not in given]
    if missing:
        raise UsageError(f"The review of {workload} for {period.name} is ended once {' and '.join(JOINTLY)} have "
                         f"recommended jointly, and {' and '.join(missing)} "
                         f"{'has' if len(missing) == 1 else 'have'} not: token-console quarter recommend {workload} "
                         f"--role {missing[0]} --text TEXT")
    _refuse_alone(desk, given, period)


def _refuse_alone(desk: Desk, given: dict[str, str], period: Period) -> None:
    """`given`: who recommended, by role."""
    people = [given[role] for role in JOINTLY if role in given]
    if desk.config.approvals.two_person and len(people) > len(set(people)):
        raise NotPermitted(f"{people[0]} recommends for {period.name} in both roles, and [approvals] two_person asks "
                           "for two people.")


def _note(tx: Session, desk: Desk, actor: Actor, workload: str, period: Period, kind: str, text: str,
          role: str) -> QuarterNote:
    held = store.charter_in_force(tx, workload)
    return QuarterNote(workload=workload, quarter=period.name, kind=kind, text=text, role=role, said_by=actor.user,
                       said_at=desk.clock.now(), charter_version=held.version if held else None)


def _write(tx: Session, desk: Desk, actor: Actor, row: QuarterNote, action: str,
           followed: Followed | None = None) -> NoteLine:
    quarter_notes.add(tx, row)
    audit.append(tx, at=row.said_at, actor=actor.user, action=action, object=row.workload, detail={
        "quarter": row.quarter, "kind": row.kind, "role": row.role, "text": row.text,
        "charter_version": row.charter_version, "draft_version": row.draft_version})
    return NoteLine(row.kind, row.role, row.said_by, row.said_at, row.text, row.charter_version, row.draft_version,
                    followed.says if followed else "")
