"""Automatic kills switched off: with an end, an author and a reason, announced, and where asked for by two persons."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from console.cadences.reading import Reader
from console.config import Notification
from console.errors import NotPermitted, UsageError
from console.operations import breakers, disarming
from console.operations.desk import Desk
from console.operations.disarming import Disarming
from console.pricing import PriceBook
from store import incidents
from store.tables import Disarm
from tests.support import kills
from tests.support.desks import ARCHITECT, LEAD, person
from tests.support.key_server import Keys
from tests.support.kills import SLUG

ON_CALL = person("otto", "on_call")


def in_force(desk: Desk) -> list[Disarm]:
    with desk.database.read() as tx:
        return incidents.disarms(tx, desk.clock.now())


def alarms(desk: Desk) -> tuple[str, ...]:
    with desk.database.read() as tx:
        return Reader(desk.config, PriceBook()).daily(tx, desk.clock.now()).alarms


async def hours(desk: Desk, number: float) -> None:
    await desk.clock.sleep(number * 3600)


async def asked(desk: Desk, length: timedelta = timedelta(hours=8)) -> Disarming:
    return await disarming.disarm(desk, ARCHITECT, SLUG, desk.clock.now() + length, "load test")


async def test_it_has_an_end_and_a_reason_and_can_be_ended(desk: Desk) -> None:
    with pytest.raises(UsageError):
        await asked(desk, timedelta(days=30))
    assert (await asked(desk)).state == "in force"
    (row,) = in_force(desk)
    assert row.created_by == ARCHITECT.user
    assert await disarming.arm(desk, ARCHITECT, SLUG, "over") == 1
    assert in_force(desk) == []


async def test_it_stays_on_screen_with_its_author_and_reason_until_it_ends(desk: Desk) -> None:
    await asked(desk)
    (banner,) = alarms(desk)
    assert banner.startswith(f"DISARMED: no automatic kill of {SLUG} until ")
    assert banner.endswith("by maria: load test")
    await hours(desk, 8.1)
    assert alarms(desk) == ()


async def test_it_is_announced_every_four_hours_while_it_lasts(keys: Keys, tmp_path: Path) -> None:
    settings = replace(kills.config(keys.url, tmp_path),
                       notifications=(Notification("chat", "env:NO_CHAT", "warning"),))
    desk = kills.kill_desk(settings)
    await asked(desk)
    for _ in range(20):
        await breakers.automatic(desk).settle({})
        await hours(desk, 0.5)
    with desk.database.read() as tx:
        due = incidents.outbox_due(tx, desk.clock.now(), 50)
    assert [message.title for message in due] == [f"Automatic kills are off for {SLUG}"] * 2


class TestWithTwoPersons:
    @pytest.fixture
    def desk(self, keys: Keys, tmp_path: Path) -> Desk:
        return kills.kill_desk(kills.config(keys.url, tmp_path, two_person=True))

    async def test_it_waits_for_another_person_and_holds_exactly_what_was_asked(self, desk: Desk) -> None:
        request = await asked(desk)
        assert (request.state, request.request, in_force(desk)) == ("awaiting_approval", "disarm-1", [])
        assert alarms(desk)[0].startswith("ASKED: maria asks to disarm claims-triage until ")
        done = await disarming.approve(desk, LEAD, "disarm-1", "agreed", request.content_hash)
        (row,) = in_force(desk)
        assert (done.state, row.workload, row.ends_at, row.created_by) == ("in force", SLUG, request.ends_at, "maria")
        granted = next(each for each in kills.entries_of(desk) if each.action == "disarm.granted")
        assert granted.actor == LEAD.user

    async def test_who_asked_cannot_agree(self, desk: Desk) -> None:
        request = await asked(desk)
        with pytest.raises(NotPermitted, match="somebody else must approve it"):
            await disarming.approve(desk, ARCHITECT, "disarm-1", "yes", request.content_hash)
        assert in_force(desk) == []
        assert "attempt.refused" in kills.actions(desk)

    async def test_nor_can_who_may_not_disarm(self, desk: Desk) -> None:
        request = await asked(desk)
        with pytest.raises(NotPermitted):
            await disarming.approve(desk, ON_CALL, "disarm-1", "yes", request.content_hash)
        assert in_force(desk) == []

    async def test_a_request_is_granted_once(self, desk: Desk) -> None:
        request = await asked(desk)
        await disarming.approve(desk, LEAD, "disarm-1", "agreed", request.content_hash)
        await disarming.arm(desk, ARCHITECT, SLUG, "over")
        with pytest.raises(UsageError, match="disarm-1 is granted"):
            await disarming.approve(desk, LEAD, "disarm-1", "once more", request.content_hash)
        assert in_force(desk) == []

    async def test_one_that_was_changed_since_it_was_read_is_not_granted(self, desk: Desk) -> None:
        request = await asked(desk)
        with desk.database.write() as tx:
            tx.connection().exec_driver_sql("UPDATE disarm_request SET workload = NULL")
        with pytest.raises(UsageError, match="not what you saw"):
            await disarming.approve(desk, LEAD, "disarm-1", "agreed", request.content_hash)
        seen_now = await disarming.waiting(desk, LEAD, "disarm-1")
        with pytest.raises(UsageError, match="not what was asked for"):
            await disarming.approve(desk, LEAD, "disarm-1", "agreed", seen_now.content_hash)
        assert in_force(desk) == []

    async def test_one_that_nobody_granted_within_a_day_expires(self, desk: Desk) -> None:
        request = await asked(desk, timedelta(days=3))
        await hours(desk, 24.1)
        await breakers.automatic(desk).settle({})
        assert kills.actions(desk)[-1] == "disarm.expired"
        assert alarms(desk) == ()
        with pytest.raises(UsageError, match="disarm-1 is expired"):
            await disarming.approve(desk, LEAD, "disarm-1", "agreed", request.content_hash)

    async def test_an_expired_one_is_refused_also_where_no_engine_ran(self, desk: Desk) -> None:
        request = await asked(desk, timedelta(days=3))
        await hours(desk, 24.1)
        with pytest.raises(UsageError, match="has expired"):
            await disarming.approve(desk, LEAD, "disarm-1", "agreed", request.content_hash)
        assert in_force(desk) == []

    async def test_arming_again_takes_one_person(self, desk: Desk) -> None:
        request = await asked(desk)
        await disarming.approve(desk, LEAD, "disarm-1", "agreed", request.content_hash)
        assert await disarming.arm(desk, ARCHITECT, SLUG, "over") == 1
