"""A Charter filled in field by field on a terminal."""

from __future__ import annotations

from console.cadences.form import FieldLine
from console.operations.desk import Desk
from screens.widgets.page import Page
from tests.support.charter_console import SLUG, at_charter, imported, rows, to_field, typed
from tests.support.registered import sign_all
from tests.support.sound_charters import FINANCIAL


async def test_a_field_is_changed_where_it_stands_and_the_comments_survive(desk: Desk) -> None:
    await imported(desk)
    async with at_charter(desk) as console:
        await to_field(console, "half-life months")
        await console.press("enter")
        assert "purpose.half_life_months" in console.screen()
        await typed(console, "15")
        (row,) = rows(desk)
        assert row.text == FINANCIAL.replace("half_life_months = 12", "half_life_months = 15")
        assert "Version 1 is stored." in console.screen()


async def test_the_arrows_step_from_field_to_field(desk: Desk) -> None:
    await imported(desk)
    async with at_charter(desk) as console:
        await console.press("j", "down", "k")
        stop = console.app.query_one("#charter-page", Page).stop
        assert isinstance(stop, FieldLine)
        assert stop.path == ("charter", "decision")


async def test_a_closed_list_offers_its_words_by_tab(desk: Desk) -> None:
    await imported(desk)
    async with at_charter(desk) as console:
        await to_field(console, "authority")
        await console.press("enter")
        assert "advisory · audit · veto" in console.screen()
        await console.press("ctrl+u", "v", "tab", "enter")
        await console.idle()
        assert 'authority = "veto"' in rows(desk)[0].text


async def test_what_cannot_stand_is_said_in_place_and_asked_again(desk: Desk) -> None:
    await imported(desk)
    async with at_charter(desk) as console:
        await to_field(console, "depth cap")
        await console.press("enter")
        await typed(console, "deep")
        assert "depth_cap = 'deep' is not a whole number" in console.screen()
        assert rows(desk)[0].text == FINANCIAL
        await typed(console, "1")
        assert "depth_cap = 1" in rows(desk)[0].text


async def test_what_breaks_a_rule_is_stored_in_a_draft_and_stands_beneath_its_field(desk: Desk) -> None:
    await imported(desk)
    async with at_charter(desk, size=(200, 50)) as console:
        await to_field(console, "half-life")
        await console.press("enter")
        await typed(console, "structural")
        screen = console.screen()
        assert '! half_life_months = 12 does not fit half_life = "structural"' in screen
        assert "structural means 24 months or more · half-life · line 14" in screen
        assert "1 error: nobody signs it" in screen


async def test_a_change_of_the_version_in_force_begins_the_next(desk: Desk) -> None:
    await imported(desk)
    await sign_all(desk, SLUG)
    async with at_charter(desk) as console:
        await to_field(console, "fan-out cap")
        await console.press("enter")
        assert "this begins the next one" in console.screen()
        await typed(console, "3")
        assert "DRAFT version 2 of 2" in console.screen()
        assert [row.state for row in rows(desk)] == ["signed", "draft"]


async def test_what_a_second_console_stored_meanwhile_is_told_and_not_written_over(desk: Desk) -> None:
    await imported(desk)
    async with at_charter(desk) as console:
        await to_field(console, "fan-out cap")
        await console.press("enter")
        await imported(desk, FINANCIAL.replace("claim triaged", "claim settled"))
        await typed(console, "3")
        assert "maria changed version 1" in console.screen()
        assert "claim settled" in rows(desk)[0].text
