"""The Monthly over two thousand workloads with two years behind them: a screen of it opens in under 200 ms."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from console.cadences.month.reading import monthly
from console.clock import epoch
from store.database import Database
from tests.benchmarks.many import spent_on
from tests.support import many_workloads
from tests.support.long_history import NOW, config
from tests.support.measuring import median, p95, report

WORKLOADS, DAYS = 2_000, 730
ROUNDS = 20
GOAL_S = 0.2
_MICROSECONDS = 1_000_000
START, APPLIED = epoch(datetime(2024, 12, 1, tzinfo=UTC)), epoch(datetime(2026, 6, 1, tzinfo=UTC))


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """Each workload with its days, its months, a row of the ledger in each month, and a Charter in force all along."""
    database = many_workloads.build(tmp_path_factory.mktemp("history") / "console.db", WORKLOADS, days=DAYS, minutes=3)
    with database.write() as tx:
        run = tx.connection().exec_driver_sql
        run("UPDATE charter SET signed_at = ?", (START * _MICROSECONDS,))
        run("WITH RECURSIVE month(start) AS (SELECT '2024-12-01' UNION ALL SELECT date(start, '+1 month') FROM month "
            "WHERE start < '2026-11-01') INSERT INTO outcome (workload, starts_at, ends_at, reference, outcomes, "
            "baseline_microusd, review_microusd, rework_microusd, note, origin, entered_by, entered_at, withdrawn_why) "
            "SELECT slug, strftime('%s', start) * 1000000, strftime('%s', start, '+1 month') * 1000000, '', '1200', "
            "5000000, 2000000, 1000000, '', 'query books', 'anna', 0, '' FROM month CROSS JOIN workload")
        run("INSERT INTO billed_day (source, day, dimensions, amount_microusd, currency, cost_type) "
            "SELECT 'anthropic', day, '{}', SUM(cost_microusd), 'USD', 'tokens' FROM usage_day GROUP BY day")
        run("INSERT INTO saving (workload, what, promised_microusd, applied_at, declared_by, declared_at) "
            "SELECT slug, 'a fix', 1000000, ?, 'paul', 0 FROM workload LIMIT 50", (APPLIED * _MICROSECONDS,))
    yield database
    database.close()


@pytest.mark.benchmark
def test_a_month_of_two_thousand_workloads_is_read_in_under_200_ms(full: Database) -> None:
    settings = config(full)

    def read(month: str) -> None:
        with full.read() as tx:
            drawn = monthly(tx, settings, NOW, month)
        assert len(drawn.lines) == WORKLOADS
        assert drawn.totals.alpha_net is not None
        assert drawn.gaps[0].days

    first = spent_on(read, "2026-10")
    taken = {month: [spent_on(read, month) for _ in range(ROUNDS)] for month in ("2026-10", "2026-11", "2025-03")}
    report("Monthly of 2,000 workloads", first_s=first,
           **{f"{month}{what}_s": figure(times) for month, times in taken.items()
              for what, figure in (("", median), (" p95", p95))})
    assert first < 2 * GOAL_S
    assert max(p95(times) for times in taken.values()) < GOAL_S
