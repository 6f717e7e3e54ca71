"""The Quarterly and the Annual over 2,000 workloads and two years, in processor time: others' load is not ours."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from console.cadences import periods
from console.cadences.quarter.reading import read_quarterly
from console.cadences.year.reading import read_annual
from console.clock import epoch
from console.memory import uncollected
from store.database import Database
from store.months import monthly_spend
from tests.benchmarks.many import spent_on
from tests.support.long_history import NOW, config
from tests.support.many_workloads import build
from tests.support.measuring import median, p95, report

WORKLOADS, DAYS, ROUNDS = 2_000, 730, 20
GOAL_S, MONTHS_GOAL_S = 0.2, 0.06
SIGNED = datetime(2025, 12, 15, tzinfo=UTC)
SPENT = "(60000000 + series % 11 * 500000) * CASE WHEN series % 10 = 0 THEN 2 ELSE 1 END"
"""Micro-dollars a day of a plan of 1,860 dollars a month: one workload in ten spends twice as much."""


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """Two years of usage and outcomes of every workload, each near the plan of its Charter, or far from it."""
    database = build(tmp_path_factory.mktemp("periods") / "console.db", WORKLOADS, days=DAYS, minutes=2)
    at = round(SIGNED.timestamp() * 1_000_000)
    with database.write() as tx:
        connection = tx.connection()
        connection.exec_driver_sql("UPDATE charter SET signed_at = ?", (at,))
        connection.exec_driver_sql(f"UPDATE usage_month SET cost_microusd = {SPENT} * 30")
        connection.exec_driver_sql(f"UPDATE usage_day SET cost_microusd = {SPENT} WHERE day >= ?",
                                   (epoch(NOW.replace(day=1, hour=0, minute=0)),))
        connection.exec_driver_sql(
            "INSERT INTO workload_change (slug, at, by, field, before, after) "
            "SELECT slug, ?, 'maria', 'name', 'null', 'null' FROM workload", (at,))
        connection.exec_driver_sql(
            "INSERT INTO outcome (workload, starts_at, ends_at, reference, outcomes, value_microusd, "
            "baseline_microusd, review_microusd, rework_microusd, note, origin, entered_by, entered_at, withdrawn_why) "
            "SELECT w.slug, m.month * 1000000, CAST(strftime('%s', m.month, 'unixepoch', '+1 month') AS INTEGER) "
            "* 1000000, '', '150000', 9000000000, 1000000000, 500000000, 100000000, '', 'entered', 'anna', ?1, '' "
            "FROM (SELECT DISTINCT month FROM usage_month) m JOIN workload w", (at,))
        connection.exec_driver_sql(
            "INSERT INTO charter_exception (workload, origin, kind, subject, state, opened_at, last_seen_at, times, "
            "reopened_why, closed_why, summary, advice, stake_microusd, degree, evidence) "
            "SELECT slug, 'drift', 'drift: model', '', 'open', ?1, ?1, 1, '', '', 'Seen.', '', 1, 0, '{}' "
            "FROM workload WHERE slug LIKE '%0' OR slug LIKE '%5'",
            (round(NOW.timestamp() * 1_000_000) - 10**12,))
    yield database
    database.close()


def times(work: Callable[[], object]) -> list[float]:
    """Seconds of each round, the first one left out: it understands Charters that later ones remember."""
    with uncollected():
        return [spent_on(work) for _ in range(ROUNDS + 1)][1:]


@pytest.mark.benchmark
def test_a_quarter_of_two_thousand_workloads_is_read_within_the_goal(full: Database) -> None:
    def quarter() -> None:
        with full.read() as tx:
            read = read_quarterly(tx, config(full), periods.quarter("2026-Q4", 1), NOW)
        assert len(read.lines) == WORKLOADS
        assert read.lines[0].spent
        assert read.lines[0].questions

    taken = times(quarter)
    report("The Quarterly", workloads=WORKLOADS, median_s=median(taken), p95_s=p95(taken))
    assert p95(taken) < GOAL_S


@pytest.mark.benchmark
def test_a_year_of_two_thousand_workloads_is_read_within_the_goal(full: Database) -> None:
    def year() -> None:
        with full.read() as tx:
            read = read_annual(tx, config(full), periods.year("2026", 1), NOW)
        assert len(read.months) == 11
        assert read.measures[-1].before

    taken = times(year)
    report("The Annual", workloads=WORKLOADS, median_s=median(taken), p95_s=p95(taken))
    assert p95(taken) < GOAL_S


@pytest.mark.benchmark
def test_two_years_of_months_are_read_within_the_goal(full: Database) -> None:
    start, end = (epoch(datetime(year, 12, 1, tzinfo=UTC)) for year in (2024, 2026))

    def months() -> None:
        with full.read() as tx:
            assert len(monthly_spend(tx, start, end)) == 24

    taken = times(months)
    report("Spend by workload and month", workloads=WORKLOADS, median_s=median(taken), p95_s=p95(taken))
    assert median(taken) < MONTHS_GOAL_S
