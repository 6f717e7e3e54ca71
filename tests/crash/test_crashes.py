"""The process dies at each step of the protocol; the next one finishes what was begun, and asks for nothing twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from console.clock import epoch
from console.operations.desk import Desk
from console.switches.anthropic_api_key import VERBS
from store import audit, drills
from tests.support import forking, kills
from tests.support.key_server import Keys, key_server
from tests.support.kills import KEY, OTHER_KEY, SLUG, entry

REPOSITORY = Path(__file__).parents[2]

UNRECORDED = ["in record"]
BEFORE_THE_CALL = ["before claim", "after claim", "before call"]
AFTER_THE_CALL = ["after call", "after classify", "after read back", "before record", "in outcome"]
AFTER_THE_END = ["after record"]

JOURNALLED_BEFORE_THE_CALL = ["after journal", "before call"]
JOURNALLED_AFTER_THE_CALL = ["after call", "before end", "after end"]


@pytest.fixture
def keys() -> Iterator[Keys]:
    with key_server(**{KEY: "active", OTHER_KEY: "active"}) as served:
        yield served


@pytest.fixture
def desk(keys: Keys, tmp_path: Path) -> Iterator[Desk]:
    made = kills.kill_desk(kills.config(keys.url, tmp_path), at=datetime.now(UTC))
    yield made
    made.database.close()


def child(desk: Desk, keys: Keys, verb: str, where: str = "") -> subprocess.Popen[bytes]:
    folder = desk.config.path
    assert folder is not None
    return subprocess.Popen(
        [sys.executable, "-m", "tests.crash.child", str(folder.parent), keys.url, verb, where], cwd=REPOSITORY,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)}, stderr=subprocess.PIPE,
    )


def ended(desk: Desk, keys: Keys, verb: str, where: str = "") -> subprocess.CompletedProcess[str]:
    """The same, carried to its end."""
    folder = desk.config.path
    assert folder is not None
    return forking.run("tests.crash.child", [str(folder.parent), keys.url, verb, where], cwd=REPOSITORY,
                       env={**os.environ, "PYTHONPATH": str(REPOSITORY)})


def runs_to_its_end(desk: Desk, keys: Keys, verb: str) -> None:
    done = ended(desk, keys, verb)
    assert done.returncode == 0, done.stderr


def dies(desk: Desk, keys: Keys, verb: str, where: str) -> None:
    done = ended(desk, keys, verb, where)
    assert done.returncode == -signal.SIGKILL, done.stderr


def invariants_hold(desk: Desk, keys: Keys) -> None:
    """Operations 2.8, as far as rows and requests can show."""
    steps = [step for intent in kills.intents_of(desk) for step in kills.steps_of(desk, intent.id)]
    planned = {step.idempotency_key for step in steps}
    for write in keys.writes:
        assert write.headers["idempotency-key"] in planned
    for step in steps:
        assert step.state not in ("executing", "verifying")
        if step.state == "done":
            assert VERBS[step.verb].satisfied_by(step.after)
            assert step.confirmed_at is not None
    entries = kills.entries_of(desk)
    for intent in kills.intents_of(desk):
        mine = Counter(each.action for each in entries if each.object == f"intent:{intent.id}")
        assert mine["intent.requested"] == 1
        assert mine[f"intent.{intent.state}"] == 1
    with desk.database.read() as tx:
        assert audit.verify(tx).first_bad is None


@pytest.mark.parametrize("where", BEFORE_THE_CALL + AFTER_THE_CALL + AFTER_THE_END)
def test_a_kill_that_was_written_down_is_carried_out_once(desk: Desk, keys: Keys, where: str) -> None:
    dies(desk, keys, "kill", where)
    assert kills.breaker_state(desk) in ("tripped", "held")
    assert len(keys.writes) == (0 if where in BEFORE_THE_CALL else 1)

    runs_to_its_end(desk, keys, "recover")

    assert keys.states[KEY] == "inactive"
    assert len(keys.writes) == 1
    assert [intent.state for intent in kills.intents_of(desk)] == ["done"]
    assert kills.breaker_state(desk) == "held"
    invariants_hold(desk, keys)


@pytest.mark.parametrize("where", UNRECORDED)
def test_a_kill_that_was_not_written_down_never_happened(desk: Desk, keys: Keys, where: str) -> None:
    dies(desk, keys, "kill", where)
    runs_to_its_end(desk, keys, "recover")
    assert keys.writes == []
    assert keys.states[KEY] == "active"
    assert kills.intents_of(desk) == []
    assert kills.breaker_state(desk) == "armed"
    invariants_hold(desk, keys)


@pytest.mark.parametrize("where", ["in record", "before claim", "before call", "after call", "in outcome"])
def test_a_later_stage_is_carried_out_once(keys: Keys, tmp_path: Path, where: str) -> None:
    desk = kills.kill_desk(kills.config(keys.url, tmp_path), kills.staged(OTHER_KEY), at=datetime.now(UTC))
    kills.signed_terms(desk)
    runs_to_its_end(desk, keys, "trip")
    begun = epoch(datetime.now(UTC)) // 60 * 60
    kills.spend(desk, {begun + 60 * minute: 2 for minute in range(30)})
    kills.read_until(desk, begun + 30 * 60)
    dies(desk, keys, "escalate", where)
    assert len(keys.writes) == (2 if where in AFTER_THE_CALL else 1)

    runs_to_its_end(desk, keys, "recover")
    runs_to_its_end(desk, keys, "escalate")

    assert keys.states == {KEY: "inactive", OTHER_KEY: "inactive"}
    assert len(keys.writes) == 2
    first, second = sorted(kills.intents_of(desk), key=lambda row: row.id)  # the clocks of the processes differ
    assert (second.id, second.state, first.state) == (f"{first.id}.2", "done", "done")
    assert kills.breaker_state(desk) == "held"
    invariants_hold(desk, keys)


@pytest.mark.parametrize(("where", "writes"), [("before call", 0), ("after call", 1), ("after record", 1)])
def test_a_drills_target_is_switched_on_again(keys: Keys, tmp_path: Path, where: str, writes: int) -> None:
    target = {"drill": {"kind": "anthropic-api-key", "source": "anthropic", "target": OTHER_KEY}}
    desk = kills.kill_desk(kills.config(keys.url, tmp_path), entry() | target, at=datetime.now(UTC))
    dies(desk, keys, "drill", where)
    assert len(keys.writes) == writes

    runs_to_its_end(desk, keys, "recover")

    assert keys.states == {KEY: "active", OTHER_KEY: "active"}
    assert len(keys.writes) == 2
    with desk.database.read() as tx:
        assert [drill.outcome for drill in drills.of_workload(tx, SLUG, 5)] == ["passed"]
    assert kills.breaker_state(desk) == "armed"
    invariants_hold(desk, keys)


@pytest.mark.parametrize("where", ["before claim", "before call", "after call", "in outcome", "after record"])
def test_a_resume_is_carried_out_once_on_its_one_authorisation(desk: Desk, keys: Keys, where: str) -> None:
    runs_to_its_end(desk, keys, "kill")
    dies(desk, keys, "resume", where)
    if where != "after record":
        assert kills.breaker_state(desk) == "held"

    runs_to_its_end(desk, keys, "recover")

    assert keys.states[KEY] == "active"
    assert len(keys.writes) == 2
    assert kills.intents_of(desk)[0].state == "done"
    assert kills.breaker_state(desk) == "probation"
    assert kills.actions(desk).count("approval.used") == 1
    invariants_hold(desk, keys)


def test_death_while_the_provider_keeps_its_answer_back(desk: Desk, keys: Keys) -> None:
    keys.silent = True
    process = child(desk, keys, "kill")
    while not keys.writes and process.poll() is None:
        time.sleep(0.02)
    process.kill()
    process.communicate(timeout=30)
    keys.silent = False

    runs_to_its_end(desk, keys, "recover")

    assert len(keys.writes) == 1
    assert kills.intents_of(desk)[0].state == "done"
    invariants_hold(desk, keys)


def test_a_provider_that_shows_the_new_state_late_is_not_asked_again(desk: Desk, keys: Keys) -> None:
    keys.shown_after_s = 0.3
    dies(desk, keys, "kill", "after call")
    runs_to_its_end(desk, keys, "recover")
    assert len(keys.writes) == 1
    assert kills.intents_of(desk)[0].state == "done"
    invariants_hold(desk, keys)


def test_recovering_twice_and_dying_in_recovery_change_nothing(desk: Desk, keys: Keys) -> None:
    dies(desk, keys, "kill", "after call")
    dies(desk, keys, "recover", "before record")
    runs_to_its_end(desk, keys, "recover")
    runs_to_its_end(desk, keys, "recover")
    assert len(keys.writes) == 1
    assert kills.breaker_state(desk) == "held"
    invariants_hold(desk, keys)


def test_of_several_targets_each_is_asked_once(keys: Keys, tmp_path: Path) -> None:
    desk = kills.kill_desk(kills.config(keys.url, tmp_path), entry(SLUG, KEY, OTHER_KEY), at=datetime.now(UTC))
    dies(desk, keys, "kill", "after classify")
    runs_to_its_end(desk, keys, "recover")
    assert keys.states == {KEY: "inactive", OTHER_KEY: "inactive"}
    assert set(Counter(write.headers["idempotency-key"] for write in keys.writes).values()) == {1}
    assert kills.breaker_state(desk) == "held"
    invariants_hold(desk, keys)


@pytest.mark.parametrize("where", JOURNALLED_BEFORE_THE_CALL + JOURNALLED_AFTER_THE_CALL)
def test_a_journalled_kill_is_taken_in_and_finished_once(desk: Desk, keys: Keys, where: str) -> None:
    dies(desk, keys, "break-glass", where)
    assert len(keys.writes) == (0 if where in JOURNALLED_BEFORE_THE_CALL else 1)
    assert kills.intents_of(desk) == []

    runs_to_its_end(desk, keys, "recover")
    runs_to_its_end(desk, keys, "recover")

    assert keys.states[KEY] == "inactive"
    assert len(keys.writes) == 1
    assert [intent.state for intent in kills.intents_of(desk)] == ["done"]
    assert kills.breaker_state(desk) == "held"
    assert kills.actions(desk).count("breakglass.used") == 1
    invariants_hold(desk, keys)


def test_a_kill_that_did_not_reach_the_journal_never_happened(desk: Desk, keys: Keys) -> None:
    dies(desk, keys, "break-glass", "before journal")
    runs_to_its_end(desk, keys, "recover")
    assert (keys.writes, kills.intents_of(desk), kills.breaker_state(desk)) == ([], [], "armed")


def test_death_while_the_journal_is_taken_in_takes_nothing_in_twice(desk: Desk, keys: Keys) -> None:
    runs_to_its_end(desk, keys, "break-glass")
    dies(desk, keys, "recover", "in record")
    assert kills.intents_of(desk) == []
    runs_to_its_end(desk, keys, "recover")
    assert [intent.state for intent in kills.intents_of(desk)] == ["done"]
    assert len(keys.writes) == 1
    invariants_hold(desk, keys)
