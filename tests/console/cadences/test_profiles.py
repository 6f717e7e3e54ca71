"""The working weeks of many workloads are learned beside the judging, some hours of time at each turn."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import Session

from console.cadences import profiles
from console.cadences.profile import FLAT, HISTORY, HOUR
from console.cadences.profiles import OLD, Profiles
from store import history, usage
from store.database import Database
from tests.support.database import fresh_database

NOW = 495_000 * HOUR
SPENT = {"claims": 1000, "search": 500}
WEEKS = HISTORY // HOUR


def spend(database: Database, hours: range, factor: int = 1) -> None:
    """Every workload is used in every hour, by day twice as much."""
    with database.write() as tx:
        numbers = usage.series_ids(tx, "a", [f'{{"model":"{slug}"}}' for slug in SPENT], hours.start * HOUR)
        usage.set_workloads(tx, dict(zip(numbers.values(), SPENT, strict=True)))
        for number, cost in zip(numbers.values(), SPENT.values(), strict=True):
            for hour in hours:
                tx.connection().exec_driver_sql(
                    "INSERT INTO usage_hour (hour, series, uncached_input, cache_write_5m, cache_write_1h, cache_read, "
                    "output, web_searches, cost_microusd, estimated_microusd) VALUES (?, ?, 0, 0, 0, 0, 0, 0, ?, 0)",
                    (hour * HOUR, number, cost * factor * (2 if hour % 24 > 12 else 1)))


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = fresh_database(tmp_path)
    spend(made, range(NOW // HOUR - WEEKS, NOW // HOUR))
    yield made
    made.close()


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many hours of time each reading asked the store for, in turn."""
    asked: list[int] = []
    hours = history.hours

    def noted(tx: Session, start: int, end: int) -> Iterator[history.Step]:
        asked.append((end - start) // HOUR)
        return hours(tx, start, end)

    monkeypatch.setattr(history, "hours", noted)
    return asked


def judge(database: Database, made: Profiles, until: int) -> None:
    """As far as a judgement goes."""
    with database.read() as tx:
        made.reach(tx, until)


def learn(database: Database, made: Profiles) -> int:
    """What is done beside the judging, until nothing is left to learn; in so many goes."""
    for goes in range(WEEKS):
        if made.learned:
            return goes
        with database.read() as tx:
            made.learn(tx)
    raise AssertionError("it is never learned")


def known(made: Profiles) -> dict[str, tuple[int | None, float]]:
    return {slug: (made.usual(slug), made.of(slug).weight(NOW - 12 * HOUR, NOW - 7 * HOUR)) for slug in SPENT}


def test_the_first_judgement_knows_the_week(database: Database, read: list[int]) -> None:
    made = Profiles()
    judge(database, made, NOW)
    assert made.learned
    assert read == [WEEKS]
    assert made.of("claims") is not FLAT
    assert made.usual("claims") == 2 * (made.usual("search") or 0) > 0


def test_no_later_judgement_reads_an_hour_of_the_past(database: Database, read: list[int],
                                                      monkeypatch: pytest.MonkeyPatch) -> None:
    made = Profiles()
    judge(database, made, NOW)
    read.clear()
    for hour in range(1, 5):
        spend(database, range(NOW // HOUR + hour - 1, NOW // HOUR + hour), factor=30)
        judge(database, made, NOW + hour * HOUR + 60)
        assert not read
    monkeypatch.setattr(profiles, "LEARNED_ROWS", 20)
    assert learn(database, made) == -(-WEEKS // 10)
    assert set(read[:-1]) == {10}
    assert sum(read) == WEEKS


def test_until_all_is_read_the_weeks_learned_before_hold_and_then_the_new_ones(database: Database,
                                                                               monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(profiles, "LEARNED_ROWS", 600)
    made, anew = Profiles(), Profiles()
    judge(database, made, NOW)
    before = known(made)
    spend(database, range(NOW // HOUR, NOW // HOUR + 1), factor=30)
    judge(database, made, NOW + HOUR)
    with database.read() as tx:
        made.learn(tx)
    assert known(made) == before
    learn(database, made)
    judge(database, anew, NOW + HOUR)
    assert known(made) == known(anew) != before


def test_new_weeks_hold_of_some_workloads_after_the_others(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(profiles, "TAKEN_AT_ONCE", 1)
    made, anew = Profiles(), Profiles()
    judge(database, made, NOW)
    before = known(made)
    spend(database, range(NOW // HOUR, NOW // HOUR + 1), factor=30)
    judge(database, made, NOW + HOUR)
    judge(database, anew, NOW + HOUR)
    with database.read() as tx:
        made.learn(tx)
    assert not made.learned
    assert {slug for slug, week in known(made).items() if week == before[slug]} < set(SPENT)
    assert {slug for slug, week in known(made).items() if week == known(anew)[slug]} < set(SPENT)
    assert learn(database, made) == 1
    assert known(made) == known(anew)


def test_what_is_no_longer_used_by_anybody_known_has_no_week(database: Database) -> None:
    made = Profiles()
    judge(database, made, NOW)
    with database.write() as tx:
        tx.connection().exec_driver_sql("UPDATE series SET workload = 'claims'")
    judge(database, made, NOW + HOUR)
    assert made.usual("search") is not None
    learn(database, made)
    assert made.usual("search") is None
    assert made.of("search") is FLAT


def test_after_a_long_rest_the_week_is_read_at_once(database: Database, read: list[int]) -> None:
    made = Profiles()
    judge(database, made, NOW)
    judge(database, made, NOW + OLD + HOUR)
    assert made.learned
    assert read == [WEEKS, WEEKS]
