"""When a kill goes further where its usage is told by the hour, or by nobody: what is unknown is not taken for stopped.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from console.config import SourceSettings
from console.operations import breakers
from console.operations.desk import Desk
from console.watch import open_matters
from console.watch.engine import Engine
from console.watch.judgement import Trip
from store.tables import Intent
from tests.support import hourly, kills
from tests.support.desks import person
from tests.support.key_server import Keys, key_server
from tests.support.kills import KEY, NIGHT, OTHER_KEY, SIGNAL, SLUG, known, staged

ON_CALL = person("otto", "on_call")
HOUR_OF_KILL = NIGHT.replace(minute=0)


@pytest.fixture
def keys() -> Iterator[Keys]:
    with key_server(**{KEY: "active", OTHER_KEY: "active"}) as served:
        yield served


@dataclass
class Night:
    """A workload told by the hour, killed at 02:14 by its Charter, and the engine that watches it."""

    desk: Desk
    source: hourly.Hourly
    engine: Engine

    async def until(self, hours: float) -> list[Intent]:
        """Turns of the engine every half hour up to so long after the kill; its intents then, oldest first."""
        end = NIGHT + timedelta(hours=hours)
        while self.desk.clock.now() < end:
            await self.desk.clock.sleep(min(1800.0, (end - self.desk.clock.now()).total_seconds() + 1))
            await self.engine.cycle()
            await self.engine.automatic.executor.wait(5)
        return kills.intents_of(self.desk)[::-1]


@pytest.fixture
async def night(keys: Keys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Night]:
    source = hourly.installed(monkeypatch)
    for before in range(2):
        source.put(HOUR_OF_KILL - timedelta(hours=before))
    settings = kills.config(keys.url, tmp_path)
    settings = replace(settings, sources=(*settings.sources, SourceSettings("hourly", "hourly", None)))
    entry = staged(OTHER_KEY) | {"usage": [{"source": "hourly", "api_key_id": KEY}]}
    desk = kills.kill_desk(settings, entry)
    kills.signed_terms(desk)
    engine = Engine(desk.config, desk.database, desk.clock)
    assert await engine.leadership.take()
    await engine.cycle()
    await engine.automatic.trip([Trip(SIGNAL, known(desk))])
    await engine.automatic.executor.wait(5)
    yield Night(desk, source, engine)
    await engine.close()
    await kills.close_desks()


async def test_hours_that_cannot_tell_whether_spend_stopped_are_told_to_a_person(night: Night, keys: Keys) -> None:
    assert len(await night.until(1.2)) == 1, "ten minutes, an hour, its lag and two polls are not over"
    first, second = await night.until(1.5)
    assert (first.spend_stopped_at, second.escalates, second.state) == (None, first.id, "awaiting_approval")
    assert second.reason == ("Stage 2: it is not known whether spend has stopped since the stage before was confirmed: "
                             "usage is known up to 2026-11-23 03:00Z only, and told by the hour")
    assert "not known whether spend has stopped" in second.note
    assert keys.states[OTHER_KEY] == "active"
    with night.desk.database.read() as tx:
        (change,) = open_matters.evaluate(tx, (), night.desk.clock.now())
    assert (change.alert.severity, second.id in change.alert.advice) == ("critical", True)


async def test_the_hour_that_the_kill_cut_in_two_is_no_proof_that_spend_stopped_at_once(night: Night) -> None:
    (first, *_) = await night.until(2.2)
    assert first.spend_stopped_at == HOUR_OF_KILL + timedelta(hours=1)
    assert first.tail_microusd == 0
    sheet = await breakers.trip_sheet(night.desk, ON_CALL, intent=first.id)
    assert sheet is not None
    assert sheet.rate_before is None, "of the hour of the kill no rate is known"


async def test_a_whole_hour_without_usage_withdraws_what_was_proposed(night: Night) -> None:
    first, second = await night.until(3)
    assert (first.spend_stopped_at is not None, second.state) == (True, "expired")
    assert second.note == "spend was seen to have stopped"


async def test_a_whole_hour_of_usage_after_the_kill_takes_the_stage_by_itself(night: Night, keys: Keys) -> None:
    night.source.put(HOUR_OF_KILL + timedelta(hours=1))
    first, doubted, second = await night.until(2.2)
    assert (first.spend_stopped_at, first.tail_microusd) == (None, 50_000_000)
    assert [(each.id, each.state) for each in (doubted, second)] == [(f"{first.id}.2", "expired"),
                                                                    (f"{first.id}.2.2", "done")]
    assert second.reason == "Stage 2: $50.00 was spent in the 106 min since the stage before was confirmed"
    assert keys.states[OTHER_KEY] == "inactive"


async def test_a_dead_source_is_told_to_a_person(night: Night, keys: Keys) -> None:
    night.source.dead = True
    _, second = await night.until(1.6)
    assert (second.state, "usage is known up to 2026-11-23 02:00Z only" in second.reason) == ("awaiting_approval", True)


async def test_who_may_kill_approves_what_nobody_knew(night: Night, keys: Keys) -> None:
    _, second = await night.until(1.5)
    assert (await breakers.approve(night.desk, ON_CALL, second.id, "better safe")).state == "done"
    assert keys.states == {KEY: "inactive", OTHER_KEY: "inactive"}


async def test_a_switch_that_reads_as_still_on_is_followed_at_once(keys: Keys, tmp_path: Path) -> None:
    """Whatever its usage says, and however late it is told."""
    keys.write_status = [403]
    desk = kills.kill_desk(kills.config(keys.url, tmp_path), staged(OTHER_KEY))
    kills.signed_terms(desk)
    automatic = breakers.automatic(desk)
    await automatic.trip([Trip(SIGNAL, known(desk))])
    await automatic.executor.wait(5)
    await automatic.settle({SLUG: known(desk, fresh=False)})
    await automatic.executor.wait(5)
    second, first = kills.intents_of(desk)
    assert (first.state, second.state, keys.states[OTHER_KEY]) == ("failed", "done", "inactive")
    assert second.reason == f"Stage 2: the stage before ended failed, and {KEY} was read back as active"
    await kills.close_desks()
