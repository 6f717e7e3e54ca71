"""Pictures of every incident screen and dialog, small and large. After a wanted change: pytest --snapshot-update."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from textual.pilot import Pilot

from screens.app import ConsoleApp
from tests.support.audit_lines import AUDIT, INTACT
from tests.support.incidents import (
    AT,
    AWAITING,
    DAILY,
    HOSTILE_VIEW,
    LINE,
    PLAN,
    REFUSED,
    RESUME_PLAN,
    SETTLED_SHEET,
    SHEET,
    SIGNS_SHEET,
    SLUG,
    UNKNOWN,
    VIEW,
)
from tests.support.opened import press, settle
from tests.support.still_door import StillDoor, as_door

Compare = Callable[..., bool]
SIZES = [(80, 24), (200, 50)]
REASON = [*"agents", "enter"]
NAME = ["tab", *SLUG, "enter"]
WAITING = replace(VIEW, intents=(replace(VIEW.intents[0], id="resume-1", verb="resume", state="awaiting_approval"),))

PICTURES: dict[str, tuple[str, list[str], dict[str, object]]] = {
    "workload": ("workload", [], {}),
    "workload-tokens": ("workload", ["right_square_bracket", "right_square_bracket"], {}),
    "workload-end": ("workload", ["end", "k"], {}),
    "workload-hostile": ("workload", [], {"workload": HOSTILE_VIEW}),
    "alerts": ("alerts", ["j"], {}),
    "trip-sheet-unknown": ("trip_sheet", [], {}),
    "trip-sheet-settled": ("trip_sheet", [], {"trip_sheet": SETTLED_SHEET}),
    "trip-sheet-signs": ("trip_sheet", [], {"trip_sheet": SIGNS_SHEET}),
    "trip-sheet-rows": ("trip_sheet", ["end"], {}),
    "trip-sheet-none": ("trip_sheet", [], {"trip_sheet": None}),
    "audit": ("audit", ["v"], {}),
    "kill-reason": ("workload", ["K"], {}),
    "kill-plan": ("workload", ["K", *REASON], {}),
    "kill-refused": ("workload", ["K", *REASON, *NAME], {"kill": REFUSED}),
    "kill-unknown": ("workload", ["K", *REASON, *NAME], {"kill": UNKNOWN}),
    "resume-plan": ("workload", ["R", *REASON], {"plan": RESUME_PLAN}),
    "resume-waits": ("workload", ["R", *REASON, *NAME], {"plan": RESUME_PLAN}),
    "approve": ("workload", ["end", "k", "V", *REASON], {"plan": RESUME_PLAN, "workload": WAITING}),
    "acknowledge": ("alerts", ["c"], {}),
    "silence": ("alerts", ["z", "enter"], {}),
}


def console(answers: dict[str, object]) -> ConsoleApp:
    still = StillDoor(at=AT)
    still.answers.update(
        workload=VIEW, trip_sheet=SHEET, audit=list(AUDIT), verify_audit=INTACT, plan=PLAN, resume=AWAITING
    )
    still.answers.update(answers)
    held = "plan" in answers
    daily = (
        replace(DAILY, workloads=(replace(LINE, breaker="held", state="held"), *DAILY.workloads[1:])) if held else DAILY
    )
    return ConsoleApp(as_door(still), daily)


def steps(view: str, keys: list[str]) -> Callable[[Pilot[int]], Awaitable[None]]:
    async def run(pilot: Pilot[int]) -> None:
        app = pilot.app
        assert isinstance(app, ConsoleApp)
        app.go(view, SLUG)
        await settle(pilot)
        for key in keys:
            await press(pilot, key)
            if key == "enter":
                await settle(pilot)
        await settle(pilot)

    return run


@pytest.mark.parametrize("size", SIZES, ids=["80x24", "200x50"])
@pytest.mark.parametrize("name", PICTURES)
def test_picture(name: str, size: tuple[int, int], snap_compare: Compare) -> None:
    view, keys, answers = PICTURES[name]
    assert snap_compare(console(answers), terminal_size=size, run_before=steps(view, keys))


@pytest.mark.parametrize("name", ["workload", "workload-tokens", "trip-sheet-unknown", "kill-plan"])
@pytest.mark.parametrize("theme", ["light", "16", "mono"])
def test_picture_in_other_colours(
    name: str, theme: str, snap_compare: Compare, monkeypatch: pytest.MonkeyPatch
) -> None:
    if theme == "mono":
        monkeypatch.setenv("NO_COLOR", "1")
    else:
        monkeypatch.setenv("TOKEN_CONSOLE_THEME", theme)
    view, keys, answers = PICTURES[name]
    assert snap_compare(console(answers), run_before=steps(view, keys))
