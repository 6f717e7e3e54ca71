"""An error while a view is drawn: the console goes on, the screen is marked as stale, and one report tells of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from tests.support import portfolio
from tests.support.opened import opened


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    return tmp_path / "state"


def broken(version: int) -> Any:
    """A Daily whose first workload has a figure that nobody can draw."""
    daily = portfolio.normal()
    line = replace(daily.workloads[0], month=cast("int", "not a number"))
    return replace(daily, version=version, workloads=(line, *daily.workloads[1:]))


async def test_a_drawing_error_marks_the_screen_and_leaves_one_report(reports: Path) -> None:
    async with opened(portfolio.normal()) as console:
        for version in (2, 3, 4):
            await console.publish(broken(version))
            await console.idle()
        assert "STALE SCREEN" in console.screen()
        assert "Something unexpected went wrong here" in console.screen()
        assert len(list(reports.rglob("*.txt"))) == 1  # noqa: ASYNC240


async def test_the_mark_goes_when_the_screen_was_drawn_whole_again() -> None:
    async with opened(portfolio.normal()) as console:
        await console.publish(broken(2))
        console.app.tick()
        assert "STALE SCREEN" in console.screen()
        await console.publish(replace(portfolio.normal(), version=3))
        assert "STALE SCREEN" not in console.screen()
