"""A Charter on a terminal over the real operations: a console with it open, and what is done there."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from console.cadences.form import FieldLine
from console.operations import registry
from console.operations.actor import Actor
from console.operations.charter import review as charter_review
from console.operations.desk import Desk
from screens.prompt import Field
from screens.widgets.page import Page
from store import registry as store
from store.tables import Charter
from tests.support.charters import edited
from tests.support.desks import ARCHITECT, EVERYTHING
from tests.support.opened import Opened, opened
from tests.support.portfolio import normal
from tests.support.real_door import DeskDoor
from tests.support.registered import sign_all
from tests.support.sound_charters import FINANCIAL

SLUG = "claims-triage"
SECOND = edited(("version = 1", "version = 2"), ('kill_usd = "9300"', 'kill_usd = "12000"'), text=FINANCIAL)


@asynccontextmanager
async def at_charter(desk: Desk, actor: Actor = EVERYTHING, *, size: tuple[int, int] = (80, 24),
                     read_only: bool = False) -> AsyncIterator[Opened]:
    async with opened(normal(), size, DeskDoor(desk, actor, read_only=read_only)) as console:
        console.app.go("charter", SLUG)
        await console.idle()
        yield console


async def imported(desk: Desk, text: str = FINANCIAL) -> None:
    await registry.import_charter(desk, ARCHITECT, text=text, name="charter.toml")


async def amended(desk: Desk) -> None:
    """Version 1 in force, version 2 in review."""
    await imported(desk)
    await sign_all(desk, SLUG)
    await imported(desk, SECOND)
    await charter_review.submit(desk, ARCHITECT, workload=SLUG)


def rows(desk: Desk) -> list[Charter]:
    with desk.database.read() as tx:
        return store.charters(tx, SLUG)


async def until(so: Callable[[], bool], console: Opened) -> None:
    """Wait for it, where something else never ends."""
    for _ in range(100):
        await console.pilot.pause(0.05)
        if so():
            return


async def to_field(console: Opened, label: str) -> None:
    """Put the cursor on the field of this label; that the keys step from one to the next has a test of its own."""
    page = console.app.query_one("#charter-page", Page)
    at = next(at for at, line in enumerate(page._lines)
              if isinstance(line.stop, FieldLine) and line.stop.label.strip() == label)
    page.scroll_to(y=max(0, at - 3), animate=False)
    page._move_to(at)
    await console.pilot.pause()


async def typed(console: Opened, text: str, *, over: bool = True) -> None:
    """Type into the open question, over what stands there, and give the answer."""
    if over:
        await console.press("ctrl+u")
    for each in text:
        console.app.query_one(Field).insert_text_at_cursor(each)
    await console.press("enter")
    await console.idle()


def words(console: Opened) -> str:
    """The screen as running text: a message may be broken over lines."""
    return " ".join(console.screen().split())
