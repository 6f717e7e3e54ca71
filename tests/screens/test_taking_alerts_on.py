"""Acknowledge and silence on the screens: what is asked, what is sent, and how it is taken back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest

from console.errors import UsageError
from console.operations.actor import Actor
from console.operations.incidents import Acknowledged
from screens import undo
from tests.support.incidents import AT, DAILY, SLUG, VIEW
from tests.support.opened import Opened, opened
from tests.support.still_door import StillDoor

ARCHITECT = Actor("maria", ("on_call", "token_architect"), "kernel")
DONE = Acknowledged(41, AT, None, None, None, None)


@asynccontextmanager
async def at(view: str, **answers: Any) -> AsyncIterator[Opened]:
    still = StillDoor(ARCHITECT, at=AT)
    still.answers.update(workload=VIEW, acknowledge=DONE, unacknowledge=None, silence=7, expire_silence=None)
    still.answers.update(answers)
    async with opened(DAILY, (80, 24), still) as console:
        console.app.go(view, SLUG)
        await console.idle()
        yield console


def sent(console: Opened, operation: str) -> list[dict[str, Any]]:
    return [options for name, options in console.door.asked if name == operation]


async def silence(console: Opened, *which: str) -> None:
    await console.press("z", *which, "enter", "enter", *"known", "enter")
    await console.idle()


async def test_an_alert_is_acknowledged_for_four_hours_by_default() -> None:
    async with at("alerts") as console:
        await console.press("c", "enter")
        await console.idle()
        assert sent(console, "acknowledge") == [{"alert": 41, "until": AT + timedelta(hours=4)}]
        assert "is acknowledged until 06:41Z" in console.screen()
        assert "takes it back." in console.screen()


async def test_an_acknowledgement_takes_a_time_as_well_as_a_length() -> None:
    async with at("alerts") as console:
        await console.press("c", *"2026-03-05T08:00Z", "enter")
        await console.idle()
        (options,) = sent(console, "acknowledge")
        assert options["until"] == AT.replace(day=5, hour=8, minute=0, second=0)


async def test_an_end_that_is_none_is_refused_where_it_is_typed() -> None:
    async with at("alerts") as console:
        await console.press("c", "ctrl+u", *"soon", "enter")
        assert "Write a length such as 30m" in console.screen()
        await console.press("ctrl+u", *"9d", "enter")
        assert "within 7 days" in console.screen()
        assert sent(console, "acknowledge") == []


async def test_a_silence_is_of_the_one_rule_unless_all_is_chosen() -> None:
    async with at("alerts") as console:
        await console.press("z")
        assert "burn · forecast · all" in console.screen()
        await console.press("escape")
        await silence(console)
        await silence(console, *"all")
        assert [options["rule"] for options in sent(console, "silence")] == ["burn", None]


async def test_a_silence_from_a_workload_is_of_all_its_alerts_unless_a_rule_is_named() -> None:
    async with at("workload") as console:
        await silence(console)
        await silence(console, "f", "tab")
        assert [options["rule"] for options in sent(console, "silence")] == [None, "forecast"]


async def test_a_rule_that_has_no_open_alert_is_refused_where_it_is_typed() -> None:
    async with at("alerts") as console:
        await console.press("z", *"cap", "enter")
        assert "Write one of: burn, forecast, all" in console.screen()


async def test_a_silence_needs_an_end_and_a_reason() -> None:
    async with at("alerts") as console:
        await console.press("z", "enter", "ctrl+u", *"2d", "enter", "enter")
        assert "Say why" in console.screen()
        await console.press(*"known", "enter")
        await console.idle()
        (options,) = sent(console, "silence")
        assert (options["workload"], options["reason"]) == (SLUG, "known")
        assert (options["until"] - AT).days == 2


async def test_an_acknowledgement_is_taken_back_with_one_key_and_only_once() -> None:
    async with at("alerts") as console:
        await console.press("c", "enter")
        await console.idle()
        await console.press("u")
        await console.idle()
        assert sent(console, "unacknowledge") == [{"done": DONE}]
        assert "It was taken back." in console.screen()
        await console.press("u")
        assert "There is nothing to take back" in console.screen()
        assert len(sent(console, "unacknowledge")) == 1


async def test_a_silence_is_taken_back_with_one_key() -> None:
    async with at("alerts") as console:
        await silence(console)
        await console.press("u")
        await console.idle()
        assert sent(console, "expire_silence") == [{"number": 7}]


async def test_after_ten_seconds_nothing_is_taken_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(undo, "UNDO_S", -1.0)
    async with at("alerts") as console:
        await console.press("c", "enter")
        await console.idle()
        await console.press("u")
        assert sent(console, "unacknowledge") == []
        assert "There is nothing to take back" in console.screen()


async def test_what_somebody_changed_meanwhile_is_not_taken_back_and_that_is_said() -> None:
    async with at("alerts", unacknowledge=UsageError("Alert 41 was changed meanwhile.")) as console:
        await console.press("c", "enter")
        await console.idle()
        await console.press("u")
        await console.idle()
        assert "Alert 41 was changed meanwhile." in console.screen()
