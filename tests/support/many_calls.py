"""A portfolio with a month of hours and of call records behind it, filled by SQL itself: what the detectors read."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from console.clock import epoch
from store.database import Database
from store.rollups import DAY, HOUR
from tests.support import many_workloads
from tests.support.long_history import NOW

DAYS = 30
A_CONVERSATION = 10
"""Calls of one; each carries a little more than the one before."""
FIRST = 1 << 20
"""The number of the first pushed series."""


def build(path: Path, workloads: int, calls: int) -> Database:
    """So many workloads, healthy, each with usage in every hour of thirty days, and so many calls among them."""
    database = many_workloads.build(path, workloads, days=DAYS, minutes=2)
    each = calls // workloads
    end = epoch(NOW) // HOUR * HOUR
    start = end - DAYS * DAY
    with database.write() as tx:
        run = tx.connection().exec_driver_sql
        run("UPDATE charter SET signed_at = ?", ((end - 30 * DAY) * 1_000_000,))
        run("UPDATE workload SET business_owner = 'A. Owner', entry = json_set(entry, '$.business_owner', 'A. Owner')")
        run("INSERT INTO series (id, source, dimensions, workload, first_bucket, last_bucket) SELECT ?1 + row_number() "
            "OVER (ORDER BY slug), 'otel', json_object('model', 'claude-sonnet-4-6', 'service', slug), slug, ?2, ?3 "
            "FROM workload", (FIRST, start, end))
        run("INSERT INTO pushed_series (series, provider, covered_from, covered_until) "
            "SELECT id, 'anthropic', 0, 0 FROM series WHERE id > ?", (FIRST,))
        for table, column, width in (("usage_hour", "hour", HOUR), ("usage_day", "day", DAY)):
            run(f"WITH RECURSIVE n (at) AS (SELECT ?1 UNION ALL SELECT at + {width} FROM n WHERE at + {width} < ?2) "
                f"INSERT INTO {table} ({column}, series, uncached_input, cache_write_5m, cache_write_1h, cache_read, "
                "output, web_searches, requests, cost_microusd, estimated_microusd) "
                f"SELECT n.at, s.id, {width} * 3, {width} / 4, 0, {width} * 20, {width} / 2, 0, {width} / 900, "
                f"{width} * 20, 0 FROM n JOIN series s WHERE s.id > ?3", (start // width * width, end, FIRST))
        run("WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?1) "
            "INSERT INTO call (series, at, identity, rank, uncached_input, cache_write_5m, cache_write_1h, cache_read, "
            "output, cost_microusd, estimated, session, action, caller, depth, failed, total, tools) "
            "SELECT s.id, ?2 + n.i * ?3 + s.id, CAST(printf('%016d', s.id * ?1 + n.i) AS BLOB), 1, "
            f"300 + n.i % {A_CONVERSATION} * 40, 0, 0, 4000, 200, 5000, 0, printf('s%d', n.i / {A_CONVERSATION}), "
            f"printf('a%d', n.i / {A_CONVERSATION}), 'main', 0, 0, 0, "
            "CASE WHEN n.i % 3 = 0 THEN printf('[[\"search\",\"%08x\"]]', n.i) END FROM series s, n WHERE s.id > ?4",
            (each, start * 1_000_000, timedelta(days=DAYS) // timedelta(microseconds=1) // each, FIRST))
        run("INSERT INTO call_day_stale (day, series, changes) SELECT DISTINCT at / 86400000000 * 86400, series, 1 "
            "FROM call")
    return database
