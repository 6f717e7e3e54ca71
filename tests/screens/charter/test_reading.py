"""The Charter on a terminal: read, version by version, compared, replayed."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from console.errors import InputError
from console.operations.charter.replay import Amendment, Told
from console.operations.desk import Desk
from tests.support.charter_console import SLUG, amended, at_charter, imported, rows, until
from tests.support.desks import EVERYTHING, NOON
from tests.support.opened import opened
from tests.support.portfolio import normal
from tests.support.real_door import DeskDoor


async def test_a_workload_without_a_charter_says_so_and_begins_one_from_the_template(desk: Desk) -> None:
    async with at_charter(desk) as console:
        assert "NO CHARTER" in console.screen()
        await console.press("n")
        await console.idle()
        assert "DRAFT version 1 of 1" in console.screen()
        assert "still holds the template's words" in console.screen()
        assert [row.state for row in rows(desk)] == ["draft"]


async def test_the_workloads_page_and_the_daily_lead_to_it(desk: Desk) -> None:
    await imported(desk)
    async with opened(normal(), door=DeskDoor(desk, EVERYTHING)) as console:
        await console.press("H")
        await console.idle()
        assert console.app.view.NAME == "charter"


@pytest.mark.parametrize("size", [(200, 50), (60, 15)])
async def test_it_fits_wherever_it_is_shown(desk: Desk, size: tuple[int, int]) -> None:
    await amended(desk)
    async with at_charter(desk, size=size) as console:
        assert "IN REVIEW version 2 of 2" in console.screen()
        assert "version 1 is in force" in console.screen()
        assert "› charter 2" in console.screen()  # at once, not with the next second


async def test_the_brackets_step_through_the_versions(desk: Desk) -> None:
    await amended(desk)
    async with at_charter(desk) as console:
        await console.press("left_square_bracket")
        await console.idle()
        assert "SIGNED version 1 of 2" in console.screen()
        await console.press("left_square_bracket")
        assert "Version 1 is the first." in console.screen()
        await console.press("right_square_bracket")
        await console.idle()
        assert "IN REVIEW version 2" in console.screen()


async def test_the_changes_are_told_in_the_playbooks_terms(desk: Desk) -> None:
    await amended(desk)
    async with at_charter(desk) as console:
        await console.press("equals_sign")
        assert "kill threshold 9,300 → 12,000 USD (+29 %)" in console.screen()
        assert "a runaway may cost 2,700 USD more" in console.screen()
        await console.press("equals_sign")
        assert "1 PURPOSE AND ALPHA POSITION" in console.screen()


async def test_a_replay_tells_how_often_it_would_have_alerted_and_tripped(desk: Desk) -> None:
    await amended(desk)
    async with at_charter(desk, size=(200, 50)) as console:
        await console.press("P")
        await console.idle()
        assert "minute" in console.screen()  # there is no usage to replay, and that is said
        told = Told("version 2, in review", (), ())
        before = replace(told, charter="version 1, signed")
        console.door.answers["replay_charter"] = Amendment(
            SLUG, NOON, NOON, before, told, hours_from=NOON - timedelta(days=9), asked_from=NOON - timedelta(days=92))
        await console.press("P")
        await console.idle()
        assert "by the hour from" in console.screen()
        assert "no usage of it is known" in console.screen()
        assert "this version (version 2, in review) would have alerted not once" in console.screen()
        await console.press("P")
        assert "would have alerted" not in console.screen()


async def test_a_replay_is_of_the_version_that_it_was_asked_for(desk: Desk) -> None:
    await amended(desk)
    async with at_charter(desk) as console:
        console.door.answers["replay_charter"] = lambda **options: asyncio.Event().wait()
        await console.press("P")
        assert "REPLAY" in console.screen()
        await console.press("left_square_bracket")
        await until(lambda: "SIGNED version 1" in console.screen(), console)
        assert "REPLAY" not in console.screen()


async def test_what_could_not_be_read_is_tried_again_with_r(desk: Desk) -> None:
    await imported(desk)
    async with opened(normal(), door=DeskDoor(desk, EVERYTHING)) as console:
        console.door.answers["charter_form"] = InputError("The database is locked.")
        console.app.go("charter", SLUG)
        await console.idle()
        assert "r tries again" in console.screen()
        del console.door.answers["charter_form"]
        await console.press("r")
        await console.idle()
        assert "DRAFT version 1" in console.screen()
