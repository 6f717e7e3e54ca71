"""A week with 2,000 workloads, 10,000 exceptions and two years; and what exceptions cost a turn of the engine."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from console.cadences.reading import Reader
from console.cadences.week.reading import read_weekly
from console.pricing import PriceBook
from console.watch.exception_turn import ExceptionTurn
from console.watch.judgement import Judged
from store.database import Database
from tests.support import many_exceptions, many_workloads
from tests.support.long_history import NOW, config
from tests.support.measuring import median, own_seconds, p95, report, seconds

WORKLOADS, EXCEPTIONS, ROUNDS = 2_000, 10_000, 40
GOAL_S, TURN_GOAL_S = 0.2, 0.03


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    database = many_workloads.build(tmp_path_factory.mktemp("weekly") / "console.db", WORKLOADS, days=730, minutes=10)
    yield database
    database.close()


@pytest.mark.benchmark
@pytest.mark.parametrize("standing", [1_500, EXCEPTIONS])
def test_a_week_is_read_in_a_fifth_of_a_second(full: Database, standing: int) -> None:
    with full.write() as tx:
        for table in ("exception_sighting", "exception_decision", "charter_exception"):
            tx.connection().exec_driver_sql(f"DELETE FROM {table}")
        many_exceptions.fill(tx, WORKLOADS, EXCEPTIONS, standing)

    def weekly(at: datetime = NOW) -> None:
        with full.read() as tx:
            week = read_weekly(tx, config(full), at)
        assert len(week.patterns) == len(many_exceptions.KINDS)
        assert len(week.exceptions) >= standing or at < NOW

    taken = [own_seconds(weekly) for _ in range(ROUNDS)]
    elapsed = [seconds(weekly) for _ in range(ROUNDS)]
    a_year_ago = [own_seconds(weekly, NOW - timedelta(days=365)) for _ in range(ROUNDS // 4)]
    report(f"Weekly, {standing:,} of {EXCEPTIONS:,} not closed", median_s=median(taken), p95_s=p95(taken),
           elapsed_p95_s=p95(elapsed), a_year_ago_s=median(a_year_ago))
    assert p95(taken) < (GOAL_S if standing < EXCEPTIONS else 4 * GOAL_S)


@pytest.mark.benchmark
def test_a_turn_in_which_nothing_changed_costs_next_to_nothing(full: Database) -> None:
    with full.write() as tx:
        for table in ("exception_sighting", "exception_decision", "charter_exception"):
            tx.connection().exec_driver_sql(f"DELETE FROM {table}")
        many_exceptions.fill(tx, WORKLOADS, EXCEPTIONS, 0)
    reader = Reader(config(full), PriceBook(()))
    with full.read() as tx:
        reader.facts(tx, NOW)
    turns = ExceptionTurn(config(full), full, reader.registered)

    def turn(number: int) -> None:
        turns.turn(Judged({}, (), ()), NOW + timedelta(minutes=number))

    first = [own_seconds(turn, number) for number in range(20)]  # every workload drifts: nobody owns any
    calm = [own_seconds(turn, number) for number in range(20, 60)]
    report(f"A turn's exceptions of {WORKLOADS:,} workloads", first_s=first[0], longest_s=max(first),
           calm_s=median(calm), calm_p95_s=p95(calm))
    assert median(calm) < TURN_GOAL_S
