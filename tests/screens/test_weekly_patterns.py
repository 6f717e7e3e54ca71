"""Several exceptions at once, one in full, and where an exception leads to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from console.errors import ConsoleError
from tests.support.triage import TEN, at, press, sent
from tests.support.weekly import DecidingDoor


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


# The thread.


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
