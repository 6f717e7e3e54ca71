"""Pictures of the lab. After a wanted change: pytest --snapshot-update."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from textual.pilot import Pilot

from console.cadences.measured.seen import Measurements
from screens.app import ConsoleApp
from screens.lab import LabView
from tests.screens.test_lab_screen import KNOWN
from tests.support import portfolio
from tests.support.opened import settle
from tests.support.still_door import StillDoor, as_door

Compare = Callable[..., bool]
DOWN = ["down"] * 3
PINS = ["space", "shift+right", "space", "shift+right", "space", "right"]
STATES = {"cascade": [*DOWN, *PINS], "cache": ["right_square_bracket"] * 3, "in-full": [*DOWN, "f", "right"]}


def steps(keys: list[str]) -> Callable[[Pilot[int]], Awaitable[None]]:
    async def run(pilot: Pilot[int]) -> None:
        app = pilot.app
        assert isinstance(app, ConsoleApp)
        app.go("lab", "claims-triage")
        for _ in range(100):
            await settle(pilot)
            if isinstance(app.view, LabView) and app.view.page.stop is not None:
                break
        for key in keys:
            await pilot.press(key)
        await settle(pilot)

    return run


def console(*, ascii_only: bool = False) -> ConsoleApp:
    still = StillDoor()
    still.answers["measurements"] = lambda workload: Measurements(workload, still.clock.now(), KNOWN)
    return ConsoleApp(as_door(still), portfolio.normal(), ascii_only=ascii_only)


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 50)], ids=["80x24", "120x36", "200x50"])
@pytest.mark.parametrize("state", STATES)
def test_picture(state: str, size: tuple[int, int], snap_compare: Compare) -> None:
    assert snap_compare(console(), terminal_size=size, run_before=steps(STATES[state]))


@pytest.mark.parametrize("theme", ["light", "16", "mono"])
def test_picture_in_other_themes(theme: str, snap_compare: Compare, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN_CONSOLE_THEME", theme)
    assert snap_compare(console(), run_before=steps(DOWN))


def test_picture_in_ascii(snap_compare: Compare) -> None:
    assert snap_compare(console(ascii_only=True), run_before=steps(DOWN))
