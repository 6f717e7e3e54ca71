"""What was spent by UTC month and workload: closed months from `usage_month`, what still fills from its days.

Every time is in whole seconds since 1970, money is whole micro-dollars. The workload None stands for usage that no rule
claims; a workload without usage in a month is not in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlalchemy import Connection
from sqlmodel import Session

from store.rollups import month_end, newest_month
from store.usage import series_workloads

Rows = Iterator[tuple[int, int, int]]


@dataclass(slots=True)
class MonthSpend:
    """One month by workload."""

    cost: dict[str | None, int] = field(default_factory=dict)
    estimated: dict[str | None, int] = field(default_factory=dict)
    """The part of the cost that is priced by an estimate, where there is one."""


def monthly_spend(tx: Session, start: int, end: int) -> dict[int, MonthSpend]:
    """Spend in [start, end) by the start of each UTC month. `start` begins a month; `end` may cut one off, after a
    whole day."""
    workloads, spent = series_workloads(tx), {}
    for month, rows in _months(tx.connection(), start, end, "cost_microusd", "estimated_microusd"):
        one = spent[month] = MonthSpend()
        cost, estimated = one.cost, one.estimated
        for number, dollars, guessed in rows:
            slug = workloads.get(number)
            if slug in cost:
                cost[slug] += dollars
            else:
                cost[slug] = dollars
            if guessed:
                estimated[slug] = estimated.get(slug, 0) + guessed
    return spent


def monthly_requests(tx: Session, start: int, end: int) -> dict[int, dict[str | None, int | None]]:
    """Requests in [start, end) as `monthly_spend` has the dollars; None where a source does not count them."""
    workloads, made = series_workloads(tx), {}
    for month, rows in _months(tx.connection(), start, end, "requests", "requests IS NULL"):
        counts: dict[str | None, int | None] = {}
        for number, requests, unknown in rows:
            slug = workloads.get(number)
            before = counts.get(slug, 0)
            counts[slug] = None if unknown or before is None else before + requests
        made[month] = counts
    return made


def _months(connection: Connection, start: int, end: int, *columns: str) -> Iterator[tuple[int, Rows]]:
    """Each month with (series, *columns) of it, added up."""
    newest = newest_month(connection)
    cursor = connection.connection.cursor()
    try:
        while start < end:
            stop = month_end(start)
            if start < newest and stop <= end:
                yield start, cursor.execute(f"SELECT series, {', '.join(columns)} FROM usage_month WHERE month = ?",
                                            (start,))
            else:
                sums = ", ".join(f"SUM({column})" for column in columns)
                yield start, cursor.execute(f"SELECT series, {sums} FROM usage_day WHERE day >= ? AND day < ? "
                                            "GROUP BY series", (start, min(stop, end)))
            start = stop
    finally:
        cursor.close()
