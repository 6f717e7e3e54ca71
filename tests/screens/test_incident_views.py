"""Workload, alerts, trip sheet and audit on a terminal: what an engineer sees and presses during an incident."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from console.errors import ConsoleError
from screens.view import Selection
from screens.widgets.page import Page
from tests.support import incidents
from tests.support.audit_lines import AUDIT, BROKEN, INTACT
from tests.support.incidents import (
    AT,
    DAILY,
    HOSTILE_VIEW,
    INTENT,
    SETTLED_SHEET,
    SHEET,
    SLUG,
    VIEW,
)
from tests.support.opened import Opened, opened
from tests.support.still_door import StillDoor

SIZES = [(80, 24), (200, 50)]


def door() -> StillDoor:
    still = StillDoor(at=AT)
    still.answers.update(workload=VIEW, trip_sheet=SHEET, audit=list(AUDIT), verify_audit=INTACT)
    return still


@asynccontextmanager
async def at(
    view: str, subject: str | None = None, *, size: tuple[int, int] = (80, 24), still: StillDoor | None = None
) -> AsyncIterator[Opened]:
    async with opened(DAILY, size, still or door()) as console:
        console.app.go(view, subject)
        await console.idle()
        yield console


def selection(console: Opened) -> Selection:
    found = console.app.view.selected()
    assert found is not None
    return found


# Workload.


@pytest.mark.parametrize("size", SIZES)
async def test_a_workload_shows_state_money_and_a_chart_at_once(size: tuple[int, int]) -> None:
    async with at("workload", SLUG, size=size) as console:
        screen = console.screen()
        assert "RUNAWAY" in screen
        assert "1,204.18" in screen
        assert "SPEND IN 3 MINUTES" in screen
        assert "kills with another sign" in screen
        assert "█" in screen
        assert ("SPEND BY DAY" in screen) == (size[0] == 200)
        assert ("owner Amara Okafor") in screen


async def test_what_the_daily_knows_is_on_screen_before_the_rest_has_been_read() -> None:
    still, answered = door(), asyncio.Event()

    async def late(**options: object) -> object:
        await answered.wait()
        return VIEW

    still.answers["workload"] = late
    async with opened(DAILY, door=still) as console:
        console.app.go("workload", SLUG)
        await console.pilot.pause()
        assert "1,204.18" in console.screen()
        assert "loading… its Charter" in console.screen()
        assert selection(console).id == SLUG
        answered.set()
        await console.idle()
        assert "loading…" not in console.screen()


async def test_a_failure_keeps_the_figures_and_says_what_failed() -> None:
    still = door()
    still.answers["workload"] = ConsoleError("The database is locked by another process.")
    async with at("workload", SLUG, still=still) as console:
        assert "The database is locked by another process." in console.screen()
        assert "1,204.18" in console.screen()


async def test_an_unknown_workload_is_explained() -> None:
    still = door()
    still.answers["workload"] = ConsoleError("The MBOM has no workload 'nobody'.")
    async with at("workload", "nobody", still=still) as console:
        assert "The MBOM has no workload 'nobody'." in console.screen()
        assert console.app.view.selected() is None


async def test_the_brackets_change_the_chart() -> None:
    async with at("workload", SLUG) as console:
        await console.press("right_square_bracket")
        await console.idle()
        assert "SPEND BY HOUR" in console.screen()
        assert "2/4" in console.screen()
        await console.press("left_square_bracket", "left_square_bracket")
        await console.idle()
        assert "SPEND BY DAY" in console.screen()


async def test_the_cursor_stops_at_alerts_and_enter_opens_them() -> None:
    async with at("workload", SLUG) as console:
        assert selection(console).kind == "workload"
        await console.press("j", "j")
        assert (selection(console).kind, selection(console).id) == ("alert", "42")
        assert selection(console).workload == SLUG
        await console.press("enter")
        assert console.app.view.NAME == "alerts"
        assert selection(console).id == "42"


async def test_what_is_scrolled_out_of_sight_is_not_selected() -> None:
    async with at("workload", SLUG) as console:
        await console.press("j", "end")
        assert selection(console).kind == "workload"
        await console.press("k")
        assert selection(console).kind == "intent"


async def test_an_intent_opens_its_own_trip_sheet() -> None:
    async with at("workload", SLUG) as console:
        await console.press("end", "k", "k", "enter")
        await console.idle()
        assert console.app.view.NAME == "trip_sheet"
        assert console.door.asked[-1] == ("trip_sheet", {"intent": INTENT})


async def test_news_does_not_scroll_the_page_or_move_the_cursor() -> None:
    async with at("workload", SLUG) as console:
        await console.press("j", "j")
        page = console.app.query_one(Page)
        console.door.answers["workload"] = replace(VIEW, alerts=(incidents.ALERTS[2], *VIEW.alerts))
        await console.publish(replace(DAILY, version=8))
        await console.idle()
        assert selection(console).id == "42"
        assert page.scroll_y == 0


@pytest.mark.parametrize("size", SIZES)
async def test_hostile_names_are_shown_harmless(size: tuple[int, int]) -> None:
    still = door()
    still.answers["workload"] = HOSTILE_VIEW
    async with at("workload", SLUG, size=size, still=still) as console:
        for _ in range(6):
            screen = console.screen()
            assert "\x1b" not in screen
            assert "\u202e" not in screen
            await console.press("pagedown")
        assert "[@click=app.quit]x[/]" in screen


async def test_a_resize_draws_the_charts_again_for_the_new_size() -> None:
    async with at("workload", SLUG) as console:
        await console.pilot.resize_terminal(200, 50)
        await console.idle()
        assert "SPEND BY DAY" in console.screen()
        assert "drawing…" not in console.screen()
        await console.pilot.resize_terminal(60, 15)
        await console.idle()
        assert "RUNAWAY" in console.screen()


# Alerts.


@pytest.mark.parametrize("size", SIZES)
async def test_alerts_are_listed_by_urgency_with_the_selected_one_in_full(size: tuple[int, int]) -> None:
    async with at("alerts", size=size) as console:
        screen = console.screen()
        assert screen.index("critical") < screen.index("warning")
        assert "kill threshold: 4000.00 USD a month" in screen
        assert "what to do" in screen
        await console.press("j")
        assert "invoice-intake  blindness" in console.screen()


async def test_the_heading_says_how_many_are_critical() -> None:
    async with at("alerts") as console:
        assert "4 alerts: 1 critical, 2 error, 1 warning firing" in console.screen()
        await console.publish(replace(DAILY, alerts=(replace(incidents.ALERT, state="pending"),)))
        assert "1 alert: 1 pending" in console.screen()


async def test_alerts_open_at_the_most_urgent_whatever_workload_is_selected() -> None:
    async with opened(DAILY, (80, 24), door()) as console:
        await console.press("end", "a")
        await console.idle()
        assert console.app.view.NAME == "alerts"
        assert console.selected() == "41"


async def test_an_audit_entry_of_the_same_number_is_not_taken_for_an_alert() -> None:
    still = door()
    still.answers["audit"] = [replace(AUDIT[0], seq=42)]
    async with at("audit", still=still) as console:
        assert console.selected() == "42"
        await console.press("a")
        await console.idle()
        assert console.selected() == "41"


async def test_alerts_open_at_the_alert_that_is_selected_on_a_workloads_page() -> None:
    async with at("workload", SLUG) as console:
        await console.press("j", "j")
        assert console.selected() == "42"
        await console.press("a")
        await console.idle()
        assert console.selected() == "42"


async def test_the_way_back_leads_to_the_alert_that_one_left_and_the_key_to_the_most_urgent() -> None:
    async with at("alerts") as console:
        await console.press("j", "j", "enter")
        await console.idle()
        assert console.app.view.NAME == "workload"
        await console.press("q")
        assert (console.app.view.NAME, console.selected()) == ("alerts", "42")
        await console.publish(replace(DAILY, version=8))
        assert console.selected() == "42"
        await console.press("1", "a")
        assert console.selected() == "41"


async def test_what_people_did_to_an_alert_is_a_word() -> None:
    async with at("alerts") as console:
        screen = console.screen()
        assert "(acknowledged)" in screen
        assert "(silenced)" in screen
        assert "(stale)" in screen


async def test_a_filter_says_how_many_it_shows() -> None:
    async with at("alerts") as console:
        await console.press("slash", *"invoice", "enter")
        assert "1 of 4 alerts  filter: invoice" in console.screen()


async def test_ages_grow_with_the_news() -> None:
    async with at("alerts") as console:
        assert " 34m spends" in console.screen()
        console.door.clock.advance(600)
        await console.publish(replace(DAILY, version=8))
        assert " 44m spends" in console.screen()


async def test_ages_tick_without_news_and_only_the_age_is_painted() -> None:
    async with at("alerts") as console:
        table = console.table
        console.app.tick()
        assert not table._repaint_regions
        console.door.clock.advance(60)
        console.app.tick()
        assert {region.y for region in table._repaint_regions} <= {1, 2, 3}
        await console.pilot.pause()
        assert " 35m spends" in console.screen()
        assert "02:07Z, 35m ago" in console.screen()


async def test_no_alerts_is_a_sentence_and_a_next_step() -> None:
    async with at("alerts") as console:
        await console.publish(replace(DAILY, alerts=()))
        assert "No alerts." in console.screen()
        assert console.app.view.selected() is None


async def test_a_held_list_stays_and_says_since_when() -> None:
    async with at("alerts") as console:
        await console.press("p")
        await console.publish(replace(DAILY, alerts=incidents.ALERTS[:1]))
        assert "PAUSED since 02:41Z" in console.screen()
        assert "invoice-intake" in console.screen()
        await console.press("p")
        assert "invoice-intake" not in console.screen()


async def test_one_key_leads_from_an_alert_to_its_trip_sheet() -> None:
    async with at("alerts") as console:
        await console.press("T")
        await console.idle()
        assert console.door.asked[-1] == ("trip_sheet", {"workload": SLUG})
        assert "STATE CONFIRMED" in console.screen()


# Trip sheet.


@pytest.mark.parametrize("size", SIZES)
async def test_the_sheet_shows_both_confirmations_on_the_first_screen(size: tuple[int, int]) -> None:
    async with at("trip_sheet", SLUG, size=size) as console:
        screen = console.screen()
        assert "STATE CONFIRMED" in screen
        assert "SPEND STOPPED" in screen
        assert "curl -X POST" in screen
        assert "month to date 3,960.20" in screen
        assert (selection(console).kind, selection(console).id) == ("intent", INTENT)


async def test_the_sheet_follows_what_happens() -> None:
    async with at("trip_sheet", SLUG) as console:
        assert "not yet: first the state must be confirmed" in console.screen()
        console.door.answers["trip_sheet"] = SETTLED_SHEET
        await console.publish(replace(DAILY, version=8))
        await console.idle()
        assert "STATE CONFIRMED  02:40Z" in console.screen()
        assert "SPEND STOPPED    03:03Z" in console.screen()
        assert "curl" not in console.screen()


async def test_a_workload_that_was_never_killed_has_no_sheet_and_that_is_said() -> None:
    still = door()
    still.answers["trip_sheet"] = None
    async with at("trip_sheet", SLUG, still=still) as console:
        assert f"{SLUG} was never killed" in console.screen()
        assert console.app.view.selected() is None


# Audit.


@pytest.mark.parametrize("size", SIZES)
async def test_the_audit_log_is_newest_first_with_the_entry_in_full(size: tuple[int, int]) -> None:
    async with at("audit", size=size) as console:
        screen = console.screen()
        assert screen.index("214") < screen.index("213") < screen.index("211")
        assert "step.confirmed" in screen
        assert "inactive" in screen
        assert "\x1b" not in screen


async def test_the_chain_is_checked_on_demand_and_the_verdict_is_words() -> None:
    async with at("audit") as console:
        assert "chain not checked" in console.screen()
        await console.press("v")
        await console.idle()
        assert "chain INTACT: all 214 entries" in console.screen()
        console.door.answers["verify_audit"] = BROKEN
        await console.press("v")
        await console.idle()
        assert "chain BROKEN at entry 97" in console.screen()


async def test_enter_on_an_entry_opens_the_workload_it_is_about() -> None:
    async with at("audit") as console:
        await console.press("enter")
        assert console.app.view.NAME == "workload"
        await console.press("q")
        assert console.app.view.NAME == "audit"


async def test_an_empty_log_is_explained() -> None:
    still = door()
    still.answers["audit"] = []
    async with at("audit", still=still) as console:
        assert "The audit log is empty." in console.screen()
