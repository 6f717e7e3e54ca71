"""Pictures of the Daily and what lies over it, at both sizes and in every state."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from console.cadences.daily import Daily
from screens.app import ConsoleApp
from tests.support import portfolio
from tests.support.still_door import StillDoor, as_door

SIZES = ((80, 24), (200, 50))
Compare = Callable[..., bool]


def picture(
    snap_compare: Compare, daily: Daily | None, size: tuple[int, int], *keys: str, read_only: bool = False
) -> bool:
    app = ConsoleApp(as_door(StillDoor(read_only=read_only)), daily)
    return snap_compare(app, terminal_size=size, press=keys)


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("state", ["normal", "stale", "empty", "hostile"])
def test_daily(snap_compare: Compare, state: str, size: tuple[int, int]) -> None:
    assert picture(snap_compare, getattr(portfolio, state)(), size)


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_daily_before_the_first_snapshot(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert picture(snap_compare, None, size)


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_daily_without_colour(snap_compare: Compare, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert picture(snap_compare, portfolio.normal(), size)


@pytest.mark.parametrize("theme", ["light", "16"])
def test_daily_in_other_themes(snap_compare: Compare, monkeypatch: pytest.MonkeyPatch, theme: str) -> None:
    monkeypatch.setenv("TOKEN_CONSOLE_THEME", theme)
    assert picture(snap_compare, portfolio.normal(), SIZES[0])


@pytest.mark.parametrize("size", [(60, 15), (45, 11)], ids=str)
def test_daily_in_a_small_pane(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert picture(snap_compare, portfolio.normal(), size)


def test_simulated_and_read_only(snap_compare: Compare) -> None:
    assert picture(snap_compare, replace(portfolio.normal(), simulated=True), SIZES[0], read_only=True)


def test_filtered(snap_compare: Compare) -> None:
    assert picture(snap_compare, portfolio.normal(), SIZES[0], "slash", *"claims", "enter")


def test_the_command_line(snap_compare: Compare) -> None:
    assert picture(snap_compare, portfolio.normal(), SIZES[0], "colon", "a")


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_help(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert picture(snap_compare, portfolio.normal(), size, "question_mark")
