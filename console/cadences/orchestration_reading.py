"""Read from the store what the Orchestration Multiplier is made of: one statement over the days of calls."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from console.antipatterns.call_day import FORM, Totals
from console.cadences.orchestration import Multiplier, Orchestration, orchestration
from console.clock import day_start, epoch
from store import call_days

_PLACES = tuple(Totals._fields.index(name) for name in (
    "calls", "actions", "measured_actions", "measured_tokens", "single_tokens", "measured_cost"))


def read_orchestration(tx: Session, start: datetime, end: datetime, workload: str | None = None) -> Orchestration:
    """Of every workload with call records in the UTC days of [start, end), or of one; days that are stale as they were.
    """
    begin = day_start(start)
    rows = call_days.totals(tx, epoch(begin), epoch(end), FORM, _PLACES, workload)
    return orchestration(begin, end, [Multiplier(slug, *counts) for slug, *counts in rows])
