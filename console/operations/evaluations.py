"""Recorded evaluations of a workload: imported from a file, listed, shown with their answers, withdrawn."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlmodel import Session

from console.cadences.evaluation_reading import read_evaluations, understood
from console.charters.reading import NAME
from console.errors import UsageError
from console.evaluations import file, recorded
from console.evaluations.comparison import Terms, compare
from console.evaluations.evaluation import Evaluation, Kind
from console.evaluations.recorded import Recorded
from console.operations import gate
from console.operations.actor import Actor
from console.operations.desk import Desk
from console.operations.registry_mbom import existing
from console.text import clean
from store import audit, evaluations
from store.tables import EvaluationRow

STAYS = "no evaluation is recorded"


@dataclass(frozen=True, slots=True)
class Imported:
    recorded: Recorded
    is_new: bool
    """False: this file was recorded before, and nothing changed."""


async def import_evaluation(desk: Desk, actor: Actor, *, text: str, name: str, workload: str, kind: Kind,
                            at: datetime | None = None, terms: Terms | None = None) -> Imported:
    """Take in a CSV file called `name` with answers that were given at `at` (None: now), all of it or none.

    Raises InputError with every fault and its line.
    """
    await _may_record(desk, actor, workload)
    now, name = desk.clock.now(), clean(name, NAME)
    if at is not None and at > now:
        raise UsageError("--at lies in the future: give the day on which the answers were given.")
    await gate.read(desk, lambda tx: existing(tx, workload))
    terms = terms or Terms()
    evaluation = await asyncio.to_thread(file.read, text, name, kind)
    differences = await asyncio.to_thread(compare, evaluation, terms)
    summary = recorded.summary_of(evaluation, differences, terms)
    sha256 = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()

    def write(tx: Session) -> Imported:
        before = evaluations.same(tx, workload, kind, sha256)
        if before is not None:
            return Imported(understood(before), is_new=False)
        row = evaluations.add(tx, EvaluationRow(
            workload=workload, kind=kind, at=at or now, file=name, sha256=sha256, summary=recorded.document(summary),
            answers=recorded.answers(evaluation), recorded_by=actor.user, recorded_at=now))
        audit.append(tx, at=now, actor=actor.user, action="evaluation.imported", object=workload, detail={
            "evaluation": row.id, "kind": kind, "file": name, "sha256": sha256, "answers": evaluation.answers,
            "verdicts": {f"{each.other} less {each.base}": each.verdict for each in differences}})
        return Imported(understood(row), is_new=True)

    return await gate.write(desk, write)


async def recorded_evaluations(desk: Desk, actor: Actor, *, workload: str | None = None) -> tuple[Recorded, ...]:
    """Those that hold, the newest first; of one workload where it is named."""
    def read(tx: Session) -> tuple[Recorded, ...]:
        if workload is not None:
            existing(tx, workload)
        return read_evaluations(tx, None if workload is None else (workload,))

    return await gate.read(desk, read)


async def recorded_evaluation(desk: Desk, actor: Actor, *, number: int) -> tuple[Recorded, Evaluation]:
    """One of them, with its answers."""
    def read(tx: Session) -> tuple[Recorded, Evaluation]:
        row = _holding(tx, number)
        return understood(row), recorded.of_answers(row.answers, cast(Kind, row.kind))

    return await gate.read(desk, read)


async def withdraw_evaluation(desk: Desk, actor: Actor, *, number: int, why: str) -> None:
    """Let nobody count on it any more. It stays, with who withdrew it and why."""
    await _may_record(desk, actor, f"evaluation:{number}")
    if not why.strip():
        raise UsageError("An evaluation is withdrawn with the reason: --why TEXT")
    now = desk.clock.now()

    def withdraw(tx: Session) -> None:
        row = _holding(tx, number)
        row.withdrawn_by, row.withdrawn_at, row.withdrawn_why = actor.user, now, why.strip()
        tx.add(row)
        audit.append(tx, at=now, actor=actor.user, action="evaluation.withdrawn", object=row.workload,
                     detail={"evaluation": number, "why": why.strip()})

    await gate.write(desk, withdraw)


def _holding(tx: Session, number: int) -> EvaluationRow:
    row = evaluations.one(tx, number)
    if row is None or row.withdrawn_at is not None:
        raise UsageError(f"No evaluation {number} is held. `token-console evaluations list` shows those that are.")
    return row


async def _may_record(desk: Desk, actor: Actor, about: str) -> None:
    await asyncio.to_thread(gate.permitted, desk, actor, "record_evaluation", about)
    gate.writable(desk, STAYS)
