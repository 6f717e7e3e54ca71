"""10, Orphaned Workload: spend with no owner, no recent review or no stated purpose (playbook section 8)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from console.antipatterns.finding import Detector, Figures, Finding, NotEnough, Verdict
from console.antipatterns.from_calls import stake
from console.antipatterns.telemetry import Bucket, Telemetry
from console.charters.naming import names_nobody
from console.clock import epoch, from_epoch
from console.money import MICRO, MicroUsd, display
from console.prompts.findings import reviewed_on

NAME = "Orphaned Workload"
NEW = timedelta(days=7)
"""So long a workload may wait for its owner and its Charter."""
REVIEWED_WITHIN = timedelta(days=92 + 30)
"""A review is due each quarter, and held within thirty days of its end."""
LEAST_MONTH = 10 * MICRO
"""Dollars a month from which spend is more than a trifle."""
IDLE = ("planned", "paused")
"""States in which nothing should be spent."""


def look(seen: Telemetry) -> Verdict:
    """Spend that nobody answers for, nobody looked at lately, or nobody meant."""
    if not seen.days:
        return NotEnough("usage: none is known of this workload in the time looked at")
    spent, idle = sum(day.cost for day in seen.days), _spent_idle(seen)
    a_month = stake(seen, 0, spent, spent)
    if a_month.likely < LEAST_MONTH or (seen.known_since is not None and seen.end - seen.known_since < NEW):
        return ()
    lacks = list(_lacks(seen))
    if idle:
        lacks.append(f"its status at {seen.entry['status']}")
    if not lacks:
        return ()
    return (Finding(
        NAME, seen.workload, f"{display(spent)} USD were spent with {' and '.join(lacks)}", seen.start, seen.end,
        (("spent", f"{display(spent)} USD"), *_idle_figure(seen, idle), ("what is wrong", "; ".join(lacks)),
         ("owner", str(seen.entry.get("business_owner") or "nobody")[:60]), ("last review", _day(_reviewed(seen)))),
        _largest(seen.days), idle or None, stake(seen, idle, spent, spent), "high",
        "Find out who uses it. Then name a business owner, have a Charter signed and hold its review, or retire it.",
        degree=a_month.likely // MICRO),)


def _idle_figure(seen: Telemetry, idle: MicroUsd) -> Figures:
    return ((f"spent while {seen.entry['status']}", f"{display(idle)} USD"),) if idle else ()


def _lacks(seen: Telemetry) -> Iterator[str]:
    owner = str(seen.entry.get("business_owner") or "")
    if not owner.strip():
        yield "no owner"
    elif names_nobody(owner):
        yield f"the owner {owner[:60]!r}, who is nobody"
    elif seen.owner_left:
        yield f"an owner who left: {seen.owner_left} signed and holds the role no longer"
    if seen.charter is None:
        yield "no signed Charter that states its purpose"
    reviewed = _reviewed(seen)
    if reviewed is not None and seen.end - reviewed > REVIEWED_WITHIN:
        yield f"no review since {_day(reviewed)}"


def _reviewed(seen: Telemetry) -> datetime | None:
    """The newest of signature, quarterly review, and what the MBOM entry says; None: nobody told."""
    return max((at for at in (seen.reviewed_at, reviewed_on(seen.entry)) if at is not None), default=None)


def _spent_idle(seen: Telemetry) -> MicroUsd:
    """What was spent on whole days after the day on which it was planned or paused; 0 where that day is unknown."""
    if seen.entry.get("status") not in IDLE or seen.status_since is None:
        return 0
    return sum(day.cost for day in seen.days if day.start > epoch(seen.status_since))


def _largest(days: Sequence[Bucket]) -> tuple[Figures, ...]:
    """The days of the most spend."""
    worst = sorted(days, key=lambda day: -day.cost)[:3]
    return tuple((("day", _day(from_epoch(day.start))), ("spent", f"{display(day.cost)} USD"))
                 for day in worst)


def _day(at: datetime | None) -> str:
    return "unknown" if at is None else f"{at:%Y-%m-%d}"


DETECTOR = Detector(10, NAME, "spend with no owner, no recent review or no stated purpose", "the MBOM and usage", look,
                    by_entry=True)
