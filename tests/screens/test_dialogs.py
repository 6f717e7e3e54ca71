"""Kill, resume, approve: what is asked, what is sent, and what is told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from console.errors import NotPermitted, UsageError
from console.operations.actor import Actor
from screens.prompt import Cancel, Field, PromptBar
from screens.widgets.message_line import MessageLine
from tests.support.incidents import (
    AT,
    AWAITING,
    DAILY,
    INTENT,
    KEY,
    KILLED,
    LINE,
    PLAN,
    REFUSED,
    RESUME_PLAN,
    SHEET,
    SLUG,
    UNKNOWN,
    VIEW,
)
from tests.support.opened import Opened, opened
from tests.support.still_door import StillDoor

ARCHITECT = Actor("maria", ("on_call", "token_architect"), "kernel")
HELD = replace(DAILY, workloads=(replace(LINE, breaker="held", state="held"), *DAILY.workloads[1:]))


def door(**answers: Any) -> StillDoor:
    still = StillDoor(ARCHITECT, at=AT)
    still.answers.update(workload=VIEW, trip_sheet=SHEET, plan=PLAN, kill=KILLED, acknowledge=None, silence=1)
    still.answers.update(answers)
    return still


@asynccontextmanager
async def at(
    view: str, still: StillDoor, *, held: bool = False, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[Opened]:
    async with opened(HELD if held else DAILY, size, still) as console:
        console.app.go(view, SLUG)
        await console.idle()
        yield console


def sent(console: Opened, operation: str) -> list[dict[str, Any]]:
    return [options for name, options in console.door.asked if name == operation]


def is_open(console: Opened) -> bool:
    return console.app.query_one(PromptBar).is_open


async def to_confirmation(console: Opened, key: str = "K") -> None:
    await console.press(key, *"agents", "enter")
    await console.idle()


async def confirm(console: Opened, name: str = SLUG) -> None:
    await console.press("tab", *name, "enter")
    await console.idle()


# Kill.


async def test_the_plan_shows_what_is_done_to_what_and_how_it_is_undone() -> None:
    async with at("workload", door()) as console:
        await to_confirmation(console)
        screen = console.screen()
        assert f"KILL {SLUG}? Nothing was sent yet." in screen
        assert "set key inactive  contracts-prod" in screen
        assert f"{KEY}  now active → inactive" in screen
        assert "undo: set the key active again" in screen
        assert "also used by contract-search" in screen
        assert "looks like c0ntracts-prod" in screen
        assert "412.50" in screen
        assert sent(console, "kill") == []


async def test_cancel_holds_the_focus_and_enter_cancels() -> None:
    async with at("workload", door()) as console:
        await to_confirmation(console)
        assert isinstance(console.app.focused, Cancel)
        await console.press("enter")
        assert not is_open(console)
        assert sent(console, "kill") == []
        assert "cancelled; nothing was sent" in console.screen()


@pytest.mark.parametrize("key", ["q", "escape"])
async def test_escape_and_q_cancel(key: str) -> None:
    async with at("workload", door()) as console:
        await to_confirmation(console)
        await console.press(key)
        await console.idle()
        assert not is_open(console)
        assert sent(console, "kill") == []


@pytest.mark.parametrize("typed", ["y", "yes", "contract-review", SLUG.upper(), "kill"])
async def test_only_the_slug_confirms(typed: str) -> None:
    async with at("workload", door()) as console:
        await to_confirmation(console)
        await confirm(console, typed)
        assert f"Type {SLUG}, exactly" in console.screen()
        assert sent(console, "kill") == []


async def test_the_typed_slug_sends_once_with_reason_and_plan() -> None:
    async with at("workload", door()) as console:
        await to_confirmation(console)
        await confirm(console)
        assert sent(console, "kill") == [{"workload": SLUG, "reason": "agents", "plan_hash": PLAN.plan_hash}]
        assert "KILL DONE" in console.screen()
        assert "State confirmed is not spend stopped" in console.screen()
        await console.press("enter")
        await console.idle()
        assert console.app.view.NAME == "trip_sheet"
        assert sent(console, "trip_sheet")[-1] == {"intent": INTENT}


async def test_a_kill_needs_a_reason() -> None:
    async with at("workload", door()) as console:
        await console.press("K", "enter")
        assert "Say why" in console.screen()
        await console.press("escape")
        await console.idle()
        assert "cancelled; nothing was sent" in console.screen()


@pytest.mark.parametrize(
    ("result", "head", "what"),
    [(REFUSED, "KILL REFUSED", "The provider said 403."), (UNKNOWN, "KILL UNKNOWN", "It may have taken effect.")],
)
async def test_refused_and_unknown_are_told_apart(result: object, head: str, what: str) -> None:
    async with at("workload", door(kill=result)) as console:
        await to_confirmation(console)
        await confirm(console)
        assert head in console.screen()
        assert what in console.screen()
        await console.press("escape")
        await console.idle()
        assert head in console.screen(), "the outcome stays in the message line"


async def test_a_plan_that_changed_says_so_and_starts_over() -> None:
    changed = replace(PLAN, plan_hash="changed", targets=(replace(PLAN.targets[0], state_now="archived"),))
    still = door(plan=lambda **options: changed if sent_already else PLAN)
    sent_already: list[str] = []

    def kill(*, plan_hash: str, **options: object) -> object:
        sent_already.append(plan_hash)
        return KILLED if plan_hash == "changed" else UsageError("What would be done changed while you looked.")

    still.answers["kill"] = kill
    async with at("workload", still) as console:
        await to_confirmation(console)
        await confirm(console)
        assert "CHANGED while you were looking: nothing was sent" in console.screen()
        assert "now archived" in console.screen()
        assert isinstance(console.app.focused, Cancel)
        await confirm(console)
        assert sent_already == [PLAN.plan_hash, "changed"]
        assert "KILL DONE" in console.screen()


async def test_what_cannot_be_done_at_all_is_a_sentence() -> None:
    refusal = "The MBOM entry names no switch, so there is nothing to turn off."
    async with at("workload", door(plan=replace(PLAN, refusal=refusal, targets=()))) as console:
        await to_confirmation(console)
        assert not is_open(console)
        assert refusal in " ".join(console.screen().split())


async def test_without_the_role_the_dialog_says_who_may() -> None:
    still = door(plan=NotPermitted("maria may not kill: it takes one of on_call."))
    async with at("workload", still) as console:
        await to_confirmation(console)
        assert "it takes one of on_call" in console.screen()


async def test_the_list_moves_while_the_dialog_is_open_and_the_kill_hits_what_was_selected() -> None:
    async with opened(DAILY, door=door()) as console:
        assert console.selected() == SLUG
        await to_confirmation(console)
        other = replace(DAILY.workloads[1], state="runaway", burn_ratio=900.0)
        await console.publish(replace(DAILY, version=8, workloads=(other, replace(LINE, state="ok", alerts=0))))
        console.table.sort_by("WORKLOAD", True)
        await confirm(console)
        assert [options["workload"] for options in sent(console, "kill")] == [SLUG]


async def test_the_row_disappears_while_the_dialog_is_open() -> None:
    async with opened(DAILY, door=door()) as console:
        await to_confirmation(console)
        await console.publish(replace(DAILY, version=8, workloads=DAILY.workloads[1:]))
        await confirm(console)
        assert [options["workload"] for options in sent(console, "kill")] == [SLUG]


async def test_a_second_kill_while_one_is_on_its_way_sends_nothing_new() -> None:
    answered = asyncio.Event()

    async def slow(**options: object) -> object:
        await answered.wait()
        return KILLED

    async with at("workload", door(kill=slow)) as console:
        await to_confirmation(console)
        await console.press("tab", *SLUG, "enter")
        await console.press("K")
        assert "under way already; nothing new was sent" in console.screen()
        answered.set()
        await console.idle()
        await console.pilot.pause(0.05)
        assert len(sent(console, "kill")) == 1
        assert "KILL DONE" in console.screen()


async def test_an_outcome_does_not_take_the_line_from_somebody_who_types() -> None:
    answered = asyncio.Event()

    async def slow(**options: object) -> object:
        await answered.wait()
        return KILLED

    async with at("workload", door(kill=slow)) as console:
        await to_confirmation(console)
        await console.press("tab", *SLUG, "enter", "colon", *"al")
        answered.set()
        await console.pilot.pause(0.05)
        assert console.app.query_one(Field).value == "al"
        assert "KILL DONE" in console.app.query_one(MessageLine).log_lines[-1]


async def test_leaving_the_console_cancels_what_was_not_confirmed() -> None:
    async with at("workload", door()) as console:
        await to_confirmation(console)
        await console.press("ctrl+c")
    assert sent(console, "kill") == []


async def test_many_targets_never_push_the_field_off_the_screen() -> None:
    many = tuple(replace(PLAN.targets[0], target=f"apikey_{at}", name=f"key-{at}") for at in range(12))
    async with at("workload", door(plan=replace(PLAN, targets=many))) as console:
        await to_confirmation(console)
        assert f"Type {SLUG} to kill it" in console.screen()
        assert "more lines: token-console kill" in console.screen()
        assert "Cancel" in console.screen()


# Resume and approve.


async def test_a_resume_that_waits_for_a_second_person_says_how_they_approve() -> None:
    async with at("workload", door(plan=RESUME_PLAN, resume=AWAITING), held=True) as console:
        await to_confirmation(console, "R")
        assert "A second person must approve it" in console.screen()
        await confirm(console)
        assert sent(console, "resume") == [{"workload": SLUG, "reason": "agents", "plan_hash": RESUME_PLAN.plan_hash}]
        assert "RESUME WAITS FOR A SECOND PERSON" in console.screen()
        assert f"approve {AWAITING.intent} --reason TEXT" in " ".join(console.screen().split())


async def test_the_approver_sees_who_asked_why_and_what_would_run() -> None:
    waiting = replace(
        VIEW.intents[0],
        id="resume-1",
        verb="resume",
        state="awaiting_approval",
        requested_by="jo",
        reason="fixed the loop",
    )
    still = door(workload=replace(VIEW, intents=(waiting,)), plan=RESUME_PLAN, approve=replace(KILLED, verb="resume"))
    async with at("workload", still, held=True) as console:
        await console.press("end", "k", "V", *"looked", "enter")
        await console.idle()
        screen = " ".join(console.screen().split())
        assert "asked by jo" in screen
        assert "fixed the loop" in screen
        assert "set key active contracts-prod" in screen
        await confirm(console)
        assert sent(console, "approve") == [{"intent": "resume-1", "reason": "looked"}]
        assert "RESUME DONE" in console.screen()


async def test_with_nothing_waiting_approval_says_so() -> None:
    async with at("trip_sheet", door(), held=True) as console:
        await console.press("V")
        await console.idle()
        assert "Nothing waits for an approval here" in console.screen()


@pytest.mark.parametrize("where", ["plan", "workload"])
async def test_an_error_that_nobody_expected_leaves_a_report_and_the_console_running(
    where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    async with at("workload", door(**{where: KeyError("sk-ant-api03-secretsecretsecret")})) as console:
        if where == "plan":
            await console.press("K", *"agents", "enter")
        async with asyncio.timeout(5):
            while not console.app.query_one(MessageLine).log_lines:
                await console.pilot.pause(0.01)
        assert "Something unexpected went wrong here; the console goes on." in console.screen()
        assert not is_open(console)
        await console.press("q")
        assert console.app.view.NAME == "daily"
    (report,) = tmp_path.rglob("*.txt")  # noqa: ASYNC240
    assert "KeyError" in report.read_text()
    assert "secretsecret" not in report.read_text()


async def test_an_error_of_an_operation_is_a_plain_sentence() -> None:
    async with at("alerts", door(acknowledge=UsageError("There is no open alert 41."))) as console:
        await console.press("c", "enter")
        await console.idle()
        assert "There is no open alert 41." in console.screen()
