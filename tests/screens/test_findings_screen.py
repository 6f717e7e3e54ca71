"""Findings on a terminal: the dearest first with its evidence, the exception a key away, and what cannot be told."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from textual.pilot import Pilot

from console.errors import ConsoleError
from screens.app import ConsoleApp
from screens.columns import findings as columns
from tests.support import findings, portfolio
from tests.support.opened import Opened, opened, settle
from tests.support.still_door import StillDoor, as_door


def door() -> StillDoor:
    still = StillDoor()
    still.answers["findings"] = lambda since: findings.normal()
    return still


@asynccontextmanager
async def at(still: StillDoor) -> AsyncIterator[Opened]:
    async with opened(portfolio.normal(), door=still) as console:
        await console.press("0")
        await console.idle()
        yield console


async def test_what_is_found_comes_dearest_first_and_what_lacks_data_is_a_key_away() -> None:
    still = door()
    async with at(still) as console:
        shown = console.screen()
        assert shown.index("Cached Timestamp") < shown.index("Ungoverned Tool") < shown.index("Silent Downgrade")
        assert "2,052.00 and 1 unknown" in shown
        await console.press("v")
        await console.idle()
        assert "a recorded evaluation" in console.screen()
        await console.press("v")
        await console.idle()
        assert "3.00, like two agents" in console.screen()
        assert "not known" in console.screen()
        await console.press("left_square_bracket")
        await console.idle()
        assert still.asked[-1] == ("findings", {"since": still.clock.now() - timedelta(days=14)})


async def test_a_longer_look_that_fails_leaves_the_week_on_the_screen_under_its_own_name() -> None:
    still = door()
    async with at(still) as console:
        still.answers["findings"] = ConsoleError("The database is locked.")
        await console.press("left_square_bracket")
        await console.idle()
        assert "findings 7 days" in console.screen()
        still.answers["findings"] = lambda since: findings.normal()
        await console.press("left_square_bracket")
        await console.idle()
        assert still.asked[-1] == ("findings", {"since": still.clock.now() - timedelta(days=14)})


def test_a_finding_in_full_has_its_evidence_its_dollars_and_its_verdict() -> None:
    first, second, third = findings.normal().lines
    texts = ["\n".join(str(part) for part in columns.detail(row, 100, lambda at: f"{at:%d %b}"))
             for row in (first, second, third)]
    assert "between 920.00 and 3,680.00" in texts[0]
    assert "session s-17, calls 412" in texts[0]
    assert "the vendor polls" in texts[1]
    assert "unknown" in texts[2]


@pytest.mark.parametrize("size", [(80, 24), (200, 50)], ids=["80x24", "200x50"])
def test_picture(size: tuple[int, int], snap_compare: Callable[..., bool]) -> None:
    async def steps(pilot: Pilot[int]) -> None:
        app = pilot.app
        assert isinstance(app, ConsoleApp)
        app.go("findings")
        await settle(pilot)

    assert snap_compare(ConsoleApp(as_door(door()), portfolio.normal()), terminal_size=size, run_before=steps)
