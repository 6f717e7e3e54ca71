"""Facts are replaced, never added; roll-ups are always the sum of the facts."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import Session, col, select

from store import usage, windows
from store.database import Database
from store.tables import UsageRevision
from store.usage import Row, Stored, VanishedTooMuch
from tests.support.database import fresh_database

START = 1_795_003_200  # 2026-11-18T12:00:00Z, a whole hour
SEEN = datetime(2026, 11, 18, 13, tzinfo=UTC)
KEYS = tuple(f'{{"api_key_id":"key-{number}","model":"m"}}' for number in range(3))


def row(series: int, minute: int, cost: int, *, width: int = 60, tokens: int = 10) -> Row:
    return (START + minute * 60, width, series, tokens, 0, 0, 0, 0, 0, None, cost, 0)


def replace(tx: Session, rows: list[Row], *, start: int = START, minutes: int = 60, width: int = 60,
            source: str = "a") -> Stored:
    fetch = usage.begin_fetch(tx, source=source, stream="usage", start=start, end=start + minutes * 60, width=width,
                              at=SEEN)
    return usage.replace_window(tx, source=source, start=start, end=start + minutes * 60, width=width, rows=rows,
                                fetch=fetch.id or 0, seen_at=SEEN)


def total(tx: Session, table: str) -> int:
    return int(tx.connection().exec_driver_sql(f"SELECT COALESCE(SUM(cost_microusd), 0) FROM {table}").scalar_one())


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return fresh_database(tmp_path)


@pytest.fixture
def series(database: Database) -> dict[str, int]:
    with database.write() as tx:
        return usage.series_ids(tx, "a", KEYS, START)


def test_the_same_reading_twice_changes_nothing(database: Database, series: dict[str, int]) -> None:
    rows = [row(number, minute, 1000) for number in series.values() for minute in range(30)]
    with database.write() as tx:
        assert replace(tx, rows) == Stored(90, 90, 0)
    with database.write() as tx:
        assert replace(tx, rows) == Stored(90, 0, 0)
        assert tx.exec(select(UsageRevision)).all() == []
        assert total(tx, "usage_hour") == total(tx, "usage_day") == 90_000


def test_a_restated_bucket_replaces_and_keeps_what_it_was(database: Database, series: dict[str, int]) -> None:
    number = series[KEYS[0]]
    with database.write() as tx:
        replace(tx, [row(number, 0, 1000, tokens=10)])
    with database.write() as tx:
        assert replace(tx, [row(number, 0, 1500, tokens=15)]).changed == 1
        revision = tx.exec(select(UsageRevision)).one()
        assert (revision.old_tokens, revision.new_tokens) == (10, 15)
        assert (revision.old_cost_microusd, revision.new_cost_microusd) == (1000, 1500)
        assert total(tx, "usage_day") == 1500


def test_what_is_no_longer_reported_becomes_zero_and_leaves_a_trace(database: Database, series: dict[str, int]) -> None:
    kept, gone = series[KEYS[0]], series[KEYS[1]]
    with database.write() as tx:
        replace(tx, [row(kept, 0, 9_000_000), row(gone, 0, 1000)])
    with database.write() as tx:
        assert replace(tx, [row(kept, 0, 9_000_000)]).vanished == 1
        assert total(tx, "usage_hour") == 9_000_000
        assert tx.exec(select(UsageRevision)).one().new_cost_microusd == 0


def test_when_a_fifth_of_the_dollars_would_vanish_nothing_is_changed(
    database: Database, series: dict[str, int]
) -> None:
    kept, gone = series[KEYS[0]], series[KEYS[1]]
    with database.write() as tx:
        replace(tx, [row(kept, 0, 7_000_000), row(gone, 0, 3_000_000)])
    with pytest.raises(VanishedTooMuch, match="30%"), database.write() as tx:
        replace(tx, [row(kept, 0, 7_000_000)])
    with database.read() as tx:
        assert total(tx, "usage_hour") == 10_000_000


def test_dollars_that_move_to_another_series_have_not_vanished(database: Database, series: dict[str, int]) -> None:
    before, after = series[KEYS[0]], series[KEYS[1]]
    with database.write() as tx:
        replace(tx, [row(before, 0, 9_000_000), row(before, 1, 9_000_000), row(after, 1, 1_000_000)])
    with database.write() as tx:
        replace(tx, [row(after, 0, 9_000_000), row(after, 1, 10_000_000)])
        assert total(tx, "usage_hour") == 19_000_000
    with pytest.raises(VanishedTooMuch, match="47%"), database.write() as tx:
        replace(tx, [row(before, 0, 30_000_000), row(before, 1, 1_000_000)])


def test_an_hour_that_is_worth_much_less_than_its_minutes_does_not_replace_them(
    database: Database, series: dict[str, int]
) -> None:
    number = series[KEYS[0]]
    with database.write() as tx:
        replace(tx, [row(number, minute, 100_000) for minute in range(120)], minutes=120)
    with pytest.raises(VanishedTooMuch, match="50%"), database.write() as tx:
        replace(tx, [row(number, 0, 5_900_000, width=3600), row(number, 60, 100_000, width=3600)], minutes=120,
                width=3600)
    with database.write() as tx:
        assert total(tx, "usage_hour") == 12_000_000
        replace(tx, [row(number, 0, 5_900_000, width=3600)], minutes=120, width=3600)
        assert total(tx, "usage_hour") == 11_900_000, "the second hour was not restated, so its minutes stand"


@pytest.mark.parametrize("stray", [(-1, 60), (60, 60), (0, 3600)])
def test_a_row_outside_its_window_is_refused(
    database: Database, series: dict[str, int], stray: tuple[int, int]
) -> None:
    minute, width = stray
    with pytest.raises(ValueError, match="does not belong"), database.write() as tx:
        replace(tx, [row(series[KEYS[0]], minute, 1, width=width)])


def test_a_key_that_comes_twice_is_refused(database: Database, series: dict[str, int]) -> None:
    twice = [row(series[KEYS[0]], 0, 1), row(series[KEYS[0]], 0, 2)]
    for _ in range(2):
        with pytest.raises(ValueError, match="UNIQUE"), database.write() as tx:
            replace(tx, twice)
        with database.write() as tx:
            replace(tx, twice[:1])


def test_series_know_their_newest_usage_and_their_workload(database: Database, series: dict[str, int]) -> None:
    first, second = series[KEYS[0]], series[KEYS[1]]
    with database.write() as tx:
        replace(tx, [row(first, 5, 1), row(first, 9, 0, tokens=0), row(second, 7, 1)])
        assert windows.last_usage(tx) == {None: START + 7 * 60}
        assert usage.set_workloads(tx, {first: "claims", second: None}) == 1
        assert windows.last_usage(tx) == {"claims": START + 5 * 60, None: START + 7 * 60}
        assert windows.period_spend(tx, START, START + 3600)["claims"].cost == 1
        assert usage.set_workloads(tx, {first: "claims", second: None}) == 0


def test_an_hour_stated_whole_stands_for_its_minutes(database: Database, series: dict[str, int]) -> None:
    number = series[KEYS[0]]
    with database.write() as tx:
        replace(tx, [row(number, minute, 100) for minute in range(60)])
    with database.write() as tx:
        replace(tx, [row(number, 0, 6_500, width=3600)], width=3600)
        assert total(tx, "usage_hour") == 6_500
        assert windows.period_spend(tx, START, START + 3600)[None].cost == 6_500


def test_two_sources_keep_out_of_each_others_windows(database: Database, series: dict[str, int]) -> None:
    with database.write() as tx:
        other = usage.series_ids(tx, "b", KEYS[:1], START)[KEYS[0]]
        replace(tx, [row(series[KEYS[0]], 0, 5_000_000)])
        replace(tx, [row(other, 0, 6_000_000)], source="b")
        replace(tx, [row(other, 0, 6_000_000, width=3600)], width=3600, source="b")
        assert total(tx, "usage_hour") == 11_000_000


def test_a_new_price_is_applied_to_what_is_stored(database: Database, series: dict[str, int]) -> None:
    with database.write() as tx:
        replace(tx, [row(series[KEYS[0]], 0, 1000, tokens=7)])
        assert usage.reprice(tx, START, START + 60, lambda _, tokens, __: (tokens[0] * 3, 1)) == 1
        assert usage.reprice(tx, START, START + 60, lambda _, tokens, __: (tokens[0] * 3, 1)) == 0
        spend = windows.period_spend(tx, START, START + 86_400)[None]
        assert (spend.cost, spend.estimated) == (21, 21)


Cells = dict[tuple[int, int], int]
Reading = tuple[str, int, int, int, Cells]
"""Source, bucket width, first and number of buckets, and micro-dollars by (series, bucket)."""


def readings_of(width: int, buckets: int) -> st.SearchStrategy[Reading]:
    cells = st.dictionaries(st.tuples(st.integers(0, 2), st.integers(0, buckets - 1)), st.integers(0, 900_000),
                            max_size=25)
    return st.tuples(st.sampled_from("ab"), st.just(width), st.integers(0, buckets - 1), st.integers(1, buckets), cells)


def expected_hours(stored: dict[tuple[str, int, int, int], int]) -> dict[tuple[int, int], int]:
    """Dollars by (hour, series): of a source's hour, its whole-hour facts where there are any, else its minutes."""
    whole = {(source, bucket) for source, width, bucket, _ in stored if width == 3600}
    sums: dict[tuple[int, int], int] = {}
    for (source, width, bucket, number), cost in stored.items():
        hour = bucket // 3600 * 3600
        if width == 3600 or (source, hour) not in whole:
            sums[hour, number] = sums.get((hour, number), 0) + cost
    return sums


@settings(max_examples=40, deadline=None)
@given(st.lists(st.one_of(readings_of(60, 180), readings_of(3600, 3)), min_size=1, max_size=7))
def test_roll_ups_are_the_sum_of_the_facts_after_any_readings(history: list[Reading]) -> None:
    """Against a dictionary that is told the same: two sources, minutes and hours, windows that overlap."""
    stored: dict[tuple[str, int, int, int], int] = {}
    with TemporaryDirectory() as folder:
        database = fresh_database(Path(folder))
        with database.write() as tx:
            numbers = {source: sorted(usage.series_ids(tx, source, KEYS, START).values()) for source in "ab"}
        for source, width, first, length, cells in history:
            start, end = START + first * width, START + (first + length) * width
            facts = {(START + index * width, numbers[source][which]): cost for (which, index), cost in cells.items()
                     if first <= index < first + length}
            rows: list[Row] = [(bucket, width, number, 10, 0, 0, 0, 0, 0, None, cost, 0)
                               for (bucket, number), cost in facts.items()]
            try:
                with database.write() as tx:
                    told = [tx_replace(tx, source, start, end, width, rows) for _ in range(2)]
            except VanishedTooMuch:
                continue
            assert told[1].changed == 0
            stored |= {key: 0 for key in stored if key[:2] == (source, width) and start <= key[2] < end}
            stored |= {(source, width, bucket, number): cost for (bucket, number), cost in facts.items()}
        with database.read() as tx:
            assert hours(tx) == expected_hours(stored)
            assert total(tx, "usage_hour") == total(tx, "usage_day")
        database.close()


def tx_replace(tx: Session, source: str, start: int, end: int, width: int, rows: list[Row]) -> Stored:
    return usage.replace_window(tx, source=source, start=start, end=end, width=width, rows=rows, fetch=1, seen_at=SEEN)


def hours(tx: Session) -> dict[tuple[int, int], int]:
    rows = tx.connection().exec_driver_sql("SELECT hour, series, cost_microusd FROM usage_hour")
    return {(row[0], row[1]): row[2] for row in rows}


@settings(max_examples=20, deadline=None)
@given(st.lists(st.dictionaries(st.integers(0, 9), st.integers(0, 90_000), max_size=8), min_size=2, max_size=5))
def test_each_restated_fact_leaves_exactly_one_revision(history: list[dict[int, int]]) -> None:
    with TemporaryDirectory() as folder:
        database = fresh_database(Path(folder))
        with database.write() as tx:
            number = usage.series_ids(tx, "a", KEYS[:1], START)[KEYS[0]]
        facts: dict[int, tuple[int, int]] = {}
        expected = []
        for reading in history:
            with database.write() as tx:
                replace(tx, [row(number, minute, cost, tokens=1) for minute, cost in reading.items()])
            now = dict.fromkeys(facts, (0, 0)) | {minute: (1, cost) for minute, cost in reading.items()}
            expected += [(minute, facts[minute], now[minute]) for minute in sorted(facts)
                         if facts[minute] != now[minute]]
            facts = now
        with database.read() as tx:
            kept = tx.exec(select(UsageRevision).order_by(col(UsageRevision.fetch), col(UsageRevision.bucket)))
            assert [((one.bucket - START) // 60, (one.old_tokens, one.old_cost_microusd),
                     (one.new_tokens, one.new_cost_microusd)) for one in kept] == expected
        database.close()
