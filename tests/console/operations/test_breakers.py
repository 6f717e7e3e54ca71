"""Kill and resume as a person asks for them, against a real database and a real provider on loopback."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from console.config import SwitchSettings
from console.errors import InputError, NotPermitted, UsageError
from console.operations import breakers
from console.operations.desk import Desk
from console.watch import drafting, intents
from console.watch.automatic import Automatic
from store import audit, incidents
from tests.support import kills
from tests.support.desks import ARCHITECT, LEAD, OWNER, VIEWER, person
from tests.support.http_server import Asked, Reply, json_reply, serving
from tests.support.key_server import KILL_SECRET, Keys
from tests.support.kills import KEY, OTHER_KEY, SLUG, entry

ON_CALL = person("otto", "on_call")


async def test_a_kill_disables_the_key_reads_it_back_and_holds_the_breaker(desk: Desk, keys: Keys) -> None:
    result = await breakers.kill(desk, ON_CALL, SLUG, "243 agents since two o'clock")

    assert result.state == "done"
    (step,) = result.steps
    assert (step.before, step.wanted, step.after, step.state) == ("active", "inactive", "inactive", "done")
    assert step.confirmed_at is not None
    assert keys.states[KEY] == "inactive"
    assert kills.breaker_state(desk) == "held"


async def test_everything_is_in_the_audit_log_in_the_order_it_happened(desk: Desk) -> None:
    await breakers.kill(desk, ON_CALL, SLUG, "runaway")
    assert kills.actions(desk) == [
        "secret.first_used", "credential.used", "breaker.tripped", "intent.requested", "intent.executing",
        "step.executing", "step.verifying", "intent.verifying", "step.done", "intent.done", "breaker.held",
        "audit.key_made",  # what happened is signed at once
    ]
    with desk.database.read() as tx:
        assert audit.verify(tx).first_bad is None


async def test_the_secret_is_neither_in_the_database_nor_in_the_log(desk: Desk, tmp_path: Path) -> None:
    await breakers.kill(desk, ON_CALL, SLUG, "runaway")
    assert not kills.is_in_files(KILL_SECRET, tmp_path, "console.db*")


async def test_the_use_of_the_kill_secret_is_in_the_log_a_dry_run_writes_down_nothing(desk: Desk) -> None:
    await breakers.kill(desk, ON_CALL, SLUG, "a rehearsal", dry_run=True)
    assert kills.entries_of(desk) == []
    await breakers.plan(desk, ON_CALL, SLUG, "kill")
    (used,) = [each for each in kills.entries_of(desk) if each.action == "credential.used"]
    assert used.object == "source:anthropic"


@pytest.mark.parametrize("secret", [KILL_SECRET, "sk-ant-admin01-reading-secret-of-tests"])
async def test_no_key_that_the_console_works_with_is_ever_turned_off(
        keys: Keys, tmp_path: Path, secret: str) -> None:
    settings, reading = kills.config(keys.url, tmp_path), tmp_path / "reading-secret"
    reading.write_text("sk-ant-admin01-reading-secret-of-tests")
    reading.chmod(0o600)
    desk = kills.kill_desk(replace(settings, sources=(replace(settings.sources[0], secret=f"file:{reading}"),)))
    keys.hints[KEY] = f"{secret[:17]}...{secret[-4:]}"
    with pytest.raises(InputError, match="the key that this console itself works with"):
        await breakers.kill(desk, ON_CALL, SLUG, "runaway")
    assert keys.writes == []


async def test_a_second_kill_returns_the_first_and_sends_nothing(desk: Desk, keys: Keys) -> None:
    first = await breakers.kill(desk, ON_CALL, SLUG, "runaway")
    second = await breakers.kill(desk, LEAD, SLUG, "me too")
    assert (second.intent, second.existing) == (first.intent, True)
    assert len(keys.writes) == 1


async def test_a_key_that_was_enabled_by_hand_while_held_may_be_killed_again(desk: Desk, keys: Keys) -> None:
    await breakers.kill(desk, ON_CALL, SLUG, "runaway")
    keys.states[KEY] = "active"
    again = await breakers.kill(desk, ON_CALL, SLUG, "it works again")
    assert again.state == "done"
    assert not again.existing
    assert len({write.headers["idempotency-key"] for write in keys.writes}) == 2


async def test_a_key_that_is_off_already_is_confirmed_without_a_request(desk: Desk, keys: Keys) -> None:
    keys.states[KEY] = "archived"
    result = await breakers.kill(desk, ON_CALL, SLUG, "leak")
    assert result.state == "done"
    assert result.steps[0].after == "archived"
    assert keys.writes == []


async def test_who_has_no_role_is_refused_and_the_attempt_is_written_down(desk: Desk, keys: Keys) -> None:
    with pytest.raises(NotPermitted):
        await breakers.kill(desk, VIEWER, SLUG, "I want to")
    assert kills.actions(desk) == ["attempt.refused"]
    assert keys.writes == []


async def test_a_kill_needs_a_reason(desk: Desk) -> None:
    with pytest.raises(UsageError, match="reason"):
        await breakers.kill(desk, ON_CALL, SLUG, "  ")


async def test_a_read_only_console_does_not_kill(desk: Desk) -> None:
    desk.read_only = True
    with pytest.raises(NotPermitted, match="read-only"):
        await breakers.kill(desk, ON_CALL, SLUG, "runaway")


async def test_a_plan_that_changed_since_it_was_seen_is_not_carried_out(desk: Desk, keys: Keys) -> None:
    seen = await breakers.plan(desk, ON_CALL, SLUG, "kill")
    keys.states[KEY] = "inactive"
    with pytest.raises(UsageError, match="changed while you were looking"):
        await breakers.kill(desk, ON_CALL, SLUG, "runaway", plan_hash=seen.plan_hash)
    assert keys.writes == []


async def test_the_plan_names_targets_their_states_and_who_shares_them(keys: Keys, tmp_path: Path) -> None:
    desk = kills.kill_desk(kills.config(keys.url, tmp_path), entry(), entry("chat", OTHER_KEY, usage=[KEY]))
    plan = await breakers.plan(desk, ON_CALL, SLUG, "kill")
    (target,) = plan.targets
    assert (target.target, target.state_now, target.wanted, target.action_class) == (KEY, "active", "inactive", "K2")
    assert target.reversible
    assert target.shared_with == ("chat",)
    assert any("chat" in warning for warning in plan.warnings)


async def test_a_workload_without_a_switch_says_what_to_do(keys: Keys, tmp_path: Path) -> None:
    bare = {**entry(), "switches": []}
    desk = kills.kill_desk(kills.config(keys.url, tmp_path), bare)
    with pytest.raises(InputError, match="switches"):
        await breakers.kill(desk, ON_CALL, SLUG, "runaway")


async def test_the_consoles_own_key_is_never_switched_off(desk: Desk, keys: Keys) -> None:
    keys.hints[KEY] = f"{KILL_SECRET[:16]}...{KILL_SECRET[-4:]}"
    with pytest.raises(InputError, match="lock the console out"):
        await breakers.kill(desk, ON_CALL, SLUG, "runaway")


async def test_a_refused_kill_is_failed_and_the_breaker_stays_tripped(desk: Desk, keys: Keys) -> None:
    keys.write_status = [403]
    result = await breakers.kill(desk, ON_CALL, SLUG, "runaway")
    assert result.state == "failed"
    assert result.steps[0].state == "refused"
    assert len(keys.writes) == 1
    assert kills.breaker_state(desk) == "tripped"


async def test_a_failed_kill_may_be_tried_again(desk: Desk, keys: Keys) -> None:
    keys.write_status = [403]
    await breakers.kill(desk, ON_CALL, SLUG, "runaway")
    result = await breakers.kill(desk, ON_CALL, SLUG, "with the right key now")
    assert result.state == "done"
    assert kills.breaker_state(desk) == "held"


async def test_overload_is_retried_with_the_same_key_until_it_works(desk: Desk, keys: Keys) -> None:
    keys.write_status = [529, 500, 429]
    result = await breakers.kill(desk, ON_CALL, SLUG, "runaway")
    assert result.state == "done"
    assert len(keys.writes) == 4
    assert len({write.headers["idempotency-key"] for write in keys.writes}) == 1


async def test_after_five_attempts_it_is_unknown_never_failed(desk: Desk, keys: Keys) -> None:
    keys.write_status = [500] * 9
    result = await breakers.kill(desk, ON_CALL, SLUG, "runaway")
    assert result.state == "unknown"
    assert len(keys.writes) == 5
    sheet = await breakers.trip_sheet(desk, ON_CALL, workload=SLUG)
    assert sheet is not None
    assert KEY in sheet.manual_command


async def test_an_accepted_write_that_changes_nothing_is_not_success(desk: Desk, keys: Keys) -> None:
    keys.deaf = True
    result = await breakers.kill(desk, ON_CALL, SLUG, "runaway")
    assert result.state == "unknown"
    assert result.steps[0].after == "active"
    assert len(keys.writes) == 1


async def test_an_answer_that_never_comes_is_cleared_up_by_reading_back(desk: Desk, keys: Keys) -> None:
    keys.silent = True
    result = await breakers.kill(desk, ON_CALL, SLUG, "runaway")
    assert result.state == "done"
    assert len(keys.writes) == 1


async def test_a_provider_that_nobody_reaches_leaves_a_recorded_trip(keys: Keys, tmp_path: Path) -> None:
    desk = kills.kill_desk(kills.config("http://127.0.0.1:9", tmp_path))
    result = await breakers.kill(desk, ON_CALL, SLUG, "runaway")
    assert (result.state, result.unreachable) == ("unknown", True)
    assert kills.breaker_state(desk) == "tripped"


async def test_steps_are_independent_and_a_part_is_called_a_part(keys: Keys, tmp_path: Path) -> None:
    desk = kills.kill_desk(kills.config(keys.url, tmp_path), entry(SLUG, KEY, "apikey_01Gone"))
    result = await breakers.kill(desk, ON_CALL, SLUG, "runaway")
    assert result.state == "partial"
    assert [step.state for step in result.steps] == ["done", "refused"]
    assert keys.states[KEY] == "inactive"
    assert kills.breaker_state(desk) == "tripped"


async def test_a_dry_run_takes_the_same_way_and_leaves_no_trace(desk: Desk, keys: Keys) -> None:
    result = await breakers.kill(desk, ON_CALL, SLUG, "rehearsal", dry_run=True)
    assert (result.intent, result.state) == (None, "dry_run")
    assert result.steps[0].error is not None
    assert f'/v1/organizations/api_keys/{KEY} {{"status":"inactive"}}' in result.steps[0].error
    assert keys.writes == []
    assert kills.actions(desk) == []
    assert kills.breaker_state(desk) == "armed"


async def test_many_at_once_make_one_kill_and_one_request(desk: Desk, keys: Keys) -> None:
    results = await asyncio.gather(*(breakers.kill(desk, ON_CALL, SLUG, f"operator {n}") for n in range(6)))
    assert len({result.intent for result in results}) == 1
    assert len(keys.writes) == 1
    assert {result.state for result in results} == {"done"}


async def test_two_processes_with_one_intent_ask_once(desk: Desk, keys: Keys) -> None:
    first, second = (Automatic(desk.config, desk.database, desk.clock) for _ in range(2))
    desk.automatic = first
    draft = await drafting.kill(desk.config, desk.database, first.board, SLUG)
    with desk.database.write() as tx:
        intent = intents.record(tx, intents.Request(
            workload=SLUG, verb="kill", origin="manual", reason="a race", requested_by="otto", at=desk.clock.now(),
            valid_s=900, plan_hash=draft.plan_hash, targets=draft.targets), first.notify).intent
    await asyncio.gather(first.executor.run(intent.id), second.executor.run(intent.id))
    await asyncio.gather(first.drain(5), second.drain(5))
    assert len(keys.writes) == 1
    assert kills.intents_of(desk)[0].state == "done"


async def test_a_webhook_is_killed_and_resumed_the_same_way(keys: Keys, tmp_path: Path) -> None:
    states = {"team-a": "enabled"}

    def gateway(asked: Asked) -> Reply:
        if asked.method == "POST":
            document = json.loads(asked.body)
            states[document["target"]] = document["wanted"]
            return Reply(202)
        return json_reply({"target": asked.one("target"), "state": states[asked.one("target") or ""]})

    with serving(gateway) as server:
        settings = kills.config(keys.url, tmp_path)
        hook = SwitchSettings("gateway", "webhook", settings.sources[0].kill_secret, {
            "url": f"{server.url}/switch", "state_url": f"{server.url}/state", "allow_private": True,
            "propagation_s": 30})
        wired = {**entry(), "switches": [{"kind": "webhook", "name": "gateway", "target": "team-a"}]}
        desk = kills.kill_desk(replace(settings, switches=(hook,)), wired)
        assert (await breakers.kill(desk, ON_CALL, SLUG, "runaway")).state == "done"
        assert states == {"team-a": "disabled"}
        assert (await breakers.resume(desk, ARCHITECT, SLUG, "fixed")).state == "done"
        assert states == {"team-a": "enabled"}


class TestTwoPersons:
    @pytest.fixture
    async def desk(self, keys: Keys, tmp_path: Path) -> Desk:
        made = kills.kill_desk(kills.config(keys.url, tmp_path, two_person=True))
        await breakers.kill(made, ON_CALL, SLUG, "runaway")
        return made

    async def test_a_resume_waits_for_somebody_else(self, desk: Desk, keys: Keys) -> None:
        asked = await breakers.resume(desk, ARCHITECT, SLUG, "fixed")
        assert asked.state == "awaiting_approval"
        assert keys.states[KEY] == "inactive"
        assert asked.intent is not None
        with pytest.raises(NotPermitted, match="somebody else"):
            await breakers.approve(desk, ARCHITECT, asked.intent, "me again")
        assert kills.breaker_state(desk) == "held"
        done = await breakers.approve(desk, OWNER, asked.intent, "seen the fix")
        assert done.state == "done"
        assert keys.states[KEY] == "active"
        assert kills.breaker_state(desk) == "probation"

    async def test_an_approval_is_used_once(self, desk: Desk) -> None:
        asked = await breakers.resume(desk, ARCHITECT, SLUG, "fixed")
        assert asked.intent is not None
        await breakers.approve(desk, OWNER, asked.intent, "yes")
        with pytest.raises(UsageError, match="nothing to approve"):
            await breakers.approve(desk, LEAD, asked.intent, "yes again")
        with desk.database.read() as tx:
            (approval,) = incidents.approvals(tx, asked.intent)
        assert approval.used_at is not None

    async def test_a_plan_that_changed_is_void(self, desk: Desk, keys: Keys) -> None:
        asked = await breakers.resume(desk, ARCHITECT, SLUG, "fixed")
        assert asked.intent is not None
        keys.states[KEY] = "active"
        with pytest.raises(UsageError, match="void"):
            await breakers.approve(desk, OWNER, asked.intent, "yes")
        assert kills.intents_of(desk)[0].state == "expired"
        assert kills.breaker_state(desk) == "held"

    async def test_it_expires_after_a_day(self, desk: Desk, keys: Keys) -> None:
        asked = await breakers.resume(desk, ARCHITECT, SLUG, "fixed")
        assert asked.intent is not None
        await desk.clock.sleep(timedelta(hours=25).total_seconds())
        with pytest.raises(UsageError, match="expired"):
            await breakers.approve(desk, OWNER, asked.intent, "yes")
        assert keys.states[KEY] == "inactive"

    async def test_the_same_resume_is_not_asked_for_twice(self, desk: Desk) -> None:
        asked = await breakers.resume(desk, ARCHITECT, SLUG, "fixed")
        again = await breakers.resume(desk, LEAD, SLUG, "fixed, I say")
        assert (again.intent, again.existing) == (asked.intent, True)

    async def test_who_may_not_approve_is_refused(self, desk: Desk) -> None:
        asked = await breakers.resume(desk, ARCHITECT, SLUG, "fixed")
        assert asked.intent is not None
        with pytest.raises(NotPermitted):
            await breakers.approve(desk, ON_CALL, asked.intent, "yes")
        assert "attempt.refused" in kills.actions(desk)


async def test_the_document_is_as_the_contract_has_it(desk: Desk) -> None:
    document = (await breakers.kill(desk, ON_CALL, SLUG, "runaway")).document()
    assert json.loads(json.dumps(document))["steps"][0] == {
        "target": KEY, "verb": "disable", "before": "active", "wanted": "inactive", "after": "inactive",
        "state": "done", "error": None,
    }
    assert document["spend_stopped"] is None


async def test_a_missing_kill_secret_is_a_refusal_with_the_reason(keys: Keys, tmp_path: Path) -> None:
    settings = kills.config(keys.url, tmp_path)
    source = replace(settings.sources[0], kill_secret="env:TOKEN_CONSOLE_NO_SUCH_SECRET")
    desk = kills.kill_desk(replace(settings, sources=(source,)))
    result = await breakers.kill(desk, ON_CALL, SLUG, "runaway")
    assert result.state == "failed"
    assert "nothing was sent" in (result.steps[0].error or "")
