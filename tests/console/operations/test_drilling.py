"""A drill proves a breaker on a test target that is nobody's, or dry; it is written down, and the breaker stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from console.errors import InputError
from console.operations import breakers, drilling, registry
from console.operations.desk import Desk
from console.watch import recovery
from store import drills
from tests.support import kills
from tests.support.desks import person
from tests.support.key_server import Keys
from tests.support.kills import KEY, OTHER_KEY, SLUG, entry

ON_CALL = person("otto", "on_call")


def with_target(*users: str) -> dict[str, object]:
    """The entry with the other key as its test target."""
    return entry(SLUG, KEY, *users) | {
        "drill": {"kind": "anthropic-api-key", "source": "anthropic", "target": OTHER_KEY}}


@pytest.fixture
def ready(keys: Keys, tmp_path: Path) -> Desk:
    """A desk whose workload has a test target."""
    return kills.kill_desk(kills.config(keys.url, tmp_path), with_target())


async def test_a_test_target_is_switched_off_and_on_again_and_timed(ready: Desk, keys: Keys) -> None:
    done = await drilling.drill(ready, ON_CALL, workload=SLUG)
    assert (done.outcome, done.sort, done.target, done.by) == ("passed", "target", OTHER_KEY, "otto")
    assert done.requested_s is not None
    assert done.confirmed_s is not None
    assert 0 < done.requested_s < done.confirmed_s < 5
    assert [asked.path.rpartition("/")[2] for asked in keys.writes] == [OTHER_KEY, OTHER_KEY]
    assert keys.states == {KEY: "active", OTHER_KEY: "active"}
    assert kills.breaker_state(ready) == "armed"
    (intent,) = kills.intents_of(ready)
    assert (intent.verb, intent.origin, intent.state) == ("drill", "drill", "done")
    assert "drill.passed" in kills.actions(ready)


async def test_a_switch_that_has_no_effect_fails_the_drill(ready: Desk, keys: Keys) -> None:
    keys.write_status = [403]
    done = await drilling.drill(ready, ON_CALL, workload=SLUG)
    assert done.outcome == "failed"
    assert "disable" in done.detail
    assert keys.states[OTHER_KEY] == "active"


async def test_a_target_that_stays_off_is_said(ready: Desk, keys: Keys) -> None:
    keys.write_status = [200, 403]
    done = await drilling.drill(ready, ON_CALL, workload=SLUG)
    assert (done.outcome, keys.states[OTHER_KEY]) == ("failed", "inactive")
    assert "enable" in done.detail


async def test_a_target_that_somebody_uses_is_no_test_target(keys: Keys, tmp_path: Path) -> None:
    desk = kills.kill_desk(kills.config(keys.url, tmp_path), with_target(), entry("chat", OTHER_KEY))
    assert "chat" in str((await drilling.drill_plan(desk, ON_CALL, workload=SLUG)).refusal)
    with pytest.raises(InputError, match="is used by chat"):
        await drilling.drill(desk, ON_CALL, workload=SLUG)
    assert keys.writes == []


async def test_a_target_that_is_off_already_proves_nothing(ready: Desk, keys: Keys) -> None:
    keys.states[OTHER_KEY] = "inactive"
    with pytest.raises(InputError, match="switch it on first"):
        await drilling.drill(ready, ON_CALL, workload=SLUG)


async def test_a_dry_run_reads_every_stage_and_sends_no_write(keys: Keys, tmp_path: Path) -> None:
    desk = kills.kill_desk(kills.config(keys.url, tmp_path), kills.staged(OTHER_KEY))
    done = await drilling.drill(desk, ON_CALL, workload=SLUG)
    assert (done.sort, done.outcome, done.target) == ("dry run", "passed", f"{KEY}, {OTHER_KEY}")
    assert done.intent is None
    assert keys.writes == []
    assert kills.intents_of(desk) == []


async def test_a_dry_run_that_cannot_read_fails(desk: Desk, keys: Keys) -> None:
    keys.read_status = 500
    done = await drilling.drill(desk, ON_CALL, workload=SLUG, dry_run=True)
    assert done.outcome == "failed"
    assert KEY in done.detail


@pytest.mark.parametrize(("where", "times"), [("after record", 1), ("after claim", 2), ("before call", 2)])
async def test_a_drill_that_died_once_its_target_was_off_switches_it_on_again_however_late(
    ready: Desk, keys: Keys, where: str, times: int
) -> None:
    engine = breakers.automatic(ready)
    seen = []

    def dies(name: str) -> None:
        seen.append(name)
        if name == where and seen.count(where) == times:
            raise SystemError("the process ends here")

    engine.executor.checkpoint = dies
    with pytest.raises(SystemError):
        await drilling.drill(ready, ON_CALL, workload=SLUG)
    assert keys.states[OTHER_KEY] == "inactive"
    await ready.clock.sleep(3 * 86_400)
    await recovery.recover(engine.executor)
    await engine.executor.wait(5)
    assert keys.states[OTHER_KEY] == "active"
    with ready.database.read() as tx:
        (drill,) = drills.of_workload(tx, SLUG, 5)
    assert drill.outcome == "passed"


async def test_a_drill_is_in_no_kills_way(ready: Desk, keys: Keys) -> None:
    await breakers.kill(ready, ON_CALL, SLUG, "runaway")
    await drilling.drill(ready, ON_CALL, workload=SLUG)
    assert kills.breaker_state(ready) == "held"
    assert keys.states[KEY] == "inactive"


MBOM = """[[workload]]
slug = "claims-triage"
name = "Claims triage"
business_owner = "A. Owner"
usage = [{ source = "anthropic", api_key_id = "apikey_01Claims" }]
switches = [{ kind = "anthropic-api-key", source = "anthropic", target = "apikey_01Claims" }]
drill = { kind = "anthropic-api-key", source = "anthropic", target = "apikey_01Drills" }
"""


async def test_the_mbom_takes_a_test_target_of_nobody_alone(desk: Desk) -> None:
    architect = person("maria", "token_architect")
    await registry.import_mbom(desk, architect, text=MBOM, name="mbom.toml")
    with pytest.raises(InputError, match="is used by claims-triage"):
        await registry.import_mbom(desk, architect, text=MBOM.replace("apikey_01Drills", "apikey_01Claims"),
                                   name="mbom.toml")
    chat = MBOM.replace("claims-triage", "chat").replace("apikey_01Claims", "apikey_01Drills").partition("drill =")[0]
    with pytest.raises(InputError, match="the test target 'apikey_01Drills' is used by chat"):
        await registry.import_mbom(desk, architect, text=chat, name="mbom.toml")
