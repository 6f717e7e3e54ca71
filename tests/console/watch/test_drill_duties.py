"""The engine drills what is due, once a day, dry unless it may use test targets, and only while it leads."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from console.operations import breakers, status
from console.operations.desk import Desk
from console.watch.drill_duties import DrillDuties
from console.watch.execution import Overtaken
from store import drills, leases
from store.tables import Drill
from tests.support import kills
from tests.support.desks import ARCHITECT
from tests.support.key_server import Keys, key_server
from tests.support.kills import KEY, NIGHT, OTHER_KEY, SLUG, entry

TARGET = {"drill": {"kind": "anthropic-api-key", "source": "anthropic", "target": OTHER_KEY}}


@pytest.fixture
def keys() -> Iterator[Keys]:
    with key_server(**{KEY: "active", OTHER_KEY: "active"}) as served:
        yield served


@pytest.fixture(autouse=True)
async def closed() -> AsyncIterator[None]:
    """Whatever desk a test made is closed after it."""
    yield
    await kills.close_desks()


def made(keys: Keys, folder: Path, *, target: bool = False, may: bool = False, demanded: bool = True) -> Desk:
    settings = kills.config(keys.url, folder)
    settings = replace(settings, breaker=replace(settings.breaker, drill=may))
    desk = kills.kill_desk(settings, entry(SLUG, KEY) | (TARGET if target else {}))
    demand = 'automatic = true\ndrill_every = "90d"\nescalation' if demanded else "automatic = true\nescalation"
    kills.signed_terms(desk, ("automatic = true\nescalation", demand))
    return desk


def duties(desk: Desk) -> DrillDuties:
    return DrillDuties(desk.config, desk.database, desk.clock, breakers.automatic(desk))


def drilled(desk: Desk) -> list[Drill]:
    with desk.database.read() as tx:
        return drills.of_workload(tx, SLUG, 10)


@pytest.mark.parametrize(("target", "may", "sort"), [
    (False, False, "dry run"), (False, True, "dry run"), (True, False, "dry run"), (True, True, "target"),
])
async def test_a_breaker_that_is_due_is_drilled_as_far_as_the_engine_may(keys: Keys, tmp_path: Path, target: bool,
                                                                        may: bool, sort: str) -> None:
    desk = made(keys, tmp_path, target=target, may=may)
    await duties(desk).look(None)
    (drill,) = drilled(desk)
    assert (drill.sort, drill.outcome, drill.drilled_by) == (sort, "passed", "engine")
    assert len(keys.writes) == (2 if sort == "target" else 0)


async def test_it_is_drilled_again_only_when_its_period_is_about_to_end(keys: Keys, tmp_path: Path) -> None:
    desk = made(keys, tmp_path)
    keeping = duties(desk)
    for days, expected in ((0, 1), (1, 1), (80, 1), (9, 2)):
        await desk.clock.sleep(days * 86_400)
        await keeping.look(None)
        assert len(drilled(desk)) == expected


async def test_what_failed_is_tried_again_the_next_day_and_not_before(keys: Keys, tmp_path: Path) -> None:
    desk = made(keys, tmp_path)
    keeping = duties(desk)
    keys.read_status = 403
    await keeping.look(None)
    await keeping.look(None)
    assert [drill.outcome for drill in drilled(desk)] == ["failed"]
    keys.read_status = 200
    await desk.clock.sleep(86_400)
    await keeping.look(None)
    assert [drill.outcome for drill in drilled(desk)] == ["passed", "failed"]


async def test_a_charter_that_demands_no_drill_gets_none(keys: Keys, tmp_path: Path) -> None:
    desk = made(keys, tmp_path, demanded=False)
    await duties(desk).look(None)
    assert drilled(desk) == []
    (line,) = (await status.daily(desk, ARCHITECT)).workloads
    assert (line.drilled_at, line.proven) == (None, None)


async def test_the_daily_says_unproven_until_it_was_drilled(keys: Keys, tmp_path: Path) -> None:
    desk = made(keys, tmp_path)
    (before,) = (await status.daily(desk, ARCHITECT)).workloads
    await duties(desk).look(None)
    (after,) = (await status.daily(desk, ARCHITECT)).workloads
    assert (before.proven, after.proven) == (False, True)
    assert after.drilled_at is not None


async def test_a_process_that_leads_no_more_drills_nothing(keys: Keys, tmp_path: Path) -> None:
    desk = made(keys, tmp_path)
    with desk.database.write() as tx:
        assert leases.acquire(tx, "engine", "another", NIGHT, 30.0) is not None
    with pytest.raises(Overtaken):
        await duties(desk).look(("engine", 99))
    assert drilled(desk) == []
