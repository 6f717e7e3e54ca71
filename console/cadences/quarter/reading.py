"""Read the Quarterly from the store: a few queries over roll-ups, ledger and registry, for any number of workloads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from sqlmodel import Session

from console.cadences.commitments import commitments
from console.cadences.known_usage import Known, by_way
from console.cadences.month import alpha
from console.cadences.month.alpha import Earned
from console.cadences.periods import Period
from console.cadences.quarter.line import QuarterMonth, Seen, line
from console.cadences.quarterly import REVIEW_WITHIN, NoteLine, QuarterLine, Quarterly, QuarterTotals
from console.clock import day_start, epoch
from console.config import Config
from console.money import MicroUsd
from store import drills, held_charters, ledger, months, quarter_notes, quarters, registry, streams
from store.registry import Entry


def read_quarterly(tx: Session, config: Config, quarter: Period, at: datetime) -> Quarterly:
    """The Quarterly of one quarter as it stands at an instant; of one to come nothing is known yet."""
    entries = list(registry.entries_in_short(tx))
    seen = _seen(tx, config, quarter, at, {entry.sources for entry in entries})
    lines = tuple(line(entry, seen) for entry in _listed(tx, seen, entries))
    return Quarterly(
        at=at, organisation=config.organisation.name, time_zone=config.organisation.time_zone, quarter=quarter.name,
        start=quarter.start, end=quarter.end, partial=at < quarter.end,
        month_names=tuple(month.name for month in quarter.months), lines=lines,
        totals=_totals(lines, _unattributed(seen.months)), simulated=config.simulated)


def _seen(tx: Session, config: Config, quarter: Period, at: datetime,
          sources: Iterable[frozenset[str] | None]) -> Seen:
    begun = [month for month in quarter.months if month.start <= at]
    until = min(at, quarter.end)
    matters: dict[str, list[quarters.Matter]] = defaultdict(list)
    for matter in quarters.matters(tx, until) if begun else ():
        matters[matter.workload].append(matter)
    explained: dict[str, dict[str, Sequence[str]]] = defaultdict(dict)
    for (slug, month), roles in quarters.explained(tx, [month.name for month in quarter.months], at).items():
        explained[slug][month] = roles
    return Seen(
        at=at, quarter=quarter, until=until, due=quarter.end + REVIEW_WITHIN,
        months=_months(tx, config, begun, at, sources),
        commitments=commitments(tx, quarter.start, quarter.end),
        threshold=Decimal(str(config.rules.variance_share)), floor=config.rules.variance_floor_usd_micro,
        unsigned=held_charters.unsigned(tx), notes=_notes(tx, quarter, at),
        last_ended=quarter_notes.last_ended(tx, until, quarter.name), matters=matters,
        kills=quarters.kills(tx, quarter.start, until), explained=explained,
        drilled=drills.last_passed(tx, until), test_targets=registry.with_test_target(tx))


def _months(tx: Session, config: Config, begun: Sequence[Period], at: datetime,
            sources: Iterable[frozenset[str] | None]) -> list[QuarterMonth]:
    if not begun:
        return []
    spans, told = by_way(streams.spans(tx, epoch(at)), config)
    end = min(begun[-1].end, day_start(at) + timedelta(days=1))
    spent = months.spend_before(tx, epoch(begun[0].start), epoch(end), epoch(at))
    found = []
    for month in begun:
        known = Known(spans, month.start, month.end, at >= month.end, told)
        found.append(QuarterMonth(
            period=month, known=known, gaps={each: bool(known.gap(each)) for each in sources},
            spent=spent[epoch(month.start)].cost, rows=_rows(tx, month, at)))
    return found


def _rows(tx: Session, month: Period, at: datetime) -> dict[str, list[Earned]]:
    rows: dict[str, list[Earned]] = defaultdict(list)
    for slug, count, *amounts in ledger.amounts(tx, month.start, month.end, at):
        rows[slug].append(Earned(None if count is None else Decimal(count), *amounts))
    return rows


def _notes(tx: Session, quarter: Period, at: datetime) -> Mapping[str, Sequence[NoteLine]]:
    """What was said of the quarter until an instant."""
    notes: dict[str, list[NoteLine]] = defaultdict(list)
    for row in quarter_notes.of_quarter(tx, quarter.name):
        if row.said_at > at:
            continue
        notes[row.workload].append(NoteLine(row.kind, row.role, row.said_by, row.said_at, row.text,
                                            row.charter_version, row.draft_version))
    return notes


def _listed(tx: Session, seen: Seen, entries: Sequence[Entry]) -> list[Entry]:
    """Entries that were registered by the quarter's end; retired ones where they were not before it, or it has
    something of them."""
    busy = set(seen.notes)
    for month in seen.months:
        busy.update(month.rows, (slug for slug, spent in month.spent.items() if spent and slug is not None))
    if all(entry.slug in busy for entry in entries):
        return list(entries)
    since, retired = quarters.registered_since(tx), quarters.retired_since(tx)

    def belongs(entry: Entry) -> bool:
        slug = entry.slug
        if slug in busy:
            return True
        if entry.status == "retired":
            return slug in retired and retired[slug] >= seen.quarter.start
        return slug not in since or since[slug] < seen.quarter.end

    return [entry for entry in entries if belongs(entry)]


def _unattributed(found: Sequence[QuarterMonth]) -> MicroUsd | None:
    """Known where every source is, of every month that has begun."""
    for month in found:
        if not month.known.spans or any(map(month.known.gap_of, month.known.spans)):
            return None
    return sum(month.spent.get(None, 0) for month in found) if found else None


def _totals(lines: Sequence[QuarterLine], unattributed: MicroUsd | None) -> QuarterTotals:
    """Value and Alpha-net are those of the workloads whose Alpha-net is known, for each dollar that these spent."""
    known = [line for line in lines if line.alpha_net is not None]
    planned = [line.planned for line in lines if line.planned is not None]
    net = alpha.total(line.alpha_net for line in known)
    return QuarterTotals(
        planned=sum(planned) if planned else None, spent=alpha.total(line.spent for line in lines),
        value=alpha.total(line.value for line in known), alpha_net=net,
        per_dollar=alpha.per_dollar(net, alpha.total(line.spent for line in known)), known_workloads=len(known),
        reviewed=sum(line.decision is not None for line in lines), overdue=sum(line.overdue for line in lines),
        unattributed=unattributed, trips=sum(line.trips for line in lines))
