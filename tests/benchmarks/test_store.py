"""Storing a reading, against bare inserts into the same table in the same run."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from store import replacement, usage
from store.database import Database
from store.replacement import Row
from tests.support.database import fresh_database
from tests.support.measuring import median, report, seconds

START = 1_795_003_200  # 2026-11-18T12:00:00Z
SEEN = datetime(2026, 11, 18, 20, tzinfo=UTC)
MINUTES, SERIES = 390, 231
ROUNDS = 5
LEAST_SHARE = 0.5


def prepared(folder: Path) -> tuple[Database, list[Row]]:
    """An empty database and a reading of 90,000 rows for it."""
    folder.mkdir()
    database = fresh_database(folder)
    with database.write() as tx:
        numbers = usage.series_ids(tx, "a", [f'{{"api_key_id":"{number}"}}' for number in range(SERIES)], START)
    return database, [(START + 60 * minute, 60, series, 1000 + minute, 0, 100, 9000, 50, 0, None, 4321 + minute, 0)
                      for minute in range(MINUTES) for series in sorted(numbers.values())]


def insert_bare(folder: Path) -> float:
    database, rows = prepared(folder)

    def work() -> None:
        with database.write() as tx:
            replacement.insert(tx.connection(), rows)

    return seconds(work)


def store_twice(folder: Path) -> tuple[float, float]:
    """Seconds of a first reading and of the same again."""
    database, rows = prepared(folder)
    changed = []

    def work() -> None:
        with database.write() as tx:
            stored = usage.replace_window(tx, source="a", start=START, end=START + MINUTES * 60, width=60, rows=rows,
                                          fetch=1, seen_at=SEEN)
            changed.append(stored.changed)

    first, again = seconds(work), seconds(work)
    assert changed == [MINUTES * SERIES, 0]
    return first, again


@pytest.mark.benchmark
def test_a_reading_is_stored_and_rolled_up_at_half_the_speed_of_bare_inserts_or_better(tmp_path: Path) -> None:
    bare, first, again = [], [], []
    for turn in range(ROUNDS):
        bare.append(insert_bare(tmp_path / f"bare-{turn}"))
        stored, repeated = store_twice(tmp_path / f"ours-{turn}")
        first.append(stored)
        again.append(repeated)
    share, share_again = median(bare) / median(first), median(bare) / median(again)
    report("A reading stored and rolled up", rows=MINUTES * SERIES, bare_s=median(bare), first_s=median(first),
           again_s=median(again), share=share, share_again=share_again)
    assert share >= LEAST_SHARE
    assert share_again >= LEAST_SHARE
