"""The lab on a terminal: inputs move by keys, numbers and chart follow, and results are kept, pinned and copied."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from fractions import Fraction
from typing import Any

import pytest

from console.cadences.measured.seen import Measurements
from console.charters.worked import Figure, Kept
from console.economics.filling import Known
from console.errors import ConsoleError
from console.operations.charter.drafts import DraftSaved
from console.operations.lab import KeepPlan
from screens.lab import LabView
from tests.support import portfolio
from tests.support.opened import Opened, opened
from tests.support.still_door import StillDoor

F = Fraction
KNOWN = {"escalation_share": Known(F(1, 4), "measured, last 30 days"),
         "usd_per_call_distilled": Known(F("0.0034375"), "today's price of claude-haiku-4-5, not used here"),
         "usd_per_call_workhorse": Known(F("0.0103125"), "today's price of claude-sonnet-4-6"),
         "usd_per_call_frontier": Known(F("0.0171875"), "today's price of claude-opus-4-6, not used here"),
         "misroute_usd": Known(F("0.0103125"), "at least a call of the workhorse"),
         "calls_per_minute": Known(F("0.4"), "Charter v3")}
PLAN = KeepPlan("claims-triage", 2, False, 2, "hash", Kept(
    (Figure("monthly_usd", "1860", "1134"),), ("review_usd is left as it is: nobody counts cases",),
    ("# The lab, 2026-11-23, maria: cascade",)))


@asynccontextmanager
async def lab(*keys: str, size: tuple[int, int] = (80, 24), **answers: Any) -> AsyncIterator[Opened]:
    still = StillDoor()
    still.answers.update({"measurements": lambda workload: Measurements(workload, still.clock.now(), KNOWN),
                          "keep_plan": PLAN, "keep": DraftSaved("claims-triage", 2, "", "changed", ()),
                          "workload": ConsoleError("not here"), **answers})
    async with opened(portfolio.normal(), size, still) as console:
        console.app.go("lab")
        await drawn(console)
        await console.press(*keys)
        await console.idle()
        yield console


async def drawn(console: Opened) -> None:
    """Until the lab has its place on the screen, and its first input is under the cursor."""
    for _ in range(200):
        await console.idle()
        if isinstance(console.app.view, LabView) and console.app.view.page.stop is not None:
            return
    raise AssertionError(console.screen())


def row(console: Opened, name: str) -> str:
    """What is shown for an input or a result, spaces made one."""
    shown = next(one for one in console.screen().splitlines() if f" {name}  " in one)
    return " ".join(shown.split(name, 1)[1].split())


async def test_nine_on_a_workload_opens_the_lab_at_its_own_figures() -> None:
    async with lab() as console:
        await console.press("1")
        console.table.select("policy-search")
        await console.press("9")
        await drawn(console)
        screen = console.screen()
        assert "lab › cascade › policy-sear" in screen
        assert "25 %  measured, last 30" in screen
        assert "$0.010312  today's price of" in screen
        assert "5 %  playbook's example" in screen  # what nobody measured


@pytest.mark.parametrize(("keys", "escalate"), [
    ("right", "31 % yours"), ("left left", "28 % yours"), ("l plus", "32 % yours"), ("h minus", "28 % yours"),
    ("shift+right", "40 % yours"), ("ctrl+left", "20 % yours"), ("greater_than_sign", "40 % yours"),
    ("right right d", "30 % playbook's example"), ("right D", "30 % playbook's example"),
    ("pagedown pagedown right", "31 % yours"),
    ("enter 0 full_stop 4 5 enter", "45 % yours"), ("right enter 1 enter left", "99 % yours"),
])
async def test_keys_move_the_input_under_the_cursor(keys: str, escalate: str) -> None:
    async with lab("down", "down", "down") as console:
        await console.press(*keys.split())
        await console.idle()
        assert row(console, "escalate") == escalate


async def test_results_and_chart_follow_a_key_at_once() -> None:
    async with lab("down", "down", "down") as console:
        before = console.screen()
        assert "│ now 30 %  ┊ break-even 59.08 %" in before
        await console.press("shift+right", "shift+right")
        await console.idle()
        after = console.screen()
        assert "cost per query $" in after
        assert "$3.03" not in before
        assert "$2.705" in after  # 1 + 0.5 x 3 + 0.5 x 0.05 x 5 + 0.08
        assert "│ now 50 %" in after
        await console.press("down", "down", "down", "right")  # rework: the break-even moves, and where one is does not
        await console.idle()
        assert "│ now 50 %  ┊ break-even 58.95 %" in console.screen()


async def test_a_number_that_the_input_does_not_take_is_refused_with_what_to_write() -> None:
    async with lab("down", "down", "down", "enter", "7", "enter") as console:
        assert "is not a share from 0 to 1: write it like 0.3" in console.screen()
        await console.press("escape")
        await console.idle()
        assert "30 %" in console.screen()


async def test_every_topic_is_a_key_away_and_keeps_what_was_moved() -> None:
    async with lab("right") as console:
        view = console.app.view
        assert isinstance(view, LabView)
        seen = []
        for _ in view._benches:
            seen.append(view.bench.topic.name)
            await console.press("right_square_bracket")
            await console.idle()
            assert "There is no chart" not in console.screen()
        assert seen == list(view._benches)
        assert "$1.10  yours" in console.screen()
        await console.press("left_square_bracket")
        assert view.bench.topic.name == seen[-1]


async def test_three_pins_stand_side_by_side_with_their_differences() -> None:
    async with lab("space", "right", "space", "right", "space", "right", size=(200, 50)) as console:
        screen = console.screen()
        assert "pin 1          pin 2          pin 3" in screen
        assert "+$0.30         +$0.20         +$0.10" in screen
        await console.press("X")
        assert "pin 1" not in console.screen()


async def test_what_is_copied_says_inputs_results_and_the_command() -> None:
    async with lab("y") as console:
        assert console.app.clipboard.startswith("cascade, 2026-11-")
        assert "token-console lab cascade --distilled-usd 1 --workhorse-usd 3" in console.app.clipboard
        assert "The topic cascade was sent to the terminal's clipboard" in console.screen()


async def test_w_begins_from_a_workload_and_from_none_again() -> None:
    async with lab("w", *"claims-triage", "enter") as console:
        assert console.door.asked[-1] == ("measurements", {"workload": "claims-triage"})
        assert "lab › cascade › claims-triag" in console.screen()
        await console.press("r")
        assert [name for name, _ in console.door.asked].count("measurements") == 2
        await console.press("w", *"none", "enter")
        await console.idle()
        assert "measured" not in console.screen()


async def test_a_workload_that_cannot_be_read_leaves_what_was_there() -> None:
    async with lab("w", *"claims-triage", "enter", measurements=ConsoleError("The database is locked.")) as console:
        assert "The database is locked." in console.screen()
        assert "30 %  playbook's example" in console.screen()


async def test_the_chart_in_full_goes_on_following_and_the_numbers_come_back() -> None:
    async with lab("down", "down", "down", "f", "right") as console:
        lines = console.screen().splitlines()
        assert any("escalate" in one and "31 %" in one for one in lines[1:5])
        assert any("USD BY ESCALATE" in one for one in lines[4:7])
        assert "now 31 %" in console.screen()
        await console.press("q")
        await console.idle()
        assert console.app.view.NAME == "lab"
        assert "cost per query $" in console.screen()


async def test_a_result_is_kept_in_the_draft_after_it_was_shown_what_changes() -> None:
    async with lab("w", *"claims-triage", "enter") as console:
        await console.press("S")
        await console.idle()
        screen = console.screen()
        assert "Keep this in claims-triage, version 2?" in screen
        assert "monthly_usd = 1134  was 1860" in screen
        assert "nobody counts cases" in screen
        await console.press(*"figures", "enter")
        await console.idle()
        name, options = console.door.asked[-1]
        assert (name, options["figures"], options["base_version"], options["base_hash"]) == ("keep", True, 2, "hash")
        assert options["inputs"]["escalate"] == "0.25"
        assert options["origins"]["escalate"] == "measured, last 30 days"
        assert "kept in version 2 of the Charter of claims-triage" in console.screen()


async def test_what_began_from_nobody_asks_whose_charter_and_esc_keeps_nothing() -> None:
    async with lab("S") as console:
        assert "Keep it in the Charter of" in console.screen()
        await console.press(*"claims-triage", "enter")
        await console.idle()
        await console.press("escape")
        await console.idle()
        assert "keep" not in [name for name, _ in console.door.asked]
        assert "Nothing was kept." in console.screen()


async def test_in_a_small_pane_the_inputs_stay_and_the_chart_is_a_key_away() -> None:
    async with lab(size=(60, 15)) as console:
        assert "break even escalation" in console.screen()
        assert "USD BY ESCALATE" not in console.screen()
        await console.press("f")
        await console.idle()
        assert "USD BY ESCALATE" in console.screen()
