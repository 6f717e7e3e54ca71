"""Calls that had begun before a kill and are told after it are no spend after it; calls that begin after it are."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from console.clock import epoch
from console.config import SourceSettings
from console.operations import breakers
from console.operations.desk import Desk
from console.providers.source import PushedCall
from console.watch import settling
from console.watch.attribution import UsageRule
from console.watch.judgement import Trip
from store import long_calls
from store.tables import Intent
from store.tables.types import microseconds
from tests.support import kills
from tests.support.key_server import Keys, key_server
from tests.support.kills import KEY, NIGHT, OTHER_KEY, SIGNAL, SLUG, known, staged
from tests.support.pushing import call, call_store

RULES = (UsageRule(SLUG, (("service", "claims"),)),)


@pytest.fixture
def keys() -> Iterator[Keys]:
    with key_server(**{KEY: "active", OTHER_KEY: "active"}) as served:
        yield served


@pytest.fixture
async def killed(keys: Keys, tmp_path: Path) -> AsyncIterator[Desk]:
    """A kill that was confirmed at 02:14, and whose second stage comes where spend runs on for ten minutes."""
    settings = kills.config(keys.url, tmp_path)
    settings = replace(settings, sources=(*settings.sources, SourceSettings("otel", "otel", "env:SECRET")))
    desk = kills.kill_desk(settings, staged(OTHER_KEY))
    kills.signed_terms(desk)
    automatic = breakers.automatic(desk)
    await automatic.trip([Trip(SIGNAL, known(desk))])
    await automatic.executor.wait(5)
    yield desk
    await kills.close_desks()


def lasting(begin: float, end: float, **changes: object) -> PushedCall:
    """A call, in minutes after the kill."""
    ended = NIGHT + timedelta(minutes=end)
    return replace(call(**changes), at=ended, began=NIGHT + timedelta(minutes=begin))  # type: ignore[arg-type]


async def told(desk: Desk, *told: PushedCall, minutes: float = 14) -> list[Intent]:
    """A turn of the engine that long after the kill, with these calls told; the intents after it, oldest first."""
    await desk.clock.sleep(minutes * 60)
    call_store(desk.database, RULES).store([("otel", told)], desk.clock.now(), None)
    automatic = breakers.automatic(desk)
    await automatic.settle({SLUG: known(desk)})
    await automatic.executor.wait(5)
    return kills.intents_of(desk)[::-1]


def at(minutes: float) -> datetime:
    return NIGHT + timedelta(minutes=minutes)


async def test_a_stream_that_had_begun_before_the_kill_takes_it_no_further(killed: Desk, keys: Keys) -> None:
    (kill,) = await told(killed, lasting(-3, 11.5))
    assert keys.states[OTHER_KEY] == "active"
    assert kill.spend_stopped_at is not None
    assert kill.spend_stopped_at < at(1), "nothing that began after the kill has spent"
    assert kill.tail_microusd, "it is paid for all the same"


async def test_a_call_beside_it_that_began_after_the_kill_does(killed: Desk, keys: Keys) -> None:
    kill, second = await told(killed, lasting(-3, 11.5), lasting(11.2, 11.6))
    assert (kill.spend_stopped_at, second.state) == (None, "done")
    assert keys.states[OTHER_KEY] == "inactive"


async def test_a_stream_that_began_after_the_kill_does(killed: Desk, keys: Keys) -> None:
    _, second = await told(killed, lasting(1, 11.5))
    assert second.state == "done"


async def test_what_a_poll_tells_of_its_minute_counts_without_it_and_with_all_others(killed: Desk) -> None:
    minute, instant = epoch(at(11)), epoch(NIGHT)
    kills.spend(killed, {minute: 1})
    await told(killed, lasting(-3, 11.5), lasting(11.2, 11.6, output=500))
    with killed.database.read() as tx:
        assert long_calls.across(tx, SLUG, instant) == {minute: (18_000, 10_500)}
        (spent,) = settling.spent_since(tx, SLUG, instant, minute + 60)
        assert spent == (minute, 60, 1_010_500)


async def test_of_a_call_told_twice_or_taken_back_nothing_is_left(killed: Desk) -> None:
    twice = lasting(-3, 11.5, key="anthropic/long")
    store = call_store(killed.database, RULES)
    store.store([("otel", [twice, replace(twice, rank=2, at=twice.at + timedelta(milliseconds=3))])], at(12), None)
    instant = epoch(NIGHT)
    with killed.database.read() as tx:
        ((late, others),) = long_calls.across(tx, SLUG, instant).values()
        assert (late > 0, others) == (True, 0)
        assert long_calls.across(tx, "chat", instant) == {}
    store.store([("otel", [replace(twice, withdrawn=True)])], at(12), None)
    with killed.database.write() as tx:
        assert long_calls.across(tx, SLUG, instant) == {}
        assert long_calls.forget(tx, microseconds(at(20))) == 2
