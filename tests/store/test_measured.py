"""What one workload used, by series and by action, from a real database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from console.clock import epoch
from console.pricing import PriceBook
from console.watch.call_store import CallStore
from store import measured
from store.tables.types import microseconds
from tests.support.database import fresh_database
from tests.support.pushing import NOON, call, call_store
from tests.support.used import START, Tokens, fill


@pytest.fixture
def store(tmp_path: Path) -> Iterator[CallStore]:
    database = fresh_database(tmp_path)
    yield call_store(database)
    database.close()


def test_each_series_of_the_workload_is_summed_over_its_days_the_dearest_first(tmp_path: Path) -> None:
    database = fresh_database(tmp_path)
    with database.write() as tx:
        fill(tx, PriceBook())
    with database.read() as tx:
        two = measured.series_use(tx, "claims-triage", epoch(START), epoch(START) + 2 * 86_400)
        first_day = measured.series_use(tx, "claims-triage", epoch(START), epoch(START) + 1)
    database.close()
    assert [one.dimensions["model"] for one in two] == ["claude-sonnet-4-6", "claude-haiku-4-5"]
    assert two[0].tokens == tuple(map(sum, zip(*(Tokens(step * 5).row()[:5] for step in range(96)), strict=True)))
    assert (two[0].first_day, two[0].requests, two[0].source) == (epoch(START), None, "anthropic")
    assert first_day[0].tokens[0] == sum(Tokens(step * 5).uncached_input for step in range(48))


def traced(store: CallStore) -> measured.TracedUse:
    with store.database.read() as tx:
        return measured.traced_use(tx, "claims", microseconds(NOON - timedelta(hours=1)),
                                   microseconds(NOON + timedelta(hours=1)))


def test_calls_are_counted_by_action_and_by_session(store: CallStore) -> None:
    told = [call(number, action=f"a{number % 2}") for number in range(4)]
    store.store([("otel", [*told, call(5), call(6, session="", service="chat", action="other"),
                           call(60, key="sum", session="run", total=True)])], NOON, None)
    assert traced(store) == (2, 4 * 2000, 1, 5)


def test_tokens_of_actions_are_unknown_where_one_call_did_not_tell_them(store: CallStore) -> None:
    store.store([("otel", [call(1, action="a"), call(2, action="a", tokens=None)])], NOON, None)
    assert traced(store)[:2] == (1, None)


def test_no_calls_are_no_actions(store: CallStore) -> None:
    assert traced(store) == (0, None, 0, 0)
