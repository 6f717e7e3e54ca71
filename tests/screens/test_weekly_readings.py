"""Which week is read, and when: the brackets, failures, news."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from console.errors import ConsoleError
from screens import rereading
from screens.week import Week
from tests.support.triage import DAILY, TEN, at, press, sent
from tests.support.weekly import AT, EXCEPTIONS, DecidingDoor, exception, week


async def test_the_brackets_show_earlier_weeks_in_which_nothing_is_decided() -> None:
    async with at("weekly") as console:
        await press(console, "right_square_bracket")
        assert "This is the present week" in console.screen()
        await press(console, "left_square_bracket")
        assert "16 – 22 Nov 2026" in console.screen()
        await press(console, "right_square_bracket")
        assert "23 – 29 Nov 2026, day 3 of 7" in console.screen()


async def test_two_brackets_in_a_row_are_two_weeks_though_the_first_was_not_read_yet() -> None:
    door, answered = DecidingDoor(), asyncio.Event()
    async with at("weekly", door=door) as console:
        weekly = door.answers["weekly"]

        async def late(**options: Any) -> Any:
            await answered.wait()
            return weekly(**options)

        door.answers["weekly"] = late
        await console.press("left_square_bracket", "left_square_bracket")
        answered.set()
        await console.idle()
        assert sent(console, "weekly")[-1] == {"at": datetime(2026, 11, 15, 23, 59, 59, tzinfo=UTC)}
        await press(console, "right_square_bracket")
        assert sent(console, "weekly")[-1] == {"at": datetime(2026, 11, 22, 23, 59, 59, tzinfo=UTC)}
        await press(console, "right_square_bracket")
        assert sent(console, "weekly")[-1] == {"at": None}


def test_stepping_over_the_change_of_clocks_leaves_no_week_out() -> None:
    read, now = Week(), datetime(2026, 11, 4, 12, tzinfo=UTC)
    start = datetime(2026, 11, 2, tzinfo=UTC)
    read.weekly = replace(week(), week_start=start, week_end=start + timedelta(weeks=1))
    ends = []
    for _ in range(3):
        assert read.step(-1, now)
        ends.append(read.at)
    assert ends == [datetime(2026, 11, 1, 23, 59, 59, tzinfo=UTC), datetime(2026, 10, 25, 23, 59, 59, tzinfo=UTC),
                    datetime(2026, 10, 18, 22, 59, 59, tzinfo=UTC)]


@pytest.mark.parametrize("view", ["weekly", "exceptions"])
async def test_news_of_the_daily_do_not_ask_again_but_r_does_and_so_do_minutes(
    view: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with at(view) as console:
        await console.publish(replace(DAILY, version=9))
        await console.idle()
        assert len(sent(console, "weekly")) == 1
        await press(console, "r")
        assert len(sent(console, "weekly")) == 2
        monkeypatch.setattr(rereading, "READ_AGAIN_S", 0.0)
        console.app.view.tick()
        await console.idle()
        assert len(sent(console, "weekly")) >= 3, "each tick asks again by now"


async def test_a_past_week_is_looked_at_only() -> None:
    door = DecidingDoor()
    past = week(EXCEPTIONS, AT - timedelta(days=7), AT.replace(day=16, hour=0, minute=0))
    door.answers["weekly"] = past
    async with at("exceptions", door=door) as console:
        assert "as it ended" in console.screen()
        await press(console, "x")
        assert "decide in the present one" in console.screen()


async def test_a_week_that_cannot_be_read_says_why_and_a_later_failure_keeps_what_was_read() -> None:
    door = DecidingDoor()
    weekly, door.answers["weekly"] = door.answers["weekly"], ConsoleError("The database is locked.")
    async with at("weekly", door=door) as console:
        assert "This could not be shown: the exceptions of the week" in console.screen()
        assert "The database is locked." in console.screen()
        door.answers["weekly"] = weekly
        await press(console, "r")
        assert "trip: signs" in console.screen()
        door.answers["weekly"] = ConsoleError("The database is locked.")
        await press(console, "r")
        assert "NOT READ since 09:30Z" in console.screen()
        assert "trip: signs" in console.screen()


async def test_a_week_without_exceptions_says_so() -> None:
    async with at("weekly", door=DecidingDoor(week(()))) as console:
        assert "Nothing waits for a decision." in console.screen()
        assert console.app.view.selected() is None
        await press(console, "x")
        assert sent(console) == []


async def test_news_moves_neither_the_cursor_nor_the_order() -> None:
    async with at("exceptions", "drift: model") as console:
        await press(console, "j", "j")
        door = console.door
        assert isinstance(door, DecidingDoor)
        door.weekly = week([exception(77, "newcomer", "drift: model", 9_000.0, "Calls another model."), *EXCEPTIONS])
        await press(console, "r")
        assert console.selected() == "14"
        rows = [line for line in console.screen().splitlines() if "Call" in line]
        assert "newcomer" in rows[5]


async def test_a_reading_from_before_a_decision_does_not_bring_the_exception_back() -> None:
    door, answered = DecidingDoor(TEN), asyncio.Event()

    async def late(**options: Any) -> Any:
        await answered.wait()
        return TEN

    async with at("exceptions", door=door) as console:
        weekly = door.answers["weekly"]
        door.answers["weekly"] = late
        await console.press("r")
        door.answers["weekly"] = weekly
        await console.press("x", *"known", "enter")
        answered.set()
        await console.idle()
        assert "9 of 10 open" in console.screen()
