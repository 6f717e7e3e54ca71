"""The residue on a terminal: nobody's spend first, then metered against billed, each way a key further."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from textual.pilot import Pilot

from screens.app import ConsoleApp
from tests.support import portfolio, residue
from tests.support.opened import Opened, opened, press, settle
from tests.support.still_door import StillDoor, as_door


def door() -> StillDoor:
    still = StillDoor()
    still.answers["residue"] = lambda month: residue.normal(month or "2026-11")
    return still


@asynccontextmanager
async def at(still: StillDoor | None = None) -> AsyncIterator[Opened]:
    async with opened(portfolio.normal(), door=still or door()) as console:
        await console.press("8")
        await console.idle()
        yield console


async def test_what_nobody_claims_comes_first_with_the_rule_that_would_claim_it() -> None:
    async with at() as console:
        shown = console.screen()
        assert "what no workload claims" in shown
        assert "apikey_stray" in shown
        assert "nobody's 412.50" in shown
        await console.press("f")
        await console.idle()
        assert 'usage = [{ source = "anthropic", api_key_id = "apikey_stray" }]' in console.screen()
        assert "\x1b]52" not in console.screen()


async def test_v_steps_through_the_ways_and_comes_back() -> None:
    async with at() as console:
        seen = []
        for _ in range(5):
            await console.press("v")
            await console.idle()
            seen.append(next(way for way in ("by key", "by model", "by day", "by source", "what no workload claims")
                             if way in console.screen()))
        assert seen == ["by key", "by model", "by day", "by source", "what no workload claims"]


async def test_a_bill_that_is_not_told_is_unknown_and_never_zero() -> None:
    async with at() as console:
        await console.press("v")
        await console.idle()
        [row] = [line for line in console.screen().splitlines() if "openai" in line and "several" in line]
        assert "?" in row
        assert "0.00" not in row.replace("90.00", "")


async def test_brackets_step_through_the_months() -> None:
    still = door()
    async with at(still) as console:
        await console.press("left_square_bracket")
        await console.idle()
        assert "October 2026" in console.screen()
        assert still.asked[-1] == ("residue", {"month": "2026-10"})


async def test_where_every_dollar_has_a_workload_it_says_so() -> None:
    still = door()
    still.answers["residue"] = lambda month: replace(residue.normal(), unclaimed_lines=(), unclaimed=0)
    async with at(still) as console:
        assert "Every dollar of this month has a workload." in console.screen()
        await console.press("v")
        await console.idle()
        assert "apikey_claims" in console.screen()


@pytest.mark.parametrize("size", [(80, 24), (200, 50)], ids=["80x24", "200x50"])
@pytest.mark.parametrize("keys", [(), ("v",)], ids=["unclaimed", "by-key"])
def test_picture(keys: tuple[str, ...], size: tuple[int, int], snap_compare: Callable[..., bool]) -> None:
    async def steps(pilot: Pilot[int]) -> None:
        app = pilot.app
        assert isinstance(app, ConsoleApp)
        app.go("residue")
        await settle(pilot)
        for key in keys:
            await press(pilot, key)
            await settle(pilot)

    assert snap_compare(ConsoleApp(as_door(door()), portfolio.normal()), terminal_size=size, run_before=steps)
