"""What an automatic kill may not exceed: protected targets, shared ones, and how many within an hour."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from console.config import BreakerSettings
from console.operations import breakers
from console.operations.desk import Desk
from store import incidents, streams, usage
from tests.support import kills
from tests.support.automatic import charted, engine, trip
from tests.support.desks import ARCHITECT, person
from tests.support.key_server import Keys, key_server
from tests.support.kills import KEY, NIGHT, OTHER_KEY, SLUG, entry

ON_CALL = person("otto", "on_call")


@pytest.fixture
def keys() -> Iterator[Keys]:
    with key_server(**{KEY: "active", OTHER_KEY: "active"}) as served:
        yield served


@pytest.fixture(autouse=True)
async def closed() -> AsyncIterator[None]:
    """Whatever desk a test made is closed after it."""
    yield
    await kills.close_desks()


@pytest.fixture
def desk(keys: Keys, tmp_path: Path) -> Desk:
    return charted(kills.config(keys.url, tmp_path))


async def test_a_protected_target_waits_for_a_person_who_releases_it(keys: Keys, tmp_path: Path) -> None:
    guarded = BreakerSettings(protected=(KEY,), act_deadline_s=2.0)
    desk = charted(kills.config(keys.url, tmp_path, breaker=guarded))
    (intent,) = await engine(desk).trip([trip()])
    await engine(desk).drain(5)
    assert kills.intents_of(desk)[0].state == "awaiting_approval"
    assert kills.breaker_state(desk) == "tripped"
    assert keys.writes == []
    result = await breakers.kill(desk, ON_CALL, SLUG, "yes, stop it")
    assert (result.intent, result.state) == (intent, "done")
    assert keys.states[KEY] == "inactive"
    with desk.database.read() as tx:
        assert [row.approved_by for row in incidents.approvals(tx, intent)] == ["otto"]


async def test_a_resume_rejects_a_kill_that_still_waits(keys: Keys, tmp_path: Path) -> None:
    guarded = BreakerSettings(protected=(KEY,), act_deadline_s=2.0)
    desk = charted(kills.config(keys.url, tmp_path, breaker=guarded))
    await engine(desk).trip([trip()])
    assert (await breakers.resume(desk, ARCHITECT, SLUG, "it is the launch")).state == "done"
    assert [row.state for row in kills.intents_of(desk)] == ["done", "rejected"]
    assert kills.breaker_state(desk) == "probation"
    assert keys.writes == []


async def test_the_first_kill_of_an_hour_may_stop_its_own_targets_however_many(keys: Keys, tmp_path: Path) -> None:
    narrow = BreakerSettings(max_targets=1, act_deadline_s=2.0)
    desk = charted(kills.config(keys.url, tmp_path, breaker=narrow), entry(SLUG, KEY, OTHER_KEY))
    await engine(desk).trip([trip()])
    await engine(desk).drain(5)
    assert keys.states == {KEY: "inactive", OTHER_KEY: "inactive"}


async def test_shared_targets_beyond_the_blast_radius_wait_for_a_person(keys: Keys, tmp_path: Path) -> None:
    desk = charted(kills.config(keys.url, tmp_path), entry(), entry("chat", OTHER_KEY, usage=[KEY]))
    await engine(desk).trip([trip()])
    await engine(desk).drain(5)
    (row,) = kills.intents_of(desk)
    assert row.state == "awaiting_approval"
    assert "1 of 2 live keys" in row.note
    assert keys.writes == []


async def test_a_target_that_another_workload_was_seen_to_use_is_shared(keys: Keys, tmp_path: Path) -> None:
    """The MBOM names the key once; usage of one model through it belongs to another workload by a finer rule."""
    chat = {**entry("chat", OTHER_KEY), "usage": [{"model": "claude-haiku-4-5", "workspace_id": "wrkspc_01"}]}
    desk = charted(kills.config(keys.url, tmp_path), entry(), chat)
    row = f'{{"api_key_id":"{KEY}","model":"claude-haiku-4-5","workspace_id":"wrkspc_01"}}'
    with desk.database.write() as tx:
        usage.set_workloads(tx, dict.fromkeys(usage.series_ids(tx, "anthropic", [row], 0).values(), "chat"))
    await engine(desk).trip([trip()])
    await engine(desk).drain(5)
    (kill,) = kills.intents_of(desk)
    assert (kill.state, keys.writes) == ("awaiting_approval", [])
    assert kill.evidence["shared"] == {KEY: ["chat"]}


async def test_a_shared_target_within_the_blast_radius_is_killed(keys: Keys, tmp_path: Path) -> None:
    desk = charted(kills.config(keys.url, tmp_path), entry(), entry("chat", OTHER_KEY, usage=[KEY]))
    with desk.database.write() as tx:
        streams.put_names(tx, "anthropic", [_Named(f"apikey_{number:02}") for number in range(10)], NIGHT)
    await engine(desk).trip([trip()])
    await engine(desk).drain(5)
    assert keys.states[KEY] == "inactive"


@pytest.mark.parametrize(("keys_known", "state", "why"), [
    (20, "done", ""),
    (9, "awaiting_approval", "with the automatic kills of the last hour this would stop 2 of 9 live keys"),
])
async def test_a_second_kill_within_the_hour_counts_together_with_the_first(
        keys: Keys, tmp_path: Path, keys_known: int, state: str, why: str) -> None:
    desk = charted(kills.config(keys.url, tmp_path), entry(), entry("chat", OTHER_KEY))
    kills.signed_terms(desk, slug="chat")
    with desk.database.write() as tx:
        streams.put_names(tx, "anthropic", [_Named(f"apikey_{number:02}") for number in range(keys_known)], NIGHT)
    await engine(desk).trip([trip()])
    await engine(desk).drain(5)
    await engine(desk).trip([trip(workload="chat")])
    await engine(desk).drain(5)
    assert kills.intents_of(desk)[0].state == "done"
    (second,) = kills.intents_of(desk, "chat")
    assert second.state == state
    assert why in second.note


async def test_after_an_hour_a_kill_counts_alone_again(keys: Keys, tmp_path: Path) -> None:
    desk = charted(kills.config(keys.url, tmp_path), entry(), entry("chat", OTHER_KEY))
    kills.signed_terms(desk, slug="chat")
    await engine(desk).trip([trip()])
    await engine(desk).drain(5)
    await desk.clock.sleep(3600)
    await engine(desk).trip([trip(workload="chat", at=desk.clock.now())])
    await engine(desk).drain(5)
    assert [row.state for row in kills.intents_of(desk, "chat")] == ["done"]


class _Named:
    kind, status, workspace = "api_key", "active", None

    def __init__(self, identifier: str) -> None:
        self.identifier = self.name = identifier
