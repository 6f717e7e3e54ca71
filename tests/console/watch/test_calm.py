"""Workloads that are passed over: never one of which a rule would have spoken."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from shutil import copy

import pytest

from console.cadences.gathering import Gathered
from console.cadences.reading import Reader
from console.clock import epoch
from console.pricing import PriceBook
from console.watch import calm
from console.watch.judgement import Judge, Judged
from store.database import Database
from tests.support import many_workloads
from tests.support.long_history import NOW, config
from tests.support.many_workloads import slug

WORKLOADS, MINUTES = 12, 75
RESTATED = 30
DOLLARS = (0, 0, 40, 40, 200, 44_000, 100_000, 400_000, 900_000, 3_000_000, 20_000_000)
"""Micro-dollars of a minute: nothing, little, the plan, and from twice to hundreds of times the plan."""


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("calm") / "console.db"
    many_workloads.build(path, WORKLOADS, days=35, hour_days=29).close()
    return path


class Watch:
    """A console over a copy of the history."""

    def __init__(self, history: Path, path: Path) -> None:
        copy(history, path)
        self.database = Database.open(f"sqlite:///{path}")
        settings = config(self.database)
        self.judge = Judge(settings, self.database, Reader(settings, PriceBook()))
        self.end = epoch(NOW) // 60 * 60 - 300
        self.judge.judge(NOW)

    def minute(self, costs: dict[tuple[int, int], int] | None = None, *, month: dict[int, int] | None = None
               ) -> Judged:
        """A minute later. `costs`: micro-dollars by series and how many minutes ago, where they are other than usual;
        `month`: micro-dollars more, by series, in an hour of days ago."""
        start, self.end = self.end - RESTATED * 60, self.end + 60
        with self.database.write() as tx:
            many_workloads.state(tx, self.end - 60, self.end)
            rows = tx.connection()
            for (series, ago), cost in (costs or {}).items():
                rows.exec_driver_sql("UPDATE usage_fact SET cost_microusd = ? WHERE series = ? AND bucket = ?",
                                     (cost, series, self.end - 60 - ago * 60))
            for series, more in (month or {}).items():
                rows.exec_driver_sql("UPDATE usage_day SET cost_microusd = cost_microusd + ? WHERE series = ? AND "
                                     "day = ?", (more, series, self.end // 86_400 * 86_400 - 2 * 86_400))
            at = many_workloads.read_until(tx, self.end, start if not month else start - 3 * 86_400)
        return self.judge.judge(at)


def passed_over(judged: Judged, watch: Watch) -> set[str]:
    assert isinstance(judged.facts, Gathered)
    return watch.judge._calm.of(judged.facts)


@pytest.fixture
def watch(history: Path, tmp_path: Path) -> Iterator[Watch]:
    made = Watch(history, tmp_path / "one.db")
    yield made
    made.database.close()


def said(judged: Judged) -> list[tuple[str, ...]]:
    return [(each.alert.workload, each.alert.rule, each.alert.window, each.kind, each.alert.summary)
            for each in judged.changes if each.alert.workload.startswith("workload-")] + [
        (trip.facts.workload, trip.signal.rule) for trip in judged.trips]


@pytest.mark.parametrize("seed", range(4))
def test_it_is_judged_as_if_nobody_were_passed_over(history: Path, tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    some, everybody = Watch(history, tmp_path / "some.db"), Watch(history, tmp_path / "all.db")
    pace = {series: chance.choice(DOLLARS[:8]) for series in range(1, WORKLOADS + 1)}
    spoken = over = 0
    for _ in range(MINUTES):
        costs = {(series, 0): round(usual * chance.uniform(0.5, 1.5)) for series, usual in pace.items()}
        month = {}
        if chance.random() < 0.4:
            pace[chance.randint(1, WORKLOADS)] = chance.choice(DOLLARS)
        if chance.random() < 0.3:
            costs[chance.randint(1, WORKLOADS), chance.randint(1, RESTATED - 1)] = chance.choice(DOLLARS)
        if chance.random() < 0.2:
            month[chance.randint(1, WORKLOADS)] = chance.choice((10, 400_000_000, 2_000_000_000))
        everybody.judge._calm.forget()
        judged = some.minute(costs, month=month)
        assert said(judged) == said(everybody.minute(costs, month=month))
        spoken, over = spoken + len(said(judged)), over + len(passed_over(judged, some))
    assert spoken
    assert over > WORKLOADS * MINUTES / 4
    some.database.close()
    everybody.database.close()


def test_who_is_on_plan_is_passed_over_and_no_longer_when_its_spend_runs_away(watch: Watch) -> None:
    judged = watch.minute()
    assert len(passed_over(judged, watch)) == WORKLOADS
    assert said(judged) == []
    found = said(watch.minute({(3, 0): 500_000_000}))
    assert {workload for workload, *_ in found} == {slug(2)}


def test_its_facts_are_there_for_whoever_asks(watch: Watch) -> None:
    judged = watch.minute({(3, 0): 777})
    assert len(judged.facts) == WORKLOADS
    facts = judged.facts[slug(2)]
    assert facts.track is not None
    assert facts.windows[600] == facts.track.spent(10) > 777


def test_a_charter_that_is_revised_is_judged_by_at_once(watch: Watch) -> None:
    watch.minute()
    with watch.database.write() as tx:
        tx.connection().exec_driver_sql("UPDATE charter SET state = 'superseded' WHERE workload = ?", (slug(4),))
    assert slug(4) not in passed_over(watch.minute(), watch)
    found = said(watch.minute(month={5: 50_000_000}))
    assert [(workload, rule) for workload, rule, *_ in found] == [(slug(4), "no-charter")]


def test_nobody_is_passed_over_while_the_data_may_not_be_believed(watch: Watch) -> None:
    watch.minute()
    with watch.database.write() as tx:
        tx.connection().exec_driver_sql("UPDATE stream SET clock_skew_s = 900")
    assert passed_over(watch.judge.judge(NOW), watch) == set()


def test_after_another_process_led_all_are_looked_at(watch: Watch) -> None:
    judged = watch.minute()
    watch.judge.forget()
    assert passed_over(judged, watch) == set()


def test_what_may_be_soon_is_asked_of_some_at_a_time(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calm, "AT_ONCE", 5)
    watch.judge.forget()
    assert [len(passed_over(watch.minute(), watch)) for _ in range(3)] == [5, 10, 12]
