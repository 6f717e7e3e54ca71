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
from tests.support import two_years
from tests.support.long_history import NOW, config
from tests.support.measuring import median, p95, report
from tests.support.two_years import WORKLOADS

ROUNDS = 20
GOAL_S, MONTHS_GOAL_S = 0.2, 0.06


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """Two years of usage, outcomes and exceptions of every workload."""
    database = two_years.build(tmp_path_factory.mktemp("periods") / "console.db")
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
