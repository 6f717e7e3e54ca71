"""Days of calls that are to be made again: marked with each change, and not unmarked by what came meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from store import call_days, calls, usage
from store.calls import CallRow
from store.database import Database
from store.tables import PushedSeries, Series
from tests.support.database import fresh_database

DAY = 1_795_046_400
"""2026-11-19."""


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    found = fresh_database(tmp_path)
    with found.write() as tx:
        for number, slug in ((1, "claims"), (2, "claims"), (3, None)):
            tx.add(Series(id=number, source="otel", dimensions=f'{{"n":"{number}"}}', workload=slug, first_bucket=0,
                          last_bucket=0))
        tx.flush()
        for number in (1, 2, 3):
            tx.add(PushedSeries(series=number, provider="anthropic"))
    yield found
    found.close()


def call(series: int, at: int, key: str, **other: int) -> CallRow:
    row = CallRow(series, at * 1_000_000, calls.identity(key), 1, 1, 0, 0, 0, 1, 0, 5, 0, "s", "", "", None, 0, 0, 0,
                  None)
    return row._replace(**other)  # type: ignore[arg-type]


def stale(database: Database) -> list[tuple[int, str]]:
    with database.read() as tx:
        return [(each.day, each.workload) for each in call_days.stale(tx)]


def test_a_new_call_marks_its_day_and_the_same_told_again_does_not(database: Database) -> None:
    with database.write() as tx:
        calls.put(tx, [call(1, DAY + 5, "a"), call(2, DAY + 86_400, "b"), call(3, DAY, "nobody's")])
    assert stale(database) == [(DAY + 86_400, "claims"), (DAY, "claims")]
    with database.write() as tx:
        call_days.put(tx, [(each, {"calls": 1}) for each in call_days.stale(tx)], 1)
        calls.put(tx, [call(1, DAY + 5, "a")])
    assert stale(database) == []


def test_a_day_that_changed_while_it_was_made_stays_to_be_made_again(database: Database) -> None:
    with database.write() as tx:
        calls.put(tx, [call(1, DAY, "a")])
        before = call_days.stale(tx)
    with database.write() as tx:
        calls.put(tx, [call(1, DAY + 9, "b")])
    with database.write() as tx:
        call_days.put(tx, [(each, {"calls": 1}) for each in before], 1)
    assert stale(database) == [(DAY, "claims")]


def test_a_series_that_changes_hands_has_the_days_of_both_made_again(database: Database) -> None:
    with database.write() as tx:
        calls.put(tx, [call(1, DAY, "a"), call(2, DAY + 86_400, "b")])
        call_days.put(tx, [(each, {"calls": 1}) for each in call_days.stale(tx)], 1)
    with database.write() as tx:
        usage.set_workloads(tx, {1: "other"})
    assert stale(database) == [(DAY + 86_400, "claims"), (DAY, "other")]
    with database.read() as tx:
        assert list(call_days.between(tx, 0, 1 << 40, 1)) == []


def test_a_series_without_calls_that_changes_hands_makes_nothing_anew(database: Database) -> None:
    with database.write() as tx:
        calls.put(tx, [call(1, DAY, "a")])
        call_days.put(tx, [(each, {"calls": 1}) for each in call_days.stale(tx)], 1)
        tx.add(Series(id=4, source="anthropic", dimensions='{"polled":"1"}', first_bucket=0, last_bucket=0))
    with database.write() as tx:
        usage.set_workloads(tx, {4: "claims"})
    assert stale(database) == []


def test_days_of_another_form_are_made_again(database: Database) -> None:
    with database.write() as tx:
        calls.put(tx, [call(1, DAY, "a")])
        call_days.put(tx, [(each, {"calls": 1}) for each in call_days.stale(tx)], 1)
        assert call_days.outdated(tx, 1) == 0
        assert call_days.outdated(tx, 2) == 1
    assert stale(database) == [(DAY, "claims")]


def test_what_was_made_of_an_older_look_does_not_replace_what_somebody_else_made_since(database: Database) -> None:
    with database.write() as tx:
        calls.put(tx, [call(1, DAY, "a")])
        older = call_days.stale(tx)
    with database.write() as tx:
        calls.put(tx, [call(1, DAY + 9, "b")])
        call_days.put(tx, [(each, {"calls": 2}) for each in call_days.stale(tx)], 1)
        call_days.put(tx, [(each, {"calls": 1}) for each in older], 1)
        assert [document for *_, document in call_days.between(tx, 0, 1 << 40, 1)] == ['{"calls":2}']
        calls.put(tx, [call(1, DAY + 10, "c")])
        call_days.put(tx, [(each, {"calls": 1}) for each in older], 1)
    assert stale(database) == [(DAY, "claims")]


def test_a_series_that_was_given_away_while_its_day_was_made_leaves_nothing_with_its_former_workload(
        database: Database) -> None:
    with database.write() as tx:
        calls.put(tx, [call(1, DAY, "a")])
        before = call_days.stale(tx)
    with database.write() as tx:
        usage.set_workloads(tx, {1: "other"})
        call_days.put(tx, [(each, {"calls": 1}) for each in before], 1)
        assert list(call_days.between(tx, 0, 1 << 40, 1)) == []
    assert stale(database) == [(DAY, "other")]
