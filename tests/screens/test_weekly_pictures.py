"""Pictures of the Weekly, its exceptions and the matrix, small and large. After a wanted change: --snapshot-update."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from textual.pilot import Pilot

from screens.app import ConsoleApp
from tests.support import portfolio, tram
from tests.support.opened import press, settle
from tests.support.still_door import as_door
from tests.support.weekly import AT, DecidingDoor, hostile, week

Compare = Callable[..., bool]
SMALL, LARGE = (80, 24), (200, 50)
NORMAL = portfolio.normal()
DAILY = replace(NORMAL, at=AT, sources=(replace(NORMAL.sources[0], data_until=AT - timedelta(minutes=5)),))
KNOWN = [*"a trial", "enter"]

PICTURES: dict[str, tuple[str, str | None, list[str]]] = {
    "weekly": ("weekly", None, ["j"]),
    "weekly-question": ("weekly", None, ["j", "b", "enter"]),
    "weekly-midway": ("weekly", None, ["w", *KNOWN]),
    "exceptions": ("exceptions", "drift: model", []),
    "exceptions-midway": ("exceptions", None, ["x", *KNOWN, "b", "enter", *KNOWN, "E", *KNOWN]),
    "exceptions-marked": ("exceptions", "drift: model", ["space", "j", "space", "w"]),
    "tram": ("tram", None, ["j", "l"]),
    "tram-cell": ("tram_cell", "medium x medium", ["j"]),
}
HOSTILE = ("weekly", "exceptions", "tram")


def console(door: DecidingDoor) -> ConsoleApp:
    door.answers.setdefault("matrix", tram.view())
    return ConsoleApp(as_door(door), DAILY)


def steps(view: str, subject: str | None, keys: list[str]) -> Callable[[Pilot[int]], Awaitable[None]]:
    async def run(pilot: Pilot[int]) -> None:
        app = pilot.app
        assert isinstance(app, ConsoleApp)
        app.go(view, subject)
        await settle(pilot)
        for key in keys:
            await press(pilot, key)
            if key == "enter":
                await settle(pilot)
        await settle(pilot)

    return run


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "200x50"])
@pytest.mark.parametrize("name", PICTURES)
def test_picture(name: str, size: tuple[int, int], snap_compare: Compare) -> None:
    assert snap_compare(console(DecidingDoor()), terminal_size=size, run_before=steps(*PICTURES[name]))


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names(name: str, snap_compare: Compare) -> None:
    door = DecidingDoor(hostile())
    door.answers["matrix"] = tram.hostile()
    assert snap_compare(console(door), terminal_size=SMALL, run_before=steps(name, None, []))


def test_nothing_waits(snap_compare: Compare) -> None:
    assert snap_compare(console(DecidingDoor(week(()))), terminal_size=SMALL, run_before=steps("weekly", None, []))


@pytest.mark.parametrize("name", ["exceptions-marked", "tram"])
def test_picture_without_colour(name: str, snap_compare: Compare, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert snap_compare(console(DecidingDoor()), terminal_size=SMALL, run_before=steps(*PICTURES[name]))
