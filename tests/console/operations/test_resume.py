"""Resume as a person asks for it: by role, with a reason, restoring what was there before and nothing else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from console.config import Operator
from console.errors import InputError, NotPermitted, ProviderUnreachable
from console.operations import breakers
from console.operations.desk import Desk
from tests.support import kills
from tests.support.desks import ARCHITECT, person
from tests.support.key_server import Keys
from tests.support.kills import KEY, OTHER_KEY, SLUG, entry

ON_CALL = person("otto", "on_call")



async def test_a_resume_restores_the_saved_state_and_begins_probation(desk: Desk, keys: Keys) -> None:
    killed = await breakers.kill(desk, ON_CALL, SLUG, "runaway")
    result = await breakers.resume(desk, ARCHITECT, SLUG, "the loop is fixed")
    assert result.state == "done"
    assert keys.states[KEY] == "active"
    assert kills.breaker_state(desk) == "probation"
    assert kills.intents_of(desk)[0].reverses == killed.intent


async def test_who_may_kill_may_not_therefore_resume(desk: Desk, keys: Keys) -> None:
    await breakers.kill(desk, ON_CALL, SLUG, "runaway")
    with pytest.raises(NotPermitted):
        await breakers.resume(desk, ON_CALL, SLUG, "looks fine")
    assert keys.states[KEY] == "inactive"
    assert kills.breaker_state(desk) == "held"


async def test_who_lost_the_role_before_it_was_carried_out_resumes_nothing(desk: Desk, keys: Keys) -> None:
    await breakers.kill(desk, ON_CALL, SLUG, "runaway")
    await breakers.automatic(desk).drain(5)
    desk.config = replace(desk.config, operators=(Operator("maria", ("viewer",)),))
    desk.automatic = None
    assert (await breakers.resume(desk, ARCHITECT, SLUG, "fixed")).state == "expired"
    assert keys.states[KEY] == "inactive"
    assert kills.breaker_state(desk) == "held"


async def test_an_armed_breaker_has_nothing_to_resume(desk: Desk) -> None:
    with pytest.raises(InputError, match="armed"):
        await breakers.resume(desk, ARCHITECT, SLUG, "why not")


async def test_what_was_off_before_the_kill_stays_off(keys: Keys, tmp_path: Path) -> None:
    keys.states[OTHER_KEY] = "inactive"
    desk = kills.kill_desk(kills.config(keys.url, tmp_path), entry(SLUG, KEY, OTHER_KEY))
    await breakers.kill(desk, ON_CALL, SLUG, "runaway")
    await breakers.resume(desk, ARCHITECT, SLUG, "fixed")
    assert keys.states == {KEY: "active", OTHER_KEY: "inactive"}


async def test_a_resume_restores_what_several_kills_of_one_trip_turned_off(keys: Keys, tmp_path: Path) -> None:
    desk = kills.kill_desk(kills.config(keys.url, tmp_path), entry(SLUG, KEY, OTHER_KEY))
    keys.write_status = [403]
    first = await breakers.kill(desk, ON_CALL, SLUG, "runaway")
    assert first.state == "partial"
    second = await breakers.kill(desk, ON_CALL, SLUG, "the rest")
    assert second.state == "done"
    await breakers.resume(desk, ARCHITECT, SLUG, "fixed")
    assert keys.states == {KEY: "active", OTHER_KEY: "active"}


async def test_a_key_that_another_breaker_holds_stays_off(keys: Keys, tmp_path: Path) -> None:
    desk = kills.kill_desk(kills.config(keys.url, tmp_path), entry(), entry("chat", KEY))
    await breakers.kill(desk, ON_CALL, SLUG, "runaway")
    await breakers.kill(desk, ON_CALL, "chat", "also")
    with pytest.raises(InputError, match="Resume chat first"):
        await breakers.resume(desk, ARCHITECT, SLUG, "fixed")
    assert (await breakers.resume(desk, ARCHITECT, "chat", "fixed")).state == "done"
    assert keys.states[KEY] == "inactive"
    assert (await breakers.resume(desk, ARCHITECT, SLUG, "fixed")).state == "done"
    assert keys.states[KEY] == "active"


async def test_a_key_that_was_archived_meanwhile_cannot_be_resumed(desk: Desk, keys: Keys) -> None:
    await breakers.kill(desk, ON_CALL, SLUG, "runaway")
    keys.states[KEY] = "archived"
    with pytest.raises(InputError, match="new key"):
        await breakers.resume(desk, ARCHITECT, SLUG, "fixed")
    assert kills.breaker_state(desk) == "held"


async def test_a_resume_reads_first_and_sends_nothing_into_the_blue(desk: Desk, keys: Keys) -> None:
    await breakers.kill(desk, ON_CALL, SLUG, "runaway")
    keys.read_status = 503
    with pytest.raises(ProviderUnreachable):
        await breakers.resume(desk, ARCHITECT, SLUG, "fixed")
    assert len(keys.writes) == 1
    assert kills.breaker_state(desk) == "held"


async def test_a_refused_resume_leaves_the_breaker_held(desk: Desk, keys: Keys) -> None:
    await breakers.kill(desk, ON_CALL, SLUG, "runaway")
    keys.write_status = [403]
    assert (await breakers.resume(desk, ARCHITECT, SLUG, "fixed")).state == "failed"
    assert kills.breaker_state(desk) == "held"
