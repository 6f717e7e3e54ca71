"""What was spent over a long time, hour by hour or day by day, kept as plain numbers.

With many workloads weeks of hours are millions of rows: they are read one hour or day at a time.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterator, Mapping

from sqlmodel import Session

from store.rollups import DAY, HOUR

Step = tuple[int, dict[int, int]]
"""Start in seconds since 1970, and micro-dollars by series."""


def hours(tx: Session, start: int, end: int) -> Iterator[Step]:
    """Hours that begin in [start, end), oldest first, with every series that was used in them."""
    yield from _steps(tx, "SELECT series, cost_microusd FROM usage_hour WHERE hour = ?", range(start, end, HOUR))


def hourly(tx: Session, start: int, end: int, workloads: Mapping[int, str]) -> dict[str, array[int]]:
    """What each workload spent in every hour from `start` on. `workloads`: whose the series are that are asked for."""
    return _in_order(tx, "SELECT series, cost_microusd FROM usage_hour WHERE hour = ?", range(start, end, HOUR),
                     workloads)


def daily(tx: Session, start: int, end: int, workloads: Mapping[int, str]) -> dict[str, array[int]]:
    """The same by the day."""
    return _in_order(tx, "SELECT series, cost_microusd FROM usage_day WHERE day = ?", range(start, end, DAY), workloads)


def _in_order(tx: Session, query: str, steps: range, workloads: Mapping[int, str]) -> dict[str, array[int]]:
    spent = {slug: array("q", bytes(8 * len(steps))) for slug in set(workloads.values())}
    places = {number: spent[slug] for number, slug in workloads.items()}
    wanted = json.dumps(list(workloads))
    chosen = f"{query} AND series IN (SELECT value FROM json_each(?))"
    for place, (_, found) in enumerate(_steps(tx, chosen, steps, wanted)):
        for number, cost in found.items():
            places[number][place] += cost
    return spent


def _steps(tx: Session, query: str, steps: range, *given: str) -> Iterator[Step]:
    """One statement a step, whose rows become a dictionary without passing through Python one by one."""
    cursor = tx.connection().connection.cursor()
    try:
        for step in steps:
            yield step, dict(cursor.execute(query, (step, *given)))
    finally:
        cursor.close()
