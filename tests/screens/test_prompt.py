"""Questions at the bottom: Cancel is the answer that comes of itself, and nothing destructive happens by habit."""

from __future__ import annotations

import asyncio

import pytest
from textual import events
from textual.app import App, ComposeResult
from textual.content import Content
from textual.pilot import Pilot

from screens.prompt import Cancel, Field, Prompt, PromptBar

NAME = "claims-triage"


def its_name(text: str) -> str | None:
    return None if text == NAME else "This is not its name."


GUARDED = Prompt(f"Type {NAME} to kill it", "KILL", ["what will happen"], guarded=True, validate=its_name)


class Asking(App[None]):
    CSS = "PromptBar { dock: bottom; height: auto; visibility: hidden; }"

    def compose(self) -> ComposeResult:
        yield PromptBar()


async def asked(pilot: Pilot[None], prompt: Prompt) -> asyncio.Task[str | None]:
    task = asyncio.create_task(pilot.app.query_one(PromptBar).ask(prompt))
    await pilot.pause()
    return task


async def answer(task: asyncio.Task[str | None]) -> str | None:
    return await asyncio.wait_for(task, 5)


async def test_a_plain_question_takes_the_field_and_enter_answers() -> None:
    async with Asking().run_test() as pilot:
        task = await asked(pilot, Prompt("Reason", default="deploy"))
        await pilot.press(*" 12", "enter")
        assert await answer(task) == "deploy 12"
        assert not pilot.app.query_one(PromptBar).visible


async def test_typing_takes_the_place_of_a_default_that_is_only_an_offer() -> None:
    async with Asking().run_test() as pilot:
        task = await asked(pilot, Prompt("for", default="4h", replaced=True))
        await pilot.press(*"2d", "enter")
        assert await answer(task) == "2d"


@pytest.mark.parametrize("key", ["escape", "q", "backspace", "enter"])
async def test_a_guarded_question_is_cancelled_by_whatever_fingers_do(key: str) -> None:
    async with Asking().run_test() as pilot:
        task = await asked(pilot, GUARDED)
        assert pilot.app.query_one(Cancel).has_focus
        await pilot.press(key)
        assert await answer(task) is None


async def test_typing_at_a_guarded_question_goes_to_the_field_and_only_the_name_confirms() -> None:
    async with Asking().run_test() as pilot:
        task = await asked(pilot, GUARDED)
        await pilot.press("y", "q", "s", "enter")
        assert pilot.app.query_one(Field).value == "yqs"
        assert not task.done()
        await pilot.press("shift+tab", "q")
        assert pilot.app.query_one(Field).value == "yqsq"
        await pilot.press("escape")
        assert await answer(task) is None


async def test_the_name_after_tab_confirms_and_a_wrong_one_says_so() -> None:
    async with Asking().run_test() as pilot:
        task = await asked(pilot, GUARDED)
        await pilot.press("tab", *"claims", "enter")
        assert not task.done()
        assert "This is not its name." in str(pilot.app.query_one(".prompt-hint").render())
        await pilot.press(*"-triage", "enter")
        assert await answer(task) == NAME


async def test_a_pasted_name_goes_into_the_field() -> None:
    async with Asking().run_test() as pilot:
        task = await asked(pilot, GUARDED)
        pilot.app.query_one(Cancel).post_message(events.Paste(f"{NAME}\nrm -rf"))
        await pilot.pause()
        assert pilot.app.query_one(Field).value == NAME
        await pilot.press("enter")
        assert await answer(task) == NAME


async def test_a_new_question_cancels_the_one_before_it() -> None:
    async with Asking().run_test() as pilot:
        first = await asked(pilot, GUARDED)
        second = await asked(pilot, Prompt("Reason"))
        assert await answer(first) is None
        await pilot.press("x", "enter")
        assert await answer(second) == "x"


async def test_up_recalls_what_was_answered_before() -> None:
    async with Asking().run_test() as pilot:
        for text in ("alerts", "audit"):
            task = await asked(pilot, Prompt(":"))
            await pilot.press(*text, "enter")
            await answer(task)
        task = await asked(pilot, Prompt(":"))
        await pilot.press("up", "up", "enter")
        assert await answer(task) == "alerts"


async def test_a_confirmation_is_never_recalled() -> None:
    async with Asking().run_test() as pilot:
        task = await asked(pilot, GUARDED)
        await pilot.press("tab", *NAME, "enter")
        await answer(task)
        await asked(pilot, GUARDED)
        await pilot.press("tab", "up")
        assert pilot.app.query_one(Field).value == ""


async def test_texts_from_outside_are_shown_as_they_are_and_harmless() -> None:
    async with Asking().run_test() as pilot:
        await asked(pilot, Prompt("[/b]", "\x1b[31mtitle", ["[@click=app.quit]x[/]", Content("own")]))
        title = str(pilot.app.query_one(".prompt-title").render())
        assert title == "\N{REPLACEMENT CHARACTER}[31mtitle"
        assert "[@click=app.quit]x[/]" in str(pilot.app.query_one(".prompt-lines").render())


async def test_what_edits_the_text_takes_effect_before_letters_that_come_behind_it() -> None:
    async with Asking().run_test() as pilot:
        task = await asked(pilot, Prompt("for", default="4h"))
        for key in ("ctrl+u", "3", "1", "backspace", "0", "d", "enter"):
            pilot.app.post_message(events.Key(key, key if len(key) == 1 else None))
        assert await answer(task) == "30d"


async def test_a_question_that_follows_at_once_keeps_the_keys() -> None:
    """The framework tells late that the field was hidden between the two, and would take the focus away."""
    async with Asking().run_test() as pilot:
        first = await asked(pilot, Prompt("until"))
        await pilot.press("a", "enter")
        assert await answer(first) == "a"
        await pilot.pause()
        second = await asked(pilot, Prompt("because"))
        field = pilot.app.query_one(Field)
        field.post_message(events.Hide())
        await pilot.press("b", "enter")
        assert await answer(second) == "b"
