"""What was spent by UTC month and workload: closed months from `usage_month`, what still fills from its days.

Every time is in whole seconds since 1970, money is whole micro-dollars. The workload None stands for usage that no rule
claims; a workload without usage in a month is not in it.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import cast

from sqlmodel import Session

from store import windows
from store.rollups import DAY, month_end, month_start, newest_month
from store.usage import series_workloads

Slugs = Sequence[str | None]
Month = tuple[int, Slugs, Sequence[int | None], Slugs, Sequence[int]]
"""Its start; the workload of each series, and a sum of it; those of which another sum is not zero, and this one."""


@dataclass(slots=True)
class MonthSpend:
    """One month by workload."""

    cost: dict[str | None, int] = field(default_factory=dict)
    estimated: dict[str | None, int] = field(default_factory=dict)
    """The part of the cost that is priced by an estimate, where there is one."""


def monthly_spend(tx: Session, start: int, end: int) -> dict[int, MonthSpend]:
    """Spend in [start, end) by the start of each UTC month. `start` begins a month; `end` may cut one off, after a
    whole day."""
    return {month: MonthSpend(_summed(slugs, costs), _summed(guessed, guesses))
            for month, slugs, costs, guessed, guesses in _months(tx, start, end, "cost_microusd", "estimated_microusd")}


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


def _summed(slugs: Slugs, amounts: Sequence[int | None]) -> dict[str | None, int]:
    """By workload. Most have one series, and then nothing is to be added up."""
    found = dict(zip(slugs, amounts, strict=True))
    if len(found) == len(slugs) and None not in amounts:
        return cast("dict[str | None, int]", found)
    sums: dict[str | None, int] = dict.fromkeys(found, 0)
    for slug, amount in zip(slugs, amounts, strict=True):
        sums[slug] += amount or 0
    return sums


def monthly_requests(tx: Session, start: int, end: int) -> dict[int, dict[str | None, int | None]]:
    """Requests in [start, end) as `monthly_spend` has the dollars; None where a source does not count them."""
    return {month: {**_summed(slugs, asked), **dict.fromkeys(uncounted)}
            for month, slugs, asked, uncounted, _ in _months(tx, start, end, "requests", "requests IS NULL")}


def _months(tx: Session, start: int, end: int, first: str, second: str) -> Iterator[Month]:
    """Each month with the sum of `first` of each series, and that of `second` where it is not zero.

    They come as arrays: so many rows one by one take four times as long.
    """
    connection, workloads = tx.connection(), series_workloads(tx)

    @functools.lru_cache(maxsize=4)
    def slugs_of(series: str) -> Slugs:  # one month after the other has the same
        return [workloads.get(number) for number in json.loads(series)]

    newest = newest_month(connection)
    cursor = connection.connection.cursor()
    arrays = ("SELECT json_group_array(series), json_group_array(a), json_group_array(series) FILTER (WHERE b), "
              "json_group_array(b) FILTER (WHERE b) FROM")
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
            series, sums, others, other_sums = row
            yield start, slugs_of(series), json.loads(sums), slugs_of(others), json.loads(other_sums)
            start = stop
    finally:
        cursor.close()
