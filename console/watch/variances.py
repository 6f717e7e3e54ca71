"""Months that ended too far from their Charter: an exception each, until both who owe an explanation wrote it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from sqlmodel import Session

from console.cadences.month.reading import monthly
from console.cadences.monthly import EXPLAINED_BY, MonthLine, Monthly
from console.clock import month_bounds, month_name
from console.config import Config
from console.figures import change
from console.money import MicroUsd, display, usd_or_none
from console.watch import exceptions
from store import exceptions as store
from store import quarters

OF = ("spend", "return")
EXPLAINED = "business owner and platform lead have both explained it"


@dataclass(frozen=True, slots=True)
class Over:
    """A variance that is none any more."""

    workload: str
    kind: str
    month: str
    why: str


def found(tx: Session, config: Config, at: datetime) -> list[exceptions.Seen | Over]:
    """What to open, refresh and close of the month before, and of each month that has a variance open.

    The month before is looked at again each day: providers restate, and outcomes are entered late. A month that was not
    read to its end opens nothing.
    """
    before = month_name(month_bounds(at)[0] - timedelta(days=1))
    standing = {(row.workload, row.kind, row.subject) for row in store.standing(tx, "variance")}
    changes: list[exceptions.Seen | Over] = []
    for month in sorted({before, *(subject for _, _, subject in standing)}):
        read = monthly(tx, config, at, month)
        seen = {(each.workload, each.kind, each.subject): each for each in _seen(read)}
        changes += seen.values()
        changes += (Over(*key, _why_over(read, key[0])) for key in sorted(standing - seen.keys()) if key[2] == month)
    return changes


def keep(tx: Session, changes: Iterable[exceptions.Seen | Over], at: datetime) -> None:
    """Store some of what was found, but of no month that both have explained since."""
    listed = list(changes)
    written = quarters.explained(tx, sorted({each.subject for each in listed if isinstance(each, exceptions.Seen)}))
    for each in listed:
        if isinstance(each, Over):
            exceptions.mended(tx, each.workload, each.kind, each.month, each.why, at)
        elif not set(EXPLAINED_BY) <= set(written.get((each.workload, each.subject), ())):
            exceptions.open_or_refresh(tx, each, at)


def explained(tx: Session, workload: str, month: str, at: datetime) -> None:
    """Both have written theirs: nothing of the month waits any longer."""
    for of in OF:
        exceptions.mended(tx, workload, exceptions.variance_kind(of), month, EXPLAINED, at)


def _seen(read: Monthly) -> Iterator[exceptions.Seen]:
    for line in read.lines:
        if line.state == "open":
            yield from (_variance(line, read.month, of) for of in line.over_of)


def _variance(line: MonthLine, month: str, of: str) -> exceptions.Seen:
    summary, stake, charter_line = _of_spend(line) if of == "spend" else _of_return(line)
    return exceptions.variance(
        line.slug, month, of=of, summary=f"{month}: {summary}", stake=stake,
        charter_line=f"Charter v{line.charter_version}, {charter_line}",
        evidence={"inference_usd": usd_or_none(line.inference) or "?", "planned_usd": usd_or_none(line.planned) or "?",
                  "alpha_net_usd": usd_or_none(line.alpha_net) or "?", "owed_by": ", ".join(line.owed)})


def _of_spend(line: MonthLine) -> tuple[str, MicroUsd, str]:
    """What is so, what is at stake, and the Charter's line."""
    planned, share = display(line.planned), change(line.spend_variance, 0)
    return (f"inference came to {display(line.inference)} USD, {planned} were planned ({share})",
            abs((line.inference or 0) - (line.planned or 0)), f"scenarios.expected: {planned} USD a month")


def _of_return(line: MonthLine) -> tuple[str, MicroUsd, str]:
    earned, promised = line.per_dollar or Decimal(0), line.planned_per_dollar or Decimal(0)
    return (f"a dollar of inference earned {earned:,.2f} USD, {promised:,.2f} were promised "
            f"({change(line.return_variance, 0)})", round(abs(earned - promised) * (line.inference or 0)),
            f"purpose: {promised:,.2f} USD for a dollar of inference")


def _why_over(read: Monthly, workload: str) -> str:
    state = next((line.state for line in read.lines if line.slug == workload), "")
    return EXPLAINED if state == "explained" else f"{read.month} is within the threshold by now, or no longer known"
