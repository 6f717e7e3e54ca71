"""Pictures of monthly, quarterly and annual. After a wanted change: pytest --snapshot-update."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from textual.pilot import Pilot

from screens.app import ConsoleApp
from tests.support import monthly, portfolio
from tests.support.cadences import CLOSED, EVERYBODY, HOSTILE, NORMAL, NOTHING, door
from tests.support.opened import press, settle
from tests.support.still_door import as_door

Compare = Callable[..., bool]
SIZES = [(80, 24), (200, 50)]
VIEWS = list(NORMAL)
STATES = {"normal": NORMAL, "hostile": HOSTILE}
DIALOGS: dict[str, tuple[str, list[str]]] = {
    "explain": ("monthly", ["X"]),
    "outcome": ("monthly", ["plus", "enter", *"212", "enter", *"9540", "enter"]),
    "saving": ("monthly", ["dollar_sign"]),
    "end-review": ("quarterly", ["j", "j", "F"]),
    "retire": ("quarterly", ["j", "j", "F", *"ret", "enter", *"over", "enter"]),
    "sign": ("annual", ["i"]),
    "judge": ("annual", ["end", "k", "k", "k", "k", "k", "J"]),
    "monthly-in-full": ("monthly", ["f", "pagedown"]),
}


def console(view: str, value: object) -> ConsoleApp:
    return ConsoleApp(as_door(door(EVERYBODY, answers={view: value})), portfolio.normal())


def steps(view: str, keys: list[str]) -> Callable[[Pilot[int]], Awaitable[None]]:
    async def run(pilot: Pilot[int]) -> None:
        app = pilot.app
        assert isinstance(app, ConsoleApp)
        app.go(view)
        await settle(pilot)
        for key in keys:
            await press(pilot, key)
            await settle(pilot)

    return run


@pytest.mark.parametrize("size", SIZES, ids=["80x24", "200x50"])
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("view", VIEWS)
def test_picture(view: str, state: str, size: tuple[int, int], snap_compare: Compare) -> None:
    assert snap_compare(console(view, STATES[state][view]()), terminal_size=size, run_before=steps(view, []))


@pytest.mark.parametrize("view", VIEWS)
def test_picture_of_a_closed_period(view: str, snap_compare: Compare) -> None:
    assert snap_compare(console(view, CLOSED[view]()), run_before=steps(view, []))


def test_picture_without_a_ledger(snap_compare: Compare) -> None:
    assert snap_compare(console("monthly", monthly.without_ledger()), run_before=steps("monthly", []))


@pytest.mark.parametrize("view", VIEWS)
def test_picture_of_nothing(view: str, snap_compare: Compare) -> None:
    assert snap_compare(console(view, NOTHING[view]()), run_before=steps(view, []))


@pytest.mark.parametrize("name", DIALOGS)
def test_picture_of_a_dialog(name: str, snap_compare: Compare) -> None:
    view, keys = DIALOGS[name]
    assert snap_compare(console(view, NORMAL[view]()), run_before=steps(view, keys))


@pytest.mark.parametrize("view", VIEWS)
def test_picture_without_colours(view: str, snap_compare: Compare, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert snap_compare(console(view, NORMAL[view]()), run_before=steps(view, []))
