"""What monthly, quarterly and annual have in common: when they ask, what they show meanwhile, and how one steps."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from textual import events

from console.errors import ConsoleError, UsageError
from screens import rereading
from tests.support import portfolio
from tests.support.cadences import CLOSED, HOSTILE, NORMAL, NOTHING, PERIODS, at, door, sent
from tests.support.opened import opened

VIEWS = list(NORMAL)
KEYS = {"monthly": "3", "quarterly": "4", "annual": "5"}
SHOWN = {"monthly": "November 2026", "quarterly": "Quarter 4 of 2026", "annual": "2026  day 327 of 365"}
BEFORE = {"monthly": "October 2026  closed", "quarterly": "Quarter 3 of 2026", "annual": "2025  closed"}
NAMES = {"monthly": "2026-10", "quarterly": "2026-Q3", "annual": "2025"}


@pytest.mark.parametrize("view", VIEWS)
async def test_one_key_opens_the_present_period(view: str) -> None:
    async with opened(portfolio.normal(), door=door()) as console:
        await console.press(KEYS[view])
        await console.idle()
        assert SHOWN[view] in console.screen()
        assert sent(console, view) == [{PERIODS[view]: None}]
        assert console.selected() is not None


async def test_it_opens_without_a_daily() -> None:
    async with opened(None, door=door()) as console:
        console.app.go("quarterly")
        await console.idle()
        assert SHOWN["quarterly"] in console.screen()


@pytest.mark.parametrize("view", VIEWS)
async def test_brackets_step_through_the_periods_and_none_lies_in_the_future(view: str) -> None:
    async with at(view) as console:
        await console.press("left_square_bracket")
        await console.idle()
        assert BEFORE[view] in console.screen()
        assert sent(console, view)[-1] == {PERIODS[view]: NAMES[view]}
        await console.press("right_square_bracket")
        await console.idle()
        assert SHOWN[view] in console.screen()
        await console.press("right_square_bracket")
        await console.idle()
        assert f"This is the present {PERIODS[view]}" in console.screen()
        assert len(sent(console, view)) == 3


@pytest.mark.parametrize("view", VIEWS)
async def test_a_step_before_there_is_a_period_is_taken_when_it_has_come(view: str) -> None:
    async with opened(portfolio.normal(), door=door()) as console:
        for key in (KEYS[view], "left_square_bracket"):
            console.app.post_message(events.Key(key, None))
        await console.idle()
        assert BEFORE[view] in console.screen()
        assert "means nothing" not in console.screen()


async def test_two_steps_before_the_first_answer_go_two_periods_back() -> None:
    async with at("monthly") as console:
        answered = asyncio.Event()

        async def late(**options: object) -> object:
            await answered.wait()
            return replace(CLOSED["monthly"](), month=options["month"])

        console.door.answers["monthly"] = late
        await console.press("left_square_bracket", "left_square_bracket")
        assert "loading September 2026…" in console.screen()
        assert "reconciliation-a…" in console.screen()
        answered.set()
        await console.idle()
        assert "September 2026" in console.screen()


async def test_a_period_that_cannot_be_read_leaves_the_one_that_is_shown() -> None:
    async with at("monthly") as console:
        console.door.answers["monthly"] = UsageError("There is nothing of 2026-10.")
        await console.press("left_square_bracket")
        await console.idle()
        assert "There is nothing of 2026-10." in console.screen()
        assert SHOWN["monthly"] in console.screen()
        await console.press("r")
        await console.idle()
        assert sent(console, "monthly")[-1] == {"month": "2026-11"}


async def test_news_of_the_daily_do_not_ask_again_but_r_does_and_the_cursor_stays() -> None:
    async with at("monthly") as console:
        await console.press("j", "j")
        selected = console.selected()
        for version in (8, 9, 10):
            await console.publish(replace(portfolio.normal(), version=version))
        await console.idle()
        assert len(sent(console, "monthly")) == 1
        assert console.selected() == selected
        await console.press("r")
        await console.idle()
        assert sent(console, "monthly")[1:] == [{"month": None}]
        assert console.selected() == selected


async def test_it_reads_again_by_itself_after_minutes_but_not_while_paused(monkeypatch: pytest.MonkeyPatch) -> None:
    async with at("monthly") as console:
        await console.press("p")
        assert "PAUSED" in console.screen()
        for paused, readings in ((True, 1), (False, 3)):  # going on reads once too
            if not paused:
                await console.press("p")
                await console.idle()
            with monkeypatch.context() as patch:
                patch.setattr(rereading, "READ_AGAIN_S", 0.0)
                console.app.view.tick()
            await console.idle()
            assert len(sent(console, "monthly")) == readings


async def test_the_period_is_kept_while_one_looks_elsewhere() -> None:
    async with at("monthly") as console:
        await console.press("left_square_bracket")
        await console.idle()
        await console.press("1", "3")
        await console.idle()
        assert BEFORE["monthly"] in console.screen()
        assert sent(console, "monthly")[-1] == {"month": "2026-10"}


async def test_a_failure_before_there_is_anything_says_what_failed() -> None:
    view = "monthly"
    still = door(answers={view: ConsoleError("The database is locked by another process.")})
    async with at(view, still) as console:
        assert "The database is locked by another process." in console.screen()
        assert console.selected() is None
        still.answers[view] = NORMAL[view]()
        await console.press("r")
        await console.idle()
        assert SHOWN[view] in console.screen()


@pytest.mark.parametrize("view", VIEWS)
async def test_nothing_is_a_sentence_and_a_next_step(view: str) -> None:
    async with at(view, door(answers={view: NOTHING[view]()})) as console:
        screen = console.screen()
        assert "[ shows the" in screen
        assert console.selected() is None


async def test_f_gives_the_screen_to_the_selected_row_and_q_the_list_its_place_back() -> None:
    async with at("quarterly") as console:
        heading = console.screen().splitlines()[4]
        assert heading in console.screen()
        await console.press("f")
        await console.idle()
        assert heading not in console.screen()
        await console.press("q")
        assert heading in console.screen()
        assert console.app.view.NAME == "quarterly"


@pytest.mark.parametrize("view", VIEWS)
async def test_hostile_texts_are_shown_harmless(view: str) -> None:
    size = (80, 24)
    async with at(view, door(answers={view: HOSTILE[view]()}), size=size) as console:
        await console.press("f")
        for _ in range(5):
            screen = console.screen()
            assert "\x1b" not in screen
            assert "\u202e" not in screen
            assert all(len(line) <= size[0] for line in screen.splitlines())
            await console.press("pagedown")
        await console.press("q")
        for _ in range(5):
            assert "\x1b" not in console.screen()
            await console.press("j")
        assert view == console.app.view.NAME


@pytest.mark.parametrize("view", VIEWS)
async def test_a_filter_and_a_sort_work_on_the_list(view: str) -> None:
    async with at(view) as console:
        word = "claims" if view != "annual" else "false"
        await console.press("slash", *word, "enter")
        assert f"filter: {word}" in console.screen()
        await console.press("escape", "greater_than_sign")
        assert "  by " in console.screen()


async def test_every_size_down_to_a_small_pane_is_drawn() -> None:
    async with at("monthly") as console:
        for size in ((60, 15), (45, 11), (200, 50), (80, 24)):
            await console.pilot.resize_terminal(*size)
            await console.idle()
            assert console.selected() is not None
            assert not console.app.view.partly_drawn


async def test_in_full_a_month_lists_the_rows_of_the_ledger_behind_its_sums() -> None:
    async with at("monthly", size=(120, 60)) as console:
        assert sent(console, "outcomes") == []  # there may be thousands: only those of who is looked at
        await console.press("f")
        await console.idle()
        (asked,) = sent(console, "outcomes")
        assert asked == {"month": "2026-11", "workload": console.selected()}
        assert "LEDGER OF OUTCOMES" in console.screen()
        (row,) = (line for line in console.screen().splitlines() if "2026-11-01..2026-11-15" in line)
        assert row.split()[1:6] == ["12,345", "14,814.00", "4,114.50", "1,234.56", "78.90"]
        await console.press("r")
        await console.idle()
        assert len(sent(console, "outcomes")) == 2


@pytest.mark.parametrize(("view", "copied"), [("annual", "token-console annual 2026"), ("monthly", None)])
async def test_y_copies_what_is_selected_or_the_command_that_shows_it(view: str, copied: str | None) -> None:
    async with at(view) as console:
        await console.press("y")
        assert console.app.clipboard == (copied or console.selected())
