"""The Monthly: what a dollar of inference earned, explanations of what differs, and savings that were declared."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from sqlmodel import Session

from console.cadences.documents import document
from console.cadences.month.outcome_rows import EARLIEST
from console.cadences.month.reading import monthly as read_monthly
from console.cadences.monthly import EXPLAINED_BY, ExplanationLine, MonthLine, Monthly, SavingLine
from console.clock import parse_month, rfc3339
from console.errors import InputError, NotPermitted, UsageError
from console.money import MicroUsd, usd
from console.operations import gate
from console.operations.actor import Actor
from console.operations.desk import Desk
from console.operations.registry_mbom import existing
from console.watch import finding_keeping, variances
from store import audit, ledger
from store.tables import CharterException, Explanation, Saving

LATEST = timedelta(days=400)
"""A fix may be declared so long before it is applied."""
LONGEST = 10_000
"""Characters of an explanation, and of what a saving is."""
_PROMISES = "A saving promises dollars a month: --promised-usd 400"
ABOUT = ("inference", "planned", "spend_variance", "alpha_net", "per_dollar", "planned_per_dollar", "return_variance")
"""Figures that are kept with an explanation, as the person saw them."""


async def monthly(desk: Desk, actor: Actor, *, month: str | None = None, at: datetime | None = None) -> Monthly:
    """The Monthly of `2026-10`, or of the present month; as it stands now, or as the stored data put it at an instant.

    Raises UsageError for what is no month, and for one that has not begun.
    """
    now = at or desk.clock.now()
    if month is not None:
        begun(month, now)
    return await gate.read(desk, lambda tx: read_monthly(tx, desk.config, now, month))


async def explain(desk: Desk, actor: Actor, *, workload: str, month: str, text: str,
                  role: str | None = None) -> ExplanationLine:
    """Say why a workload's month differs from its Charter, as its business owner or its platform lead.

    The newest of each role stands. `role` may be left out by who holds only one of the two.
    """
    await asyncio.to_thread(gate.permitted, desk, actor, "explain_variance", workload)
    gate.writable(desk, "the ledger stays as it is")
    role = await _role(desk, actor, workload, role)
    now = desk.clock.now()
    _, over = begun(month, now)
    if now < over:
        raise UsageError(f"{month} still runs, so nobody knows yet what there is to explain. Explain it once it is "
                         f"over, from {over:%Y-%m-%d} UTC on.")
    text = _said(text, "An explanation")
    about = await gate.read(desk, lambda tx: _about(_line(tx, desk, workload, month, now)))
    return await gate.write(desk, lambda tx: _explain(tx, desk, actor, Explanation(
        workload=workload, month=month, role=role, text=text, about=about, written_by=actor.user, written_at=now)))


async def declare_saving(desk: Desk, actor: Actor, *, workload: str, what: str, applied_at: datetime,
                         promised: MicroUsd | None = None, exception: int | None = None) -> int:
    """Declare a fix, what it promises to save a month, and from when on it is in production. Returns its number.

    Left out, the promise is what the exception's finding says that the fix would likely save.
    """
    await asyncio.to_thread(gate.permitted, desk, actor, "declare_saving", workload)
    gate.writable(desk, "the ledger stays as it is")
    what = _said(what, "A saving")
    if promised is not None and promised <= 0:
        raise UsageError(_PROMISES)
    now = desk.clock.now()
    if not EARLIEST <= applied_at <= now + LATEST:
        raise UsageError(f"A fix that is in production from {rfc3339(applied_at)} on is none of these years. Check the "
                         "year: --applied 2026-11-23T14:05:00Z")

    def declare(tx: Session) -> int:
        existing(tx, workload)
        mended = _exception_of(tx, workload, exception)
        promise = _promise(mended) if promised is None else promised
        row = ledger.add_saving(tx, Saving(workload=workload, exception=exception, what=what, applied_at=applied_at,
                                           promised_microusd=promise, declared_by=actor.user, declared_at=now))
        audit.append(tx, at=now, actor=actor.user, action="saving.declared", object=workload, detail={
            "saving": row.id, "what": what, "promised_usd": usd(promise), "applied_at": rfc3339(applied_at),
            "exception": exception})
        return row.id or 0

    return await gate.write(desk, declare)


async def withdraw_saving(desk: Desk, actor: Actor, *, saving: int) -> None:
    """Take a declared saving back: it is measured no longer. The row stays."""
    await asyncio.to_thread(gate.permitted, desk, actor, "declare_saving", f"saving:{saving}")
    gate.writable(desk, "the ledger stays as it is")
    now = desk.clock.now()

    def withdraw(tx: Session) -> None:
        row = ledger.saving(tx, saving)
        if row is None or row.withdrawn_at is not None:
            raise UsageError(f"No saving {saving} holds. `token-console saving list` shows those that do.")
        row.withdrawn_by, row.withdrawn_at = actor.user, now
        tx.add(row)
        audit.append(tx, at=now, actor=actor.user, action="saving.withdrawn", object=row.workload,
                     detail={"saving": saving})

    await gate.write(desk, withdraw)


async def savings(desk: Desk, actor: Actor, *, month: str | None = None) -> tuple[SavingLine, ...]:
    """Every saving declared by the end of a month, with what it realised in it."""
    return (await monthly(desk, actor, month=month)).savings


def begun(month: str, now: datetime) -> tuple[datetime, datetime]:
    """A month's bounds. Raises UsageError where it is none, or has not begun."""
    try:
        start, end = parse_month(month)
    except ValueError as error:
        raise UsageError(f"{month[:40]!r} is no month: write it like 2026-10.") from error
    if start > now:
        raise UsageError(f"{month} has not begun.")
    return start, end


async def _role(desk: Desk, actor: Actor, workload: str, role: str | None) -> str:
    """The one of the two roles in which the actor speaks."""
    held = [each for each in EXPLAINED_BY if each in actor.roles]
    if role is None:
        if len(held) > 1:
            raise UsageError(f"{actor.user} is {' and '.join(held)}: say which of them explains, with --role.")
        return held[0]
    if role not in held:
        await gate.refused(desk, actor, "explain_variance", workload, f"does not hold the role {role[:40]}")
        raise NotPermitted(f"{actor.user} may not explain as {role[:40]}: [[operators]] of the configuration gives "
                           f"{', '.join(actor.roles)}, and a variance is explained by {' and '.join(EXPLAINED_BY)}.")
    return role


def _line(tx: Session, desk: Desk, workload: str, month: str, now: datetime) -> MonthLine:
    """What there is to explain."""
    existing(tx, workload)
    for line in read_monthly(tx, desk.config, now, month).lines:
        if line.slug == workload:
            return line
    raise UsageError(f"There is nothing to explain of {workload} in {month}: the Monthly has no line of it.")


def _explain(tx: Session, desk: Desk, actor: Actor, row: Explanation) -> ExplanationLine:
    """Store it, unless the other role's explanation has to come from another person."""
    others = {each.written_by for each in ledger.explanations(tx, row.month, row.workload) if each.role != row.role}
    if desk.config.approvals.two_person and actor.user in others:
        raise NotPermitted(f"{actor.user} explained {row.month} of {row.workload} in the other role already, and "
                           "[approvals] two_person asks for two people.")
    ledger.add_explanation(tx, row)
    audit.append(tx, at=row.written_at, actor=actor.user, action="variance.explained", object=row.workload,
                 detail={"month": row.month, "role": row.role, "text": row.text, "about": row.about})
    if others:
        variances.explained(tx, row.workload, row.month, row.written_at)
    return ExplanationLine(row.role, actor.user, row.written_at, row.text)


def _about(line: MonthLine) -> dict[str, str | None]:
    """The figures as the person sees them."""
    told = document(line)
    kept = {name: told.get(f"{name}_usd", told.get(name)) for name in ABOUT}
    return {name: None if value is None else str(value) for name, value in kept.items()}


def _said(text: str, what: str) -> str:
    text = text.strip()
    if not text:
        raise UsageError(f"{what} needs words: say what happened, for whoever reads it next.")
    if len(text) > LONGEST:
        raise InputError(f"{what} has at most {LONGEST:,} characters; this has {len(text):,}. Shorten it.")
    return text


def _exception_of(tx: Session, workload: str, number: int | None) -> CharterException | None:
    found = None if number is None else tx.get(CharterException, number)
    if number is not None and (found is None or found.workload != workload):
        raise UsageError(f"{workload} has no exception {number}. `token-console weekly` shows those it has.")
    return found


def _promise(mended: CharterException | None) -> MicroUsd:
    """What a finding says that its fix would likely save a month; other exceptions have other things at stake."""
    if mended is None or mended.origin != finding_keeping.ORIGIN:
        raise UsageError(_PROMISES)
    if not mended.stake_microusd:
        raise UsageError(f"The finding of exception {mended.id} tells no dollars. {_PROMISES}")
    return mended.stake_microusd
