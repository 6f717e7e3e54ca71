"""Two thousand workloads with two years behind them, whole: usage, Charters, ledger, exceptions, as each cadence reads
them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from console.clock import epoch
from store.database import Database
from tests.support import many_exceptions, many_workloads
from tests.support.long_history import NOW

WORKLOADS, DAYS = 2_000, 730
EXCEPTIONS, STANDING = 10_000, 500
SIGNED = datetime(2025, 12, 15, tzinfo=UTC)
SPENT = "(60000000 + series % 11 * 500000) * CASE WHEN series % 10 = 0 THEN 2 ELSE 1 END"
"""Micro-dollars a day of a plan of 1,860 dollars a month: one workload in ten spends twice as much."""


def build(path: Path) -> Database:
    """Each workload near the plan of its Charter, or far from it, with a row of the ledger in each month."""
    database = many_workloads.build(path, WORKLOADS, days=DAYS, minutes=2)
    at = round(SIGNED.timestamp() * 1_000_000)
    with database.write() as tx:
        run = tx.connection().exec_driver_sql
        run("UPDATE charter SET signed_at = ?", (at,))
        run(f"UPDATE usage_month SET cost_microusd = {SPENT} * 30")
        run(f"UPDATE usage_day SET cost_microusd = {SPENT} WHERE day >= ?",
            (epoch(NOW.replace(day=1, hour=0, minute=0)),))
        run("INSERT INTO workload_change (slug, at, by, field, before, after) "
            "SELECT slug, ?, 'maria', 'name', 'null', 'null' FROM workload", (at,))
        run("INSERT INTO outcome (workload, starts_at, ends_at, reference, outcomes, value_microusd, "
            "baseline_microusd, review_microusd, rework_microusd, note, origin, entered_by, entered_at, withdrawn_why) "
            "SELECT w.slug, m.month * 1000000, CAST(strftime('%s', m.month, 'unixepoch', '+1 month') AS INTEGER) "
            "* 1000000, '', '150000', 9000000000, 1000000000, 500000000, 100000000, '', 'entered', 'anna', ?1, '' "
            "FROM (SELECT DISTINCT month FROM usage_month) m JOIN workload w", (at,))
        many_exceptions.fill(tx, WORKLOADS, EXCEPTIONS, STANDING)
    return database
