"""How the audit log names who did something, and what a command shows of the signs that only the engine judges."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from console.cadences.daily import status_document
from console.operations import breakers, status
from console.operations.desk import Desk
from console.operations.identity import current_actor
from console.operations.status import who
from console.watch.execution import this_process
from tests.support.organisation import RUNAWAY, Organisation, organisation


@pytest.fixture
async def night(tmp_path: Path) -> AsyncIterator[Organisation]:
    async with organisation(tmp_path, "runaway-night") as whole:
        yield whole


def command(whole: Organisation) -> Desk:
    """The desk of another process, without an engine."""
    return Desk(whole.config, whole.database, whole.provider.clock)


@pytest.mark.parametrize(("actor", "read"), [
    ("vm:4711:0f3a9c", "engine on vm"), ("db:7.example.com:4711:0f3a9c", "engine on db:7.example.com"),
    ("maria", "maria"), ("engine", "engine"), ("corp:maria", "corp:maria"),
])
def test_a_process_is_named_by_its_host_and_a_person_by_their_name(actor: str, read: str) -> None:
    assert who(actor) == read


def test_the_name_of_this_process_is_one_that_is_made_plain() -> None:
    assert who(this_process()).startswith("engine on ")


async def test_a_command_shows_the_signs_as_the_engine_published_them(night: Organisation) -> None:
    await night.turn()
    actor = current_actor(night.config)
    published = night.line(RUNAWAY).signs
    assert published is not None
    assert published.signs
    (shown,) = [line.signs for line in (await status.daily(command(night), actor)).workloads if line.slug == RUNAWAY]
    assert shown == published
    whole = await status.workload(command(night), actor, slug=RUNAWAY)
    assert whole.line.signs == published
    assert len(whole.recent_spend) == len(whole.recent_plan) == 160
    assert sum(whole.recent_spend) > 0


async def test_signs_judged_long_ago_are_not_shown_as_those_of_now(night: Organisation) -> None:
    await night.turn()
    later = night.provider.clock.now() + timedelta(hours=1)
    drawn = await status.daily(command(night), current_actor(night.config), at=later)
    assert all(line["signs"] is None for line in status_document(drawn)["workloads"])
    assert any(line.signs is not None and line.signs.lines for line in drawn.workloads)


async def test_the_trip_sheet_of_a_kill_for_signs_says_what_it_is_and_what_each_said(night: Organisation) -> None:
    await night.until_trip(60)
    sheet = await breakers.trip_sheet(command(night), current_actor(night.config), workload=RUNAWAY)
    assert sheet is not None
    assert [name for name, _ in sheet.signs] == ["runaway pace", "cache writes"]
    assert "in 3 min" in sheet.signs[0][1]
    assert "were written and not read" in sheet.signs[1][1]
    assert sheet.means == "a timestamp in the cached prefix: every call writes, none reads"
    assert sheet.decided_on == sheet.rows_total
