"""Facts are replaced, never added; roll-ups are always the sum of the facts."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

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


readings = st.lists(
    st.tuples(st.integers(0, 90), st.integers(1, 40), st.dictionaries(
        st.tuples(st.integers(0, 2), st.integers(0, 130)), st.integers(0, 900_000), max_size=25)),
    min_size=1, max_size=6,
)


@settings(max_examples=40, deadline=None)
@given(readings)
def test_roll_ups_are_the_sum_of_the_facts_after_any_readings(
    history: list[tuple[int, int, dict[tuple[int, int], int]]]
) -> None:
    with TemporaryDirectory() as folder:
        database = fresh_database(Path(folder))
        with database.write() as tx:
            numbers = list(usage.series_ids(tx, "a", KEYS, START).values())
        for begin, length, cells in history:
            rows = [row(numbers[which], minute, cost) for (which, minute), cost in cells.items()
                    if begin <= minute < begin + length]
            with database.write() as tx:
                try:
                    replace(tx, rows, start=START + begin * 60, minutes=length)
                except VanishedTooMuch:
                    tx.rollback()
        with database.read() as tx:
            assert total(tx, "usage_fact") == total(tx, "usage_hour") == total(tx, "usage_day")
            for window in (600, 3600, 7200):
                minutes = tx.connection().exec_driver_sql(
                    "SELECT COALESCE(SUM(cost_microusd), 0) FROM usage_fact WHERE bucket >= ? AND bucket < ?",
                    (START + 7200 - window, START + 7200)).scalar_one()
                assert windows.window_spend(tx, START + 7200, [window]).get(None, {}).get(window, 0) == minutes
        database.close()
