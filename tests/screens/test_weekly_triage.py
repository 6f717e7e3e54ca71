"""A week's exceptions decided by keys alone: what is asked, what is sent, and where the cursor is then."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from textual import events

from console.errors import ConsoleError
from console.operations.actor import Actor
from screens.widgets.footer_line import FooterLine
from tests.support.triage import TEN, at, press, sent
from tests.support.weekly import AT, DecidingDoor


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
