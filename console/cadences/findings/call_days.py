"""What calls come to by day, made again where they changed, and added up over a span for the detectors."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterable, Iterator, Mapping
from typing import cast
from zlib import crc32

from sqlmodel import Session

from console.antipatterns.call_day import FORM, CallDay, added
from console.antipatterns.digest.making import Making, made
from console.antipatterns.digest.repeats import FAILED
from console.antipatterns.digest.row import COLD, MOSTLY_READ, NO_CACHE, WARM, Row
from console.cadences.call_track import Call
from console.memory import uncollected
from store import call_days, calls
from store.call_days import DAY, Stale
from store.database import Database

TOGETHER = 50
"""Workloads that are read in one transaction."""
WRITTEN = 500
"""Days that one transaction writes, within hundredths of a second: others are to write in between."""


Part = tuple[int, int]
"""Which of so many parts of the workloads: (0, 2) is the first half."""
WHOLE: Part = (0, 1)


def refresh(database: Database, most_seconds: float = math.inf, part: Part = WHOLE) -> int:
    """Make days again whose calls changed; returns how many are left when the time is over.

    The workload with the newest changes comes first, its days oldest first: a conversation goes on from day to day.
    """
    until = time.monotonic() + most_seconds
    with database.read() as tx:
        stale = call_days.stale(tx) if call_days.is_current(tx, FORM) else None
    if stale is None:
        with database.write() as tx:
            call_days.outdated(tx, FORM)
            stale = call_days.stale(tx)
    by_workload: dict[str, list[Stale]] = {}
    for each in stale:
        if crc32(each.workload.encode()) % part[1] == part[0]:
            by_workload.setdefault(each.workload, []).append(each)
    left, waiting = sum(map(len, by_workload.values())), list[tuple[Stale, CallDay]]()
    slugs = list(by_workload)
    for first in range(0, len(slugs), TOGETHER):
        with uncollected(), database.read() as tx:
            models = calls.models_of(tx)
            for remade in (each for slug in slugs[first:first + TOGETHER]
                           for each in _made(tx, slug, models.get(slug, {}), by_workload[slug])):
                waiting.append(remade)
                if time.monotonic() >= until:
                    break
        while waiting:
            left -= _put(database, waiting[:WRITTEN])
            waiting = waiting[WRITTEN:]
        if time.monotonic() >= until:
            return left
    return 0


def sums(tx: Session, start: int, end: int) -> dict[str, CallDay]:
    """What the calls of each workload come to in [start, end), seconds since 1970: of the whole UTC days that are made.
    """
    by_workload: dict[str, list[CallDay]] = {}
    for workload, _, document in call_days.between(tx, start // DAY * DAY, end, FORM):
        by_workload.setdefault(workload, []).append(CallDay.of(json.loads(document), with_open=False))
    return {workload: added(days) for workload, days in by_workload.items()}


def of_recorded(told: Iterable[Call]) -> CallDay:
    """The sum of a recording of one workload's calls, oldest first."""
    days: list[CallDay] = []
    for rows in _by_day(map(_row, told)):
        days.append(made(rows, days[-1] if days else None))
    return added(days)


def _made(tx: Session, workload: str, models: Mapping[int, str], stale: Iterable[Stale]
          ) -> Iterator[tuple[Stale, CallDay]]:
    """Its stale days, oldest first, and each day after one whose open conversations are not what they were."""
    wanted = {each.day: each for each in stale}
    stored = call_days.of_workload(tx, workload, {day + more * DAY for day in wanted for more in (-1, 0, 1)}, FORM)
    days, before = sorted(wanted), None
    while days:
        day = days.pop(0)
        if before is None or before[0] != day - DAY:
            document = stored.get(day - DAY)
            before = day - DAY, CallDay() if document is None else CallDay.of(json.loads(document))
        making = Making(before[1])
        for some in calls.in_short(tx, models, day * 1_000_000, (day + DAY) * 1_000_000):
            making.take(cast("list[Row]", some))
        before = day, making.close()
        yield wanted.get(day, Stale(day, workload, ())), before[1]
        document, after = stored.get(day), day + DAY
        if after not in wanted and after not in days and after in stored and (
                document is None or CallDay.of(json.loads(document)).open != before[1].open):
            stored |= call_days.of_workload(tx, workload, (after + DAY,), FORM)
            days.insert(0, after)


def _put(database: Database, made_: list[tuple[Stale, CallDay]]) -> int:
    if made_:
        with database.write() as tx:
            call_days.put(tx, [(each, day.document() if day.calls else None) for each, day in made_], FORM)
    return sum(bool(each.marks) for each, _ in made_)


def _by_day(rows: Iterable[Row]) -> Iterator[list[Row]]:
    day: list[Row] = []
    for row in rows:
        if day and row.at // (DAY * 1_000_000) != day[-1].at // (DAY * 1_000_000):
            yield day
            day = []
        day.append(row)
    if day:
        yield day


def _row(call: Call) -> Row:
    """A recorded call. One without input told none: there is no call without."""
    tokens = call.uncached + call.read + call.written
    tools = json.dumps(call.tools, separators=(",", ":")) if call.tools else None
    read = MOSTLY_READ if 2 * call.read >= tokens else WARM
    cache = read if call.read else COLD if call.written else NO_CACHE
    return Row(
        round(call.at.timestamp() * 1_000_000), call.session, call.caller, call.action, call.parent, call.depth, 0,
        FAILED + tools if tools and call.tools_failed else tools, tokens or None, call.output, cache, call.cost,
        call.model)
