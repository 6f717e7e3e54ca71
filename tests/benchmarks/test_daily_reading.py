"""The Daily over thirteen months: read from roll-ups, so its time must not follow the number of minute rows."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from console.cadences.reading import Reader
from console.pricing import PriceBook
from store.database import Database
from tests.support.long_history import NOW, History, build, config
from tests.support.measuring import in_turn, median, p95, report, seconds

ROWS = int(os.environ.get("TOKEN_CONSOLE_BENCH_ROWS", "1000000"))
ROUNDS = 15
GOAL_S = 0.05


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    database = build(tmp_path_factory.mktemp("history") / "console.db", History.of_rows(ROWS))
    yield database
    database.close()


@pytest.mark.benchmark
def test_the_daily_of_thirteen_months_is_read_from_roll_ups(full: Database) -> None:
    reader = Reader(config(full), PriceBook(()))

    def daily() -> None:
        with full.read() as tx:
            drawn = reader.daily(tx, NOW)
        assert drawn.totals.month
        assert drawn.unattributed

    def bare_sum() -> None:
        """What it would cost to add the month up from its minutes."""
        with full.read() as tx:
            tx.connection().exec_driver_sql(
                "SELECT series, SUM(cost_microusd) FROM usage_fact WHERE bucket >= ? GROUP BY series",
                (int(NOW.replace(day=1, hour=0, minute=0).timestamp()),)).all()

    with full.read() as tx:
        rows = int(tx.connection().exec_driver_sql("SELECT COUNT(*) FROM usage_fact").scalar_one())
    first = seconds(daily)
    ours, scanned = in_turn(ROUNDS, daily, bare_sum)
    report("Daily over thirteen months", rows=rows, first_s=first, daily_s=median(ours), p95_s=p95(ours),
           month_from_minutes_s=median(scanned), ratio=median(ours) / median(scanned))
    assert median(ours) < GOAL_S
