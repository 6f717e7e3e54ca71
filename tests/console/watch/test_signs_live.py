"""Signs in the running system: a Charter that observes or gives time to say no, planned changes, resumes, probation."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from console.cadences.changes import Change
from console.charters import signing
from console.operations import announcing, breakers, disarming, registry
from console.operations.desk import Desk
from console.operations.identity import current_actor
from console.simulator.catalogue import key_id
from store import incidents
from store.tables import Alert
from tests.support.organisation import RUNAWAY, Organisation, organisation


@pytest.fixture
async def night(tmp_path: Path) -> AsyncIterator[Organisation]:
    async with organisation(tmp_path, "runaway-night") as whole:
        yield whole


def desk(whole: Organisation) -> Desk:
    return Desk(whole.config, whole.database, whole.provider.clock, engine=whole.engine)


async def sign(whole: Organisation, terms: str) -> None:
    """Another version of the runaway's Charter, signed by all, with these `[signs]`."""
    office, actor = desk(whole), current_actor(whole.config)
    text = (whole.config.base / "charters" / f"{RUNAWAY}.toml").read_text().replace("version = 1", "version = 2", 1)
    await registry.import_charter(office, actor, text=f"{text}\n[signs]\n{terms}\n", name="charter.toml")
    for role in signing.required_roles("financial"):
        await registry.sign(office, actor, workload=RUNAWAY, role=role)


def alerts(whole: Organisation, window: str) -> list[Alert]:
    with whole.database.read() as tx:
        return [alert for alert in incidents.alerts(tx, RUNAWAY, 50) if (alert.rule, alert.window) == ("signs", window)]


def key(whole: Organisation) -> str:
    return str(whole.provider.get(f"api_keys/{key_id(RUNAWAY)}").body["status"])


async def until_alert(whole: Organisation, window: str = "kill", minutes: int = 30) -> Alert:
    for _ in range(minutes):
        await whole.turn()
        if alerts(whole, window):
            return alerts(whole, window)[0]
    raise AssertionError(f"no alert {window} in {minutes} minutes")


async def test_a_sign_that_is_only_observed_is_told_and_written_down_and_kills_nothing(night: Organisation) -> None:
    await sign(night, 'observe = ["cache writes"]')
    told = await until_alert(night, "observed")
    assert told.summary.startswith("would have been killed for runaway pace and cache writes")
    assert "signs.observe: cache writes" in (told.charter_line or "")
    await night.turn()
    (intent,) = night.kills()
    assert (intent.state, intent.origin) == ("observed", "automatic")
    assert intent.evidence["figures"]["signs"] == "runaway pace, cache writes"
    assert key(night) == "active"
    assert night.line(RUNAWAY).breaker != "tripped"


async def test_a_kill_with_a_veto_waits_and_its_alert_says_what_waiting_costs(night: Organisation) -> None:
    await sign(night, 'veto = "5m"')
    told = await until_alert(night)
    assert "It waits 5 min for a no (disarm), which may cost $" in told.advice
    assert (night.kills(), key(night)) == ([], "active")
    tripped = await night.until_trip(10)
    (kill,) = night.kills()
    assert told.fired_at is not None
    assert timedelta(minutes=5) <= kill.requested_at - told.fired_at < timedelta(minutes=7)
    assert tripped is not None
    assert key(night) == "inactive"


async def test_a_person_who_says_no_in_time_keeps_it_running(night: Organisation) -> None:
    await sign(night, 'veto = "5m"')
    await until_alert(night)
    until = night.provider.clock.now() + timedelta(hours=1)
    await disarming.disarm(desk(night), current_actor(night.config), RUNAWAY, until, "this is a load test")
    assert await night.until_trip(12) is None
    assert key(night) == "active"


async def test_a_planned_change_keeps_signs_from_killing_and_not_the_cap(night: Organisation) -> None:
    now = night.provider.clock.now()
    meant = Change(RUNAWAY, "launch", now, now + timedelta(hours=8), 100.0)
    await announcing.announce(desk(night), current_actor(night.config), meant, "a launch")
    await night.until_trip(40)
    (kill,) = night.kills()
    assert kill.evidence["rule"] == "cap"
    assert alerts(night, "kill") == []


async def test_a_change_that_has_expired_holds_nothing_back(night: Organisation) -> None:
    now = night.provider.clock.now()
    meant = Change(RUNAWAY, "launch", now, now + timedelta(minutes=13), 100.0)
    await announcing.announce(desk(night), current_actor(night.config), meant, "a short launch")
    tripped = await night.until_trip(40)
    (kill,) = night.kills()
    assert kill.evidence["rule"] == "signs"
    assert tripped is not None
    assert tripped - now < timedelta(minutes=16)


async def test_a_resume_is_not_undone_for_what_came_before_it_and_probation_is_strict(night: Organisation) -> None:
    await night.until_trip(40)
    await night.turn()
    resumed = await breakers.resume(desk(night), current_actor(night.config), RUNAWAY, "the prompt was mended")
    assert resumed.state == "done"
    at = night.provider.clock.now()
    for _ in range(4):
        assert (await night.turn()).intents == ()
    again = await night.until_trip(30)
    assert again is not None
    kill = night.kills()[0]
    assert kill.evidence["rule"] == "signs"
    assert kill.evidence["window_start"] >= at.timestamp()
    assert int(kill.evidence["figures"]["limit_microusd"]) < int(night.kills()[1].evidence["figures"]["limit_microusd"])
