"""How rows of outcomes get into the ledger: none that it has already; those of a query in place of its earlier ones."""

from __future__ import annotations

import bisect
from collections import defaultdict
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from console.cadences.month import outcome_rows
from console.cadences.month.outcome_rows import Cells, Counted, Row, Terms
from console.charters.problem import Problem, refuse
from console.clock import month_bounds
from console.errors import InputError
from store import audit, ledger, registry
from store.database import Database
from store.ledger import Stated

RESTATED, GONE = "the query states it otherwise now", "the query no longer states it"


@dataclass(frozen=True, slots=True)
class Pulled:
    """What asking one query changed. It was all or nothing."""

    query: str
    added: int
    restated: int
    gone: int
    """Rows that it no longer states, within the time that its answer covers."""
    unchanged: int
    left_out: int
    """Rows that a person withdrew: they stay withdrawn."""


def clashes(tx: Session, rows: Sequence[Row]) -> Iterator[Problem]:
    """Rows that the ledger has already, or that overlap one of its own."""
    if not rows:
        return
    by_key: dict[tuple[str, str], list[ledger.Held]] = defaultdict(list)
    for held in ledger.held(tx, min(row.outcome.starts_at for row in rows), max(row.outcome.ends_at for row in rows)):
        by_key[held.workload, held.reference].append(held)
    for row in rows:
        there = by_key.get((row.outcome.workload, row.outcome.reference))
        other = None if there is None else _overlapped(row.outcome, there)
        if other is not None:
            yield outcome_rows.clash(row.line, row.outcome, other, f"row {other.id} of the ledger ({other.origin}, by "
                                     f"{other.entered_by}; token-console outcomes withdraw {other.id} --why TEXT)")


def beside(tx: Session, rows: Sequence[Row]) -> tuple[str, ...]:
    """Workloads of which rows of different references would count the same time, with an example of each: that may be
    meant (two products of one month) or not (a month and one of its days), so both count and it is told.

    Asked before the rows are stored.
    """
    new = {id(row.outcome) for row in rows}
    by_workload: dict[str, list[Counted]] = defaultdict(list)
    for row in rows:
        by_workload[row.outcome.workload].append(row.outcome)
    if not rows:
        return ()
    for held in ledger.held(tx, min(row.outcome.starts_at for row in rows), max(row.outcome.ends_at for row in rows)):
        if held.workload in by_workload:
            by_workload[held.workload].append(held)
    found = ((slug, _beside(each, new)) for slug, each in sorted(by_workload.items()))
    return tuple(f"{slug}: {_named(pair[0])} and {_named(pair[1])}" for slug, pair in found if pair is not None)


def _beside(rows: list[Counted], new: Container[int]) -> tuple[Counted, Counted] | None:
    """Two rows that overlap under different references, of which one is new: by time, with the latest end so far and
    the latest one of any other reference at hand."""
    last: Counted | None = None
    other: Counted | None = None
    for row in sorted(rows, key=lambda each: (each.starts_at, each.ends_at)):
        for before in (last, other):
            if before is not None and before.reference != row.reference and before.ends_at > row.starts_at \
                    and (id(row) in new or id(before) in new):
                return before, row
        if last is None or row.ends_at >= last.ends_at:
            other, last = (last if last is not None and last.reference != row.reference else other), row
        elif row.reference != last.reference and (other is None or row.ends_at > other.ends_at):
            other = row
    return None


def _named(row: Counted) -> str:
    reference = f"reference {row.reference!r}" if row.reference else "no reference"
    return f"{outcome_rows.period(row)} ({reference})"


def _overlapped(row: Stated, held: Sequence[ledger.Held]) -> ledger.Held | None:
    """Of rows that do not overlap each other, by time: the first that this one does."""
    after = bisect.bisect_right(held, row.starts_at, key=lambda each: each.starts_at)
    return next((each for each in held[max(0, after - 1):after + 1] if outcome_rows.overlapping(row, each)), None)


def understood(database: Database, name: str, cells: Sequence[Cells], at: datetime, by: str) -> list[Row]:
    """A query's rows, before anybody is kept from writing. Raises InputError with every fault."""
    with database.read() as tx:
        slugs = frozenset(entry.slug for entry in registry.entries_in_short(tx))
    rows, problems = outcome_rows.understood(cells, Terms(slugs, at), origin=f"query {name}", by=by)
    refuse(problems, f"query {name}")
    return rows


def replace(tx: Session, name: str, rows: list[Row], at: datetime, by: str,
            month: tuple[datetime, datetime] | None = None) -> Pulled:
    """Put what a query says in the place of what it said before, row by row of the same workload, period and reference.

    The same answer again changes nothing. What it no longer states is withdrawn within the month that is asked for, or
    else within the months of its answer; older rows stay. Raises InputError with every fault, and changes nothing then.
    """
    origin = f"query {name}"
    rows = [row for row in rows if month is None or month_bounds(row.outcome.starts_at) == month]
    if not rows:
        raise InputError(f"{origin}: it gives no row{f' of {month[0]:%Y-%m}' if month else ''}; nothing was changed.")
    start, end = month or (month_bounds(min(row.outcome.starts_at for row in rows))[0],
                           max(row.outcome.ends_at for row in rows))
    before = list(ledger.of_origin(tx, origin, start, end))
    standing = {row.key: row for row in before if row.withdrawn_by is None}
    by_hand = {row.key for row in before if row.withdrawn_by not in (None, origin)} - standing.keys()
    stated = {ledger.key(row.outcome): row for row in rows}
    new = [row for key, row in stated.items() if key not in standing and key not in by_hand]
    changed = {key: row for key, row in stated.items()
               if key in standing and ledger.says(row.outcome) != standing[key].says}
    gone = standing.keys() - stated.keys()
    ledger.withdraw(tx, [standing[key].id for key in changed], origin, RESTATED, at)
    ledger.withdraw(tx, [standing[key].id for key in gone], origin, GONE, at)
    refuse(list(clashes(tx, [*new, *changed.values()])), origin)
    ledger.add_outcomes(tx, [row.outcome for row in (*new, *changed.values())])
    left_out = sum(key in by_hand for key in stated)
    done = Pulled(name, len(new), len(changed), len(gone), len(stated) - len(new) - len(changed) - left_out, left_out)
    if new or changed or gone:
        audit.append(tx, at=at, actor=by, action="outcomes.pulled", object=origin, detail={
            "added": done.added, "restated": done.restated, "gone": done.gone})
    return done
