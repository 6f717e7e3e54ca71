"""Days of calls are made again where calls changed, and only there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from console.antipatterns.call_day import FORM, CallDay
from console.cadences.findings.call_days import sums
from console.cadences.orchestration_reading import read_orchestration
from console.watch.call_days import refresh
from store import call_days, calls
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
        for number, slug, model in ((1, "claims", "haiku"), (2, "claims", "sonnet"), (3, "other", "sonnet")):
            dimensions = json.dumps({"model": model, "user": slug})
            tx.add(Series(id=number, source="otel", dimensions=dimensions, workload=slug, first_bucket=0,
                          last_bucket=0))
            tx.flush()
            tx.add(PushedSeries(series=number, provider="anthropic"))
    yield found
    found.close()


def call(at: float, key: str, series: int = 1, **other: object) -> CallRow:
    row = CallRow(series, round((DAY + at) * 1_000_000), calls.identity(key), 1, 500, 0, 0, 400, 100, 0, 5, 0, "s", "a",
                  "main", None, 0, 0, 0, '[["shell","x"]]')
    return row._replace(**other)  # type: ignore[arg-type]


def put(database: Database, *rows: CallRow) -> None:
    with database.write() as tx:
        calls.put(tx, rows)


def seen(database: Database, start: int = DAY, end: int = DAY + 86_400) -> dict[str, CallDay]:
    with database.read() as tx:
        return sums(tx, start, end)


def test_every_workload_has_the_sum_of_its_calls_whatever_model_they_went_to(database: Database) -> None:
    put(database, call(5, "a"), call(9, "b", 2), call(7, "c", 3),
        call(8, "sum of the session", 3, total=1, session="q"))
    assert refresh(database) == 0
    found = seen(database)
    assert {slug: day.calls for slug, day in found.items()} == {"claims": 2, "other": 1}
    claims = found["claims"]
    assert claims.model_sets[0].models == ("haiku", "sonnet")
    assert (claims.turns[0].tokens, claims.totals.measured_tokens, claims.totals.warm) == (1800, 2000, 2)


def test_a_call_that_comes_later_changes_its_day_and_no_other(database: Database) -> None:
    put(database, call(5, "a"), call(86_405, "b"))
    refresh(database)
    put(database, call(6, "c"))
    with database.read() as tx:
        assert [each.day for each in call_days.stale(tx)] == [DAY]
    assert refresh(database) == 0
    assert seen(database)["claims"].calls == 2
    assert seen(database, DAY, DAY + 2 * 86_400)["claims"].calls == 3


def test_a_conversation_goes_on_over_midnight_also_where_its_first_day_changes_later(database: Database) -> None:
    put(database, *(call(86_400 + number, f"late {number}", action="") for number in range(3)))
    refresh(database)
    assert seen(database, DAY + 86_400, DAY + 2 * 86_400)["claims"].totals.conversations == 1
    put(database, call(86_399, "before midnight", action=""))
    refresh(database)
    assert seen(database, DAY + 86_400, DAY + 2 * 86_400)["claims"].totals.conversations == 0
    assert seen(database, DAY, DAY + 2 * 86_400)["claims"].totals.conversations == 1


def test_a_day_whose_calls_are_gone_is_gone(database: Database) -> None:
    put(database, call(5, "a"))
    refresh(database)
    with database.write() as tx:
        calls.put(tx, [], [(calls.identity("a"), (DAY + 5) * 1_000_000)])
    assert refresh(database) == 0
    assert seen(database) == {}


def test_copies_that_another_sender_told_leave_nothing_of_their_actions_and_agents(database: Database) -> None:
    """Each in a trace of its own, so in a session, a user action and an agent of its own too."""
    true = [call(number, f"true {number}", action=f"a{number % 2}", caller=f"agent {number}", parent="main", depth=1)
            for number in range(6)]
    put(database, *true)
    refresh(database)
    without = seen(database)
    copies = [row._replace(identity=calls.identity(f"copy {number}"), session=f"t{number}", action=f"t{number}",
                           caller=f"t{number}/agent", parent=f"t{number}/main") for number, row in enumerate(true)]
    put(database, *copies)
    refresh(database)
    assert seen(database)["claims"].totals.actions == without["claims"].totals.actions + 6
    with database.write() as tx:
        calls.put(tx, [], [(row.identity, row.at) for row in copies])
    refresh(database)
    assert seen(database) == without


def test_without_time_the_rest_is_left_for_the_next_turn(database: Database) -> None:
    put(database, call(5, "a"), call(86_405, "b"), call(7, "c", 3))
    left = [refresh(database, 0) for _ in range(3)]
    assert left == [2, 1, 0]
    assert seen(database, DAY, DAY + 2 * 86_400)["claims"].calls == 2


def test_days_of_an_older_form_are_made_again(database: Database) -> None:
    put(database, call(5, "a"))
    with database.write() as tx:
        call_days.put(tx, [(each, {"old": 1}) for each in call_days.stale(tx)], FORM - 1)
    assert refresh(database) == 0
    assert seen(database)["claims"].calls == 1


def test_the_orchestration_multiplier_is_read_of_the_days_that_are_made(database: Database) -> None:
    put(database, call(5, "a"), call(6, "b", caller="sub", parent="main", depth=1), call(86_405, "c", action="later"),
        call(7, "d", 3, caller=""))
    refresh(database)
    with database.read() as tx:
        found = read_orchestration(tx, datetime.fromtimestamp(DAY, UTC), datetime.fromtimestamp(DAY + 86_400, UTC))
        one = read_orchestration(tx, datetime.fromtimestamp(DAY, UTC), datetime.fromtimestamp(DAY + 9, UTC), "other")
    assert [(each.workload, each.value, each.cost) for each in found.workloads] == [
        ("claims", 2, 10), ("other", None, 0)]
    assert found.together.value == 2
    assert [each.lacks for each in one.workloads] == ["call records with the agent that called"]


def test_the_day_after_one_that_ends_otherwise_is_made_again_also_where_the_time_is_over(database: Database) -> None:
    put(database, *(call(86_400 + number, f"late {number}", action="") for number in range(3)))
    refresh(database)
    put(database, call(86_399, "before midnight", action=""))
    left = [refresh(database, 0), refresh(database, 0)]
    assert left == [1, 0]
    assert seen(database, DAY, DAY + 2 * 86_400)["claims"].totals.conversations == 1


def test_of_one_workload_only_its_own_days_are_read(database: Database) -> None:
    put(database, call(5, "a"), call(7, "c", 3))
    refresh(database)
    with database.read() as tx:
        assert list(sums(tx, DAY, DAY + 86_400, "other")) == ["other"]
