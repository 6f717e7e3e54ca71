"""What was spent this month and today is what the store says, however much of it was added up before."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from console.cadences.sums import Sums
from console.pricing import STORED_BY
from store import settings, usage, windows
from store.database import Database
from store.windows import Spend
from tests.support.database import fresh_database

HOUR, DAY = 3600, 86_400
MONTH = int(datetime(2026, 11, 1, tzinfo=UTC).timestamp())
TODAY = MONTH + 17 * DAY
NOW = TODAY + 12 * HOUR
SPANS = ((MONTH, MONTH + 30 * DAY), (TODAY, NOW + DAY))
SERIES = '{"model":"claude-sonnet-4-6"}'


class Store:
    """Sums that are asked again after each thing that happens to a store."""

    def __init__(self, database: Database) -> None:
        self.database, self.sums = database, Sums()

    def read(self, at: int, cost: int, width: int = 60) -> None:
        """A reading of one bucket."""
        with self.database.write() as tx:
            (number,) = usage.series_ids(tx, "a", [SERIES], MONTH).values()
            usage.set_workloads(tx, {number: "claims"})
            fetch = usage.begin_fetch(tx, source="a", stream="usage", start=at, end=at + width, width=width,
                                      at=datetime.fromtimestamp(NOW, UTC))
            usage.replace_window(tx, source="a", start=at, end=at + width, width=width, fetch=fetch.id or 0,
                                 seen_at=fetch.started_at, believe_loss=True,
                                 rows=[(at, width, number, 100, 0, 0, 900, 10, 0, None, cost, 0)])

    def asked(self, until: int = NOW) -> tuple[int, int]:
        """Micro-dollars of the month and of the day, which must be those that the store gives when asked anew."""
        with self.database.read() as tx:
            found = self.sums.between(tx, SPANS, until)
            assert found == [windows.period_spend(tx, *span) for span in SPANS]
        month, today = (sums.get("claims", Spend(0, 0)).cost for sums in found)
        return month, today


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(fresh_database(tmp_path))
    for at, cost in ((MONTH, 1), (MONTH + 3 * DAY, 20), (TODAY + HOUR, 300), (NOW - 60, 4000)):
        made.read(at, cost)
    assert made.asked() == (4321, 4300)
    yield made
    made.database.close()


def test_new_minutes_are_added(store: Store) -> None:
    for minute in range(300):
        store.read(NOW + minute * 60, 50_000)
    assert store.asked(NOW + 300 * 60) == (15_004_321, 15_004_300)


@pytest.mark.parametrize(("at", "width", "sums"), [
    (MONTH + 3 * DAY, 60, (4310, 4300)), (TODAY + HOUR, 60, (4030, 4009)), (MONTH + 5 * DAY, HOUR, (4330, 4300)),
    (NOW - 60, 60, (330, 309)), (MONTH - DAY, 60, (4321, 4300)),
])
def test_what_is_restated_counts_at_once(store: Store, at: int, width: int, sums: tuple[int, int]) -> None:
    store.read(at, 9, width)
    assert store.asked() == sums


def test_usage_that_changes_hands_counts_for_whoever_has_it(store: Store) -> None:
    with store.database.write() as tx:
        usage.set_workloads(tx, dict.fromkeys(usage.series_workloads(tx), "search"))
    assert store.asked() == (0, 0)


def test_new_prices_count_at_once(store: Store) -> None:
    with store.database.write() as tx:
        assert usage.reprice(tx, MONTH, NOW + DAY, lambda *_: (7, 0)) == 4
        settings.put(tx, STORED_BY, "others")
    assert store.asked() == (28, 14)


def test_hours_that_no_reading_touched_are_not_read_again(store: Store) -> None:
    with store.database.write() as tx:
        tx.connection().exec_driver_sql("DELETE FROM usage_day")
    with store.database.read() as tx:
        month, _ = store.sums.between(tx, SPANS, NOW)
    assert month["claims"].cost == 4321


@pytest.mark.parametrize("until", [TODAY + 60, TODAY - HOUR, MONTH + HOUR, NOW + 13 * HOUR])
def test_at_the_edges_of_days_and_months_nothing_is_lost(store: Store, until: int) -> None:
    assert store.asked(until) == (4321, 4300)
