"""What was left under way, by the table of operations 2.4: carried on, read back, or expired; never guessed."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from console.config import Notification
from console.operations import breakers
from console.operations.desk import Desk
from console.watch import drafting, intents, open_matters, outcomes
from console.watch.automatic import Automatic
from store import incidents
from store.tables import Intent, OutboxMessage
from tests.support import kills
from tests.support.desks import ARCHITECT
from tests.support.key_server import Keys, key_server
from tests.support.kills import KEY, SLUG

PAGER = Notification("pager", "env:PAGER", "critical")


@pytest.fixture
def keys() -> Iterator[Keys]:
    with key_server(**{KEY: "active"}) as served:
        yield served


@pytest.fixture(autouse=True)
async def closed() -> AsyncIterator[None]:
    """Whatever desk a test made is closed after it."""
    yield
    await kills.close_desks()


@pytest.fixture
def desk(keys: Keys, tmp_path: Path) -> Desk:
    return kills.kill_desk(kills.config(keys.url, tmp_path))


async def left_behind(desk: Desk, state: str = "planned", by: str = "elsewhere:1:abc", *,
                      intent_state: str = "approved") -> str:
    """A recorded kill whose step stands as some process left it."""
    engine = breakers.automatic(desk)
    kills.signed_terms(desk)
    draft = await drafting.kill(desk.config, desk.database, engine.board, SLUG)
    with desk.database.write() as tx:
        intent = intents.record(tx, intents.Request(
            workload=SLUG, verb="kill", origin="automatic", reason="a test", requested_by="engine",
            at=desk.clock.now(), valid_s=900, plan_hash=draft.plan_hash, targets=draft.targets, state=intent_state,
            evidence={"charter_version": 1},
        ), engine.notify).intent
        if state != "planned":
            (step,) = incidents.steps(tx, intent.id)
            step.state, step.claimed_by, step.claimed_at, step.attempt = state, by, desk.clock.now(), 1
            outcomes.set_intent_state(tx, intent, "executing", desk.clock.now())
            tx.add(step)
    return intent.id


async def recover(desk: Desk) -> list[str]:
    engine = breakers.automatic(desk)
    taken = await engine.recover()
    await engine.drain(5)
    return taken


def gone() -> str:
    """A process of this host that has ended."""
    child = subprocess.Popen(["true"])
    child.wait()
    return f"{socket.gethostname()}:{child.pid}:abc"


async def test_a_plan_that_is_still_valid_is_carried_on(desk: Desk, keys: Keys) -> None:
    await left_behind(desk)
    await recover(desk)
    assert kills.intents_of(desk)[0].state == "done"
    assert len(keys.writes) == 1


async def test_a_plan_whose_validity_is_over_expires_and_the_breaker_stays_tripped(desk: Desk, keys: Keys) -> None:
    await left_behind(desk)
    await desk.clock.sleep(1000)
    await recover(desk)
    assert kills.intents_of(desk)[0].state == "expired"
    assert kills.steps_of(desk, kills.intents_of(desk)[0].id)[0].state == "expired"
    assert kills.breaker_state(desk) == "tripped"
    assert keys.writes == []


@pytest.mark.parametrize("meanwhile", [
    "UPDATE charter SET state = 'retired'", "UPDATE charter_signature SET void_at = 1",
    "INSERT INTO disarm (starts_at, ends_at, created_by, reason) VALUES (0, 9000000000000000, 'm', 'r')",
])
async def test_a_plan_that_its_charter_no_longer_orders_expires(desk: Desk, keys: Keys, meanwhile: str) -> None:
    await left_behind(desk)
    with desk.database.write() as tx:
        tx.connection().exec_driver_sql(meanwhile)
    await recover(desk)
    assert kills.intents_of(desk)[0].state == "expired"
    assert kills.breaker_state(desk) == "tripped"
    assert keys.writes == []


async def test_an_approval_that_nobody_gave_expires_after_a_day(desk: Desk, keys: Keys) -> None:
    await left_behind(desk, intent_state="awaiting_approval")
    await recover(desk)
    assert kills.intents_of(desk)[0].state == "awaiting_approval"
    await desk.clock.sleep(timedelta(hours=25).total_seconds())
    await recover(desk)
    assert kills.intents_of(desk)[0].state == "expired"
    assert keys.writes == []


async def test_a_step_whose_effect_is_seen_is_done_without_a_request(desk: Desk, keys: Keys) -> None:
    await left_behind(desk, "executing", gone())
    keys.states[KEY] = "inactive"
    await recover(desk)
    (step,) = kills.steps_of(desk, kills.intents_of(desk)[0].id)
    assert (step.state, step.error) == ("done", "found after restart")
    assert keys.writes == []


async def test_a_step_without_effect_is_repeated_with_its_own_key(desk: Desk, keys: Keys) -> None:
    intent = await left_behind(desk, "executing", gone())
    await recover(desk)
    (step,) = kills.steps_of(desk, intent)
    assert step.state == "done"
    assert [write.headers["idempotency-key"] for write in keys.writes] == [step.idempotency_key]


async def test_nothing_is_sent_that_does_not_stand_in_the_store_as_it_is_sent(desk: Desk, keys: Keys) -> None:
    intent = await left_behind(desk)
    engine = breakers.automatic(desk)

    def tamper(where: str) -> None:
        if where == "after claim":
            with desk.database.write() as tx:
                tx.connection().exec_driver_sql("UPDATE step SET idempotency_key = 'another'")

    engine.executor.checkpoint = tamper
    with pytest.raises(AssertionError, match="nothing is sent"):
        await engine.executor.run(intent)
    assert keys.writes == []
    assert kills.breaker_state(desk) == "tripped"


async def test_an_accepted_step_is_only_read_back(desk: Desk, keys: Keys) -> None:
    await left_behind(desk, "verifying", gone())
    await recover(desk)
    assert kills.intents_of(desk)[0].state == "unknown"
    assert keys.writes == []


async def test_after_its_validity_a_step_without_effect_is_unknown(desk: Desk, keys: Keys) -> None:
    await left_behind(desk, "executing", gone())
    await desk.clock.sleep(1000)
    await recover(desk)
    assert kills.intents_of(desk)[0].state == "unknown"
    assert keys.writes == []


@pytest.mark.parametrize("state", ["executing", "verifying"])
async def test_a_step_whose_source_left_the_configuration_is_unknown_and_told_with_the_command(
        desk: Desk, keys: Keys, state: str) -> None:
    number = await left_behind(desk, state, gone())
    with desk.database.write() as tx:
        tx.get_one(Intent, number).evidence = {"charter_version": 1, "by_hand": ["turn-it-off --key 1"]}
    await breakers.automatic(desk).drain(5)
    desk.config, desk.automatic = replace(desk.config, sources=(), notifications=(PAGER,)), None
    await recover(desk)
    (step,) = kills.steps_of(desk, number)
    assert (step.state, kills.intents_of(desk)[0].state) == ("unknown", "unknown")
    assert "cannot be read back: The switch anthropic-api-key needs a [[sources]] table" in (step.error or "")
    with desk.database.read() as tx:
        (signal,) = [change.alert for change in open_matters.evaluate(tx, (), desk.clock.now())]
        (message,) = tx.exec(select(OutboxMessage)).all()
    assert signal.severity == "critical"
    assert "turn-it-off --key 1" in str(message.model_dump())
    assert (await recover(desk), keys.writes) == ([], [])


async def test_the_step_of_a_process_that_lives_is_left_to_it(desk: Desk, keys: Keys) -> None:
    await left_behind(desk, "executing", f"{socket.gethostname()}:{os.getppid()}:abc")
    assert await recover(desk) == []
    assert keys.writes == []


async def test_the_step_of_another_host_is_taken_over_once_it_is_stale(desk: Desk, keys: Keys) -> None:
    await left_behind(desk, "executing", "elsewhere:1:abc")
    assert await recover(desk) == []
    await desk.clock.sleep(150)
    await recover(desk)
    assert kills.intents_of(desk)[0].state == "done"


async def test_a_process_that_wakes_after_it_was_overtaken_writes_nothing(desk: Desk, keys: Keys) -> None:
    """The slow one is held between its call and its record; the other one finishes; the slow one's word is dropped."""
    slow = Automatic(desk.config, desk.database, desk.clock, "elsewhere:1:slow")
    intent = await left_behind(desk)

    async def overtake() -> None:
        with desk.database.write() as tx:
            (step,) = incidents.steps(tx, intent)
            step.claimed_by = "elsewhere:2:quick"
            step.state, step.after, step.error = "refused", "active", "as the quick one saw it"
            tx.add(step)

    read_back = slow.board("anthropic-api-key", "anthropic")
    original = read_back.read

    async def read(target: str) -> str:
        await overtake()
        return await original(target)

    read_back.read = read  # type: ignore[method-assign]
    await slow.executor.run(intent)
    (step,) = kills.steps_of(desk, intent)
    assert (step.state, step.error) == ("refused", "as the quick one saw it")
    await slow.drain(5)


async def test_a_lease_that_was_lost_stops_every_write(desk: Desk, keys: Keys) -> None:
    old = Automatic(desk.config, desk.database, desk.clock, lease=lambda: ("engine", 1))
    intent = await left_behind(desk)
    await old.executor.run(intent)
    assert keys.writes == []
    assert kills.intents_of(desk)[0].state == "approved"
    await old.drain(5)


async def test_a_kill_is_not_carried_on_after_a_resume(desk: Desk, keys: Keys) -> None:
    intent = await left_behind(desk, intent_state="awaiting_approval")
    await breakers.resume(desk, ARCHITECT, SLUG, "it is the launch")
    with desk.database.write() as tx:
        row = incidents.intent(tx, intent)
        assert row is not None
        row.state = "approved"
        tx.add(row)
    await recover(desk)
    assert keys.states[KEY] == "active"
    assert keys.writes == []
