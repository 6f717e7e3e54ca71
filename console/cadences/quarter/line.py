"""One workload's quarter as a line: what was planned, spent and earned, what it asks, where its review stands. Pure.

A month belongs to the workload's Alpha-net where it spent or earned in it, and the quarter's is the sum of these months
as the Monthly has them: unknown as soon as one of them is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from console.cadences import drill
from console.cadences.commitments import Commitment, Commitments
from console.cadences.half_life import half_life_ends
from console.cadences.known_usage import Known
from console.cadences.month import alpha
from console.cadences.month.alpha import Earned
from console.cadences.periods import Period
from console.cadences.quarter.questions import Asked, MonthSeen, attention, questions
from console.cadences.quarterly import DECISIONS, JOINTLY, NoteLine, QuarterLine
from console.charters import durations
from console.money import MicroUsd
from store.quarters import Matter
from store.registry import Entry

REVIEWED = ("live", "paused")
"""A workload of these states owes a review in each quarter."""
NOTHING = Earned()


@dataclass(frozen=True, slots=True)
class QuarterMonth:
    """One month of the quarter that has begun."""

    period: Period
    known: Known
    gaps: Mapping[frozenset[str] | None, bool]
    """By the sources of an entry: whether what it spent is unknown."""
    spent: Mapping[str | None, MicroUsd]
    rows: Mapping[str, Sequence[Earned]]
    """The ledger's rows, as they were entered."""


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything that was read for a quarter, by workload."""

    at: datetime
    quarter: Period
    until: datetime
    """The newest instant of the quarter that has been."""
    due: datetime
    """When its reviews are."""
    months: Sequence[QuarterMonth]
    commitments: Commitments
    threshold: Decimal
    floor: MicroUsd
    unsigned: Mapping[str, tuple[int, str]]
    notes: Mapping[str, Sequence[NoteLine]]
    last_ended: Mapping[str, datetime]
    """The newest review of another quarter."""
    matters: Mapping[str, Sequence[Matter]]
    kills: Mapping[str, int]
    explained: Mapping[str, Mapping[str, Sequence[str]]]
    """Roles by month."""
    drilled: Mapping[tuple[str, str], datetime]
    """(workload, sort) to the last drill that passed."""
    test_targets: frozenset[str]
    """Workloads whose breaker is proven on a test target alone."""


class _Sums(NamedTuple):
    """What the months add up to."""

    months: list[MonthSeen]
    spent: list[MicroUsd | None]
    planned: list[MicroUsd]
    outcomes: list[Decimal | None]
    value: list[MicroUsd | None]
    alpha_net: list[MicroUsd | None]


def line(entry: Entry, seen: Seen) -> QuarterLine:
    """The workload's line."""
    slug, held = entry.slug, seen.commitments.at(entry.slug, seen.until)
    sums = _sums(entry, seen)
    spent, net = alpha.total(sums.spent), alpha.total(sums.alpha_net)
    planned = sum(sums.planned) if sums.planned else None
    review, notes, draft = _review(entry, seen, held), seen.notes.get(slug, ()), seen.unsigned.get(slug)
    matters = seen.matters.get(slug, ())
    every = held.stated.drill_every if held else None
    drilled = drill.proving(seen.drilled, slug, has_target=slug in seen.test_targets) if every else None
    ends = half_life_ends(held.stated.half_life, held.stated.half_life_months, held.since) if held else None
    asked = Asked(
        months=sums.months, matters=matters, explained=seen.explained.get(slug, {}),
        half_life=held.stated.half_life if held else "", half_life_ends=ends,
        half_life_over=ends is not None and ends <= seen.until, charter_version=held.version if held else None,
        status=entry.status, owner=entry.business_owner, overdue=review.overdue, trips=seen.kills.get(slug, 0),
        exceptions_open=sum(matter.state == "open" for matter in matters) if matters else 0, planned=planned,
        spent=spent, alpha_net=net, threshold=seen.threshold, drill_every=every, drilled_at=drilled,
        unproven=every is not None and not drill.proven(drilled, durations.seconds(every), seen.until))
    return QuarterLine(
        slug=slug, name=entry.name, owner=entry.business_owner, platform_lead=entry.platform_lead, status=entry.status,
        charter_version=asked.charter_version, charter_state="signed" if held else draft[1] if draft else "none",
        cell=held.stated.cell if held else "", planned=planned, spent=spent,
        outcome=held.stated.plan.outcome if held else "",
        outcomes=_produced(sums.outcomes), value=alpha.total(sums.value), alpha_net=net,
        per_dollar=alpha.per_dollar(net, spent), months=(*sums.spent, None, None, None)[:3],
        half_life=asked.half_life, half_life_ends=ends, half_life_over=asked.half_life_over,
        last_review=review.last, review_due=review.due, overdue=review.overdue,
        trips=asked.trips, exceptions_open=asked.exceptions_open, questions=tuple(questions(asked)),
        learned=_of_kind(notes, "learned"), recommended=_of_kind(notes, "recommended"), owed=review.owed,
        decision=review.decision, draft_version=draft[0] if draft and (not held or draft[0] > held.version) else None,
        attention=tuple(attention(asked)))


def _of_kind(notes: Sequence[NoteLine], kind: str) -> tuple[NoteLine, ...]:
    return tuple(note for note in notes if note.kind == kind) if notes else ()


def _produced(outcomes: Sequence[Decimal | None]) -> Decimal | None:
    """The sum; None where a month's are unknown, and where there is none."""
    total = Decimal(0)
    for each in outcomes:
        if each is None:
            return None
        total += each
    return total if outcomes else None


def _sums(entry: Entry, seen: Seen) -> _Sums:
    slug, sums = entry.slug, _Sums([], [], [], [], [], [])
    for month in seen.months:
        held, rows = seen.commitments.within(slug, month.period.start, month.period.end), month.rows.get(slug)
        known, metered = month.known, month.spent.get(slug, 0)
        inference = None if month.gaps[entry.sources] else metered
        planned = _part(held, known.elapsed)
        sums.spent.append(inference)
        if planned is not None:
            sums.planned.append(planned)
        over = known.over and _over(inference, planned, seen)  # a month that still runs asks nothing yet
        sums.months.append(MonthSeen(month.period.name, inference, planned, over))
        if rows or metered:
            earned = _earned(rows, held) if rows else NOTHING
            sums.outcomes.append(earned.outcomes)
            sums.value.append(earned.value)
            sums.alpha_net.append(alpha.alpha_net(earned, inference))
    return sums


def _part(held: Commitment | None, elapsed: Decimal) -> MicroUsd | None:
    """What the Charter expects of the part of a month that has gone by."""
    if held is None:
        return None
    return held.stated.plan.expected if elapsed == 1 else alpha.part(held.stated.plan.expected, elapsed)


def _earned(rows: Sequence[Earned], held: Commitment | None) -> Earned:
    """A month's rows together, with what the Charter says of each outcome."""
    plan = held.stated.plan if held else None
    return alpha.summed([alpha.completed(row, plan) for row in rows])


def _over(spent: MicroUsd | None, planned: MicroUsd | None, seen: Seen) -> bool:
    """As the Monthly judges a month's spend: above the threshold, and worth more than the floor."""
    if spent is None or planned is None:
        return False
    apart = abs(spent - planned)
    return apart > seen.floor and alpha.is_over(
        alpha.variance(spent, planned), apart, seen.threshold, seen.floor)


class _Review(NamedTuple):
    last: datetime | None
    due: datetime | None
    overdue: bool
    owed: tuple[str, ...]
    decision: NoteLine | None


def _review(entry: Entry, seen: Seen, held: Commitment | None) -> _Review:
    """A Charter that was signed within the quarter was reviewed by those who signed it."""
    decision, given = None, set()
    for note in seen.notes.get(entry.slug, ()):
        if decision is None and note.kind in DECISIONS:
            decision = note
        elif note.kind == "recommended":
            given.add(note.role)
    signed = held.since if held is not None else None
    owes = entry.status in REVIEWED and (signed is None or signed < seen.quarter.start)
    ended = seen.last_ended.get(entry.slug)
    return _Review(
        last=signed if ended is None else ended if signed is None else max(ended, signed),
        due=seen.due if owes else None, overdue=owes and decision is None and seen.at >= seen.due,
        owed=() if decision else tuple(role for role in JOINTLY if role not in given) if given else JOINTLY,
        decision=decision)
