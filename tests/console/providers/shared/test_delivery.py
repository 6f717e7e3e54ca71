"""What is pushed reaches the sink whole, together, and again where the sink was busy."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from console.providers.shared.allowance import Allowance
from console.providers.shared.delivery import AT_ONCE, Delivery
from console.providers.source import Busy, PushedCall, Sink, Tokens
from tests.support.otlp import NOW

ONE = PushedCall(NOW, "anthropic/msg_1", 10, "anthropic", "claude-sonnet-4-6", Tokens(output=1))


@asynccontextmanager
async def delivering(sink: Sink) -> AsyncIterator[Delivery]:
    delivery = Delivery(sink)
    task = asyncio.create_task(delivery.run())
    try:
        yield delivery
    finally:
        task.cancel()


async def test_what_the_sink_could_not_take_is_given_to_it_again_without_being_sent_again() -> None:
    got: list[PushedCall] = []
    landed = asyncio.Event()

    async def sink(calls: Sequence[PushedCall]) -> None:
        if not got and not landed.is_set():
            landed.set()
            raise Busy(0.01)
        got.extend(calls)

    async with delivering(sink) as delivery:
        with pytest.raises(Busy):
            await delivery.put([ONE])
        await delivery.put([])  # a sender's second attempt, of which everything is known
    assert got == [ONE]


async def test_a_correction_that_comes_meanwhile_takes_the_place_of_what_waits() -> None:
    got: list[PushedCall] = []
    asked, go_on = asyncio.Event(), asyncio.Event()

    async def sink(calls: Sequence[PushedCall]) -> None:
        if not asked.is_set():
            asked.set()
            await go_on.wait()
            raise Busy(0.01)
        got.extend(calls)

    better = replace(ONE, rank=20, depth=1)
    async with delivering(sink) as delivery:
        first = asyncio.create_task(delivery.put([ONE]))
        await asked.wait()
        second = asyncio.create_task(delivery.put([better]))
        await asyncio.sleep(0)
        go_on.set()
        with pytest.raises(Busy):
            await first
        await second
    assert got == [better]


async def test_a_great_many_are_given_in_pieces_and_each_piece_once() -> None:
    sizes: list[int] = []

    async def sink(calls: Sequence[PushedCall]) -> None:
        sizes.append(len(calls))

    async with delivering(sink) as delivery:
        await delivery.put([replace(ONE, key=f"anthropic/{number}") for number in range(AT_ONCE + 7)])
    assert sizes == [AT_ONCE, 7]


def test_an_allowance_is_earned_by_time_and_debt_is_waited_for() -> None:
    allowance = Allowance(per_s=10, burst=20)
    assert allowance.wait_s(0) == 0
    allowance.spend(50, 0)
    assert allowance.wait_s(0) == 3
    assert allowance.wait_s(2) == 1
    assert allowance.wait_s(3.5) == 0
    allowance.spend(0, 1000)
    allowance.spend(25, 1000)  # no more than a burst is in store
    assert allowance.wait_s(1000) == 0.5
