"""What the sink of pushed calls answers: after the commit, or come again; and what one bad call does to the others."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

import pytest

from console.clock import ManualClock
from console.providers.source import Busy, PushedCall
from console.watch import live as live_module
from console.watch.call_store import CallStore
from console.watch.execution import Held, Overtaken
from console.watch.judgement import Judged
from console.watch.live import Live
from store import calls, room
from store.errors import DatabaseBusy, DatabaseFull
from tests.support.database import fresh_database
from tests.support.pushing import NOON, call, call_store


class Store(CallStore):
    """Counts its transactions, and fails as it is told."""

    wrong: list[Exception]
    batches: list[int]

    def store(self, batch: Sequence[tuple[str, Sequence[PushedCall]]], now: datetime, held: Held | None) -> set[str]:
        told = [call for _, each in batch for call in each]
        self.batches.append(len(told))
        if self.wrong:
            raise self.wrong.pop(0)
        if any(call.model == "poison" for call in told):
            raise ZeroDivisionError
        return super().store(batch, now, held)


class Judge:
    """Notes who was judged."""

    def __init__(self) -> None:
        self.judged: list[set[str]] = []

    def at_once(self, workloads: Iterable[str], at: datetime, held: Held | None = None) -> Judged:
        self.judged.append(set(workloads))
        return Judged({}, (), ())


@asynccontextmanager
async def living(folder: Path) -> AsyncIterator[tuple[Live, Store, Judge]]:
    usual = call_store(fresh_database(folder))
    store, judge = Store(usual.database, usual.prices, usual.called, usual.retention), Judge()
    store.attribute_by(usual._rules, usual.covering)
    store.wrong, store.batches = [], []
    live = Live(store, judge, ManualClock(NOON), lambda: None, _nothing)
    await live.start()
    try:
        yield live, store, judge
    finally:
        await live.stop()
        store.database.close()


async def _nothing(*_: object) -> None: ...


def stored(store: Store) -> int:
    with store.database.read() as tx:
        return sum(1 for _ in calls.since(tx, 0))


async def test_requests_that_come_together_are_stored_together_and_answered_when_they_are_in_the_file(
    tmp_path: Path,
) -> None:
    async with living(tmp_path) as (live, store, judge):
        await live.take("otel", [call(1)])
        assert stored(store) == 1
        await asyncio.gather(*(live.take("otel", [call(number), call(number, service="chat")]) for number in range(20)))
        assert stored(store) == 41
        assert store.batches == [1, 40]
        await live.take("otel", [])
        await live.take("otel", [call(service="nobody's")])
        await live.take("otel", [call()])
    assert judge.judged == [{"claims"}, {"claims", "chat"}, {"claims"}]


async def test_what_waits_is_stored_before_it_ends_and_then_nothing_is_taken_in(tmp_path: Path) -> None:
    async with living(tmp_path) as (live, store, _):
        await live.take("otel", [call()])
        waiting = asyncio.create_task(live.take("otel", [call()]))
        await asyncio.sleep(0)
        await live.stop()
        await waiting
        assert stored(store) == 2
        with pytest.raises(Busy):
            await live.take("otel", [call()])


@pytest.mark.parametrize(("wrong", "again_s"), [
    (DatabaseBusy("busy"), live_module.BUSY_S), (DatabaseFull("full"), live_module.FULL_DISK_S),
    (Overtaken("another leads"), live_module.FOLLOWING_S),
])
async def test_while_nothing_can_be_stored_the_sender_is_told_when_to_come_again(
    wrong: Exception, again_s: float, tmp_path: Path,
) -> None:
    async with living(tmp_path) as (live, store, judge):
        store.wrong = [wrong]
        told = [call(1, key="k")]
        with pytest.raises(Busy) as refused:
            await live.take("otel", told)
        assert refused.value.retry_after_s == again_s
        assert (stored(store), judge.judged) == (0, [])
        await live.take("otel", told)
        assert stored(store) == 1


async def test_on_a_disk_that_is_nearly_full_nothing_is_taken_in(tmp_path: Path,
                                                                monkeypatch: pytest.MonkeyPatch) -> None:
    async with living(tmp_path) as (live, store, _):
        monkeypatch.setattr(room, "STOP_BYTES", 1 << 60)
        with pytest.raises(Busy, match="full"):
            await live.take("otel", [call()])
        assert store.batches == []


async def test_more_than_can_wait_is_refused_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_module, "MOST_WAITING", 3)
    async with living(tmp_path) as (live, store, _):
        first = asyncio.create_task(live.take("otel", [call(), call()]))
        await asyncio.sleep(0)
        with pytest.raises(Busy):
            await live.take("otel", [call(), call()])
        await first
        assert stored(store) == 2


async def test_who_waited_too_long_comes_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_module, "WITHIN_S", -1.0)
    async with living(tmp_path) as (live, store, _):
        with pytest.raises(Busy):
            await live.take("otel", [call()])
        assert stored(store) == 0


async def test_one_call_that_nobody_foresaw_keeps_none_of_the_others_out(tmp_path: Path) -> None:
    async with living(tmp_path) as (live, store, judge):
        many = [call(number, model="poison" if number == 3 else "claude-sonnet-4-6") for number in range(7)]
        await asyncio.gather(live.take("otel", many), live.take("otel", [call(service="chat")]))
        assert stored(store) == 7
    assert judge.judged == [{"claims", "chat"}]


async def test_where_the_machine_fails_no_call_is_dropped_and_one_that_is_is_counted(tmp_path: Path) -> None:
    async with living(tmp_path) as (live, store, _):
        store.wrong = [OSError("stale file handle")]
        with pytest.raises(Busy, match="stale"):
            await live.take("otel", [call()])
        assert live.dropped == 0
        await live.take("otel", [call(model="poison")])
        assert live.dropped == 1


async def test_what_was_suspected_before_it_led_again_is_no_first_judgement(tmp_path: Path) -> None:
    async with living(tmp_path) as (live, _, judge):
        await live.stop()
        live._suspected = {"claims"}
        await live.start()
        await live.take("otel", [call(service="chat")])
    assert judge.judged == [{"chat"}]
