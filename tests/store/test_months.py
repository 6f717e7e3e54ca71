"""Months are the sums of their days, whenever and in whatever order their hours were read."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from store import months, usage
from store.database import Database
from store.rollups import month_end, month_start, newest_month
from store.usage import Row
from tests.store.test_usage import KEYS, replace
from tests.support.database import fresh_database

HOUR, DAY = 3600, 86_400
FIRST = int(datetime(2026, 8, 1, tzinfo=UTC).timestamp())
STARTS = [int(datetime(2026, month, 1, tzinfo=UTC).timestamp()) for month in (8, 9, 10, 11)]
LAST = int(datetime(2026, 12, 1, tzinfo=UTC).timestamp())
HOURS = (LAST - FIRST) // HOUR

readings = st.lists(st.tuples(st.integers(0, HOURS - 1), st.integers(0, 2), st.integers(0, 1_000_000),
                              st.booleans(), st.none() | st.integers(0, 50)), min_size=1, max_size=25)


def read_hour(tx: Session, hour: int, series: int, cost: int, guessed: bool, requests: int | None) -> None:
    """A reading of one hour that says only this of it."""
    start = FIRST + hour * HOUR
    row: Row = (start, HOUR, series, 10, 0, 0, 0, 0, 0, requests, cost, int(guessed))
    replace(tx, [row], start=start, width=HOUR)


def from_days(tx: Session, column: str, start: int, end: int) -> dict[int, dict[str | None, int]]:
    """What `column` comes to by month and workload, from the days themselves; zeros are left out."""
    found: dict[int, dict[str | None, int]] = {}
    for day, slug, value in tx.connection().exec_driver_sql(
            f"SELECT d.day, s.workload, d.{column} FROM usage_day d JOIN series s ON s.id = d.series "
            "WHERE d.day >= ? AND d.day < ?", (start, end)):
        if value:
            month = found.setdefault(month_start(day), {})
            month[slug] = month.get(slug, 0) + value
    return found


def known(spent: dict[int, dict[str | None, int]]) -> dict[int, dict[str | None, int]]:
    """Without zeros, which a reading that takes back what it said leaves behind."""
    told = {month: {slug: value for slug, value in by.items() if value} for month, by in spent.items()}
    return {month: by for month, by in told.items() if by}


def series_of(database: Database) -> list[int]:
    with database.write() as tx:
        numbers = [usage.series_ids(tx, "a", [key], FIRST)[key] for key in KEYS]
        usage.set_workloads(tx, {numbers[0]: "claims", numbers[1]: "claims", numbers[2]: None})
    return numbers


@settings(deadline=None, max_examples=25)
@given(readings, st.integers(0, 3), st.integers(1, 122))
def test_months_are_the_sums_of_their_days(read: list[tuple[int, int, int, bool, int | None]], first: int,
                                           days: int) -> None:
    with TemporaryDirectory() as folder:
        database = fresh_database(Path(folder))
        numbers = series_of(database)
        for hour, which, cost, guessed, requests in read:
            with database.write() as tx:
                read_hour(tx, hour, numbers[which], cost, guessed, requests)
        start, end = STARTS[first], STARTS[first] + days * DAY
        with database.read() as tx:
            spent = months.monthly_spend(tx, start, end)
            assert known({month: one.cost for month, one in spent.items()}) == from_days(
                tx, "cost_microusd", start, end)
            assert known({month: one.estimated for month, one in spent.items()}) == from_days(
                tx, "estimated_microusd", start, end)
        database.close()


def test_a_month_counts_requests_only_where_each_of_its_sources_does(tmp_path: Path) -> None:
    database = fresh_database(tmp_path)
    counted, uncounted, stray = series_of(database)
    with database.write() as tx:
        read_hour(tx, 1, counted, 100, False, 7)
        read_hour(tx, 2, stray, 100, False, 5)
        read_hour(tx, 800, counted, 100, False, 9)
        read_hour(tx, 801, uncounted, 100, False, None)
    with database.read() as tx:
        assert months.monthly_requests(tx, FIRST, STARTS[2]) == {
            STARTS[0]: {"claims": 7, None: 5}, STARTS[1]: {"claims": None}}


def test_a_month_that_counts_requests_in_a_part_of_its_hours_does_not_know_them(tmp_path: Path) -> None:
    database = fresh_database(tmp_path)
    counted, _, stray = series_of(database)
    with database.write() as tx:
        for hour, requests in ((1, 7), (2, None), (800, 9)):
            read_hour(tx, hour, counted, 100, False, requests)
        read_hour(tx, 26, stray, 100, False, 0)
    with database.read() as tx:
        assert months.monthly_requests(tx, FIRST, STARTS[2]) == {
            STARTS[0]: {"claims": None, None: 0}, STARTS[1]: {"claims": 9}}


def test_of_the_past_only_what_was_used_by_then_counts(tmp_path: Path) -> None:
    database = fresh_database(tmp_path)
    counted, _, stray = series_of(database)
    with database.write() as tx:
        for hour, cost in ((1, 100), (30, 20), (31, 3), (800, 9)):
            read_hour(tx, hour, counted, cost, hour == 30, 7)
        read_hour(tx, 29, stray, 5, False, 5)
    with database.read() as tx:
        def seen(hours: int) -> list[tuple[dict[str | None, int], dict[str | None, int]]]:
            found = months.spend_before(tx, FIRST, STARTS[2], FIRST + hours * HOUR)
            return [(each.cost, each.estimated) for each in found.values()]

        assert seen(29) == [({"claims": 100}, {}), ({}, {})]
        assert seen(31) == [({"claims": 120, None: 5}, {"claims": 20}), ({}, {})]
        assert seen(32) == [({"claims": 123, None: 5}, {"claims": 20}), ({}, {})]
        assert seen(0) == [({}, {}), ({}, {})]
        assert seen(801) == [({"claims": 123, None: 5}, {"claims": 20}), ({"claims": 9}, {})]
        assert seen(9_000) == seen(801)


def test_the_month_that_still_fills_is_not_rolled_up_until_a_later_one_begins(tmp_path: Path) -> None:
    database = fresh_database(tmp_path)
    number = series_of(database)[0]

    def rolled_up() -> dict[int, int]:
        with database.read() as tx:
            return {row[0]: row[1] for row in tx.connection().exec_driver_sql(
                "SELECT month, SUM(cost_microusd) FROM usage_month GROUP BY month")}

    for hour, cost in ((0, 1000), (30, 2000)):
        with database.write() as tx:
            read_hour(tx, hour, number, cost, False, None)
    assert rolled_up() == {}
    with database.write() as tx:
        read_hour(tx, 24 * 31, number, 500, False, None)
        assert newest_month(tx.connection()) == STARTS[1]
    assert rolled_up() == {STARTS[0]: 3000}
    with database.write() as tx:
        read_hour(tx, 30, number, 2500, False, None)
    assert rolled_up() == {STARTS[0]: 3500}


def test_the_ends_of_months_are_those_of_the_calendar() -> None:
    leap = int(datetime(2028, 2, 29, 23, 59, 59, tzinfo=UTC).timestamp())
    assert month_start(leap) == int(datetime(2028, 2, 1, tzinfo=UTC).timestamp())
    assert month_end(leap) == leap + 1
    assert month_end(STARTS[3]) == LAST
