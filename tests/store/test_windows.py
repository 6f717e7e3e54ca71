"""Reading spend back: by workload, over windows that begin and end anywhere."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from store import usage, windows
from store.database import Database
from store.usage import Row
from tests.store.test_usage import replace
from tests.support.database import fresh_database

DAY0 = 1_794_960_000  # 2026-11-18T00:00:00Z
SPAN = 3 * 86_400


def cost_at(minute: int) -> int:
    return (minute * 37) % 101


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Database:
    """Three days of one claimed key, a minute each; a second key that nobody claims spends in the last hour."""
    database = fresh_database(tmp_path_factory.mktemp("windows"))
    with database.write() as tx:
        keys = ('{"api_key_id":"claimed","model":"m1"}', '{"api_key_id":"stray","model":"m2"}')
        numbers = usage.series_ids(tx, "a", keys, DAY0)
        usage.set_workloads(tx, {numbers[keys[0]]: "claims"})
        rows: list[Row] = [(DAY0 + minute * 60, 60, numbers[keys[0]], 1, 2, 3, 4, 5, 0, None, cost_at(minute), 0)
                for minute in range(SPAN // 60)]
        rows += [(DAY0 + SPAN - minute * 60, 60, numbers[keys[1]], 1, 0, 0, 0, 0, 0, None, 7, 1)
                 for minute in range(1, 61)]
        replace(tx, rows, start=DAY0, minutes=SPAN // 60)
    return database


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(start=st.integers(0, SPAN // 60), length=st.integers(0, SPAN // 60))
def test_any_period_is_exact_to_the_minute(database: Database, start: int, length: int) -> None:
    end = min(start + length, SPAN // 60)
    with database.read() as tx:
        spend = windows.period_spend(tx, DAY0 + start * 60, DAY0 + end * 60).get("claims")
    assert (spend.cost if spend else 0) == sum(cost_at(minute) for minute in range(start, end))


def test_windows_are_the_same_from_facts_and_from_roll_ups(database: Database) -> None:
    until = DAY0 + SPAN - 600
    with database.read() as tx:
        spent = windows.window_spend(tx, until, [600, 3600, 21_600, 86_400])["claims"]
    for length, cost in spent.items():
        first, last = (until - length - DAY0) // 60, (until - DAY0) // 60
        assert cost == sum(cost_at(minute) for minute in range(first, last))


def test_what_nobody_claims_is_listed_with_its_keys(database: Database) -> None:
    with database.read() as tx:
        (stray,) = windows.unattributed(tx, DAY0 + 2 * 86_400, DAY0)
    assert stray.dimensions == {"api_key_id": "stray", "model": "m2"}
    assert (stray.today, stray.month) == (420, 420)


def test_evidence_adds_up_to_the_window(database: Database) -> None:
    until = DAY0 + SPAN
    with database.read() as tx:
        rows = windows.minute_rows(tx, "claims", until - 600, until)
        assert sum(row.cost for row in rows) == windows.window_spend(tx, until, [600])["claims"][600]
        assert sum(windows.minute_spend(tx, "claims", until - 600, until).values()) == sum(row.cost for row in rows)


def test_models_hours_and_days_tell_the_same_total(database: Database) -> None:
    whole = sum(cost_at(minute) for minute in range(SPAN // 60))
    with database.read() as tx:
        (model,) = windows.model_month(tx, "claims", DAY0, DAY0 + SPAN)
        hours = windows.token_hours(tx, "claims", DAY0, DAY0 + SPAN)
        assert model.cost == sum(hour[4] for hour in hours.values()) == whole
        assert sum(windows.daily_spend(tx, DAY0, DAY0 + SPAN, "claims")["claims"].values()) == whole
        assert sum(windows.hourly_spend(tx, DAY0, DAY0 + SPAN)["claims"].values()) == whole
        assert windows.last_usage(tx) == {"claims": DAY0 + SPAN - 60, None: DAY0 + SPAN - 60}


def test_days_begin_where_the_caller_says(database: Database) -> None:
    """Kathmandu's midnight is at 18:15 UTC: the edges of the day are summed from minutes."""
    start = int(datetime(2026, 11, 18, 18, 15, tzinfo=UTC).timestamp())
    with database.read() as tx:
        spend = windows.period_spend(tx, start, start + 86_400)["claims"]
    first = (start - DAY0) // 60
    assert spend.cost == sum(cost_at(minute) for minute in range(first, first + 1440))


def test_nothing_is_read_from_an_empty_database(tmp_path: Path) -> None:
    with fresh_database(tmp_path).read() as tx:
        assert windows.window_spend(tx, DAY0, [600, 86_400]) == {}
        assert windows.period_spend(tx, DAY0, DAY0 + 1) == {}
        assert windows.unattributed(tx, DAY0, DAY0) == []


def test_a_source_that_is_only_read_by_the_hour_has_spent_since_the_hour_began(tmp_path: Path) -> None:
    database = fresh_database(tmp_path)
    half_past = DAY0 + 12 * 3600 + 1800
    with database.write() as tx:
        hourly = usage.series_ids(tx, "hourly", ["{}"], DAY0)["{}"]
        replace(tx, [(DAY0 + hour * 3600, 3600, hourly, 1, 0, 0, 0, 0, 0, None, 100, 0) for hour in range(13)],
                start=DAY0, minutes=24 * 60, width=3600, source="hourly")
        minutely = usage.series_ids(tx, "minutely", ["{}"], DAY0)["{}"]
        replace(tx, [(DAY0 + minute * 60, 60, minutely, 1, 0, 0, 0, 0, 0, None, 1, 0) for minute in range(750)],
                start=DAY0, minutes=24 * 60, source="minutely")
        usage.set_workloads(tx, {hourly: "by-hour", minutely: "by-minute"})
    with database.read() as tx:
        assert {slug: spend.cost for slug, spend in windows.period_spend(tx, DAY0, half_past).items()} == {
            "by-hour": 1300, "by-minute": 750}
        assert windows.window_spend(tx, half_past, [3600, 7200]) == {
            "by-hour": {3600: 100, 7200: 200}, "by-minute": {3600: 60, 7200: 120}}


def test_minutes_are_counted_to_the_minute_in_an_hour_that_is_also_known_whole(tmp_path: Path) -> None:
    database = fresh_database(tmp_path)
    with database.write() as tx:
        number = usage.series_ids(tx, "a", ["{}"], DAY0)["{}"]
        replace(tx, [(DAY0 + minute * 60, 60, number, 1, 0, 0, 0, 0, 0, None, 1, 0) for minute in range(60)],
                start=DAY0)
        replace(tx, [(DAY0, 3600, number, 60, 0, 0, 0, 0, 0, None, 66, 0)], start=DAY0, width=3600)
        usage.set_workloads(tx, {number: "claims"})
    with database.read() as tx:
        assert windows.period_spend(tx, DAY0, DAY0 + 1800)["claims"].cost == 30
        assert windows.period_spend(tx, DAY0, DAY0 + 3600)["claims"].cost == 66
        assert [(row.width, row.cost) for row in windows.minute_rows(tx, "claims", DAY0, DAY0 + 3600)] == [(3600, 66)]


def test_the_finest_buckets_are_minutes_and_hours_of_which_no_minutes_are_told(tmp_path: Path) -> None:
    database = fresh_database(tmp_path)
    with database.write() as tx:
        number = usage.series_ids(tx, "a", ["{}"], DAY0)["{}"]
        replace(tx, [(DAY0 + hour * 3600, 3600, number, 1, 0, 0, 0, 0, 0, None, 100, 0) for hour in range(4)],
                start=DAY0, minutes=240, width=3600)
        replace(tx, [(DAY0 + 7200 + minute * 60, 60, number, 1, 0, 0, 0, 0, 0, None, 50, 0) for minute in range(2)],
                start=DAY0 + 7200)
        usage.set_workloads(tx, {number: "claims"})
    with database.read() as tx:
        assert sorted(windows.bucket_spend(tx, "claims", DAY0 + 5400, DAY0 + 4 * 3600)) == [
            (DAY0 + 3600, 3600, 100), (DAY0 + 7200, 60, 50), (DAY0 + 7260, 60, 50), (DAY0 + 3 * 3600, 3600, 100)]
        assert windows.bucket_spend(tx, "claims", DAY0 + 4 * 3600, DAY0 + 4 * 3600) == []
