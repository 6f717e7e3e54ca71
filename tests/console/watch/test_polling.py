"""The readings of a turn: each source as often as it is set to, and none that is slow keeps the others waiting."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from console.config import SourceSettings
from console.watch.execution import Overtaken
from console.watch.intake import Intake, Poll
from console.watch.polling import Polling

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@dataclass
class Reading:
    """An intake that answers when it is let, and counts how often it was asked."""

    settings: SourceSettings
    asked: int = 0
    hours: int = 0
    """How often of the whole hour."""
    lets: asyncio.Event = field(default_factory=asyncio.Event)
    error: Exception | None = None

    async def poll(self, now: datetime, *, hour: bool, **_: object) -> Poll:
        self.asked += 1
        self.hours += hour
        await self.lets.wait()
        if self.error is not None:
            raise self.error
        return Poll(self.settings.name, ok=True, complete=True, rows=self.asked)


def reading(name: str, *, poll_s: float = 60.0, slow: bool = False) -> Reading:
    made = Reading(SourceSettings(name, "anthropic", "env:KEY", poll_s=poll_s))
    if not slow:
        made.lets.set()
    return made


def polling(*readings: Reading) -> tuple[Polling, dict[str, Any]]:
    faults: dict[str, Any] = {}
    return Polling(cast("tuple[Intake, ...]", readings), faults.__setitem__, patience_s=0.02), faults


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


async def test_a_source_that_hangs_is_said_and_the_others_are_judged_without_it() -> None:
    hangs, quick = reading("hangs", slow=True), reading("quick")
    made, _ = polling(hangs, quick)
    first, second = await made.turn(at(0), None)
    assert (first.ok, second.ok) == (False, True)
    assert "has not answered whole within 0.02 s" in (first.error or "")
    await made.stop()


async def test_a_slow_reading_is_not_begun_twice_and_is_the_next_turns() -> None:
    slow = reading("slow", slow=True)
    made, _ = polling(slow)
    assert not (await made.turn(at(0), None))[0].ok
    assert not (await made.turn(at(1), None))[0].ok
    slow.lets.set()
    (late,) = await made.turn(at(2), None)
    assert (late.ok, slow.asked) == (True, 1)
    (fresh,) = await made.turn(at(3), None)
    assert (fresh.ok, slow.asked) == (True, 2)


async def test_what_hangs_on_a_reading_waits_for_it_and_asks_nobody_else() -> None:
    slow, other = reading("slow", slow=True), reading("other")
    made, _ = polling(slow, other)
    asyncio.get_running_loop().call_later(0.05, slow.lets.set)
    (found,) = await made.again({"slow", "pushed"}, at(0), None)
    assert (found.name, found.ok, other.asked) == ("slow", True, 0)


async def test_what_had_begun_before_is_awaited_and_the_hour_read_after_it() -> None:
    slow = reading("slow", slow=True)
    made, _ = polling(slow)
    await made.turn(at(0), None)
    asyncio.get_running_loop().call_later(0.05, slow.lets.set)
    (found,) = await made.again({"slow"}, at(0), None)
    assert (found.rows, slow.hours) == (2, 1)


async def test_a_person_who_polls_waits_for_every_source() -> None:
    slow = reading("slow", slow=True)
    made, _ = polling(slow)
    asyncio.get_running_loop().call_later(0.05, slow.lets.set)
    assert (await made.turn(at(0), None, mended=True, whole=True))[0].ok


async def test_each_source_is_asked_as_often_as_it_is_set_to() -> None:
    often, seldom = reading("often"), reading("seldom", poll_s=300)
    made, _ = polling(often, seldom)
    for turn in range(11):  # turns come a little early and a little late
        await made.turn(at(turn + (0.05 if turn % 2 else -0.05)), None)
    assert (often.asked, seldom.asked) == (11, 3)
    await made.turn(at(10.5), None, mended=True)
    assert seldom.asked == 4
    await made.turn(at(-60), None)  # the clock was set back
    assert seldom.asked == 5


async def test_a_failure_that_nobody_foresaw_is_told_and_taken_back() -> None:
    odd = reading("odd")
    made, faults = polling(odd)
    odd.error = ZeroDivisionError("by nothing")
    assert (await made.turn(at(0), None))[0].error == "ZeroDivisionError: by nothing"
    assert isinstance(faults["poll of odd"], ZeroDivisionError)
    odd.error = None
    await made.turn(at(1), None)
    assert faults["poll of odd"] is None


async def test_who_leads_no_more_ends_the_turn() -> None:
    late = reading("late")
    late.error = Overtaken("another leads")
    made, _ = polling(late)
    with pytest.raises(Overtaken):
        await made.turn(at(0), None)


async def test_a_turn_that_is_ended_leaves_nothing_being_read() -> None:
    hangs = reading("hangs", slow=True)
    made, _ = polling(hangs)
    made.patience_s = 60
    turn = asyncio.create_task(made.turn(at(0), None))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    turn.cancel()
    with pytest.raises(asyncio.CancelledError):
        await turn
    assert (hangs.asked, made._under_way) == (1, {})
