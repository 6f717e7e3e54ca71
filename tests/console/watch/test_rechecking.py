"""What was left unknown is looked at again: only read, ever less often, and settled as the read-back says."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from console.cadences.reading import Reader
from console.config import Notification
from console.operations import breakers
from console.operations import incidents as commands
from console.operations.desk import Desk
from console.pricing import PriceBook
from console.watch.judgement import Judge
from store import incidents
from tests.support import kills
from tests.support.desks import ARCHITECT
from tests.support.key_server import Keys, key_server
from tests.support.kills import KEY, OTHER_KEY, SLUG, entry

PAGER = Notification("pager", "env:NO_PAGER")


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
async def desk(keys: Keys, tmp_path: Path) -> Desk:
    """A desk whose kill was accepted, and whose effect could not be read back."""
    settings = replace(kills.config(keys.url, tmp_path), notifications=(PAGER,))
    made = kills.kill_desk(settings)
    await accepted_unseen(made, keys)
    return made


async def accepted_unseen(desk: Desk, keys: Keys, state: str = "unknown") -> None:
    keys.deaf = True
    assert (await breakers.kill(desk, ARCHITECT, SLUG, "runaway")).state == state


async def turn(desk: Desk) -> None:
    """The engine's part after each judgement."""
    engine = breakers.automatic(desk)
    await engine.settle({})
    await engine.drain(5)


def reads(keys: Keys) -> int:
    assert keys.server is not None
    return sum(asked.method == "GET" for asked in keys.server.asked)


def told(desk: Desk) -> list[tuple[str, str]]:
    with desk.database.read() as tx:
        due = incidents.outbox_due(tx, desk.clock.now() + timedelta(days=1), 50)
    return [(message.title, message.body) for message in due]


def open_alerts(desk: Desk) -> list[tuple[str, str, str]]:
    Judge(desk.config, desk.database, Reader(desk.config, PriceBook())).judge(desk.clock.now())
    with desk.database.read() as tx:
        return [(row.rule, row.severity, row.advice) for row in incidents.open_alerts(tx) if row.workload == SLUG]


async def test_an_effect_that_shows_late_confirms_the_kill_and_holds_the_breaker(desk: Desk, keys: Keys) -> None:
    keys.states[KEY] = "inactive"
    await turn(desk)
    (intent,) = kills.intents_of(desk)
    (step,) = kills.steps_of(desk, intent.id)
    assert (intent.state, step.state, step.after) == ("done", "done", "inactive")
    assert kills.breaker_state(desk) == "held"
    assert len(keys.writes) == 1
    assert told(desk)[-1][0] == f"Kill of {SLUG} is confirmed"
    assert kills.actions(desk)[-3:] == ["step.done", "intent.done", "breaker.held"]


async def test_while_the_plan_is_valid_another_state_settles_nothing(desk: Desk, keys: Keys) -> None:
    await turn(desk)
    assert kills.intents_of(desk)[0].state == "unknown"
    assert len(keys.writes) == 1


async def test_after_its_validity_a_state_that_never_changed_is_a_failure_that_was_only_read(
        desk: Desk, keys: Keys) -> None:
    await desk.clock.sleep(1000)
    await turn(desk)
    (intent,) = kills.intents_of(desk)
    (step,) = kills.steps_of(desk, intent.id)
    assert (intent.state, step.state) == ("failed", "failed")
    assert "still shows active instead of inactive" in (step.error or "")
    assert kills.breaker_state(desk) == "tripped"
    assert len(keys.writes) == 1


async def test_what_cannot_be_read_stays_unknown_and_is_told_once_with_the_command(desk: Desk, keys: Keys) -> None:
    keys.read_status = 503
    await desk.clock.sleep(1000)
    before = len(told(desk))
    for _ in range(3):
        await turn(desk)
        await desk.clock.sleep(7200)
    assert kills.intents_of(desk)[0].state == "unknown"
    (message,) = told(desk)[before:]
    assert message[0] == f"Kill of {SLUG} is still unknown"
    assert f"curl -X POST {keys.url}/v1/organizations/api_keys/{KEY}" in message[1]


async def test_it_is_looked_at_ever_less_often(desk: Desk, keys: Keys) -> None:
    looked = []
    for seconds in (0, 10, 30, 3600, 60, 60):
        await desk.clock.sleep(seconds)
        before = reads(keys)
        await turn(desk)
        looked.append(reads(keys) - before)
        if kills.intents_of(desk)[0].state == "failed":
            break
        keys.read_status = 503
    assert looked == [1, 0, 1, 1, 0, 0]


async def test_an_outcome_that_a_later_kill_has_overtaken_is_left_alone(desk: Desk, keys: Keys) -> None:
    keys.deaf = False
    assert (await breakers.kill(desk, ARCHITECT, SLUG, "once more")).state == "done"
    before = reads(keys)
    await turn(desk)
    assert reads(keys) == before
    assert [intent.state for intent in kills.intents_of(desk)] == ["done", "unknown"]


async def test_of_two_targets_the_one_that_was_left_unknown_completes_the_kill(keys: Keys, tmp_path: Path) -> None:
    desk = kills.kill_desk(kills.config(keys.url, tmp_path), entry(SLUG, KEY, OTHER_KEY))
    keys.states[OTHER_KEY] = "inactive"
    await accepted_unseen(desk, keys, "partial")
    keys.states[KEY] = "inactive"
    await turn(desk)
    assert kills.intents_of(desk)[0].state == "done"
    assert kills.breaker_state(desk) == "held"


async def test_an_unconfirmed_kill_is_a_critical_alert_that_no_silence_mutes_until_it_is_confirmed(
        desk: Desk, keys: Keys) -> None:
    await commands.silence(desk, ARCHITECT, workload=SLUG, reason="quiet", until=desk.clock.now() + timedelta(hours=1))
    (alert,) = open_alerts(desk)
    assert alert[:2] == ("unconfirmed", "critical")
    assert f"token-console kill {SLUG} --reason TEXT. Or by hand: curl -X POST" in alert[2]
    assert any("unconfirmed" in title for title, _ in told(desk))
    keys.states[KEY] = "inactive"
    await turn(desk)
    assert open_alerts(desk) == []
