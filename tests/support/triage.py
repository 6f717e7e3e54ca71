"""A week's exceptions on a terminal: a console with one of the Weekly's views open, and what it sent."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from tests.support import portfolio
from tests.support.opened import Opened, opened
from tests.support.weekly import AT, DecidingDoor, exception, week

DAILY = replace(portfolio.normal(), at=AT)
TEN = week([exception(number, f"workload-{number:02}", "drift: model", 500.0 - number, f"Calls model {number}.")
            for number in range(1, 11)])


@asynccontextmanager
async def at(view: str, subject: str | None = None, door: DecidingDoor | None = None) -> AsyncIterator[Opened]:
    async with opened(DAILY, (80, 24), door or DecidingDoor()) as console:
        console.app.go(view, subject)
        await console.idle()
        yield console


async def press(console: Opened, *keys: str) -> None:
    """Keys, those after an enter when what it did has come back."""
    waiting: list[str] = []
    for key in keys:
        waiting.append(key)
        if key == "enter":
            await console.press(*waiting)
            await console.idle()
            waiting = []
    if waiting:
        await console.press(*waiting)
        await console.idle()


def sent(console: Opened, operation: str = "decide") -> list[dict[str, Any]]:
    """The options of every request of this operation."""
    return [options for name, options in console.door.asked if name == operation]
