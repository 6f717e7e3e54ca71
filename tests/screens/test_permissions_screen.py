"""Who may do what, on a terminal."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from textual.pilot import Pilot

from screens.app import ConsoleApp
from tests.support.opened import opened, press, settle
from tests.support.permission_table import table_for
from tests.support.portfolio import normal
from tests.support.still_door import MARIA, StillDoor, as_door

Compare = Callable[..., bool]
HOSTILE = ("[bold red]root[/]\x1b[2J", "=cmd|' /C calc'!A1", "ключ\u202e" * 40)


def door(on_call: tuple[str, ...] = ("maria", "otto")) -> StillDoor:
    still = StillDoor()
    still.answers["permissions"] = table_for(MARIA, on_call)
    return still


async def test_it_shows_every_command_and_whose_it_is() -> None:
    async with opened(normal(), (200, 50), door()) as console:
        console.app.go("permissions")
        await console.idle()
        screen = console.screen()
        assert "maria holds on call, token architect" in screen
        assert "end a version for good" in screen
        assert "risk officer    nobody" in screen


async def test_all_six_roles_that_carry_something_fit_at_80_cells() -> None:
    async with opened(normal(), door=door()) as console:
        console.app.go("permissions")
        await console.idle()
        row = next(line for line in console.screen().splitlines() if " kill " in line)
        assert row.split()[:8] == ["may", "kill", "YES", "YES", "yes", "yes", "·", "·"]


@pytest.mark.parametrize("size", [(80, 24), (200, 50)], ids=["80x24", "200x50"])
@pytest.mark.parametrize("state", ["plain", "hostile"])
def test_picture(snap_compare: Compare, state: str, size: tuple[int, int]) -> None:
    still = door(HOSTILE) if state == "hostile" else door()

    async def run(pilot: Pilot[int]) -> None:
        assert isinstance(pilot.app, ConsoleApp)
        pilot.app.go("permissions")
        await settle(pilot)
        if state == "hostile":
            await press(pilot, "end")

    assert snap_compare(ConsoleApp(as_door(still), normal()), terminal_size=size, run_before=run)
