"""What one workload used, for whoever measures it: by series over whole days, and by action and session from its calls.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import NamedTuple

from sqlmodel import Session


@dataclass(frozen=True, slots=True)
class SeriesUse:
    """Sums of one series."""

    source: str
    dimensions: dict[str, str | None]
    first_day: int
    """Its first UTC midnight with usage, seconds since 1970."""
    requests: int | None
    """None where a day's were not counted."""
    tokens: tuple[int, ...]
    """Uncached input, cache writes for five minutes and for an hour, cache reads, output."""
    cost: int
    """Micro-dollars."""


class TracedUse(NamedTuple):
    """Calls that name what they belong to."""

    actions: int
    action_tokens: int | None
    """Of all calls that name an action; None where one was told without tokens."""
    sessions: int
    session_calls: int


def series_use(tx: Session, workload: str, start: int, end: int) -> list[SeriesUse]:
    """Each series of a workload that was used in [start, end), by whole UTC days, the dearest first."""
    rows = tx.connection().exec_driver_sql(
        "SELECT s.source, s.dimensions, MIN(d.day), CASE WHEN COUNT(d.requests) = COUNT(*) THEN SUM(d.requests) END, "
        "SUM(d.uncached_input), SUM(d.cache_write_5m), SUM(d.cache_write_1h), SUM(d.cache_read), SUM(d.output), "
        "SUM(d.cost_microusd) FROM series s CROSS JOIN usage_day d ON d.series = s.id "
        "WHERE s.workload = ? AND d.day >= ? AND d.day < ? GROUP BY s.id ORDER BY 10 DESC, s.id",
        (workload, start, end))
    return [SeriesUse(source, json.loads(dimensions), int(first), requests, tuple(map(int, tokens)), int(cost))
            for source, dimensions, first, requests, *tokens, cost in rows]


def traced_use(tx: Session, workload: str, start: int, end: int) -> TracedUse:
    """What the calls in [start, end), microseconds since 1970, say of actions and sessions."""
    row = tx.connection().exec_driver_sql(
        "SELECT COUNT(DISTINCT NULLIF(action, '')), "
        "CASE WHEN COUNT(*) FILTER (WHERE action <> '' AND uncached_input IS NULL) = 0 THEN "
        "SUM(uncached_input + cache_write_5m + cache_write_1h + cache_read + output) FILTER (WHERE action <> '') END, "
        "COUNT(DISTINCT NULLIF(session, '')), COUNT(*) FILTER (WHERE session <> '') "
        "FROM call WHERE series IN (SELECT id FROM series WHERE workload = ?) AND at >= ? AND at < ? AND total = 0",
        (workload, start, end)).one()
    return TracedUse(*row)
