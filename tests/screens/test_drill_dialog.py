"""A drill from the Workload screen: what it would do is shown, the slug confirms it, and how long it took is told."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from console.cadences.drill import DrillLine, DrillPlan
from tests.support.incidents import AT, DAILY, KEY, PLAN, SLUG, VIEW
from tests.support.opened import Opened, opened
from tests.support.still_door import StillDoor

ON_TARGET = DrillPlan(SLUG, "Contract review agents", "target", PLAN.targets)
DRY = DrillPlan(SLUG, "Contract review agents", "dry run", PLAN.targets)
PASSED = DrillLine(SLUG, AT, "maria", "target", KEY, 0.4, 2.5, "passed", "")


def door(**answers: Any) -> StillDoor:
    still = StillDoor(at=AT)
    still.answers.update(workload=VIEW, drill_plan=ON_TARGET, drill=PASSED)
    still.answers.update(answers)
    return still


async def asked_for(console: Opened) -> None:
    console.app.go("workload", SLUG)
    await console.idle()
    await console.press("colon", *"drill", "enter")
    await console.idle()


def drills(console: Opened) -> list[dict[str, Any]]:
    return [options for name, options in console.door.asked if name == "drill"]


async def test_the_slug_confirms_and_the_seconds_are_told() -> None:
    async with opened(DAILY, (80, 24), door()) as console:
        await asked_for(console)
        assert "Its breaker and its own switches stay as they are" in " ".join(console.screen().split())
        assert drills(console) == []
        await console.press("tab", *SLUG, "enter")
        await console.idle()
        assert drills(console) == [{"workload": SLUG}]
        assert "DRILL PASSED" in console.screen()
        assert "0.4 / 2.5" in console.screen()


async def test_escape_sends_nothing() -> None:
    async with opened(DAILY, (80, 24), door()) as console:
        await asked_for(console)
        await console.press("escape")
        await console.idle()
        assert drills(console) == []
        assert "was cancelled; nothing was sent" in console.screen()


@pytest.mark.parametrize(("plan", "said"), [
    (DRY, "so it is a dry run"), (replace(ON_TARGET, refusal="the key is used by chat"), "the key is used by chat"),
])
async def test_it_says_what_it_is_or_why_it_cannot_be(plan: DrillPlan, said: str) -> None:
    async with opened(DAILY, (80, 24), door(drill_plan=plan)) as console:
        await asked_for(console)
        assert said in " ".join(console.screen().split())
        assert drills(console) == []
