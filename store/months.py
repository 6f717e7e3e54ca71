"""What was spent by UTC month and workload: closed months from `usage_month`, what still fills from its days.

Every time is in whole seconds since 1970, money is whole micro-dollars. The workload None stands for usage that no rule
claims; a workload without usage in a month is not in it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection
from sqlmodel import Session

from store import windows
from store.rollups import DAY, month_end, month_start, newest_month
from store.usage import series_workloads

Month = tuple[int, list[int], list[int], list[int]]
"""Its start, its series, and two sums of each."""


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
    for month, numbers, costs, guesses in _months(tx.connection(), start, end, "cost_microusd", "estimated_microusd"):
        slugs = [workloads.get(number) for number in numbers]
        guessed = [(slug, part) for slug, part in zip(slugs, guesses, strict=True) if part] if any(guesses) else ()
        spent[month] = MonthSpend(_summed(slugs, costs), _summed(*zip(*guessed, strict=True)) if guessed else {})
    return spent


def spend_before(tx: Session, start: int, end: int, at: int) -> dict[int, MonthSpend]:
    """As `monthly_spend`, of what was used before `at`, to the minute: the past as it was, and each month of [start,
    end) is there."""
    if at >= end or not _used_since(tx, at):
        return monthly_spend(tx, start, end)
    day = at // DAY * DAY
    spent = monthly_spend(tx, start, day) if day > start else {}
    month = start
    while month < end:
        spent.setdefault(month, MonthSpend())
        month = month_end(month)
    if at > start:
        last = spent[month_start(at)]
        for slug, more in windows.period_spend(tx, day, at).items():
            last.cost[slug] = last.cost.get(slug, 0) + more.cost
            if more.estimated:
                last.estimated[slug] = last.estimated.get(slug, 0) + more.estimated
    return spent


def _used_since(tx: Session, at: int) -> bool:
    return tx.connection().exec_driver_sql("SELECT 1 FROM series WHERE last_bucket >= ? LIMIT 1",
                                           (at,)).first() is not None


def _summed(slugs: Sequence[str | None], amounts: Sequence[int]) -> dict[str | None, int]:
    """By workload. Most have one series, and then nothing is to be added up."""
    found = dict(zip(slugs, amounts, strict=True))
    if len(found) == len(slugs):
        return found
    found = dict.fromkeys(found, 0)
    for slug, amount in zip(slugs, amounts, strict=True):
        found[slug] += amount
    return found


def monthly_requests(tx: Session, start: int, end: int) -> dict[int, dict[str | None, int | None]]:
    """Requests in [start, end) as `monthly_spend` has the dollars; None where a source does not count them."""
    workloads, made = series_workloads(tx), {}
    for month, numbers, asked, unknowns in _months(tx.connection(), start, end, "requests", "requests IS NULL"):
        counts: dict[str | None, int | None] = {}
        for number, requests, unknown in zip(numbers, asked, unknowns, strict=True):
            slug = workloads.get(number)
            before = counts.get(slug, 0)
            counts[slug] = None if unknown or before is None else before + requests
        made[month] = counts
    return made


def _months(connection: Connection, start: int, end: int, first: str, second: str) -> Iterator[Month]:
    """Each month with series, the sum of `first` and that of `second`. They come as three arrays a month: so many rows
    one by one take four times as long."""
    newest = newest_month(connection)
    cursor = connection.connection.cursor()
    arrays = "SELECT json_group_array(series), json_group_array(a), json_group_array(b) FROM"
    try:
        while start < end:
            stop = month_end(start)
            if start < newest and stop <= end:
                cursor.execute(f"{arrays} (SELECT series, {first} AS a, {second} AS b FROM usage_month "
                               "WHERE month = ?)", (start,))
            else:
                cursor.execute(f"{arrays} (SELECT series, SUM({first}) AS a, SUM({second}) AS b FROM usage_day "
                               "WHERE day >= ? AND day < ? GROUP BY series)", (start, min(stop, end)))
            row = cursor.fetchone()
            assert row is not None
            yield start, json.loads(row[0]), json.loads(row[1]), json.loads(row[2])
            start = stop
    finally:
        cursor.close()
