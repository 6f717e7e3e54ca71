"""Findings as exceptions: what is new opens, what is there is brought up to date, what is no longer so is closed.

A detector that cannot tell closes nothing: only one that looked and found nothing does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from console.antipatterns.finding import Finding
from console.cadences.findings.looking import Looked
from console.money import usd_or_none
from console.watch.exceptions import Seen, open_new, refresh
from store import exceptions as store
from store.tables import CharterException, Saving

ORIGIN = "finding"
SHOWN_ROWS = 10
"""Rows of evidence that an exception keeps."""


def kind(detector: str) -> str:
    """`finding: Cached Timestamp`."""
    return f"{ORIGIN}: {detector}"


def identity(found: Finding) -> tuple[str, str, str]:
    """Workload, kind and subject of the exception that it is: its own, or the one that drift opens for the same."""
    if found.stands_as:
        return found.workload, found.stands_as, ""
    return found.workload, kind(found.detector), found.subject


def own(found: Iterable[Finding]) -> list[Seen]:
    """Those that are exceptions of their own: what stands as drift has one already."""
    return [seen(each) for each in found if not each.stands_as]


def beside_fixes(found: Iterable[Finding], fixes: Mapping[tuple[str, str, str], Saving]) -> list[Finding]:
    """Each finding of which a fix was declared says so, and whether all that is found came after it.

    fixes: by `identity`.
    """
    return [_beside(each, fixes.get(identity(each))) for each in found]


def _beside(found: Finding, fix: Saving | None) -> Finding:
    if fix is None or fix.applied_at >= found.end:
        return found
    since = f"{fix.applied_at:%Y-%m-%d}"
    after = found.start >= fix.applied_at
    told = f"saving {fix.id}, in production since {since}: {'all' if after else 'only a part'} of this time is after it"
    return replace(found, figures=(*found.figures, ("declared fix", told)),
                   summary=f"still so after the fix of {since}: {found.summary}" if after else found.summary)


def seen(found: Finding) -> Seen:
    """A finding, as the exceptions take it in."""
    stake = found.stake
    evidence = dict(found.figures)
    evidence["time"] = f"{found.start:%Y-%m-%d %H:%M} to {found.end:%Y-%m-%d %H:%M} UTC"
    evidence["confidence"] = found.confidence
    if stake is not None:
        evidence["a month"] = f"{usd_or_none(stake.low)} to {usd_or_none(stake.high)} USD"
    if found.excess is not None:
        evidence["in that time"] = f"{usd_or_none(found.excess)} USD"
    for number, row in enumerate(found.rows[:SHOWN_ROWS], 1):
        evidence[f"row {number}"] = ", ".join(f"{name} {value}" for name, value in row)
    return Seen(found.workload, ORIGIN, kind(found.detector), found.summary, found.subject, found.fix,
                found.charter_line, stake.likely if stake is not None else None, evidence, found.degree)


def keep(tx: Session, found: Sequence[Seen], at: datetime) -> None:
    """Open what is new, and bring up to date what is there."""
    there = {(row.workload, row.kind, row.subject): row
             for row in store.standing_of(tx, ORIGIN, {each.workload for each in found})}
    for each in found:
        row = there.get((each.workload, each.kind, each.subject))
        if row is None:
            open_new(tx, each, at)
        else:
            refresh(tx, row, each, at)


def over(standing: Iterable[CharterException], looked: Looked, slugs: Set[str], behind: Set[str]
         ) -> Iterator[tuple[CharterException, str]]:
    """Exceptions of findings that are none any more, and why. `behind`: workloads of which days of calls are not added
    up yet: what is not seen of them may be so all the same."""
    found = {identity(each) for each in looked.findings}
    told = {(workload, kind(detector)) for detector, workload in looked.told}
    for row in standing:
        if row.workload not in slugs:
            yield row, "the workload is retired, or no longer in the MBOM"
        elif row.workload not in behind and (row.workload, row.kind) in told and (
                row.workload, row.kind, row.subject) not in found:
            yield row, "looked at again, it was not found any more"
