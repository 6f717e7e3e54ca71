"""The matrix on a terminal: moving about in it, opening a cell, and what it does with little room."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from console.errors import ConsoleError
from screens.columns import tram as columns
from tests.support import portfolio, tram
from tests.support.opened import Opened, opened
from tests.support.still_door import StillDoor

VIEW = tram.view()


@asynccontextmanager
async def matrix(answer: Any = VIEW, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Opened]:
    still = StillDoor()
    still.answers.update(matrix=answer, workload=ConsoleError("not here"))
    async with opened(portfolio.normal(), size, still) as console:
        await console.press("6")
        await console.idle()
        yield console


@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
async def test_the_matrix_shows_who_stands_where_and_what_the_cell_permits(size: tuple[int, int]) -> None:
    async with matrix(size=size) as console:
        screen = console.screen()
        assert "16 workloads, $27,474 in November so far · 2 without a cell · 2 mismatched" in screen
        assert "fraud-screening" in screen
        assert "no extended thinking · depth to 2 · fan-out to 4" in screen
        assert "every output, post-issue pre-action, override" in screen


@pytest.mark.parametrize(("keys", "where"), [
    ("l", "low x medium"),
    ("right j", "medium x medium"),
    ("down down l l", "high x high"),
    ("h k", "low x low"),
    ("l l l l", "low x high"),
    ("G", "without a cell"),
    ("G g", "low x low"),
])
async def test_the_keys_move_from_cell_to_cell_and_stop_at_the_edge(keys: str, where: str) -> None:
    async with matrix() as console:
        await console.press(*keys.split())
        assert console.selected() == where


async def test_the_panel_follows_the_cursor() -> None:
    async with matrix() as console:
        await console.press("j", "j", "l", "l")
        assert "cost variance high, output variance high  2 workloads, $6,252.38 this month" in console.screen()
        assert "extended thinking · depth to 4 · fan-out to 16" in console.screen()


async def test_enter_opens_a_cell_and_there_a_workload_and_the_way_back_leads_to_both() -> None:
    async with matrix() as console:
        await console.press("j", "l", "enter")
        await console.idle()
        assert console.app.view.NAME == "tram_cell"
        assert "the MBOM says low x medium" in console.screen()
        assert "extended thinking · depth to 3" in console.screen()
        await console.press("j", "enter")
        await console.idle()
        assert (console.app.view.NAME, console.app.view.crumb()) == ("workload", "email-drafts")
        await console.press("q")
        await console.idle()
        assert console.selected() == "email-drafts"
        await console.press("q")
        await console.idle()
        assert console.selected() == "medium x medium"


async def test_those_without_a_cell_are_listed_with_why() -> None:
    async with matrix() as console:
        await console.press("G", "enter")
        await console.idle()
        assert "it has no Charter in force, and its MBOM entry states no cell" in console.screen()
        await console.press("j")
        assert "the matrix has no cell low x extreme" in console.screen()


async def test_a_cell_where_nobody_stands_says_so() -> None:
    async with matrix() as console:
        await console.press("j", "enter")
        await console.idle()
        assert "Nobody stands in medium x low." in console.screen()


async def test_six_on_a_workload_leads_to_its_cell() -> None:
    async with matrix() as console:
        await console.press("1")
        console.table.select("code-assistant")
        await console.press("6")
        await console.idle()
        assert console.selected() == "high x medium"


async def test_a_matrix_that_cannot_be_read_says_why() -> None:
    async with matrix(ConsoleError("The database is locked.")) as console:
        assert "This could not be shown: the matrix" in console.screen()
        assert "The database is locked." in console.screen()


async def test_in_a_small_pane_rows_leave_and_the_cursor_stays_in_sight() -> None:
    async with matrix(size=(60, 15)) as console:
        assert "+1" in console.screen()
        await console.press("j", "j")
        assert console.selected() == "high x low"
        assert " high " in console.screen()


def test_a_matrix_of_eight_columns_shows_those_about_the_cursor() -> None:
    names = tuple(f"step-{number}" for number in range(8))
    wide = replace(VIEW, columns=names, cells=tuple(
        replace(cell, cost_variance=row, output_variance=name) for cell in VIEW.cells[:1] for row in VIEW.rows
        for name in names))
    drawn = columns.picture(wide, 60, 18, (0, 7))
    assert (0, 7) in drawn.boxes
    assert "step-7" in drawn.lines[0].text()
    assert "step-0" not in drawn.lines[0].text()
    assert len(drawn.lines) <= 18
    assert all(len(one.text()) <= 60 for one in drawn.lines)


@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
async def test_hostile_names_are_shown_harmless(size: tuple[int, int]) -> None:
    async with matrix(tram.hostile(), size) as console:
        assert "\x1b" not in console.screen()
        await console.press("enter")
        await console.idle()
        assert "\x1b" not in console.screen()
        assert "\u202e" not in console.screen()
