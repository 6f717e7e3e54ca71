"""The Annual: the operating model measured, evidence on the predictions, and the text that is written and signed."""

from __future__ import annotations

import asyncio
from datetime import datetime

from sqlmodel import Session

from console.cadences import periods
from console.cadences.annual import Annual, StatementLine
from console.cadences.annual import content_hash as annual_hash
from console.cadences.periods import Period
from console.cadences.year.predictions import PREDICTIONS, VERDICTS
from console.cadences.year.reading import read_annual
from console.clock import rfc3339
from console.errors import InputError, NotPermitted, UsageError
from console.operations import gate
from console.operations.actor import Actor
from console.operations.desk import Desk
from store import annual_notes, audit
from store.tables import AnnualStatement, PredictionNote

LONGEST = 40_000
"""Characters of a year's statement."""
EVIDENCE = 10_000


async def annual(desk: Desk, actor: Actor, *, year: str | None = None, at: datetime | None = None) -> Annual:
    """The Annual of the fiscal year `2026`, or of the present one; as it stands now, or as stored data put it at an
    instant.

    Of a year that has not begun nothing is known. Raises UsageError for what is no year.
    """
    now, first = at or desk.clock.now(), desk.config.fiscal_year_month
    period = periods.year_of(now, first) if year is None else periods.year(year, first)
    return await gate.read(desk, lambda tx: read_annual(tx, desk.config, period, now))


async def write_statement(desk: Desk, actor: Actor, *, year: str, text: str, base_hash: str = "") -> StatementLine:
    """Write what is to be said of a year. A text that is already there is kept, and no longer the newest one.

    `base_hash`: of the text that this one was made from, empty where there was none. Raises InputError where somebody
    wrote another one since. The same text again changes nothing, so that a signature on it stays.
    """
    await asyncio.to_thread(_permitted, desk, actor, "write_annual", year)
    period, said = _begun(desk, year), _said(text, "A statement", LONGEST)
    content, now = annual_hash(said), desk.clock.now()

    def write(tx: Session) -> StatementLine:
        row = annual_notes.statement(tx, period.name)
        if row is None or row.content_hash != content:
            if (row.content_hash if row else "") != base_hash:
                raise _overtaken(period.name, row)
            row = annual_notes.put_statement(tx, AnnualStatement(
                year=period.name, text=said, content_hash=content, written_by=actor.user, written_at=now))
            audit.append(tx, at=now, actor=actor.user, action="annual.written", object=f"year:{period.name}",
                         detail={"content_hash": content, "characters": len(said)})
        return _line(row)

    return await gate.write(desk, write)


async def sign_statement(desk: Desk, actor: Actor, *, year: str, content_hash: str) -> StatementLine:
    """Sign the newest text of a year. `content_hash`: of the text that the signer read; another one is refused.

    Raises UsageError where there is no text or it is signed already, InputError where it was changed meanwhile.
    """
    role = await asyncio.to_thread(_permitted, desk, actor, "sign_annual", year)
    period, now = _begun(desk, year), desk.clock.now()

    def sign(tx: Session) -> StatementLine:
        row = annual_notes.statement(tx, period.name)
        if row is None:
            raise UsageError(f"Nothing is written of {period.name} yet: token-console annual write FILE --year "
                             f"{period.name}")
        if content_hash != row.content_hash:
            raise InputError(f"The text of {period.name} was changed by {row.written_by} on {rfc3339(row.written_at)}, "
                             "after the one that this signature is for, so it is not signed. Read it again and sign "
                             f"that: {row.content_hash}")
        if annual_hash(row.text) != row.content_hash:
            raise InputError(f"The text of {period.name} is stored with other content than was written, so it is not "
                             "signed. Run: token-console audit verify")
        if row.signed_by is not None and row.signed_at is not None:
            raise UsageError(f"{row.signed_by} signed the text of {period.name} on {rfc3339(row.signed_at)} already.")
        row.signed_by, row.signed_role, row.signed_at = actor.user, role, now
        annual_notes.put_statement(tx, row)
        audit.append(tx, at=now, actor=actor.user, action="annual.signed", object=f"year:{period.name}",
                     detail={"content_hash": content_hash, "role": role})
        return _line(row)

    return await gate.write(desk, sign)


async def judge_prediction(desk: Desk, actor: Actor, *, number: int, verdict: str, evidence: str) -> None:
    """Say with evidence how one of the predictions stands. The newest verdict stands; all evidence is kept."""
    await asyncio.to_thread(_permitted, desk, actor, "judge_prediction", f"prediction:{number}")
    if number not in {prediction.number for prediction in PREDICTIONS}:
        raise UsageError(f"There is no prediction {number}; they are numbered 1 to {len(PREDICTIONS)}.")
    if verdict not in VERDICTS:
        raise UsageError(f"There is no verdict {verdict[:40]!r}; it is one of: {', '.join(VERDICTS)}.")
    said, now = _said(evidence, "Evidence", EVIDENCE), desk.clock.now()

    def judge(tx: Session) -> None:
        annual_notes.add_prediction(tx, PredictionNote(number=number, verdict=verdict, evidence=said,
                                                       said_by=actor.user, said_at=now))
        audit.append(tx, at=now, actor=actor.user, action="prediction.judged", object=f"prediction:{number}",
                     detail={"verdict": verdict, "evidence": said})

    await gate.write(desk, judge)


def _overtaken(year: str, row: AnnualStatement | None) -> InputError:
    if row is None:
        return InputError(f"Nothing is written of {year}, so there is no text that yours could take the place of.")
    return InputError(f"{row.written_by} wrote of {year} on {rfc3339(row.written_at)}, and your text was not made from "
                      f"that, so it is not stored. Read it (token-console annual {year}), and write with --content "
                      f"{row.content_hash}")


def _permitted(desk: Desk, actor: Actor, command: str, about: str) -> str:
    role = gate.permitted(desk, actor, command, about[:80])
    if desk.read_only:
        raise NotPermitted("This console is read-only, so nothing of a year is written in it. Start it without "
                           "--read-only.")
    return role


def _begun(desk: Desk, year: str) -> Period:
    """The year. Raises UsageError where it is none, or has not begun."""
    period = periods.year(year, desk.config.fiscal_year_month)
    if period.start > desk.clock.now():
        raise UsageError(f"{period.name} has not begun: it starts on {period.start:%Y-%m-%d}.")
    return period


def _said(text: str, what: str, longest: int) -> str:
    """Line ends as one kind, and nothing around it: what is hashed is what is read."""
    said = "\n".join(text.splitlines()).strip()
    if not said:
        raise UsageError(f"{what} needs words.")
    if len(said) > longest:
        raise UsageError(f"{what} has {longest:,} characters at most; this one has {len(said):,}.")
    try:
        said.encode()
    except UnicodeEncodeError as error:
        raise InputError(f"{what} has characters that are not text (at {error.start}). Take them out.") from error
    return said


def _line(row: AnnualStatement) -> StatementLine:
    return StatementLine(row.text, row.content_hash, row.written_by, row.written_at, row.signed_by, row.signed_role,
                         row.signed_at)
