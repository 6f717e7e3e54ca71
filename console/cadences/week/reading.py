"""Read the Weekly from the store, as it stood at any instant: in five statements, however many there are.

What was open, decided and closed is that of the instant; figures and words of an exception are those last seen.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from console.cadences.week.patterns import WEEKS, pattern_lines
from console.cadences.weekly import DecisionLine, ExceptionLine, Weekly
from console.cadences.weeks import week_of, weeks_until
from console.config import Config
from store import exceptions as store
from store import registry
from store.tables.types import from_microseconds

ORDER = {"open": 0, "decided": 1, "closed": 2}


@dataclass(frozen=True, slots=True)
class _Known:
    """What belongs to the exceptions, by their numbers."""

    names: Mapping[str, tuple[str, str | None]]
    began: Mapping[int, tuple[int, int]]
    decisions: Mapping[int, DecisionLine]
    """The last one."""
    at: datetime


def read_weekly(tx: Session, config: Config, at: datetime) -> Weekly:
    """The week that holds `at`, by the organisation's clock and its first day of the week."""
    zone, first_day = config.organisation.time_zone, config.week_start
    start, end = week_of(at, zone, first_day)
    weeks = weeks_until(at, zone, first_day, WEEKS)
    began = [(kind, from_microseconds(when), what) for kind, when, what in store.sightings(tx, weeks[0], at)]
    lines = exception_lines(tx, at, start)
    return Weekly(
        at=at, organisation=config.organisation.name, time_zone=zone, week_start=start, week_end=end,
        patterns=pattern_lines(lines, ((kind, when) for kind, when, _ in began), weeks, at), exceptions=lines,
        opened=sum(what != "again" and when >= start for _, when, what in began),
        closed=sum(line.state == "closed" for line in lines),
        decided=sum(line.decision is not None and line.decision.at >= start for line in lines),
        simulated=config.simulated,
    )


def exception_lines(tx: Session, at: datetime, closed_after: datetime,
                    only: int | None = None) -> tuple[ExceptionLine, ...]:
    """Every exception that was there at an instant, but those closed before another one: open ones first, then by
    dollars at stake; or only the one of this number."""
    decisions: dict[int, DecisionLine] = {}
    for number, exception, *said in store.decisions_then(tx, at, closed_after, only):
        decisions[exception] = _decision(number, *said)
    began = {number: (times, last) for number, times, last in store.began(tx, at, closed_after, only)}
    known = _Known(registry.names_and_owners(tx), began, decisions, at)
    lines = [_line(row, known) for row in store.lines(tx, at, closed_after, only)]
    return tuple(sorted(lines, key=lambda line: (ORDER[line.state], -(line.stake or 0), line.id)))


def _line(row: Iterable[Any], known: _Known) -> ExceptionLine:
    (number, workload, origin, kind, subject, opened_at, last_seen_at, reopened_at, reopened_why, closed_at, closed_why,
     summary, advice, charter_line, stake, evidence, alert, intent) = row
    name, owner = known.names.get(workload, (workload, None))
    times, last_opened = known.began.get(number, (1, opened_at))
    reopened, closed = _by_then(reopened_at, known.at), _by_then(closed_at, known.at)
    decision = known.decisions.get(number)
    if decision is not None and closed is None and decision.at < from_microseconds(last_opened):
        decision = None
    return ExceptionLine(
        id=number, workload=workload, name=name, owner=owner, origin=origin, kind=kind, subject=subject,
        state="closed" if closed else "decided" if decision else "open", opened_at=from_microseconds(opened_at),
        last_seen_at=min(from_microseconds(last_seen_at), known.at), times=times, summary=summary, advice=advice,
        charter_line=charter_line, stake=stake,
        evidence=tuple(json.loads(evidence).items()) if evidence != "{}" else (), alert=alert, intent=intent,
        reopened_at=reopened, reopened_why=reopened_why if reopened else "", closed_at=closed,
        closed_why=closed_why if closed else "", decision=decision)


def _decision(number: int, verdict: str, rationale: str, role: str, by: str, at: int, ends_at: int | None,
              batch: str | None) -> DecisionLine:
    return DecisionLine(number, verdict, rationale, role, by, from_microseconds(at),
                        None if ends_at is None else from_microseconds(ends_at), batch)


def _by_then(when: int | None, at: datetime) -> datetime | None:
    """What had happened by an instant."""
    found = None if when is None else from_microseconds(when)
    return found if found is not None and found <= at else None
