"""The Daily on a terminal: what an on-call engineer sees and presses."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from console.errors import BadConfiguration
from console.operations.actor import Actor
from screens.widgets.footer_line import FooterLine
from screens.widgets.lines import Lines
from screens.widgets.message_line import MessageLine
from tests.support import portfolio
from tests.support.opened import opened
from tests.support.portfolio import AT
from tests.support.still_door import StillDoor


async def test_line_one_says_where_of_whom_and_how_old() -> None:
    async with opened(portfolio.normal()) as console:
        first = console.screen().splitlines()[0]
        assert "token-console · daily · Northwind Mutual" in first
        assert "data 13:58Z · 5 min old" in first


async def test_simulated_and_read_only_are_words_in_line_one() -> None:
    simulated = replace(portfolio.normal(), simulated=True)
    async with opened(simulated, door=StillDoor(read_only=True)) as console:
        first = console.screen().splitlines()[0]
        assert "SIMULATED" in first
        assert "READ-ONLY" in first
        assert "old" in first


async def test_in_a_small_pane_neither_the_view_nor_the_age_gives_way_to_the_modes() -> None:
    simulated = replace(portfolio.normal(), simulated=True)
    async with opened(simulated, (60, 15), StillDoor(read_only=True)) as console:
        console.door.clock.advance(400)
        await console.press("a")
        console.app.tick()
        await console.pilot.pause()
        first = console.screen().splitlines()[0]
        assert first.startswith(" alerts")
        assert "READ-ONLY" in first
        assert "STALE 11 min" in first


async def test_what_is_disarmed_and_what_waits_for_a_review_are_words_in_line_one_of_every_view() -> None:
    alarms = ("DISARMED: no automatic kill of anything until noon", "REVIEW: maria acted alone", "REVIEW: otto too")
    async with opened(replace(portfolio.normal(), alarms=alarms)) as console:
        assert "! REVIEW: maria acted alone" in console.screen()
        for key in ("", "A"):
            await console.press(*filter(None, [key]))
            await console.publish(replace(portfolio.normal(), alarms=alarms))
            first = console.screen().splitlines()[0]
            assert "DISARMED   REVIEW " in first, key
        await console.publish(portfolio.normal())
        assert "DISARMED" not in console.screen()


async def test_the_door_is_opened_after_the_first_paint() -> None:
    async with opened(portfolio.normal()) as console:
        assert console.door.opened


async def test_news_is_drawn_and_the_selection_stays() -> None:
    async with opened(portfolio.normal()) as console:
        await console.press("j", "j")
        assert console.selected() == "email-drafts"
        calm = [replace(line, state="ok", breaker="armed", alerts=0) for line in portfolio.normal().workloads]
        await console.publish(replace(portfolio.normal(), workloads=tuple(calm)))
        assert console.selected() == "email-drafts"
        assert "! runaway" not in console.screen()


async def test_a_pause_holds_the_list_and_says_since_when() -> None:
    async with opened(portfolio.normal()) as console:
        await console.press("p")
        assert "PAUSED since 14:03Z" in console.screen()
        await console.publish(replace(portfolio.normal(), workloads=()))
        assert "reconciliation-agent" in console.screen()
        await console.press("p")
        assert "PAUSED" not in console.screen()
        assert "fraud-screening" not in console.screen()


async def test_the_age_grows_and_turns_into_words_when_nobody_polls() -> None:
    async with opened(portfolio.normal()) as console:
        console.door.clock.advance(400)
        console.app.tick()
        await console.pilot.pause()
        assert "STALE 11 min · data 13:58Z" in console.screen()


async def test_a_stale_source_keeps_its_figures_and_names_the_cause() -> None:
    async with opened(portfolio.stale()) as console:
        screen = console.screen()
        assert "STALE 33 min" in screen
        assert "anthropic: wait, it is asked again by itself · the usage report" in screen
        assert "2,526.00" in screen


async def test_an_empty_console_says_what_to_do_next() -> None:
    async with opened(portfolio.empty()) as console:
        screen = console.screen()
        assert "There is no workload in the MBOM" in screen
        assert "token-console mbom import FILE" in screen
        assert "anthropic has not been read yet" in screen


async def test_before_the_first_snapshot_a_still_word_and_no_figures() -> None:
    async with opened(None) as console:
        assert "loading…" in console.screen()
        assert "0.00" not in console.screen()
        await console.publish(portfolio.normal())
        assert "reconciliation-agent" in console.screen()


async def test_an_engine_that_cannot_start_is_explained() -> None:
    door = StillDoor()
    door.trouble = BadConfiguration("token-console.toml, line 3: [database] has no url.")
    async with opened(None, door=door) as console:
        assert "line 3: [database] has no url." in console.screen()


async def test_a_filter_is_shown_with_its_count_and_escape_clears_it() -> None:
    async with opened(portfolio.normal()) as console:
        await console.press("slash", *"claims", "enter")
        assert "filter: claims  1 of 16" in console.screen()
        assert console.selected() == "claims-triage"
        await console.press("q")
        assert "filter:" not in console.screen()


async def test_escape_while_filtering_brings_all_rows_back() -> None:
    async with opened(portfolio.normal()) as console:
        await console.press("slash", *"zzz")
        assert console.table.count == 0
        await console.press("escape")
        assert console.table.count == 16


async def test_keys_belong_to_the_question_while_one_is_open() -> None:
    async with opened(portfolio.normal()) as console:
        await console.press("slash", "p", "j")
        assert "PAUSED" not in console.screen()
        assert console.table.filter_text == "pj"


async def test_the_command_line_completes_and_goes() -> None:
    async with opened(portfolio.normal()) as console:
        await console.press("colon", *"hel", "tab", "enter")
        assert console.app.view.NAME == "help"
        await console.press("q")
        assert console.app.view.NAME == "daily"


async def test_an_unknown_command_is_said_and_stays_to_be_mended() -> None:
    async with opened(portfolio.normal()) as console:
        await console.press("colon", *"zzz", "enter")
        assert "There is no command 'zzz' here" in console.screen()


async def test_the_sort_menu_and_the_sort_keys() -> None:
    async with opened(portfolio.normal()) as console:
        await console.press("s", *"month", "enter")
        assert console.table.sorted_by == ("MONTH $", True)
        assert "sorted by MONTH $ ▼" in console.screen()
        await console.press("less_than_sign")
        assert console.table.sorted_by == ("TODAY $", True)


async def test_help_lists_the_keys_of_this_screen_first_and_what_columns_mean() -> None:
    async with opened(portfolio.normal(), (100, 80)) as console:
        await console.press("question_mark")
        screen = console.screen()
        assert screen.index("KEYS OF THIS SCREEN") < screen.index("COLUMNS") < screen.index("KEYS EVERYWHERE")
        assert "%PLAN" in screen


async def test_help_says_why_an_action_is_off() -> None:
    async with opened(portfolio.normal(), (100, 80), StillDoor(read_only=True)) as console:
        await console.press("question_mark")
        assert "Off here: this console is read-only" in console.screen()


async def test_a_read_only_console_has_no_kill_in_its_footer_and_refuses_the_key() -> None:
    async with opened(portfolio.normal(), door=StillDoor(read_only=True)) as console:
        assert "K kill" not in console.screen().splitlines()[-1]
        await console.press("K")
        assert "read-only" in console.screen()


async def test_a_person_without_the_role_is_told_which_it_takes() -> None:
    door = StillDoor(Actor("guest", ("viewer",), "kernel"))
    async with opened(portfolio.normal(), door=door) as console:
        await console.press("K")
        assert "takes one of the roles" in console.screen()


async def test_the_footer_follows_the_selection() -> None:
    async with opened(portfolio.normal()) as console:
        footer = console.app.query_one(FooterLine)
        assert "resume" in str(footer.render())
        await console.press("j")
        assert "resume" not in str(footer.render())
        await console.press("G")
        assert "new entry" in str(footer.render())


async def test_messages_are_kept() -> None:
    async with opened(portfolio.normal()) as console:
        console.app.say("first [/b] \x1b[31mmessage")
        console.app.say("second")
        await console.press("m")
        screen = console.screen()
        assert "second" in screen
        assert "first [/b] \N{REPLACEMENT CHARACTER}[31mmessage" in screen
        assert console.app.query_one(MessageLine).display


async def test_a_question_is_seen_whatever_was_said_before_it_and_is_said_during_it() -> None:
    async with opened(portfolio.normal()) as console:
        await console.press("K", "escape")
        assert "was cancelled" in console.screen()
        await console.press("escape")
        assert "Leave the console? enter leaves, esc stays" in console.screen()
        console.app.say("something came in")
        await console.pilot.pause()
        *_, above, asked = console.screen().splitlines()
        assert "something came in" in above
        assert "Leave the console? enter leaves, esc stays" in asked
        await console.press("escape")
        console.app.say("later")
        await console.pilot.pause()
        assert "later" in console.screen().splitlines()[-1]


async def test_copying_says_sent_never_copied() -> None:
    async with opened(portfolio.normal()) as console:
        await console.press("y")
        assert console.app.clipboard == "underwriting-copilot"
        assert "sent to the terminal's clipboard" in console.screen()


async def test_leaving_asks_once_and_control_c_does_not() -> None:
    async with opened(portfolio.normal()) as console:
        await console.press("q")
        assert "Leave the console?" in console.screen()
        await console.press("escape")
        assert console.app.is_running
        await console.press("ctrl+c")
        assert console.app.return_code == 0


async def test_times_can_be_shown_in_the_machines_zone() -> None:
    async with opened(portfolio.normal()) as console:
        await console.press("t")
        assert "13:58 UTC" in console.screen()
        assert console.app.time(AT - timedelta(days=3)) == "20 Nov 14:03 UTC"


@pytest.mark.parametrize("size", [(200, 50), (80, 24), (60, 15), (59, 14), (40, 10), (20, 5)])
async def test_every_size_shows_the_workloads_and_nothing_overflows(size: tuple[int, int]) -> None:
    async with opened(portfolio.normal(), size) as console:
        lines = console.screen().splitlines()
        assert len(lines) <= size[1]
        assert any("underwriting-c" in line or "This terminal" in line for line in lines)


async def test_a_resize_keeps_the_selection() -> None:
    async with opened(portfolio.normal(), (200, 50)) as console:
        await console.press("j", "j", "j")
        for size in ((80, 24), (60, 15), (200, 50)):
            await console.pilot.resize_terminal(*size)
            await console.pilot.pause()
        assert console.selected() == "fraud-screening"


async def test_a_terminal_that_is_too_small_says_both_sizes() -> None:
    async with opened(portfolio.normal(), (30, 8)) as console:
        assert "30x8" in console.screen()
        assert "40x10" in console.screen()


@pytest.mark.parametrize("size", [(200, 50), (80, 24)])
async def test_hostile_names_are_harmless(size: tuple[int, int]) -> None:
    async with opened(portfolio.hostile(), size) as console:
        for key in ("j", "G", "slash", "z", "enter", "q", "colon", "escape", "y", "enter", "question_mark", "q", "m"):
            await console.press(key)
        screen = console.screen()
        assert not [character for character in screen if not character.isprintable() and character != "\n"]
        assert "\u202e" not in screen
        assert console.app.is_running


async def test_a_wide_terminal_has_the_alerts_beside_the_table() -> None:
    async with opened(portfolio.normal(), (200, 50)) as console:
        assert console.app.query_one("#alert-panel", Lines).display
        assert "OWNER" in console.screen()
        assert "Ask J. Marsh whether a launch was" in console.screen()
