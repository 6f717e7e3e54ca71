"""Pushed calls in the store: each once, whatever is told of it again and in which order."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from console.providers.source import Tokens
from console.watch.call_store import CallStore
from store import calls, pushed, windows
from store.calls import CallRow
from store.database import Database
from store.tables.types import microseconds
from tests.support.database import fresh_database
from tests.support.pushing import NOON, call, call_store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[CallStore]:
    database = fresh_database(tmp_path)
    yield call_store(database)
    database.close()


def put(store: CallStore, *told: object) -> set[str]:
    return store.store([("otel", told)], NOON, None)  # type: ignore[list-item]


def stored(database: Database) -> list[CallRow]:
    with database.read() as tx:
        return list(calls.since(tx, 0))


def spent(database: Database, workload: str | None = "claims") -> int:
    """By the facts, the hours and the days, which must agree."""
    with database.read() as tx:
        found = {int(tx.connection().exec_driver_sql(
            f"SELECT COALESCE(SUM(t.cost_microusd), 0) FROM {table} t JOIN series s ON s.id = t.series "
            "WHERE s.workload IS ?", (workload,)).scalar_one()) for table in ("usage_fact", "usage_hour", "usage_day")}
        known = pushed.all_pushed(tx)
        found.add(sum(row.cost for row in calls.since(tx, 0) if known[row.series].workload == workload))
    (cost,) = found
    return cost


def test_a_call_that_is_told_twice_counts_once(store: CallStore) -> None:
    told = call(10)
    put(store, told)
    once = spent(store.database)
    assert once > 0
    put(store, told, told)
    assert (spent(store.database), len(stored(store.database))) == (once, 1)


def test_of_two_instrumentations_the_one_that_knows_more_counts_and_the_other_one_fills_in(store: CallStore) -> None:
    native = call(10, key="anthropic/m", rank=9, output=17, session="")
    other = call(11, key="anthropic/m", rank=3, output=18, session="run 1", caller="agent", tools=(("grep", "1"),))
    put(store, other)
    put(store, native)
    (one,) = stored(store.database)
    assert (one.output, one.session, one.caller, one.tools) == (17, "run 1", "agent", '[["grep","1"]]')
    alone = spent(store.database)
    put(store, other)
    assert spent(store.database) == alone
    assert stored(store.database) == [one]


def test_a_copy_of_the_hour_before_is_known_for_one(store: CallStore) -> None:
    put(store, call(0, key="k"))
    put(store, call(1, key="k", rank=2))
    assert len(stored(store.database)) == 1


def test_a_copy_that_nobody_claims_takes_no_call_from_a_workload(store: CallStore) -> None:
    put(store, call(10, key="k", rank=1))
    put(store, call(10, key="k", rank=2, service="unheard of"))
    assert spent(store.database) > 0
    assert spent(store.database, None) == 0


def test_what_turns_out_to_be_a_copy_is_forgotten(store: CallStore) -> None:
    put(store, call(10, key="k"), call(20, key="other"))
    put(store, call(10, key="k", withdrawn=True))
    assert len(stored(store.database)) == 1
    assert spent(store.database) == stored(store.database)[0].cost


def test_a_sum_of_a_session_counts_while_none_of_its_calls_is_known(store: CallStore) -> None:
    put(store, call(60, key="sum 1", session="run", total=True), call(60, key="sum 2", session="else", total=True))
    put(store, call(50, key="single", session="run"))
    put(store, call(40, key="sum 3", session="run", total=True))
    assert sorted(row.session for row in stored(store.database)) == ["else", "run"]
    assert sum(row.total for row in stored(store.database)) == 1
    spent(store.database)


def test_a_sum_gives_way_to_no_call_of_another_sender_that_has_a_session_of_the_same_name(store: CallStore) -> None:
    put(store, call(60, key="sum", session="run", total=True))
    store.store([("litellm", [call(50, key="single", session="run")])], NOON, None)
    store.store([("otel", [call(50, key="sum 2", session="both", total=True)]),
                 ("litellm", [call(50, key="single 2", session="both")])], NOON, None)
    assert sorted((row.session, row.total) for row in stored(store.database)) == [
        ("both", 0), ("both", 1), ("run", 0), ("run", 1)]


def test_a_call_of_which_no_tokens_are_known_is_a_call_all_the_same(store: CallStore) -> None:
    put(store, call(10, key="k", tokens=None, failed=True))
    (one,) = stored(store.database)
    assert (one.uncached_input, one.cost, one.failed) == (None, 0, 1)
    put(store, call(10, key="k", tokens=Tokens(output=5)))
    assert stored(store.database)[0].output == 5


def test_in_any_order_and_any_batches_the_same_is_known(tmp_path: Path) -> None:
    told = [call(random.Random(number).randint(0, 7000), key=f"k{number % 40}", rank=number // 40,
                 output=number, service=("claims", "chat")[number % 2]) for number in range(120)]
    ends = set()
    for seed in range(4):
        database, chance = fresh_database(tmp_path / str(seed)), random.Random(seed)
        chance.shuffle(told)
        for start in range(0, len(told), 7):
            put(call_store(database), *told[start:start + 7])  # a new store each time: it began anew
        rows = frozenset((row.identity, row.output, row.cost) for row in stored(database))
        ends.add((rows, spent(database), spent(database, "chat")))
        database.close()
    assert len(ends) == 1


def test_names_from_outside_are_cut_to_size(store: CallStore) -> None:
    put(store, call(1, session="s" * 5000, caller="a\0b", model="m\ud800", tools=(("t" * 900, "\udfff"),) * 500))
    (one,) = stored(store.database)
    assert (len(one.session), one.caller) == (32, "ab")
    assert len(one.tools or "") < 6000


def test_absurd_counts_are_bounded(store: CallStore) -> None:
    put(store, call(1, tokens=Tokens(uncached_input=2**80, output=-5)))
    assert (stored(store.database)[0].uncached_input, stored(store.database)[0].output) == (10**9, 0)


def test_a_clock_that_is_ahead_makes_no_call_of_the_future(store: CallStore) -> None:
    put(store, call(-86_400))
    assert stored(store.database)[0].at == microseconds(NOON)


def test_labels_of_each_call_begin_no_series_of_their_own(store: CallStore) -> None:
    put(store, *(call(1, dimensions=(("label.request", str(number)), ("service", "claims"))) for number in range(50)))
    with store.database.read() as tx:
        assert len(pushed.all_pushed(tx)) == 1


def test_calls_are_read_by_workload_in_the_order_of_time(store: CallStore) -> None:
    put(store, *(call(ago, model=f"claude-{ago % 3}") for ago in (30, 10, 20, 50)), call(5, service="chat"))
    with store.database.read() as tx:
        found = [row.at for _, row in calls.of_workload(tx, "claims", microseconds(NOON - timedelta(seconds=30)),
                                                        microseconds(NOON))]
    assert found == [microseconds(NOON - timedelta(seconds=ago)) for ago in (30, 20, 10)]


def test_old_calls_are_deleted_some_at_a_time_and_what_they_came_to_stays(store: CallStore) -> None:
    put(store, *(call(3600 * number) for number in range(12)))
    before = spent(store.database)
    with store.database.write() as tx:
        assert calls.forget(tx, microseconds(NOON - timedelta(hours=5)), most=4) == 4
        assert calls.forget(tx, microseconds(NOON - timedelta(hours=5)), most=4) == 2
        assert calls.forget(tx, microseconds(NOON - timedelta(hours=5)), most=4) == 0
        assert pushed.forget(tx, int(NOON.timestamp()) - 5 * 3600) == 6
    noon = int(NOON.timestamp())
    with store.database.read() as tx:
        assert windows.period_spend(tx, noon - 43_200, noon + 43_200)["claims"].cost == before


def test_minutes_go_by_whole_hours_so_that_one_which_moves_to_another_figure_loses_none(store: CallStore) -> None:
    put(store, call(5400), call(3660))  # at half past ten, and at ten to eleven but one
    with store.database.write() as tx:
        assert pushed.forget(tx, int(NOON.timestamp()) - 4200) == 0
        (number,) = pushed.all_pushed(tx)
        for cover in (pushed.Cover("anthropic", 0, int(NOON.timestamp()) - 3660), pushed.Cover("anthropic")):
            pushed.cover(tx, {number: cover})
    assert spent(store.database) == 2 * stored(store.database)[0].cost


def test_a_call_older_than_calls_are_kept_is_not_taken_in(store: CallStore) -> None:
    assert put(store, call(31 * 86_400)) == set()
    assert stored(store.database) == []


def test_a_copy_that_is_taken_back_repeats_no_tool_and_costs_nothing_in_the_signs_either(store: CallStore) -> None:
    asked: dict[str, Any] = {"tools": (("search", "the same"),), "session": "s"}
    put(store, call(5, key="span/outer", **asked))
    put(store, call(5, key="anthropic/inner", **asked), call(5, key="span/outer", withdrawn=True))
    seen = store.called.signs("claims", NOON)
    assert seen is not None
    assert seen.most_repeats == 1
    assert seen.spent_3m == spent(store.database)


def test_a_call_that_turns_out_to_be_anothers_is_no_longer_among_the_calls_of_the_first(store: CallStore) -> None:
    asked: dict[str, Any] = {"tools": (("search", "the same"),), "session": "s"}
    put(store, call(5, key="moves", **asked))
    put(store, call(5, key="moves", rank=2, service="chat", **asked))
    first, second = store.called.signs("claims", NOON), store.called.signs("chat", NOON)
    assert first is not None
    assert second is not None
    assert (first.most_repeats, first.spent_3m, second.most_repeats) == (0, 0, 1)


def test_how_late_a_sender_is_counts_from_the_end_of_a_call(store: CallStore) -> None:
    put(store, replace(call(600, key="long"), ended=NOON - timedelta(seconds=4)))
    assert store.told["otel"].delay_s == 4
