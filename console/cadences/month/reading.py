"""Read the Monthly from the store: a few queries over roll-ups and the ledger, whatever the number of workloads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlmodel import Session

from console.cadences.known_usage import Known, by_way
from console.cadences.month import alpha, gaps, savings
from console.cadences.month.alpha import Earned
from console.cadences.month.line import Seen, line
from console.cadences.month.plans import plans
from console.cadences.monthly import ExplanationLine, GapLine, MonthLine, Monthly, MonthTotals, SavingLine
from console.clock import day_start, epoch, from_epoch, month_bounds, month_name, parse_month
from console.config import Config
from console.memory import uncollected
from console.money import MicroUsd
from store import incidents, ledger, months, registry, streams, windows
from store.registry import Entry
from store.tables import Saving


@dataclass(frozen=True, slots=True)
class Month:
    """The month that is read, as it stands at an instant."""

    at: datetime
    start: datetime
    end: datetime
    known: Known


def monthly(tx: Session, config: Config, at: datetime, month: str | None = None) -> Monthly:
    """The Monthly of `2026-10`, or of the month that holds `at`. Raises ValueError for what is no month."""
    with uncollected():  # thousands of rows, and nothing among them that a collection could give back
        return _monthly(tx, config, at, month)


def _monthly(tx: Session, config: Config, at: datetime, month: str | None) -> Monthly:
    start, end = month_bounds(at) if month is None else parse_month(month)
    spans, told = by_way(streams.spans(tx, epoch(at)), config)
    read = Month(at, start, end, Known(spans, start, end, at >= end, told))
    seen = _seen(tx, config, read)
    lines = tuple(line(entry, seen) for entry in registry.entries_in_short(tx) if _belongs(entry, seen))
    saved = _savings(tx, read)
    return Monthly(
        at=at, organisation=config.organisation.name, time_zone=config.organisation.time_zone,
        month=month_name(start), start=start, end=end, partial=at < end, data_until=read.known.until,
        threshold=seen.over_share, lines=lines, totals=_totals(lines, saved, _unattributed(seen)),
        gaps=_gaps(tx, read), savings=saved, simulated=config.simulated)


def _seen(tx: Session, config: Config, read: Month) -> Seen:
    found = plans(tx, read.start, read.end)
    rows: dict[str, list[Earned]] = defaultdict(list)
    for slug, count, value, baseline, review, rework in ledger.amounts(tx, read.start, read.end, read.at):
        row = Earned(None if count is None else Decimal(count), value, baseline, review, rework)
        held = found.get(slug)
        rows[slug].append(alpha.completed(row, held.plan) if held else row)
    explained: dict[str, dict[str, ExplanationLine]] = defaultdict(dict)
    for each in ledger.explanations(tx, month_name(read.start), by=read.at):
        explained[each.workload][each.role] = ExplanationLine(each.role, each.written_by, each.written_at, each.text)
    return Seen(
        known=read.known, over_share=Decimal(str(config.rules.variance_share)),
        floor=config.rules.variance_floor_usd_micro,
        spent=months.spend_before(tx, epoch(read.start), epoch(read.end), epoch(read.at))[epoch(read.start)],
        plans=found,
        earned={slug: alpha.summed(each) for slug, each in rows.items()},
        explained={slug: tuple(roles.values()) for slug, roles in explained.items()},
        exceptions=ledger.exceptions_seen(tx, read.start, read.end),
        trips=incidents.kills_between(tx, read.start, read.end))


def _belongs(entry: Entry, seen: Seen) -> bool:
    """Retired and planned workloads only where the month has anything of them."""
    return entry.status in ("live", "paused") or any(
        entry.slug in each for each in (seen.spent.cost, seen.earned, seen.explained))


def _unattributed(seen: Seen) -> MicroUsd | None:
    """Known where every source is."""
    if not seen.known.spans or any(map(seen.known.gap_of, seen.known.spans)):
        return None
    return seen.spent.cost.get(None, 0)


def _totals(lines: Sequence[MonthLine], saved: Sequence[SavingLine], unattributed: MicroUsd | None) -> MonthTotals:
    known = [line for line in lines if line.alpha_net is not None]
    net = alpha.total(line.alpha_net for line in known)
    planned = [line.planned for line in lines if line.planned is not None]
    return MonthTotals(
        inference=alpha.total(line.inference for line in lines), planned=sum(planned) if planned else None,
        value=alpha.total(line.value for line in lines), alpha_net=alpha.total(line.alpha_net for line in lines),
        per_dollar=alpha.per_dollar(net, alpha.total(line.inference for line in known)), known_alpha_net=net,
        known_workloads=len(known), open=sum(line.state == "open" for line in lines), unattributed=unattributed,
        promised=sum(each.promised for each in saved),
        realised=alpha.total(each.realised for each in saved) if saved else 0)


def _gaps(tx: Session, read: Month) -> tuple[GapLine, ...]:
    """One line for each source that has usage or a cost report."""
    closed = day_start(read.at - gaps.CLOSED_AFTER)
    end = min(read.end, closed)
    by_source: dict[str, list[streams.BothDay]] = defaultdict(list)
    if read.start < end:
        for day in streams.billed_beside_metered(tx, epoch(read.start), epoch(end)):
            first, last = read.known.whole_days(day.source)
            if first <= day.day < last:  # of what was never read a bill would be a gap that is none
                by_source[day.source].append(day)
    recent = read.at - gaps.SETTLED_AFTER
    moved = streams.restated_days(tx, epoch(read.start), epoch(read.end), recent) if by_source else set()
    return tuple(
        gaps.gap_line(source, days := by_source[source],
                      {day.day for day in days
                       if from_epoch(day.day) >= day_start(recent) or (source, day.day) in moved})
        for source in sorted({*read.known.spans, *by_source}))


def _savings(tx: Session, read: Month) -> tuple[SavingLine, ...]:
    found = ledger.savings(tx, read.end)
    by_workload: dict[str, list[Saving]] = defaultdict(list)
    for saving in found:
        by_workload[saving.workload].append(saving)
    until = read.known.until or read.start
    days = {saving.id: savings.sides(saving, by_workload[saving.workload], read.start, until) for saving in found}
    spent = windows.days_of(tx, {(saving.workload, day) for saving in found for side in
                                 (days[saving.id].before, days[saving.id].after) for day in side}) if found else {}
    since = max((span[0] for span in read.known.spans.values()), default=None)
    by_day: dict[str, dict[int, savings.Day]] = defaultdict(dict)
    for (slug, day), (cost, requests) in spent.items():
        by_day[slug][day] = savings.Day(cost, requests)
    return tuple(savings.measured(saving, days[saving.id], by_day[saving.workload], since) for saving in found)
