"""Build a trip sheet from the store: the evidence row by row, what was done, and what spending did around it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, select

from console.cadences import stage_lines
from console.cadences.banners import review_due
from console.cadences.signs.verdict import KILLS
from console.cadences.trip_sheet import EvidenceRow, StepLine, TripSheet
from console.clock import epoch, from_epoch
from console.config import Config
from store import authorisations, exceptions, incidents, registry, streams, windows
from store.tables import Intent, Stream
from store.windows import MinuteRow

ROWS_SHOWN = 200
MINUTE, QUARTER, HOUR = 60, 900, 3600
BEFORE_S, AFTER_S = 45 * MINUTE, 60 * MINUTE
"""How much of the spending around the act is shown."""

_IDENTITY = frozenset({"api_key_id", "workspace_id", "service_account", "project", "account_id"})
"""Dimensions that say whose usage a row is."""


def build(
    tx: Session, *, intent: str | None, workload: str | None, at: datetime, resume_roles: Sequence[str],
    two_person: bool, config: Config,
) -> TripSheet | None:
    """The sheet of an intent, or of a workload's newest kill; None where there is none."""
    row = incidents.intent(tx, intent) if intent is not None else _newest_kill(tx, workload)
    if row is None:
        return None
    entry = registry.workload(tx, row.workload)
    breaker = incidents.breaker(tx, row.workload)
    steps = step_lines(tx, row)
    confirmed = max((step.confirmed_at for step in steps if step.confirmed_at), default=None)
    rows, total, left_out = _evidence(tx, row)
    around = _around(tx, row, confirmed, at)
    first = row.escalates or row.id
    exception = next(iter(exceptions.by_ids(tx, exceptions.of_intents(tx, [first]).values()).values()), None)
    return TripSheet(
        intent=row.id, workload=row.workload, name=entry.name if entry else row.workload, verb=row.verb,
        origin=row.origin, state=row.state, at=row.requested_at, requested_by=row.requested_by, reason=row.reason,
        why=str(row.evidence.get("summary") or row.reason), signs=_signs(row), means=_means(row),
        rule=row.evidence.get("rule"), charter_line=row.evidence.get("charter_line"),
        data_age_s=row.evidence.get("data_age_s"),
        rows=rows, rows_total=total, rows_left_out=left_out, decided_on=_decided_on(row),
        steps=steps, state_confirmed_at=confirmed,
        spend_stopped_at=row.spend_stopped_at, settled_at=row.settled_at,
        rate_before=around.before, rate_after=around.after, tail=row.tail_microusd,
        minutes_from=around.start, minutes=around.minutes, breaker=breaker.state if breaker else "armed",
        resume_roles=tuple(resume_roles), two_person=two_person,
        approvals=tuple((item.approved_by, item.role, item.approved_at) for item in incidents.approvals(tx, row.id)),
        manual_command=_by_hand(row), note=_note(tx, row, at), exception=exception.id if exception else None,
        exception_state=exception.state if exception else "", stages=stage_lines.build(tx, config, row, entry),
    )


def step_lines(tx: Session, intent: Intent) -> tuple[StepLine, ...]:
    """The intent's steps as they stand."""
    names = streams.names(tx, None)
    shared: Mapping[str, Sequence[str]] = intent.evidence.get("shared") or {}
    called = {(source, identifier): name.name for (source, _, identifier), name in names.items()}
    return tuple(
        StepLine(
            switch=step.switch, target=step.target,
            target_name=called.get((step.source or "", step.target), step.target), verb=step.verb,
            before=step.before, wanted=step.wanted, after=step.after, state=step.state,
            confirmed_at=step.confirmed_at, error=step.error, shared_with=tuple(shared.get(step.target, ())),
            stage=step.stage,
        )
        for step in incidents.steps(tx, intent.id)
    )


@dataclass(frozen=True, slots=True)
class _Around:
    start: datetime | None
    minutes: tuple[int, ...]
    before: int | None
    after: int | None


def _newest_kill(tx: Session, workload: str | None) -> Intent | None:
    if workload is None:
        return None
    kills = [row for row in incidents.intents(tx, workload, 50) if row.verb == "kill"]
    return kills[0] if kills else None


def _evidence(tx: Session, intent: Intent) -> tuple[tuple[EvidenceRow, ...], int, int]:
    """(the dearest rows in the order of time, the sum of all rows, how many were left out)."""
    start, end = intent.evidence.get("window_start"), intent.evidence.get("window_end")
    if not isinstance(start, int) or not isinstance(end, int):
        return (), 0, 0
    rows = [_row(fact) for fact in windows.minute_rows(tx, intent.workload, start, end)]
    dearest = sorted(rows, key=lambda row: row.cost, reverse=True)[:ROWS_SHOWN]
    shown = sorted(dearest, key=lambda row: (row.bucket, row.identity, row.model))
    return tuple(shown), sum(row.cost for row in rows), len(rows) - len(shown)


def _decided_on(intent: Intent) -> int | None:
    spent = (intent.evidence.get("figures") or {}).get("spent_microusd")
    return int(spent) if spent is not None else None


def _signs(intent: Intent) -> tuple[tuple[str, str], ...]:
    figures: Mapping[str, str] = intent.evidence.get("figures") or {}
    return tuple((name, figures.get(name, "")) for name in figures.get("signs", "").split(", ") if name)


def _means(intent: Intent) -> str:
    return KILLS.get(tuple(name for name, _ in _signs(intent)), "")


def _row(fact: MinuteRow) -> EvidenceRow:
    identity = ", ".join(f"{name} {value}" for name, value in sorted(fact.dimensions.items())
                         if value is not None and name in _IDENTITY)
    return EvidenceRow(
        bucket=from_epoch(fact.bucket), width=fact.width, identity=identity or fact.source,
        model=fact.dimensions.get("model") or "no model", uncached_input=fact.uncached_input,
        cache_write=fact.cache_write, cache_read=fact.cache_read, output=fact.output, cost=fact.cost,
        estimated=bool(fact.estimated),
    )


def _around(tx: Session, intent: Intent, confirmed: datetime | None, at: datetime) -> _Around:
    """Minutes around the act, as far as the newest data reach, and the rates on both of its sides."""
    act = epoch(confirmed or intent.requested_at) // MINUTE * MINUTE
    start = act - BEFORE_S
    newest = _known_until(tx, at)
    end = min(act + AFTER_S, newest)
    buckets = windows.bucket_spend(tx, intent.workload, start, max(start, newest))
    spent = {bucket.start: bucket.cost for bucket in buckets if bucket.width == MINUTE}
    hours = [bucket.start for bucket in buckets if bucket.width > MINUTE and bucket.cost]
    minutes = tuple(spent.get(minute, 0) for minute in range(start, max(start, end), MINUTE))
    before = _rate(spent, hours, act - QUARTER, act) if newest >= act else None
    whole = confirmed is not None and newest >= act + MINUTE + QUARTER
    after = _rate(spent, hours, newest - QUARTER, newest) if whole else None
    return _Around(from_epoch(start) if minutes else None, minutes, before, after)


def _rate(spent: Mapping[int, int], hours: Iterable[int], start: int, end: int) -> int | None:
    """Micro-dollars an hour over [start, end); None where some of it is told by the hour alone, as in `hours`."""
    if any(hour < end and hour + HOUR > start for hour in hours):
        return None
    return sum(cost for minute, cost in spent.items() if start <= minute < end) * 3600 // (end - start)


def _known_until(tx: Session, at: datetime) -> int:
    """The end of the newest minute that is known complete in every source."""
    marks = [row.watermark for row in tx.exec(select(Stream).where(Stream.stream == "usage"))
             if row.watermark is not None]
    return min(marks, default=epoch(at)) // MINUTE * MINUTE


def _note(tx: Session, row: Intent, at: datetime) -> str:
    """What is noted of the intent, and the review that it owes or had."""
    review = authorisations.review_of(tx, row.id)
    if review is None:
        return row.note
    closed = f"Reviewed by {review.closed_by}: {review.finding}" if review.closed_at else f"{review_due(review, at)}."
    return f"{row.note} {closed}".strip()


def _by_hand(intent: Intent) -> str:
    if intent.state in ("done", "awaiting_approval", "rejected", "observed"):
        return ""
    return "\n".join(intent.evidence.get("by_hand") or ())
