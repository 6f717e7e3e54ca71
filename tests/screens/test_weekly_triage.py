"""A week's exceptions decided by keys alone: what is asked, what is sent, and where the cursor is then."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from textual import events

from console.errors import ConsoleError
from console.operations.actor import Actor
from screens.widgets.footer_line import FooterLine
from tests.support import portfolio
from tests.support.opened import Opened, opened
from tests.support.weekly import AT, EXCEPTIONS, DecidingDoor, exception, week

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
    for key in keys:
        await console.pilot.press(key)
        if key == "enter":
            await console.idle()
    await console.idle()


def sent(console: Opened, operation: str = "decide") -> list[dict[str, Any]]:
    return [options for name, options in console.door.asked if name == operation]


# One by one.


async def test_ten_exceptions_are_decided_with_two_keys_each_after_the_first_rationale() -> None:
    async with at("exceptions", "drift: model", DecidingDoor(TEN)) as console:
        await press(console, "x", *"known", "enter")
        for number in range(2, 11):
            assert console.selected() == str(number)
            assert f"{11 - number} of 10 open" in console.screen()
            await press(console, "x", "enter")
        assert [(one["exceptions"], one["rationale"]) for one in sent(console)] == [
            ([number], "known") for number in range(1, 11)
        ]
        assert "none open · decided this week: 10 not a problem" in console.screen()


async def test_rows_keep_their_places_when_they_are_decided() -> None:
    async with at("exceptions", door=DecidingDoor(TEN)) as console:
        await press(console, "j", "j", "w", *"the model is better", "enter")
        rows = [line for line in console.screen().splitlines() if "workload-" in line][:10]
        assert [row.split("workload-")[1][:2] for row in rows] == [f"{number:02}" for number in range(1, 11)]
        assert "revision" in rows[2]
        assert rows[3].startswith("> open")


async def test_the_cursor_goes_round_to_what_was_left_out_above() -> None:
    async with at("exceptions", door=DecidingDoor(TEN)) as console:
        await press(console, "end", "x", *"known", "enter")
        assert console.selected() == "1"


async def test_a_decision_says_what_it_is_made_on_before_it_is_made() -> None:
    async with at("exceptions", "drift: model") as console:
        await console.press("w")
        assert "CHARTER REVISION REQUIRED: claims-triage, drift: model · claude-opus-5" in console.screen()


async def test_a_rationale_is_needed() -> None:
    async with at("exceptions") as console:
        await press(console, "x", "enter")
        assert "Say why" in console.screen()
        assert sent(console) == []
        await press(console, "escape")
        assert console.app.view.NAME == "exceptions"


async def test_a_bounded_exception_asks_for_its_end_first_and_thirty_days_are_offered() -> None:
    async with at("exceptions") as console:
        await press(console, "b", "enter", *"until the launch", "enter")
        (options,) = sent(console)
        assert options["verdict"] == "time-bounded"
        assert options["ends_at"] == AT + timedelta(days=30)
        assert "until 25 Dec" in console.screen()


async def test_an_end_that_is_none_is_refused_where_it_is_typed() -> None:
    async with at("exceptions") as console:
        await press(console, "b", *"soon", "enter")
        assert "Write a length such as 14d" in console.screen()
        await press(console, "ctrl+u", *"3000d", "enter")
        assert "within a year" in console.screen()


async def test_what_was_said_before_is_offered_by_tab_and_not_for_another_kind() -> None:
    async with at("exceptions", "alert: stretch") as console:
        await console.press("x")
        assert "The quarter's close; it is in the forecast." in console.screen()
        await press(console, "tab", "enter")
        assert sent(console)[0]["rationale"] == "The quarter's close; it is in the forecast."
        await press(console, "q")
        console.app.go("exceptions", "drift: model")
        await press(console, "x", "enter")
        assert "Say why" in console.screen()


async def test_a_decided_exception_may_be_decided_anew_and_that_is_said() -> None:
    async with at("exceptions", "alert: stretch") as console:
        await press(console, "end", "w")
        assert "decided anew" in console.screen()
        assert "(it was: not a problem)" in console.screen()
        await press(console, *"it came back", "enter")
        assert sent(console)[0]["exceptions"] == [19]


async def test_a_closed_exception_has_nothing_to_decide() -> None:
    async with at("exceptions", "drift: model") as console:
        await press(console, "end", "x")
        assert "This exception is closed since" in console.screen()


async def test_keys_go_on_while_a_decision_is_on_its_way() -> None:
    door, answered = DecidingDoor(TEN), asyncio.Event()
    decide = door.answers["decide"]

    async def late(**options: Any) -> Any:
        await answered.wait()
        return decide(**options)

    door.answers["decide"] = late
    async with at("exceptions", door=door) as console:
        await console.press("x", *"known", "enter")
        assert "deciding…" in console.screen()
        assert console.selected() == "2"
        await console.press("x", "enter")
        assert console.selected() == "3"
        answered.set()
        await console.idle()
        assert [one["exceptions"] for one in sent(console)] == [[1], [2]]
        assert "8 of 10 open" in console.screen()


async def test_keys_that_come_in_one_write_are_acted_on_one_by_one() -> None:
    async with at("exceptions", door=DecidingDoor(TEN)) as console:
        await press(console, "x", *"known", "enter")
        for key in ("x", "enter", "x", "enter", "w", *"new", "enter", "j"):
            console.app.post_message(events.Key(key, "\r" if key == "enter" else key))
        await console.idle()
        assert [(one["exceptions"], one["verdict"], one["rationale"]) for one in sent(console)[1:]] == [
            ([2], "dismissed", "known"), ([3], "dismissed", "known"), ([4], "revision", "new"),
        ]
        assert console.selected() == "6"


async def test_letters_after_a_question_was_cancelled_are_no_commands() -> None:
    async with at("exceptions", door=DecidingDoor(TEN)) as console:
        for key in ("x", *"known", "escape"):
            console.app.post_message(events.Key(key, key if len(key) == 1 else None))
        await console.idle()
        assert (console.selected(), sent(console)) == ("1", [])
        assert "because" not in console.screen()


async def test_a_decision_that_failed_leaves_the_exception_open_and_says_why() -> None:
    door = DecidingDoor(TEN)
    door.answers["decide"] = ConsoleError("Exception 1 (workload-01: drift: model) is closed. So nothing was decided.")
    async with at("exceptions", door=door) as console:
        await press(console, "x", *"known", "enter")
        assert "So nothing was decided." in console.screen()
        assert "10 of 10 open" in console.screen()


async def test_a_reading_from_before_a_decision_does_not_bring_the_exception_back() -> None:
    door, answered = DecidingDoor(TEN), asyncio.Event()

    async def late(**options: Any) -> Any:
        await answered.wait()
        return TEN

    async with at("exceptions", door=door) as console:
        weekly = door.answers["weekly"]
        door.answers["weekly"] = late
        await console.publish(replace(DAILY, version=99))
        door.answers["weekly"] = weekly
        await console.press("x", *"known", "enter")
        answered.set()
        await console.idle()
        assert "9 of 10 open" in console.screen()


# Several.


async def test_marked_rows_are_decided_together_and_their_number_is_said() -> None:
    async with at("exceptions", door=DecidingDoor(TEN)) as console:
        await press(console, "space", "space", "j", "space")
        assert "3 marked" in console.screen()
        await console.press("w")
        assert "CHARTER REVISION REQUIRED: 3 exceptions of 3 workloads, drift: model" in console.screen()
        await press(console, *"new model", "enter")
        assert sent(console)[0]["exceptions"] == [1, 2, 4]
        assert "3 exceptions: Charter revision required." in console.screen()
        assert "marked" not in console.screen()
        assert console.selected() == "5"


async def test_a_star_marks_all_that_wait_and_are_shown_and_again_none() -> None:
    async with at("exceptions", "drift: model") as console:
        await press(console, "asterisk")
        assert "4 marked" in console.screen()
        await press(console, "asterisk")
        assert "marked" not in console.screen()
        await press(console, "slash", *"opus", "enter", "asterisk", "x", *"a trial", "enter")
        assert sent(console)[0]["exceptions"] == [12, 13]


async def test_what_a_filter_hides_is_not_marked_any_more() -> None:
    async with at("exceptions", "drift: model") as console:
        await press(console, "asterisk", "slash", *"sonnet", "enter")
        assert "1 marked" not in console.screen()
        await press(console, "escape")
        await press(console, "x", *"known", "enter")
        assert len(sent(console)[0]["exceptions"]) == 2


async def test_escape_takes_the_marks_away_before_it_leaves() -> None:
    async with at("exceptions", "drift: model") as console:
        await press(console, "space", "q")
        assert console.app.view.NAME == "exceptions"
        assert "marked" not in console.screen()
        await press(console, "q")
        assert console.app.view.NAME == "daily"


async def test_an_escalation_takes_all_open_exceptions_of_the_kind() -> None:
    async with at("exceptions", "drift: model") as console:
        await press(console, "j", "E", *"ask the platform team", "enter")
        (options,) = sent(console)
        assert sorted(options["exceptions"]) == [12, 13, 14, 15]
        assert options["verdict"] == "escalated"


async def test_a_decision_on_a_pattern_is_made_on_all_its_open_exceptions_and_the_next_pattern_is_selected() -> None:
    async with at("weekly") as console:
        await press(console, "j", "x")
        assert "NOT A PROBLEM: alert: stretch, its 2 open exceptions" in console.screen()
        await press(console, *"in the forecast", "enter")
        assert sorted(sent(console)[0]["exceptions"]) == [16, 17]
        assert console.selected() == "drift: model"


async def test_after_the_last_exception_of_a_pattern_the_way_back_leads_to_the_next_pattern() -> None:
    async with at("weekly") as console:
        assert console.selected() == "trip: signs"
        await press(console, "enter", "w", *"another scenario", "enter", "q")
        assert console.app.view.NAME == "weekly"
        assert console.selected() == "alert: stretch"


async def test_2_shows_the_week_anew_from_the_top_whatever_is_selected_where_it_is_pressed() -> None:
    """Nothing is reordered two seconds later, when somebody aims at the top already."""
    async with at("weekly") as console:
        await press(console, "x", *"known", "enter")
        door = console.door
        assert isinstance(door, DecidingDoor)
        door.weekly = replace(door.weekly, patterns=(*door.weekly.patterns[1:], door.weekly.patterns[0]))
        console.app.view.news()  # type: ignore[attr-defined]
        await console.idle()
        await press(console, "j", "1", "2")
        assert not console.table.held
        first = door.weekly.patterns[0].kind
        assert console.selected() == first
        assert console.screen().splitlines()[4].startswith("> ")


# Taking back.


async def test_a_decision_is_taken_back_with_one_key_and_its_row_is_selected_again() -> None:
    async with at("exceptions", door=DecidingDoor(TEN)) as console:
        await press(console, "x", *"known", "enter", "u")
        assert sent(console, "undo_decision") == [{"decisions": [901]}]
        assert "It was taken back." in console.screen()
        assert console.selected() == "1"
        assert "10 of 10 open" in console.screen()


async def test_all_decided_together_are_taken_back_together() -> None:
    async with at("weekly", door=DecidingDoor(TEN)) as console:
        await press(console, "x", *"known", "enter", "u")
        assert len(sent(console, "undo_decision")[0]["decisions"]) == 10
        assert "10 of 10 open" in console.screen()


# Who may.


@pytest.mark.parametrize("view", ["weekly", "exceptions"])
@pytest.mark.parametrize("key", ["w", "b", "x", "E"])
async def test_without_the_role_a_decision_says_who_may(view: str, key: str) -> None:
    async with at(view, door=DecidingDoor(actor=Actor("omar", ("on_call",), "kernel"))) as console:
        await press(console, key)
        assert "takes one of the roles token architect" in console.screen()
        assert sent(console) == []


async def test_without_the_role_the_keys_keep_their_places_in_the_footer_and_are_dimmed() -> None:
    async with at("weekly", door=DecidingDoor(actor=Actor("omar", ("on_call",), "kernel"))) as console:
        footer = console.screen().splitlines()[-1]
        assert footer == " enter open  w revision  b bounded  x no problem  E escalate  ? help"
        spans = console.app.query_one(FooterLine).visual.spans  # type: ignore[attr-defined]
        assert sum(str(span.style) == "$quiet" for span in spans) == 4


async def test_a_read_only_console_decides_nothing() -> None:
    async with at("exceptions", door=DecidingDoor(read_only=True)) as console:
        await press(console, "x")
        assert "read-only" in console.screen()
        assert sent(console) == []
        assert "no problem" not in console.screen().splitlines()[-1]


# In full.


@pytest.mark.parametrize(
    ("size", "words"),
    [((80, 24), "Resume only with the fix, or with a Charter that expects it."), ((60, 15), "what to do Have J.")],
)
async def test_f_shows_what_is_to_be_read_of_an_exception_and_one_goes_on_deciding(
    size: tuple[int, int], words: str
) -> None:
    async with at("exceptions") as console:
        await console.pilot.resize_terminal(*size)
        await console.idle()
        assert words not in " ".join(console.screen().split())
        await press(console, "f")
        assert words in " ".join(console.screen().split())
        assert console.screen().splitlines()[4].startswith("> open")
        before = console.selected()
        await press(console, "w", *"the plan is too low", "enter")
        assert console.selected() != before
        await press(console, "q")
        assert console.app.view.NAME == "exceptions"
        assert not console.app.view.has_class("-in-full")


# The thread, and weeks.


async def test_an_exception_leads_to_its_workload_its_trip_sheet_and_its_alert() -> None:
    async with at("exceptions", "trip: signs") as console:
        console.door.answers.update(workload=ConsoleError("none"), trip_sheet=None)
        await press(console, "enter")
        assert console.app.view.NAME == "workload"
        await press(console, "q")
        assert console.selected() == "11"
        await press(console, "T")
        assert sent(console, "trip_sheet") == [{"intent": "kill-20261124-0237"}]
        await press(console, "q", "a")
        assert (console.app.view.NAME, console.selected()) == ("alerts", "31")


async def test_a_number_opens_its_exception_among_all_and_one_that_is_not_listed_is_said() -> None:
    async with at("exceptions", "14") as console:
        assert console.selected() == "14"
        assert "10 exceptions" in console.screen()
        console.door.answers["workload"] = ConsoleError("none")
        await press(console, "j", "enter", "q")
        assert console.selected() == "18"
        console.app.go("exceptions", "4711")
        await console.idle()
        assert "Exception 4711 was closed before this week" in console.screen()


async def test_exceptions_by_name_are_all_of_the_week_wherever_one_comes_from() -> None:
    async with at("exceptions", "drift: model") as console:
        await press(console, "j", "colon", *"exceptions", "enter")
        assert console.selected() == "13"
        assert "10 exceptions" in console.screen()
        await press(console, "1", "j", "colon", *"exceptions", "enter")
        assert "10 exceptions" in console.screen()


async def test_an_exception_that_no_trip_made_says_so() -> None:
    async with at("exceptions", "drift: model") as console:
        await press(console, "T")
        assert "did not come from a trip" in console.screen()


async def test_the_brackets_show_earlier_weeks_in_which_nothing_is_decided() -> None:
    async with at("weekly") as console:
        await press(console, "right_square_bracket")
        assert "This is the present week" in console.screen()
        await press(console, "left_square_bracket")
        assert "16 – 22 Nov 2026" in console.screen()
        await press(console, "right_square_bracket")
        assert "23 – 29 Nov 2026, day 3 of 7" in console.screen()


async def test_a_past_week_is_looked_at_only() -> None:
    door = DecidingDoor()
    past = week(EXCEPTIONS, AT - timedelta(days=7), AT.replace(day=16, hour=0, minute=0))
    door.answers["weekly"] = past
    async with at("exceptions", door=door) as console:
        assert "as it ended" in console.screen()
        await press(console, "x")
        assert "decide in the present one" in console.screen()


async def test_a_week_that_cannot_be_read_says_why_and_a_later_failure_keeps_what_was_read() -> None:
    door = DecidingDoor()
    weekly, door.answers["weekly"] = door.answers["weekly"], ConsoleError("The database is locked.")
    async with at("weekly", door=door) as console:
        assert "This could not be shown: the exceptions of the week" in console.screen()
        assert "The database is locked." in console.screen()
        door.answers["weekly"] = weekly
        await console.publish(replace(DAILY, version=2))
        await console.idle()
        assert "trip: signs" in console.screen()
        door.answers["weekly"] = ConsoleError("The database is locked.")
        await console.publish(replace(DAILY, version=3))
        await console.idle()
        assert "NOT READ since 09:30Z" in console.screen()
        assert "trip: signs" in console.screen()


async def test_a_week_without_exceptions_says_so() -> None:
    async with at("weekly", door=DecidingDoor(week(()))) as console:
        assert "Nothing waits for a decision." in console.screen()
        assert console.app.view.selected() is None
        await press(console, "x")
        assert sent(console) == []


async def test_news_moves_neither_the_cursor_nor_the_order() -> None:
    async with at("exceptions", "drift: model") as console:
        await press(console, "j", "j")
        door = console.door
        assert isinstance(door, DecidingDoor)
        door.weekly = week([exception(77, "newcomer", "drift: model", 9_000.0, "Calls another model."), *EXCEPTIONS])
        await console.publish(replace(DAILY, version=5))
        await console.idle()
        assert console.selected() == "14"
        rows = [line for line in console.screen().splitlines() if "Call" in line]
        assert "newcomer" in rows[5]
