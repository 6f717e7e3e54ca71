"""The ledger of outcomes: entered one by one, imported from a file, pulled from a database, listed, withdrawn."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from sqlmodel import Session

from console.cadences.month import alpha, outcome_csv, outcome_rows
from console.cadences.month.alpha import Earned, Plan
from console.cadences.month.outcome_rows import Cells, Row, Terms
from console.cadences.month.plans import Held, plans
from console.cadences.monthly import OutcomeLine
from console.charters.document import decimal_dollars
from console.charters.problem import refuse
from console.charters.reading import NAME
from console.clock import month_bounds, month_name, rfc3339
from console.errors import InputError, UsageError
from console.money import MicroUsd
from console.operations import gate
from console.operations.actor import Actor
from console.operations.desk import Desk
from console.operations.months import begun
from console.operations.registry_mbom import existing
from console.settings import OutcomeQuery
from console.text import clean
from console.watch import outcome_keeping, outcome_queries
from console.watch.outcome_keeping import Pulled
from store import audit, ledger, registry
from store.ledger import NewOutcome, Stated

FILE_LIMIT = 10 * 1024 * 1024
ENTERED = "entered"
STAYS = "the ledger stays as it is"


@dataclass(frozen=True, slots=True)
class OutcomesImported:
    """What an import did. It was all or nothing."""

    rows: int
    workloads: tuple[str, ...]
    months: tuple[str, ...]
    unvalued: int
    """Rows of which the value stays unknown: they do not say it, and no Charter says what an outcome is worth."""
    overlapping: tuple[str, ...] = ()
    """Workloads of which rows of different references overlap in time, with an example: all of them count."""


@dataclass(frozen=True, slots=True)
class OutcomeEntered:
    """One row, entered by hand."""

    row: int
    overlapping: tuple[str, ...] = ()
    """As of an import: the workload, where this row and one of another reference overlap in time. Both count."""


async def enter_outcome(desk: Desk, actor: Actor, *, workload: str, starts_at: datetime, ends_at: datetime,
                        outcomes: Decimal | None = None, value: MicroUsd | None = None,
                        baseline: MicroUsd | None = None, review: MicroUsd | None = None,
                        rework: MicroUsd | None = None, reference: str = "", note: str = "") -> OutcomeEntered:
    """Enter what a workload produced in [starts_at, ends_at), within one month. What is None is unknown."""
    await _may_enter(desk, actor, workload)
    written = {"outcomes": None if outcomes is None else f"{outcomes:f}", "reference": reference, "note": note}
    for column, amount in zip(outcome_rows.DOLLARS, (value, baseline, review, rework), strict=True):
        written[column] = None if amount is None else decimal_dollars(amount)
    span = outcome_rows.period(NewOutcome(workload=workload, starts_at=starts_at, ends_at=ends_at, origin=ENTERED,
                                       entered_by=actor.user, entered_at=desk.clock.now()))
    when = {"from": rfc3339(starts_at), "to": rfc3339(ends_at)} if " to " in span else {"period": span}
    cells = {column: cell for column, cell in {"workload": workload, **when, **written}.items() if cell}
    (row,), overlapping = await _stored(desk, actor, [Cells(None, cells)], ENTERED, "the outcome", None,
                                        "outcome.entered", workload)
    return OutcomeEntered(row.outcome.id or 0, overlapping)


async def import_outcomes(desk: Desk, actor: Actor, *, text: str, name: str,
                          month: str | None = None) -> OutcomesImported:
    """Take in a CSV file called `name`, all of it or none; only rows of `month` where it is given.

    Raises InputError with every fault, each with its line and its column.
    """
    await _may_enter(desk, actor, "ledger")
    name = clean(name, NAME)
    span = None if month is None else begun(month, desk.clock.now())
    if len(text) > FILE_LIMIT or len(text.encode("utf-8", "surrogatepass")) > FILE_LIMIT:
        raise InputError(f"{name} is larger than {FILE_LIMIT // 1024 // 1024} MiB. Split it.", remedy="split it")
    cells = await asyncio.to_thread(outcome_csv.rows, text, name)
    sha256 = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    rows, overlapping = await _stored(desk, actor, cells, f"file {name}", name, span, "outcomes.imported", "ledger",
                                      sha256)
    done = await gate.read(desk, lambda tx: _imported(tx, [row.outcome for row in rows]))
    return replace(done, overlapping=overlapping)


async def outcomes(desk: Desk, actor: Actor, *, month: str, workload: str | None = None) -> tuple[OutcomeLine, ...]:
    """The rows of a month that hold, by workload and time; of one workload where it is named."""
    start, end = begun(month, desk.clock.now())

    def read(tx: Session) -> tuple[OutcomeLine, ...]:
        if workload is not None:
            existing(tx, workload)
        held = plans(tx, start, end)
        return tuple(_line(row, _plan_of(held, row)) for row in ledger.outcomes(tx, start, end, workload))

    return await gate.read(desk, read)


async def withdraw_outcome(desk: Desk, actor: Actor, *, outcome: int, why: str) -> None:
    """Take a row out of every sum. It stays in the ledger, with who withdrew it and why."""
    await _may_enter(desk, actor, f"outcome:{outcome}")
    if not why.strip():
        raise UsageError("A row is withdrawn with the reason: --why TEXT")
    now = desk.clock.now()

    def withdraw(tx: Session) -> None:
        row = ledger.outcome(tx, outcome)
        if row is None or row.withdrawn_at is not None:
            raise UsageError(f"No row {outcome} of the ledger holds. `token-console outcomes list` shows those that "
                             "do.")
        row.withdrawn_by, row.withdrawn_at, row.withdrawn_why = actor.user, now, why.strip()
        tx.add(row)
        audit.append(tx, at=now, actor=actor.user, action="outcome.withdrawn", object=row.workload, detail={
            "outcome": outcome, "period": outcome_rows.period(row), "why": why.strip()})

    await gate.write(desk, withdraw)


async def pull_outcomes(desk: Desk, actor: Actor, *, name: str | None = None,
                        month: str | None = None) -> tuple[Pulled, ...]:
    """Ask one of the `[[outcome_queries]]`, or all, and put what each says in the place of what it said before.

    Of one month where it is given. Each query is all or nothing. Raises InputError with what is wrong, after which
    those that were asked before it are stored.
    """
    await _may_enter(desk, actor, f"query {name}" if name else "ledger")
    span = None if month is None else begun(month, desk.clock.now())
    return tuple([await asyncio.to_thread(_pulled, desk, actor, query, span) for query in _queries(desk, name)])


def _queries(desk: Desk, name: str | None) -> list[OutcomeQuery]:
    known = desk.config.outcome_queries
    found = [query for query in known if name in (None, query.name)]
    if not found:
        names = ", ".join(query.name for query in known)
        raise UsageError(f"The configuration has no query {clean(name, 60)!r}; it has {names}." if name and names else
                         "The configuration has no [[outcome_queries]].")
    return found


def _pulled(desk: Desk, actor: Actor, query: OutcomeQuery, month: tuple[datetime, datetime] | None) -> Pulled:
    cells, now = outcome_queries.asked(query, desk.config.base), desk.clock.now()
    rows = outcome_keeping.understood(desk.database, query.name, cells, now, actor.user)
    with desk.database.write() as tx:
        return outcome_keeping.replace(tx, query.name, rows, now, actor.user, month)


async def _may_enter(desk: Desk, actor: Actor, about: str) -> None:
    await asyncio.to_thread(gate.permitted, desk, actor, "enter_outcomes", about)
    gate.writable(desk, STAYS)


async def _stored(desk: Desk, actor: Actor, cells: Sequence[Cells], origin: str, what: str,
                  month: tuple[datetime, datetime] | None, action: str, about: str,
                  sha256: str = "") -> tuple[list[Row], tuple[str, ...]]:
    """Understand rows and store all of them, or raise InputError with everything that is wrong. With them, which
    workloads have rows of different references that overlap now."""
    now = desk.clock.now()
    slugs = frozenset(await gate.read(desk, lambda tx: [entry.slug for entry in registry.entries_in_short(tx)]))
    rows, problems = await asyncio.to_thread(outcome_rows.understood, cells, Terms(slugs, now, month), origin=origin,
                                             by=actor.user)

    def write(tx: Session) -> tuple[list[Row], tuple[str, ...]]:
        refuse([*problems, *outcome_keeping.clashes(tx, rows)], what)
        overlapping = outcome_keeping.beside(tx, rows)
        ledger.add_outcomes(tx, [row.outcome for row in rows])
        told = {"rows": len(rows), "origin": origin} | ({"sha256": sha256} if sha256 else _told(rows[0].outcome))
        audit.append(tx, at=now, actor=actor.user, action=action, object=about, detail=told)
        return rows, overlapping

    return await gate.write(desk, write)


def _imported(tx: Session, rows: Sequence[Stated]) -> OutcomesImported:
    months = sorted({month_bounds(row.starts_at) for row in rows})
    held = {start: plans(tx, start, end) for start, end in months}
    unvalued = sum(_completed(row, _plan_of(held[month_bounds(row.starts_at)[0]], row)).value is None
                   for row in rows)
    return OutcomesImported(len(rows), tuple(sorted({row.workload for row in rows})),
                            tuple(month_name(start) for start, _ in months), unvalued)


def _plan_of(held: Mapping[str, Held], row: Stated) -> Plan | None:
    found = held.get(row.workload)
    return found.plan if found else None


def _line(row: Stated, plan: Plan | None) -> OutcomeLine:
    earned = _completed(row, plan)
    stated = {"value": row.value_microusd, "baseline": row.baseline_microusd}
    return OutcomeLine(
        row.id or 0, row.workload, outcome_rows.period(row), row.starts_at, row.ends_at, row.reference,
        earned.outcomes, earned.value, earned.baseline, earned.review, earned.rework, row.note, row.origin,
        row.entered_by, row.entered_at,
        tuple(name for name, amount in stated.items() if amount is None and getattr(earned, name) is not None))


def _completed(row: Stated, plan: Plan | None) -> Earned:
    count = None if row.outcomes is None else Decimal(row.outcomes)
    return alpha.completed(Earned(count, row.value_microusd, row.baseline_microusd, row.review_microusd,
                                  row.rework_microusd), plan)


def _told(row: Stated) -> dict[str, object]:
    """One row, for the audit log."""
    return {"outcome": row.id, "period": outcome_rows.period(row), "reference": row.reference, "outcomes": row.outcomes,
            "value_microusd": row.value_microusd, "baseline_microusd": row.baseline_microusd,
            "review_microusd": row.review_microusd, "rework_microusd": row.rework_microusd}
