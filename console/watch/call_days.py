"""Days of calls, made again where their calls changed; the detectors read what they come to."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple, cast
from zlib import crc32

from sqlmodel import Session

from console.antipatterns.call_day import FORM, CallDay
from console.antipatterns.digest.making import Making
from console.antipatterns.digest.row import Row
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


class _Made(NamedTuple):
    stale: Stale
    day: CallDay
    ends_otherwise: bool
    """With other open conversations than it was stored with: the day after goes on from these."""


def refresh(database: Database, most_seconds: float = math.inf, part: Part = WHOLE) -> int:
    """Make days again whose calls changed; returns how many are left when the time is over.

    The workload with the newest changes comes first, its days oldest first: a conversation goes on from day to day.
    """
    until = time.monotonic() + most_seconds
    stale = [each for each in _stale(database) if crc32(each.workload.encode()) % part[1] == part[0]]
    while stale:
        left, after = _remake(database, stale, until)
        if left or not after or time.monotonic() >= until:
            return left + len(after)
        with database.read() as tx:
            stale = [each for each in call_days.stale(tx) if (each.day, each.workload) in after]
    return 0


def _stale(database: Database) -> list[Stale]:
    with database.read() as tx:
        if call_days.is_current(tx, FORM):
            return call_days.stale(tx)
    with database.write() as tx:
        call_days.outdated(tx, FORM)
        return call_days.stale(tx)


def _remake(database: Database, stale: Iterable[Stale], until: float) -> tuple[int, set[tuple[int, str]]]:
    """How many of these are left when the time is over, and the days after them that are now to be made again too."""
    by_workload: dict[str, list[Stale]] = {}
    for each in stale:
        by_workload.setdefault(each.workload, []).append(each)
    left, after, waiting = sum(map(len, by_workload.values())), set[tuple[int, str]](), list[_Made]()
    slugs = list(by_workload)
    for first in range(0, len(slugs), TOGETHER):
        with uncollected(), database.read() as tx:
            models = calls.models_of(tx)
            for remade in (each for slug in slugs[first:first + TOGETHER]
                           for each in _made(tx, slug, models.get(slug, {}), by_workload[slug])):
                waiting.append(remade)
                if time.monotonic() >= until:
                    break
        left -= len(waiting)
        while waiting:
            after |= _put(database, waiting[:WRITTEN])
            waiting = waiting[WRITTEN:]
        if time.monotonic() >= until:
            break
    return left, after


def _made(tx: Session, workload: str, models: Mapping[int, str], stale: Iterable[Stale]) -> Iterator[_Made]:
    """Its stale days, oldest first, each from what was open at the end of the day before."""
    wanted = sorted(stale)
    stored = call_days.of_workload(tx, workload, {each.day + more for each in wanted for more in (-DAY, 0)}, FORM)
    before = _Made(Stale(0, workload, ()), CallDay(), ends_otherwise=False)
    for each in wanted:
        if before.stale.day != each.day - DAY:
            before = _Made(each, _day(stored.get(each.day - DAY)), ends_otherwise=False)
        making = Making(before.day)
        for some in calls.in_short(tx, models, each.day * 1_000_000, (each.day + DAY) * 1_000_000):
            making.take(cast("list[Row]", some))
        day = making.close()
        before = _Made(each, day, ends_otherwise=_day(stored.get(each.day)).open != day.open)
        yield before


def _day(document: str | None) -> CallDay:
    return CallDay() if document is None else CallDay.of(json.loads(document))


def _put(database: Database, made_: list[_Made]) -> set[tuple[int, str]]:
    with database.write() as tx:
        return call_days.put(tx, [(each.stale, each.day.document() if each.day.calls else None) for each in made_],
                             FORM, {each.stale for each in made_ if each.ends_otherwise})
