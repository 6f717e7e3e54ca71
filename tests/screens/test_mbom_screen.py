"""The MBOM on a terminal, over the real operations: the table, an entry as a form, its text in an editor."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path

import pytest
from textual.pilot import Pilot

from console.cadences.form import FieldLine
from console.cadences.mbom import MbomTable
from console.operations import registry
from console.operations.actor import Actor
from console.operations.desk import Desk
from console.operations.mbom import form as mbom_form
from screens.actions import BY_ID, why_not
from screens.app import ConsoleApp
from screens.columns.column import place
from screens.columns.mbom import columns
from screens.prompt import Field
from screens.widgets.page import Page
from store import registry as store
from tests.support.desks import ARCHITECT, EVERYTHING, FINANCE, NOON, open_desk
from tests.support.editors import editor_that
from tests.support.mbom import SUPPORT, WHOLE
from tests.support.opened import Opened, opened, press, settle
from tests.support.portfolio import normal
from tests.support.real_door import DeskDoor
from tests.support.still_door import StillDoor, as_door

SLUG = "claims-triage"
Compare = Callable[..., bool]
HOSTILE = """
[[workload]]
slug = "hostile"
name = "[bold]evil\\u00a0\\u0301\\u0301[2J" # a name that would like to steer a terminal
business_owner = "=cmd|' /C calc'!A1"
team = "тим тим тим тим тим тим тим тим тим тим тим"
"""


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    with open_desk(tmp_path) as made:
        await registry.import_mbom(made, ARCHITECT, text=WHOLE + SUPPORT + HOSTILE, name="mbom.toml")
        yield made


@asynccontextmanager
async def at(desk: Desk, view: str, subject: str | None = None, *, actor: Actor = EVERYTHING,
             size: tuple[int, int] = (80, 24), read_only: bool = False) -> AsyncIterator[Opened]:
    async with opened(normal(), size, DeskDoor(desk, actor, read_only=read_only)) as console:
        console.app.go(view, subject)
        await console.idle()
        yield console


def entry(desk: Desk) -> dict[str, object]:
    with desk.database.read() as tx:
        row = store.workload(tx, SLUG)
        assert row is not None
        return row.entry


async def to_field(console: Opened, path: str) -> None:
    page = console.app.query_one("#mbom_entry-page", Page)
    lines = page._lines
    at = next(at for at, line in enumerate(lines) if isinstance(line.stop, FieldLine) and line.stop.path == (path,))
    page.scroll_to(y=max(0, at - 3), animate=False)
    page._move_to(at)
    await console.pilot.pause()


async def typed(console: Opened, text: str) -> None:
    await console.press("ctrl+u")
    console.app.query_one(Field).insert_text_at_cursor(text)
    await console.press("enter")
    await console.idle()


async def test_7_shows_every_entry_and_enter_opens_one_and_esc_leads_back(desk: Desk) -> None:
    async with opened(normal(), door=DeskDoor(desk, EVERYTHING)) as console:
        await console.press("7")
        await console.idle()
        assert "3 entries: 3 live; 3 without a Charter in force" in console.screen()
        await console.press("enter")
        await console.idle()
        assert "IDENTITY" in console.screen()
        assert "MBOM › claims-triage" in console.screen()
        await console.press("escape")
        await console.idle()
        assert console.app.view.NAME == "mbom"


async def test_7_selects_the_workload_that_was_selected_where_it_is_pressed(desk: Desk) -> None:
    async with opened(normal(), door=DeskDoor(desk, EVERYTHING)) as console:
        console.app.go("mbom", "support-bot")
        await console.idle()
        assert console.selected() == "support-bot"


@pytest.mark.parametrize("width", [80, 100, 120, 140])
def test_who_answers_and_what_holds_it_are_whole_before_the_name_is_said_a_second_time(width: int) -> None:
    whole = {"WORKLOAD": 22, "NAME": 22, "OWNER": 15, "LEAD": 15, "CHARTER": 14, "CELL": 15}
    widths = {placed.column.title: placed.width for placed in place(columns(), width, whole)}
    cut = {title for title in ("OWNER", "CHARTER") if widths[title] < whole[title]}
    assert not cut or "NAME" not in widths


async def test_it_is_filtered_by_what_is_missing(desk: Desk) -> None:
    async with at(desk, "mbom") as console:
        await console.press("slash", *"support", "enter")
        assert "1 of 3 entries" in console.screen()


async def test_a_field_is_changed_where_it_stands_and_the_change_is_in_the_history(desk: Desk) -> None:
    async with at(desk, "mbom_entry", SLUG, size=(200, 50)) as console:
        await to_field(console, "team")
        await console.press("enter")
        assert "claims-triage · team" in console.screen()
        await typed(console, "Motor")
        assert entry(desk)["team"] == "Motor"
        assert "solo team: Claims → Motor" in " ".join(console.screen().split())


async def test_a_closed_list_and_what_would_leave_the_entry_unsound(desk: Desk) -> None:
    async with at(desk, "mbom_entry", SLUG) as console:
        await to_field(console, "status")
        await console.press("enter")
        assert "paused · retired · planned" in console.screen()
        await typed(console, "gone")
        assert "is not one of the choices" in " ".join(console.screen().split())
        await typed(console, "retired")
        assert entry(desk)["status"] == "retired"
        assert "status                  retired" in console.screen()


async def test_e_opens_the_entry_in_the_editor_until_it_is_sound(
        desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(ConsoleApp, "suspend", lambda app: nullcontext())
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", editor_that(
        tmp_path, "sed -i 's/depth_cap = 2/depth_cap = \"x\"/' \"$1\"",
        "sed -i 's/depth_cap = \"x\"/depth_cap = 1/' \"$1\""))
    async with at(desk, "mbom") as console:
        await console.press("e")
        await console.idle()
        assert "depth_cap = 'x' is not a whole number" in console.screen()
        assert "again or drop" in console.screen()
        await console.press("enter")
        await console.idle()
        assert entry(desk)["depth_cap"] == 1
        assert "claims-triage is changed." in console.screen()


@pytest.mark.parametrize("action", ["change_entry", "edit_entry"])
def test_who_may_not_change_it_is_told_who_may(action: str) -> None:
    said = why_not(BY_ID[action], view="mbom_entry", kind="registered", actor=FINANCE, read_only=False)
    assert "takes one of the roles token architect" in (said or "")


async def test_a_read_only_console_shows_it_and_changes_nothing(desk: Desk) -> None:
    async with at(desk, "mbom_entry", SLUG, read_only=True) as console:
        await to_field(console, "team")
        await console.press("enter")
        assert "read-only" in console.screen()


PICTURES = {"list": ("mbom", None, []), "entry": ("mbom_entry", SLUG, ["j", "j"]),
            "hostile": ("mbom_entry", "hostile", [])}


@pytest.mark.parametrize("size", [(80, 24), (200, 50)], ids=["80x24", "200x50"])
@pytest.mark.parametrize("name", PICTURES)
def test_picture(name: str, size: tuple[int, int], snap_compare: Compare, answers: dict[str, object]) -> None:
    view, subject, keys = PICTURES[name]
    still = StillDoor(EVERYTHING)
    still.answers.update(answers)

    async def run(pilot: Pilot[int]) -> None:
        assert isinstance(pilot.app, ConsoleApp)
        pilot.app.go(view, subject)
        await settle(pilot)
        await press(pilot, *keys)
        await settle(pilot)

    assert snap_compare(ConsoleApp(as_door(still), normal()), terminal_size=size, run_before=run)


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """What the real operations say; the pictures draw that."""

    async def read() -> dict[str, object]:
        with open_desk(tmp_path_factory.mktemp("mbom")) as desk:
            await registry.import_mbom(desk, ARCHITECT, text=WHOLE + SUPPORT + HOSTILE, name="mbom.toml")
            forms = {slug: await mbom_form.mbom_form(desk, ARCHITECT, slug=slug) for slug in (SLUG, "hostile")}
            table = await mbom_form.mbom_table(desk, ARCHITECT)
        return {"mbom_table": table, "mbom_form": lambda slug: forms[slug]}

    return asyncio.run(read())


async def test_nothing_is_selected_once_the_mbom_is_empty(desk: Desk) -> None:
    async with at(desk, "mbom") as console:
        assert console.app.view.selected() is not None
        console.door.answers["mbom_table"] = MbomTable(NOON, ())
        console.app.view.open(None)
        await console.idle()
        assert "The MBOM is empty." in console.screen()
        assert console.app.view.selected() is None
