"""A console under test: the real app on a terminal of a given size, with a door that a test answers for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from textual.pilot import Pilot

from console.cadences.daily import Daily
from screens.app import ConsoleApp
from screens.widgets.live_table import LiveTable
from tests.support.still_door import StillDoor, as_door

WAIT_FOR_A_PERSON = ("dialog", "filter", "sort", "palette", "leave")
"""Workers that end when somebody answers."""


async def settle(pilot: Pilot[int]) -> None:
    """Wait until nothing works but what waits for a person."""
    for _ in range(200):
        await pilot.pause()
        working = [worker for worker in pilot.app.workers if worker.group not in WAIT_FOR_A_PERSON]
        if not any(worker.is_running for worker in working):
            break
        await asyncio.sleep(0.01)
    await pilot.pause()


class Opened:
    """A console under test: its app, its door, its pilot."""

    def __init__(self, app: ConsoleApp, door: StillDoor, pilot: Pilot[int]) -> None:
        self.app, self.door, self.pilot = app, door, pilot

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def idle(self) -> None:
        """Until what runs off the loop (charts, answers of the door) is on the screen; questions stay open."""
        await settle(self.pilot)

    async def publish(self, daily: Daily) -> None:
        self.door.publish(daily)
        await self.pilot.pause()

    def screen(self) -> str:
        """What is on the screen, line by line."""
        strips = self.app.screen._compositor.render_strips()
        return "\n".join(strip.text.rstrip() for strip in strips)

    @property
    def table(self) -> LiveTable[object]:
        table = self.app.table
        assert table is not None
        return table

    def selected(self) -> str | None:
        selection = self.app.view.selected()
        return selection.id if selection else None


@asynccontextmanager
async def opened(
    first: Daily | None, size: tuple[int, int] = (80, 24), door: StillDoor | None = None
) -> AsyncIterator[Opened]:
    door = door or StillDoor()
    app = ConsoleApp(as_door(door), first)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield Opened(app, door, pilot)
