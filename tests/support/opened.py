"""A console under test: the real app on a terminal of a given size, with a door that a test answers for."""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from textual import events
from textual.keys import REPLACED_KEYS, _character_to_key, _get_unicode_name_from_key
from textual.pilot import Pilot

from console.cadences.daily import Daily
from screens.app import ConsoleApp
from screens.widgets.live_table import LiveTable
from tests.support.still_door import StillDoor, as_door

WAIT_FOR_A_PERSON = ("dialog", "filter", "sort", "palette", "leave")
"""Workers that end when somebody answers."""


async def settle(pilot: Pilot[int]) -> None:
    """Wait until nothing works but what waits for a person."""
    await pilot.pause()
    for _ in range(200):
        working = [worker for worker in pilot.app.workers if worker.group not in WAIT_FOR_A_PERSON]
        if not any(worker.is_running for worker in working):
            return
        await asyncio.sleep(0.01)
        await pilot.pause()


async def press(pilot: Pilot[int], *keys: str) -> None:
    """Keys as a fast hand sends them, each once the one before it was taken in. The pilot's own way waits 60 ms after
    each."""
    driver = pilot.app._driver
    assert driver is not None
    for key in keys:
        event = events.Key(_named(key), _character(key))
        event.set_sender(pilot.app)
        driver.send_message(event)
        await pilot._wait_for_screen()
        pilot.app.screen._on_timer_update()  # laid out and painted, as it is before a person's next key


class Opened:
    """A console under test: its app, its door, its pilot."""

    def __init__(self, app: ConsoleApp, door: StillDoor, pilot: Pilot[int]) -> None:
        self.app, self.door, self.pilot = app, door, pilot

    async def press(self, *keys: str) -> None:
        await press(self.pilot, *keys)
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


def _named(key: str) -> str:
    """A key as the framework names it."""
    return _character_to_key(key) if len(key) == 1 and not key.isalnum() else key


def _character(key: str) -> str | None:
    """What the key writes; None for one that writes nothing."""
    if len(key) == 1:
        return key
    try:
        return unicodedata.lookup(_get_unicode_name_from_key(REPLACED_KEYS.get(key, key)))
    except KeyError:
        return None


@asynccontextmanager
async def opened(
    first: Daily | None, size: tuple[int, int] = (80, 24), door: StillDoor | None = None
) -> AsyncIterator[Opened]:
    door = door or StillDoor()
    app = ConsoleApp(as_door(door), first)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield Opened(app, door, pilot)
