"""Calls that lasted long: what began before a kill and was told after it is no spend after the kill.

A call counts at its end. Only of those that lasted a minute or more it is kept when they began; a shorter one moves no
figure by more than its minute. Instants are microseconds since 1970, minutes seconds since 1970, money micro-dollars.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from sqlmodel import Session

from store.calls import HOUR

LONG = 60_000_000
_MINUTE = 60_000_000


def put(tx: Session, rows: Iterable[tuple[int, bytes, int]]) -> None:
    """Note (when it ended, identity, when it began) of calls; again, nothing changes."""
    cursor = tx.connection().connection.cursor()
    try:
        cursor.executemany("INSERT OR REPLACE INTO long_call (at, identity, began) VALUES (?, ?, ?)", list(rows))
    finally:
        cursor.close()


def forget(tx: Session, before: int) -> int:
    """Delete what ended before an instant; returns how many."""
    return tx.connection().exec_driver_sql("DELETE FROM long_call WHERE at < ?", (before,)).rowcount


def across(tx: Session, workload: str, instant: int) -> dict[int, tuple[int, int]]:
    """By minute after the second `instant` in which calls of a workload ended that had begun before it: what these
    cost, and what all its other calls of that minute did."""
    connection = tx.connection()
    late: dict[int, int] = {}
    for at, cost in connection.exec_driver_sql(
            f"SELECT c.at, c.cost_microusd FROM (SELECT identity, at / {HOUR} AS hour, MIN(began) AS began "
            "FROM long_call WHERE at >= ?1 GROUP BY 1, 2) l "
            f"CROSS JOIN call c ON c.at / {HOUR} = l.hour AND c.identity = l.identity "
            "JOIN series s ON s.id = c.series WHERE l.began < ?1 AND c.at >= ?1 AND s.workload = ?2",
            (instant * 1_000_000, workload)):
        minute = at // _MINUTE * 60
        late[minute] = late.get(minute, 0) + cost
    if not late:
        return {}
    whole: dict[int, int] = dict(connection.exec_driver_sql(
        "SELECT m.value, SUM(c.cost_microusd) FROM json_each(?1) m CROSS JOIN pushed_series p "
        "JOIN series s ON s.id = p.series AND s.workload = ?2 CROSS JOIN call c ON c.series = s.id "
        "AND c.at >= m.value * 1000000 AND c.at < (m.value + 60) * 1000000 GROUP BY m.value",
        (json.dumps(sorted(late)), workload)).all())
    return {minute: (cost, whole.get(minute, cost) - cost) for minute, cost in late.items()}
