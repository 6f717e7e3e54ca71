"""Read the Annual from the store: a year and the one before it, from monthly roll-ups and a few set-based queries."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise, repeat

from sqlmodel import Session

from console.cadences import periods
from console.cadences.annual import Annual, PatternYear, StatementLine, content_hash
from console.cadences.commitments import Commitments, commitments
from console.cadences.known_usage import Known, by_way
from console.cadences.month import alpha, savings
from console.cadences.periods import Period
from console.cadences.quarter.line import REVIEWED
from console.cadences.quarterly import REVIEW_WITHIN
from console.cadences.year import predictions
from console.cadences.year.measures import EXPLAINED_DAYS, UNDECIDED_DAYS, measures
from console.cadences.year.portfolio import read_portfolio
from console.cadences.year.seen import MonthOfYear, YearSeen
from console.clock import day_start, epoch, from_epoch
from console.config import Config
from console.money import MicroUsd
from store import annual_notes, exceptions, ledger, months, quarter_notes, quarters, registry, streams, windows, years
from store.months import MonthSpend
from store.tables import Saving
from store.tables.types import microseconds

ALTERED = ("The stored text is not the one that was written, so neither it nor a signature is shown. "
           "Run: token-console audit verify")
_MONTH_DAYS = Decimal("30.4375")
"""A month of a promise, in days: a twelfth of 365.25."""


def read_annual(tx: Session, config: Config, year: Period, at: datetime) -> Annual:
    """The Annual of one fiscal year as it stands at an instant; of one to come nothing is known yet."""
    before = periods.year(periods.shifted(year.name, -1), config.fiscal_year_month)
    reading = _Reading(tx, config, at, before.start, year.end)
    now = reading.year(year)
    earlier = reading.year(before) if reading.known_before(before.end) else None
    notes = annual_notes.predictions(tx)
    portfolio = read_portfolio(tx, config, year, before, reading.held, at)
    return Annual(
        at=at, organisation=config.organisation.name, time_zone=config.organisation.time_zone, year=year.name,
        start=year.start, end=year.end, partial=at < year.end, measures=measures(now, earlier),
        patterns=_patterns(now, years.exception_stakes(tx, year.start, now.until)),
        predictions=predictions.lines(portfolio, notes),
        months=tuple((month.period.name, month.spent, month.planned) for month in now.months),
        statement=_statement(tx, year), simulated=config.simulated)


class _Reading:
    """What both years are read from."""

    def __init__(self, tx: Session, config: Config, at: datetime, start: datetime, end: datetime) -> None:
        self._tx, self._config, self._at = tx, config, at
        self.held: Commitments = commitments(tx, start, end)
        self._spent: Mapping[int, MonthSpend] = {}
        if start <= at:
            until = min(end, day_start(at) + timedelta(days=1))
            self._spent = months.spend_before(tx, epoch(start), epoch(until), epoch(at))
        self._spans, self._told = by_way(streams.spans(tx, epoch(at)), config)
        self._entries = list(registry.entries_in_short(tx))
        self._metered = {entry.slug for entry in self._entries if entry.sources is not None}
        self._since, self._retired = quarters.registered_since(tx), quarters.retired_since(tx)

    def known_before(self, end: datetime) -> bool:
        """Whether anything was registered by an instant: a year before the console is not known, and not all zeros."""
        return any(self._since.get(entry.slug, end) < end for entry in self._entries)

    def year(self, period: Period) -> YearSeen:
        """One year up to now."""
        tx, until = self._tx, max(period.start, min(self._at, period.end))
        begun = [month for month in period.months if month.start <= self._at]
        held = self.held.held_in([(month.start, month.end) for month in begun])
        found, plans = [], dict[str, MicroUsd]()
        for month, charters, before in zip(begun, held, [None, *held], strict=False):
            if charters != before:
                plans = {slug: charter.stated.plan.expected for slug, charter in charters.items()}
            found.append(self._month(month, plans))
        return YearSeen(
            period=period, until=until, months=found, reviews=self._reviews(period),
            acknowledged=years.acknowledgements(tx, period.start, until), kills=years.kills(tx, period.start, until),
            opened=_opened(tx, period, until), closed=years.exceptions_closed(tx, period.start, until),
            undecided=years.left_undecided(tx, period.start, until - timedelta(days=UNDECIDED_DAYS),
                                           timedelta(days=UNDECIDED_DAYS)),
            explanations=self._explanations(found), savings=self._savings(period, until))

    def _month(self, month: Period, plans: Mapping[str, MicroUsd]) -> MonthOfYear:
        """`plans`: what the Charter of each workload expects of the whole month."""
        known = Known(self._spans, month.start, month.end, self._at >= month.end, self._told)
        costs, metered = self._spent[epoch(month.start)].cost, self._metered
        share, floor = self._config.rules.variance_share, self._config.rules.variance_floor_usd_micro
        if not known.over:
            plans = {slug: alpha.part(expected, known.elapsed) or 0 for slug, expected in plans.items()}
        planned, spent = sum(plans.values()), list(map(costs.get, plans, repeat(0)))
        over = [slug for (slug, part), cost in zip(plans.items(), spent, strict=True)
                if (apart := abs(cost - part)) > floor and apart > part * share and slug in metered]
        # what nothing measures is not spent as planned, nor below it
        unmeasured = sum(plans[slug] for slug in plans.keys() - metered - costs.keys())
        return MonthOfYear(
            period=month, spent=self._whole(known, costs), metered=sum(costs.values()), planned=planned or None,
            under_charter=sum(spent), planned_elapsed=planned - unmeasured, over=frozenset(over))

    def _whole(self, known: Known, costs: Mapping[str | None, MicroUsd]) -> MicroUsd | None:
        """What was spent in all; None where a source was not read."""
        if not known.spans or any(map(known.gap_of, known.spans)):
            return None
        return sum(costs.values())

    def _reviews(self, year: Period) -> tuple[int, int]:
        """(held on time, owed) in its quarters whose reviews are due, by the rules of the Quarterly."""
        first = self._config.fiscal_year_month
        found = [periods.quarter(f"{year.name}-Q{number}", first) for number in (1, 2, 3, 4)]
        ended = quarter_notes.endings(self._tx, [quarter.name for quarter in found])
        held_on_time = owed = 0
        for quarter in found:
            due = quarter.end + REVIEW_WITHIN
            if due <= self._at:
                owing = self._owing(quarter)
                owed += len(owing)
                held_on_time += sum(name == quarter.name and at <= due and slug in owing
                                    for (slug, name), at in ended.items())
        return held_on_time, owed

    def _owing(self, quarter: Period) -> set[str]:
        """Workloads that were there and owed a review: no Charter that still held at its end was signed in it."""
        signed = {slug for slug, versions in self.held.items() for each in versions
                  if quarter.start <= each.since < quarter.end and (each.until is None or each.until >= quarter.end)}
        there = {entry.slug for entry in self._entries if self._since.get(entry.slug, quarter.start) < quarter.end and (
            entry.status in REVIEWED or (
                entry.status == "retired" and self._retired.get(entry.slug, quarter.start) > quarter.end))}
        return there - signed

    def _explanations(self, found: Sequence[MonthOfYear]) -> tuple[int, int]:
        """(overdue, owed) of months that ended long enough ago."""
        due = {month.period.name: month.period.end + timedelta(days=EXPLAINED_DAYS) for month in found
               if month.period.end + timedelta(days=EXPLAINED_DAYS) <= self._at}
        if not due:
            return 0, 0
        owed = years.variances(self._tx, list(due))
        for month in found:
            if month.period.name in due and month.spent is not None:
                owed |= {(slug, month.period.name) for slug in month.over}
        written = years.explained_by_both(self._tx, list(due))
        late = sum(key not in written or written[key] > due[key[1]] for key in owed)
        return late, len(owed)

    def _savings(self, year: Period, until: datetime) -> tuple[MicroUsd, MicroUsd, int]:
        """(promised for the days measured, realised in them, how many savings) of those applied before the year's end
        that can be measured within it."""
        found = ledger.savings(self._tx, until)
        if not found or not self._spans:
            return 0, 0, 0
        by_workload: dict[str, list[Saving]] = defaultdict(list)
        for saving in found:
            by_workload[saving.workload].append(saving)
        reach = min(until, from_epoch(min(span[1] for span in self._spans.values())))
        days = [savings.sides(saving, by_workload[saving.workload], year.start, reach) for saving in found]
        spent = windows.days_of(self._tx, {(saving.workload, day) for saving, both in zip(found, days, strict=True)
                                           for side in (both.before, both.after) for day in side})
        by_day: dict[str, dict[int, savings.Day]] = defaultdict(dict)
        for (slug, day), (cost, requests) in spent.items():
            by_day[slug][day] = savings.Day(cost, requests)
        since = max(span[0] for span in self._spans.values())
        promised = realised = number = 0
        for saving, both in zip(found, days, strict=True):
            line = savings.measured(saving, both, by_day[saving.workload], since)
            if line.realised is not None:
                promised += alpha.whole(Decimal(saving.promised_microusd) * len(both.after) / _MONTH_DAYS)
                realised, number = realised + line.realised, number + 1
        return promised, realised, number


def _opened(tx: Session, year: Period, until: datetime) -> dict[str, list[int]]:
    """Exceptions opened or reopened, by kind and month of the year."""
    starts = [microseconds(month.start) for month in year.months]
    found = {}
    for kind, instants in exceptions.openings(tx, year.start, until).items():
        edges = [*(bisect_left(instants, start) for start in starts), len(instants)]
        found[kind] = [after - before for before, after in pairwise(edges)]
    return found


def _patterns(year: YearSeen, stakes: Mapping[str, MicroUsd]) -> tuple[PatternYear, ...]:
    """Those that opened most often first."""
    kinds = sorted({*year.opened, *year.closed}, key=lambda kind: (-sum(year.opened.get(kind, ())), kind))
    return tuple(PatternYear(kind, sum(year.opened.get(kind, ())), year.closed.get(kind, 0), stakes.get(kind),
                             tuple(year.opened.get(kind, [0] * 12))) for kind in kinds)


def _statement(tx: Session, year: Period) -> StatementLine | None:
    """The newest text; without its signature, and in other words, where it is not the one that was written."""
    row = annual_notes.statement(tx, year.name)
    if row is None:
        return None
    if content_hash(row.text) != row.content_hash:
        return StatementLine(ALTERED, row.content_hash, row.written_by, row.written_at)
    return StatementLine(row.text, row.content_hash, row.written_by, row.written_at, row.signed_by, row.signed_role,
                         row.signed_at)
