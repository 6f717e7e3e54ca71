"""What calls come to, by day, added up over a span for the detectors; those of the store, and those of a recording."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from sqlmodel import Session

from console.antipatterns.call_day import FORM, CallDay, added
from console.antipatterns.digest.making import made
from console.antipatterns.digest.repeats import FAILED
from console.antipatterns.digest.row import COLD, MOSTLY_READ, NO_CACHE, WARM, Row
from console.cadences.call_track import Call
from store import call_days
from store.call_days import DAY


def sums(tx: Session, start: int, end: int, workload: str | None = None) -> dict[str, CallDay]:
    """What the calls of each workload, or of one, come to in [start, end), seconds since 1970: of the whole UTC days
    that are made (`watch/call_days.py` makes them)."""
    by_workload: dict[str, list[CallDay]] = {}
    for slug, _, document in call_days.between(tx, start // DAY * DAY, end, FORM, workload):
        by_workload.setdefault(slug, []).append(CallDay.of(json.loads(document), with_open=False))
    return {slug: added(days) for slug, days in by_workload.items()}


def of_recorded(told: Iterable[Call]) -> CallDay:
    """The sum of a recording of one workload's calls, oldest first."""
    days: list[CallDay] = []
    for rows in _by_day(map(_row, told)):
        days.append(made(rows, days[-1] if days else None))
    return added(days)


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
